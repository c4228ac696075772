"""A run: the record of a training, which can grow and branch."""

from __future__ import annotations

import copy
import time
from collections.abc import Generator, Iterator, Sequence
from numbers import Integral
from threading import RLock

import numpy as np
import torch
from torch import Tensor

from lrcore.data import Dataset
from lrcore.features import Basis
from lrcore.model import LogisticRegression
from lrcore.settings import SettingsError
from lrcore.training.close_up import CloseUp, close_up
from lrcore.training.config import RunConfig, Segment, checked_weights
from lrcore.training.ending import Status, ending_in
from lrcore.training.engine import Engine
from lrcore.training.errors import torch_errors
from lrcore.training.history import Columns, History, Step
from lrcore.training.part import Part
from lrcore.training.snapshots import Snapshots
from lrcore.training.split import held_out
from lrcore.training.table import csv_of

_ROWS_READ_AT_ONCE = 256


class Run:
    """The record of one training; every method may be called from any thread.

    Moment 0 is the initial model. The run ends at the first moment whose accuracy passes the
    target, whose values are not finite, or whose iteration is `max_iterations`.

    Args:
        config: decides the run completely.

    Attributes:
        data: all points.
        is_test: (n,) bool, which of them are held out.
        basis: from points to features.

    Raises:
        DataError: there is no such data.
        TrainingError: PyTorch failed, for example because memory is full.
    """

    def __init__(self, config: RunConfig) -> None:
        self._lock = RLock()
        self.data: Dataset = config.data.sample()
        self.is_test = held_out(self.data.y, config.test_share, config.split_seed)
        training, test = self._part(~self.is_test), self._part(self.is_test)
        self.basis = Basis.fit(config.features, training.x, standardise=config.standardise)
        self._history = History(len(self.basis.names), len(training.y), len(test.y))
        self._segments = [Segment(0, config)]
        self._snapshots = Snapshots()
        self._status = Status.RUNNING
        self._branches = 0  # how many there have been
        with torch_errors():
            self._engine = Engine(
                config,
                Part.of(self.basis(training.x), training.y),
                Part.of(self.basis(test.x), test.y) if len(test.y) else None,
            )
        # The moment that the engine stands at. None after a failure: it is rewound before its next
        # use.
        self._engine_at: int | None = 0
        self._advance(1)

    def _part(self, mask: Tensor) -> Dataset:
        """The points where `mask` is true; all of them without a copy."""
        if mask.all():
            return self.data
        return self.data.take(mask)

    @property
    def nbytes(self) -> int:
        """Memory that the run takes, about, in bytes."""
        points = self.data.x.nbytes + self.data.y.nbytes + self._engine.nbytes
        return points + self._history.nbytes + self._snapshots.nbytes

    def __len__(self) -> int:
        """Number of recorded moments, at least 1."""
        return len(self._history)

    def __iter__(self) -> Iterator[Step]:
        """Each moment from 0 on; trains where the record ends, stops where the run ends.

        Training is never more than one chunk (at most 256 moments) ahead of the moment that is
        asked for. A branch in the middle of a loop counts at once: the iteration goes up by one as
        before, and the moments are the new ones.

        Raises:
            TrainingError: PyTorch failed, for example because memory is full.
        """
        iteration = 0
        while iteration < len(self) or self.extend(seconds=0):
            branches = self._branches
            for step in self.columns(iteration, iteration + _ROWS_READ_AT_ONCE).steps():
                if self._branches != branches:
                    break
                yield step
                iteration += 1

    @property
    def config(self) -> RunConfig:
        """The settings in force at the end of the record."""
        return self._segments[-1].config

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Which settings applied from which iteration on."""
        with self._lock:
            return tuple(self._segments)

    @property
    def status(self) -> Status:
        """Whether the run can go on, and if not, why."""
        return self._status

    @property
    def passed(self) -> int | None:
        """The iteration at which it has passed its target, or None."""
        return len(self) - 1 if self._status is Status.REACHED else None

    def in_force(self, iteration: int) -> RunConfig:
        """The settings that the step from a moment is taken under: a change counts from its own."""
        return [one.config for one in self.segments if one.start <= iteration][-1]

    def extend(self, seconds: float = 0.1, iterations: int | None = None) -> int:
        """Train until the time is over, the run ends, or `iterations` moments have been added.

        Args:
            seconds: how long; at least one moment is added, even with 0.
            iterations: how many moments at most; None for no limit but the time.

        Returns:
            How many moments were added; 0 when the run has ended.

        Raises:
            TrainingError: PyTorch failed, for example because memory is full.
        """
        with self._lock:
            deadline = time.perf_counter() + seconds
            before = len(self)
            wanted = self.config.max_iterations + 1 if iterations is None else before + iterations
            while self._status is Status.RUNNING and len(self) < wanted:
                self._advance(wanted - len(self))
                if time.perf_counter() >= deadline:
                    break
            return len(self) - before

    def branch(self, iteration: int, **changes: object) -> None:
        """Drop all moments after `iteration` and go on from there with changed settings.

        The optimiser goes on from its state at `iteration`. Settings that are not named stay as
        they are at the end of the record. If these applied at `iteration` too and nothing is
        named, the same moments follow again, bit for bit.

        Args:
            iteration: a recorded moment.
            **changes: fields of `RunConfig` except those in `FIXED_IN_A_RUN`.

        Raises:
            SettingsError: the iteration is not recorded, or a setting cannot take its value or
                cannot change within a run. The run is unchanged then.
            TrainingError: PyTorch failed.
        """
        with self._lock:
            config = self.config.changed_within_run(changes)
            if not isinstance(iteration, Integral) or not 0 <= iteration < len(self):
                expected = f"a whole number from 0 to {len(self) - 1}"
                raise SettingsError("iteration", expected, iteration)
            self._engine_at = None
            with torch_errors():
                self._rewind(self._engine, iteration)
                # Before the change: another branch at this moment needs the state without it.
                snapshot = self._engine.snapshot(iteration)
                self._engine.configure(config)
                rows = self._engine.advance(1)
            self._history.truncate(iteration)
            self._snapshots.replace_from(snapshot)
            self._segments = [s for s in self._segments if s.start < iteration]
            if not self._segments or self._segments[-1].config != config:
                self._segments.append(Segment(iteration, config))
            self._status = Status.RUNNING
            self._branches += 1
            self._record(rows)

    def columns(self, start: int = 0, stop: int | None = None) -> Columns:
        """The recorded moments `start` to `stop - 1`, copied."""
        with self._lock:
            return self._history.columns(start, len(self) if stop is None else stop)

    def effort(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """What it took to come to the recorded moments `start` to `stop - 1`: (k, 2) float64, how
        often the loss was evaluated, and milliseconds as measured. A copy."""
        with self._lock:
            return self._history.effort(start, len(self) if stop is None else stop)

    def to_csv(self, until: int | None = None) -> str:
        """The recorded moments up to `until`, or all, a row each; settings stand in comments (#).

        `pandas.read_csv(io.StringIO(text), comment="#")` reads it.
        """
        return csv_of(self.columns(0, None if until is None else until + 1), self.segments)

    def step(self, iteration: int) -> Step:
        """One recorded moment, as plain numbers.

        Raises:
            IndexError: it is not recorded.
        """
        with self._lock:
            self._check(iteration)
            return next(self._history.columns(iteration, iteration + 1).steps())

    def close_up(self, iteration: int) -> CloseUp:
        """The step from one recorded moment to the next, with all that happens in it.

        It is taken again from the nearest snapshot, and gives the recorded next moment bit for bit;
        at the last moment, the one that would follow. The run stays as it is.

        Raises:
            IndexError: the moment is not recorded.
            TrainingError: PyTorch failed, or the optimiser finds no step from there.
        """
        with self._lock, torch_errors():
            self._check(iteration)
            # It shares the points; all that a step changes is replaced in the copy.
            engine = copy.copy(self._engine)
            self._rewind(engine, iteration)
            engine.configure(self.in_force(iteration))
            return close_up(engine, iteration, points=(~self.is_test).nonzero()[:, 0])

    def _check(self, iteration: int) -> None:
        if not 0 <= iteration < len(self):
            raise IndexError(f"iteration {iteration} is not recorded (0 to {len(self) - 1})")

    def evaluate(self, weights: Sequence[float]) -> Step:
        """Loss and accuracy at any weights, as a step 0; the run stays as it is.

        Args:
            weights: d + 1 numbers (w0, w1, ..., b).

        Raises:
            SettingsError: there are more or fewer, or one is not finite.
            TrainingError: PyTorch failed.
        """
        with self._lock, torch_errors():
            checked = checked_weights(weights, self.config.features)
            row = self._engine.evaluate(torch.tensor(checked), self.config.loss)
            return next(self._history.read(row[None]).steps())

    def model(self, iteration: int) -> LogisticRegression:
        """The model of one recorded moment, on the CPU; it takes the features, `basis(x)`."""
        step = self.step(iteration)
        model = LogisticRegression(len(step.weights))
        with torch.no_grad():
            model.features.weight.copy_(torch.tensor([step.weights]))  # (1, d)
            model.features.bias.fill_(step.bias)
        return model

    def _advance(self, at_most: int) -> None:
        """Record one chunk and see whether the run ends in it."""
        start = len(self)
        limit = self.config.max_iterations + 1 - start
        steps = min(at_most, self._engine.chunk_length, max(1, limit))
        engine_at, self._engine_at = self._engine_at, None
        with torch_errors():
            if engine_at != start:
                self._rewind(self._engine, start)
            if self._snapshots.is_due(start, self._engine.chunk_length):
                changes = {segment.start for segment in self._segments}
                self._snapshots.add(self._engine.snapshot(start), never_drop=changes)
            rows = self._engine.advance(steps)
        self._record(rows)

    def _record(self, rows: np.ndarray) -> None:
        """Append the rows that the engine has just computed, up to the end of the run."""
        start = len(self)
        self._engine_at = start + len(rows)
        ending = ending_in(self._history.read(rows, start), self.config)
        if ending is not None:
            self._status = ending.status
            rows = rows[: ending.length]
        self._history.append(rows, self._engine.effort[: len(rows)])

    def _rewind(self, engine: Engine, iteration: int) -> None:
        """Bring an engine to `iteration`, before its update and a change of settings there."""
        snapshot = self._snapshots.last_until(iteration)
        engine.restore(snapshot)
        if snapshot.iteration < iteration:
            engine.configure(self.in_force(snapshot.iteration))
        for start in range(snapshot.iteration, iteration, engine.chunk_length):
            engine.advance(min(engine.chunk_length, iteration - start))


def train(config: RunConfig) -> Generator[Step, None, Status]:
    """Train from the start and give each moment; return why the last one is the last.

    Gives what `for step in Run(config)` gives, and raises the same errors. `yield from` takes the
    returned value; in a loop, iterate over a run of your own and read its `status`.
    """
    run = Run(config)
    yield from run
    return run.status
