"""Mini-batches, in an order that can be repeated exactly."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class BatchState(NamedTuple):
    """All that the next mini-batches depend on.

    The seed, the state of the generator before it drew the order of this epoch, and how many points
    of the epoch have been used.
    """

    seed: int
    generator_state: Tensor
    used: int


class Batches:
    """Goes through all points once an epoch, each time in another order.

    Args:
        points: how many there are.
        seed: of the generator that draws the orders; it is used for nothing else.
    """

    def __init__(self, points: int, seed: int) -> None:
        self.seed = seed
        self._points = points
        self._generator = torch.Generator().manual_seed(seed)
        self._used = 0
        self._draw()

    def _draw(self) -> None:
        self._before = self._generator.get_state()
        self._order = torch.randperm(self._points, generator=self._generator)

    def next(self, size: int) -> Tensor:
        """Indices of the next points, (size,) int64 on the CPU; fewer at the end of an epoch."""
        if self._used >= self._points:
            self._draw()
            self._used = 0
        batch = self._order[self._used : self._used + size]
        self._used += len(batch)
        return batch

    @property
    def state(self) -> BatchState:
        """Where they stand now, see `BatchState`."""
        return BatchState(self.seed, self._before, self._used)

    @classmethod
    def at(cls, points: int, state: BatchState) -> Batches:
        """Mini-batches that go on from a state."""
        batches = cls(points, state.seed)
        batches._generator.set_state(state.generator_state)
        batches._draw()
        batches._used = state.used
        return batches
