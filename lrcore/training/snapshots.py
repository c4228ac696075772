"""States of training from which any moment of a run can be computed again."""

from __future__ import annotations

from collections.abc import Container

from lrcore.training.engine import Snapshot

_MOST_SNAPSHOTS = 4096
# LBFGS remembers past steps: 20 times as much as the others do.
_MOST_BYTES = 32_000_000


class Snapshots:
    """The snapshots of one run, in the order of their iterations."""

    def __init__(self) -> None:
        self._kept: list[Snapshot] = []
        self._one = 0  # bytes of the largest so far

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes, at most."""
        return len(self) * self._one

    def last_until(self, iteration: int) -> Snapshot:
        """The last one at `iteration` or before."""
        return next(s for s in reversed(self._kept) if s.iteration <= iteration)

    def is_due(self, iteration: int, distance: int) -> bool:
        """Whether there is none yet, or the last one is `distance` iterations away."""
        return not self._kept or iteration - self._kept[-1].iteration >= distance

    def add(self, snapshot: Snapshot, never_drop: Container[int]) -> None:
        """Keep one more; if there are too many, drop every other one.

        Args:
            never_drop: iterations whose snapshots must stay, because settings changed there.
        """
        self._kept.append(snapshot)
        self._one = max(self._one, snapshot.nbytes)
        if len(self) > _MOST_SNAPSHOTS or self.nbytes > _MOST_BYTES:
            self._kept = [
                s for k, s in enumerate(self._kept) if k % 2 == 0 or s.iteration in never_drop
            ]

    def replace_from(self, snapshot: Snapshot) -> None:
        """Drop all from the iteration of `snapshot` on, and keep it in their place."""
        self._kept = [s for s in self._kept if s.iteration < snapshot.iteration] + [snapshot]
