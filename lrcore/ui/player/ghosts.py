"""Ghosts: runs that a page has pinned, to be seen beside its own at the same playhead."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lrcore.training import FIXED_IN_A_RUN, Planned, Run, Segment
from lrcore.ui.player.pin_words import labels, own_label
from lrcore.ui.player.protocol import MOST_ROWS, Ghost
from lrcore.ui.player.scene import packed_rows

MOST_GHOSTS = 4
# Moments that are trained before it is asked again whether they are enough.
_STRETCH = 256
# What makes the features of the same points others, and what only says where training starts.
_FEATURES = ("features", "standardise")
_START = ("init_seed", "initial_weights")
_DATA = tuple(name for name in FIXED_IN_A_RUN if name not in (*_FEATURES, *_START))


class _Pin(NamedTuple):
    number: int
    plan: Planned


class Ghosts:
    """The pinned runs of a page, the first of them its baseline.

    Each is trained again from its settings, which gives the same moments bit for bit, and is as
    long as the page's run.
    """

    def __init__(self) -> None:
        self._pins: list[_Pin] = []
        self._last = 0

    def __len__(self) -> int:
        return len(self._pins)

    @property
    def nbytes(self) -> int:
        """What they take, in bytes."""
        return sum(plan.run.nbytes for _, plan in self._pins)

    @property
    def segments(self) -> list[tuple[Segment, ...]]:
        """Which settings each has from which iteration on."""
        return [plan.segments for _, plan in self._pins]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of the ghosts, the baseline first."""
        return tuple(pin.number for pin in self._pins)

    def pin(self, segments: Sequence[Segment]) -> None:
        """Keep a run with these settings; where there are four, nothing happens.

        Raises:
            TrainingError: it cannot start.
        """
        if len(self._pins) < MOST_GHOSTS:
            self.add(Planned.of(segments))

    def add(self, plan: Planned) -> None:
        """Keep a run as it is."""
        self._last += 1
        self._pins.append(_Pin(self._last, plan))

    def remove(self, number: int) -> None:
        """Let one go, if it is still there."""
        self._pins = [pin for pin in self._pins if pin.number != number]

    def clear(self) -> None:
        """Let all go."""
        self._pins = []

    def extend(self, seconds: float, run: Run, axis: int) -> None:
        """Train each on for its share of the time, until it is as long as `run` is.

        Args:
            axis: along which a run is long, see `Request`.

        Raises:
            TrainingError: PyTorch failed, for example because memory is full.
        """
        for _, plan in self._pins:
            deadline = time.perf_counter() + seconds / len(self._pins)
            while not plan.has_ended and (more := _lacking(plan.run, run, axis)):
                plan.extend(deadline - time.perf_counter(), len(plan.run) + more)
                if time.perf_counter() >= deadline:
                    break

    def label_of(self, run: Run) -> str:
        """What tells the page's run from them; may be empty."""
        return own_label(run.segments, self.segments)

    def told(self, run: Run, known: Mapping[int, int]) -> tuple[Ghost, ...]:
        """What a player is told that knows so many moments of each, by number."""
        names = labels(run.segments, self.segments)
        return tuple(
            _told(pin, name, run, known.get(pin.number, 0))
            for pin, name in zip(self._pins, names, strict=True)
        )


def _lacking(ghost: Run, run: Run, axis: int) -> int:
    """How many moments are to be added."""
    if axis == 0:
        return max(0, len(run) - len(ghost))
    goal, reached = (one.effort(len(one) - 1)[0, axis - 1] for one in (run, ghost))
    return _STRETCH if reached < goal else 0


def _told(pin: _Pin, label: str, run: Run, known: int) -> Ghost:
    ghost = pin.plan.run
    until = pin.plan.settled
    first = min(known, until)
    other_data, other_features = (_differ(ghost, run, names) for names in (_DATA, _FEATURES))
    return Ghost(
        number=pin.number,
        label=label,
        first=first,
        rows=packed_rows(ghost, first, min(until, first + MOST_ROWS)),
        ended=pin.plan.has_ended,
        passed=ghost.passed,
        elsewhere="data" if other_data else "features" if other_features else "",
        comparable=not other_data and len(_losses(ghost) | _losses(run)) == 1,
        terms=len(ghost.basis.names),
        tests=bool(ghost.is_test.any()),
    )


def _differ(one: Run, other: Run, names: Sequence[str]) -> bool:
    return any(getattr(one.config, name) != getattr(other.config, name) for name in names)


def _losses(run: Run) -> set[str]:
    return {segment.config.loss for segment in run.segments}
