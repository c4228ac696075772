"""A run: the growing record of a training, that can be extended and branched."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from numbers import Integral
from threading import RLock

import numpy as np
import torch
from torch import Tensor

from lrcore.data import Dataset
from lrcore.features import Basis
from lrcore.model import LogisticRegression
from lrcore.settings import SettingsError
from lrcore.training.config import FIXED_IN_A_RUN, RunConfig, checked_weights
from lrcore.training.ending import Status, ending_in
from lrcore.training.engine import Engine, Snapshot
from lrcore.training.history import Columns, History, Step
from lrcore.training.part import Part
from lrcore.training.split import held_out

_MOST_SNAPSHOTS = 4096
_ROWS_READ_AT_ONCE = 256


class TrainingError(RuntimeError):
    """PyTorch could not go on; the record up to then is kept."""


@dataclass(frozen=True)
class Segment:
    """From `start` on, `config` applies."""

    start: int
    config: RunConfig


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
        TrainingError: PyTorch failed, for example for want of memory.
    """

    def __init__(self, config: RunConfig) -> None:
        self._lock = RLock()
        self.data: Dataset = config.data.sample()
        self.is_test = held_out(self.data.y, config.test_share, config.split_seed)
        training, test = self._part(~self.is_test), self._part(self.is_test)
        self.basis = Basis.fit(config.features, training.x, standardise=config.standardise)
        self._history = History(len(self.basis.names), len(training.y), len(test.y))
        self._segments = [Segment(0, config)]
        self._snapshots: list[Snapshot] = []
        self._status = Status.RUNNING
        self._branches = 0  # how many there have been
        with _torch_errors():
            self._engine = Engine(
                config,
                Part.of(self.basis(training.x), training.y),
                Part.of(self.basis(test.x), test.y) if len(test.y) else None,
            )
        # Which moment the engine stands at; None, after a failure, makes its next use rewind.
        self._engine_at: int | None = 0
        self._advance(1)

    def _part(self, mask: Tensor) -> Dataset:
        """The points where `mask` is true; all of them without a copy."""
        if mask.all():
            return self.data
        return self.data._replace(x=self.data.x[mask], y=self.data.y[mask])

    def __len__(self) -> int:
        """Number of recorded moments, at least 1."""
        return len(self._history)

    def __iter__(self) -> Iterator[Step]:
        """Each moment from 0 on; trains where the record ends, stops where the run ends.

        Training is never more than one chunk (at most 256 moments) ahead of the moment that is
        asked for. A branch in the middle of a loop counts at once: the iteration goes up by one as
        before, and the moments are the new ones.

        Raises:
            TrainingError: PyTorch failed, for example for want of memory.
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
    def nbytes(self) -> int:
        """Memory of the recorded moments, in bytes; snapshots add about 2 KB each."""
        return self._history.nbytes

    def extend(self, seconds: float = 0.1, iterations: int | None = None) -> int:
        """Train on until the time is used up, the run ends, or `iterations` moments are added.

        Args:
            seconds: time budget; at least one moment is added even if it is 0.
            iterations: no limit but the budget if None.

        Returns:
            How many moments were added; 0 when the run has ended.

        Raises:
            TrainingError: PyTorch failed, for example for want of memory.
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
        """Drop all moments after `iteration` and go on from there under changed settings.

        The state of the optimiser is that of `iteration`. Settings not named are those in force at
        the end of the record; where they applied at `iteration` too, the same moments follow
        again, bit for bit.

        Args:
            iteration: a recorded moment.
            **changes: fields of `RunConfig` except those in `FIXED_IN_A_RUN`.

        Raises:
            SettingsError: the iteration is not recorded, or a setting cannot take its value or
                cannot change within a run. The run is unchanged then.
            TrainingError: PyTorch failed.
        """
        with self._lock:
            config = self._changed(changes)
            if not isinstance(iteration, Integral) or not 0 <= iteration < len(self):
                expected = f"a whole number from 0 to {len(self) - 1}"
                raise SettingsError("iteration", expected, iteration)
            self._engine_at = None
            with _torch_errors():
                self._rewind(iteration)
                # Taken before the change, so that another branch here finds the state as it was.
                snapshot = self._engine.snapshot(iteration)
                self._engine.configure(config)
                rows = self._engine.advance(1)
            self._history.truncate(iteration)
            self._snapshots = [s for s in self._snapshots if s.iteration < iteration] + [snapshot]
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

    def step(self, iteration: int) -> Step:
        """One recorded moment.

        Raises:
            IndexError: it is not recorded.
        """
        with self._lock:
            if not 0 <= iteration < len(self):
                raise IndexError(f"iteration {iteration} is not recorded (0 to {len(self) - 1})")
            return next(self._history.columns(iteration, iteration + 1).steps())

    def evaluate(self, weights: Sequence[float]) -> Step:
        """Loss and accuracy at any weights, as a step 0; the run stays as it is.

        Args:
            weights: d + 1 numbers (w0, w1, ..., b).

        Raises:
            SettingsError: there are more or fewer, or one is not finite.
            TrainingError: PyTorch failed.
        """
        with self._lock, _torch_errors():
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

    def _changed(self, changes: dict[str, object]) -> RunConfig:
        names = [item.name for item in fields(RunConfig)]
        for name, value in changes.items():
            if name not in names:
                raise SettingsError(name, f"left out: the settings are {', '.join(names)}", value)
            if name in FIXED_IN_A_RUN and value != getattr(self.config, name):
                raise SettingsError(name, "left as it is within a run", value)
        # The settings check their own values.
        return replace(self.config, **changes)  # type: ignore[arg-type]

    def _advance(self, at_most: int) -> None:
        """Record one chunk and see whether the run ends in it."""
        start = len(self)
        limit = self.config.max_iterations + 1 - start
        steps = min(at_most, self._engine.chunk_length, max(1, limit))
        engine_at, self._engine_at = self._engine_at, None
        with _torch_errors():
            if engine_at != start:
                self._rewind(start)
            self._keep_snapshot(start)
            rows = self._engine.advance(steps)
        self._record(rows)

    def _record(self, rows: np.ndarray) -> None:
        """Append what the engine has just computed, up to the end of the run."""
        start = len(self)
        self._engine_at = start + len(rows)
        ending = ending_in(self._history.read(rows, start), self.config)
        if ending is not None:
            self._status = ending.status
            rows = rows[: ending.length]
        self._history.append(rows)

    def _rewind(self, iteration: int) -> None:
        """Bring the engine to the state just before `iteration`, and before a change there."""
        snapshot = next(s for s in reversed(self._snapshots) if s.iteration <= iteration)
        self._engine.restore(snapshot)
        if snapshot.iteration < iteration:
            in_force = [s.config for s in self._segments if s.start <= snapshot.iteration]
            self._engine.configure(in_force[-1])
        for start in range(snapshot.iteration, iteration, self._engine.chunk_length):
            self._engine.advance(min(self._engine.chunk_length, iteration - start))

    def _keep_snapshot(self, iteration: int) -> None:
        """Snapshot the start, and then about once a chunk."""
        last = self._snapshots[-1].iteration if self._snapshots else None
        if last is not None and iteration - last < self._engine.chunk_length:
            return
        self._snapshots.append(self._engine.snapshot(iteration))
        if len(self._snapshots) > _MOST_SNAPSHOTS:
            starts = {segment.start for segment in self._segments}
            self._snapshots = [
                s for k, s in enumerate(self._snapshots) if k % 2 == 0 or s.iteration in starts
            ]


def train(config: RunConfig) -> Generator[Step, None, Status]:
    """Train from the start and give each moment; return why the last one is the last.

    Gives what `for step in Run(config)` gives. The returned value is for `yield from`; in a loop,
    iterate over a run of your own and read its `status`.

    Raises:
        DataError: there is no such data.
        TrainingError: PyTorch failed, for example for want of memory.
    """
    run = Run(config)
    yield from run
    return run.status


@contextmanager
def _torch_errors() -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        raise TrainingError(f"PyTorch could not go on: {error}") from error
