"""What a run has recorded, by column."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """One moment: all numbers belong to the same parameters, before they are updated.

    weights: (w0, w1, ...). loss: mean over the training points, without penalty. accuracy: fraction
    of them that is right, from 0 to 1. test_loss, test_accuracy: the same of the test points, None
    if there are none.
    """

    iteration: int
    weights: tuple[float, ...]
    bias: float
    loss: float
    accuracy: float
    test_loss: float | None = None
    test_accuracy: float | None = None


class Columns(NamedTuple):
    """Several moments by column.

    iteration (k,) int64; weights (k, d), bias (k,) and loss (k,) float32, as torch computed them;
    accuracy (k,) float64; test_loss and test_accuracy likewise, or None. See `Step`.
    """

    iteration: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    test_loss: np.ndarray | None = None
    test_accuracy: np.ndarray | None = None

    def table(self) -> np.ndarray:
        """One moment a row, (k, d + 3) or (k, d + 5) float32: w0, ..., b, loss, accuracy, ..."""
        columns = [column for column in self[1:] if column is not None]
        return np.column_stack(columns).astype(np.float32)

    def steps(self) -> Iterator[Step]:
        """The same moments one by one, as plain Python numbers.

        Each column is turned into a list at once: a thousand moments take a millisecond, number by
        number they would take twenty.
        """
        iterations, weights, *measured = (
            repeat(None) if column is None else column.tolist() for column in self
        )
        return map(Step, iterations, map(tuple, weights), *measured)


class History:
    """A growing table of moments in float32: w0, ..., b, loss, number of points that are right.

    In float32, numbers of points are exact up to 2**24.

    Args:
        dimension: number of features d.
        points: how many training points there are.
        test_points: how many test points; if there are none, a row has no columns for them.
    """

    def __init__(self, dimension: int, points: int, test_points: int = 0) -> None:
        self._dimension = dimension
        self._points, self._test_points = points, test_points
        width = dimension + (5 if test_points else 3)
        self._table = np.empty((256, width), np.float32)
        # Evaluations of the loss and milliseconds until each moment, the next one included.
        self._effort = np.zeros((257, 2), np.float64)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes."""
        return self._table.nbytes + self._effort.nbytes

    def append(self, rows: np.ndarray, effort: np.ndarray) -> None:
        """Add rows as the engine gives them, (k, d + 3) or (k, d + 5) float32, and what the steps
        from these moments took, (k, 2)."""
        start, needed = self._length, self._length + len(rows)
        if needed > len(self._table):
            capacity = max(needed, len(self._table) * 3 // 2)
            self._table = _grown(self._table, start, capacity)
            self._effort = _grown(self._effort, start + 1, capacity + 1)
        self._table[start:needed] = rows
        self._effort[start + 1 : needed + 1] = self._effort[start] + effort.cumsum(0)
        self._length = needed

    def truncate(self, length: int) -> None:
        """Forget all moments from `length` on."""
        self._length = length

    def columns(self, start: int, stop: int) -> Columns:
        """Copies of the moments `start` to `stop - 1`."""
        return self.read(self._table[start : min(stop, self._length)], start)

    def effort(self, start: int, stop: int) -> np.ndarray:
        """What it took to come to the moments `start` to `stop - 1`, (k, 2) float64."""
        return self._effort[start : min(stop, self._length)].copy()

    def read(self, rows: np.ndarray, start: int = 0) -> Columns:
        """Rows as the engine gives them, turned into columns; the first row is moment `start`."""
        d = self._dimension

        def accuracy(correct: np.ndarray, points: int) -> np.ndarray:
            return correct.astype(np.float64) / max(1, points)

        test: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
        if self._test_points:
            test = (rows[:, d + 3].copy(), accuracy(rows[:, d + 4], self._test_points))
        return Columns(
            np.arange(start, start + len(rows)),
            rows[:, :d].copy(),
            rows[:, d].copy(),
            rows[:, d + 1].copy(),
            accuracy(rows[:, d + 2], self._points),
            *test,
        )


def _grown(table: np.ndarray, length: int, capacity: int) -> np.ndarray:
    """A table with room for `capacity` rows and the first `length` of them."""
    grown = np.empty((capacity, table.shape[1]), table.dtype)
    grown[:length] = table[:length]
    return grown
