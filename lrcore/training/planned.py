"""A run with changes of settings that training has yet to come to."""

from __future__ import annotations

import time
from collections.abc import Sequence

from lrcore.training.config import RunConfig, Segment
from lrcore.training.ending import Status
from lrcore.training.run import Run


class Planned:
    """A run, and which settings are to hold from which iteration on.

    Args:
        run: at its start, or as far as it has come.
        changes: at rising iterations that it has not passed yet.

    Attributes:
        to_come: the changes that are left.
        branched_at: the iterations at which there were changes, in the order in which they came.
    """

    def __init__(self, run: Run, changes: Sequence[Segment] = ()) -> None:
        self.run = run
        self.to_come = [*changes]
        self.branched_at: list[int] = []

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Planned:
        """A new run with these settings, the first from 0.

        Raises:
            DataError: there is no such data.
            TrainingError: the run cannot start.
        """
        first, *changes = segments
        return cls(Run(first.config), changes)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Which settings hold from which iteration on, those included that are yet to come."""
        return (*self.run.segments, *self.to_come)

    @property
    def settled(self) -> int:
        """How many moments no change will make others: that at which one is made is measured again,
        as its loss may be another function."""
        return min(len(self.run), self.to_come[0].start) if self.to_come else len(self.run)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can come; changes beyond the end of the run do not."""
        ahead = not self.to_come or self.to_come[0].start >= len(self.run)
        return ahead and self.run.status is not Status.RUNNING

    def branch(self, iteration: int, config: RunConfig) -> None:
        """Go on from a recorded moment under other settings, see `Run.branch`."""
        self.run.branch(iteration, **vars(config))
        self.branched_at.append(iteration)

    def extend(self, seconds: float, until: int) -> None:
        """Train for so long, or up to moment `until`, with the changes on the way.

        Changes that lie beyond the end of the run stay in `to_come`.

        Raises:
            TrainingError: PyTorch failed, for example because memory is full.
        """
        deadline = time.perf_counter() + seconds
        while self.to_come:
            change = self.to_come[0]
            self._train(deadline, min(until, change.start + 1))
            if len(self.run) <= change.start:
                return
            self.branch(change.start, change.config)
            del self.to_come[0]
            if time.perf_counter() >= deadline:
                return
        self._train(deadline, until)

    def _train(self, deadline: float, until: int) -> None:
        self.run.extend(deadline - time.perf_counter(), max(0, until - len(self.run)))
