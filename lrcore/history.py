"""What a run has recorded, by column."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """One moment: every number belongs to the same parameters, before their update.

    weights: (w0, w1, ...). loss: mean over the sample. accuracy: fraction from 0 to 1.
    """

    iteration: int
    weights: tuple[float, ...]
    bias: float
    loss: float
    accuracy: float


class Columns(NamedTuple):
    """Several moments: iteration (k,) int64, weights (k, d), bias (k,), loss (k,) float32 as
    torch computed them, accuracy (k,) float64."""

    iteration: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray


class History:
    """A growing table of moments, kept as float32: w0, ..., b, loss, points classified correctly.

    Counts stay exact up to 2**24 points.
    """

    def __init__(self, dimension: int, points: int) -> None:
        self._points = points
        self._table = np.empty((256, dimension + 3), np.float32)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes."""
        return self._table.nbytes

    def append(self, rows: np.ndarray) -> None:
        """Add rows, (k, d + 3) float32."""
        needed = self._length + len(rows)
        if needed > len(self._table):
            capacity = max(needed, len(self._table) * 3 // 2)
            grown = np.empty((capacity, self._table.shape[1]), np.float32)
            grown[: self._length] = self._table[: self._length]
            self._table = grown
        self._table[self._length : needed] = rows
        self._length = needed

    def truncate(self, length: int) -> None:
        """Forget all moments from `length` on."""
        self._length = length

    def accuracies(self, rows: np.ndarray) -> np.ndarray:
        """Accuracy of each row, (k,) float64."""
        return rows[:, -1].astype(np.float64) / self._points

    def columns(self, start: int, stop: int) -> Columns:
        """Copies of the moments `start` to `stop - 1`."""
        rows = self._table[start : min(stop, self._length)]
        return Columns(
            np.arange(start, start + len(rows)),
            rows[:, :-3].copy(),
            rows[:, -3].copy(),
            rows[:, -2].copy(),
            self.accuracies(rows),
        )
