"""Mini-batches, in an order that can be repeated exactly."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class BatchState(NamedTuple):
    """Where mini-batches stand: seed, the generator's state before the present epoch, and how many
    points of it are used up."""

    seed: int
    generator_state: Tensor
    used: int


class Batches:
    """Each epoch goes once through all points, in a new order from a generator of its own.

    Args:
        points: how many there are.
        seed: of the generator.
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
        """Indices of the next `size` points, fewer at the end of an epoch, on the CPU."""
        if self._used >= self._points:
            self._draw()
            self._used = 0
        batch = self._order[self._used : self._used + size]
        self._used += len(batch)
        return batch

    @property
    def state(self) -> BatchState:
        """All that the next batches depend on."""
        return BatchState(self.seed, self._before, self._used)

    @classmethod
    def at(cls, points: int, state: BatchState) -> Batches:
        """Batches that go on from a state."""
        batches = cls(points, state.seed)
        batches._generator.set_state(state.generator_state)
        batches._draw()
        batches._used = state.used
        return batches
