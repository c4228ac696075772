"""The most points that a straight line can get right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from lrcore.limits.points import checked

# The sweep takes time n² log n and blocks no other thread for long up to here.
MOST_POINTS_SWEPT = 2000

Complexes = npt.NDArray[np.complex128]


class BestLine(NamedTuple):
    """A straight line that gets as many points right as any line can.

    correct, total: numbers of points. w0, w1, b: the line; a point is of class 1 where
    w0·x₀ + w1·x₁ + b ≥ 0 in float64. w0 and w1 are 0 where class 0 for all points is best.
    """

    correct: int
    total: int
    w0: float
    w1: float
    b: float

    @property
    def accuracy(self) -> float:
        """The correct fraction; 1 where there is no point to get wrong."""
        return self.correct / self.total if self.total else 1.0


def best_line(x: torch.Tensor, y: torch.Tensor) -> BestLine:
    """The largest number of points that a straight line gets right, by a rotating sweep.

    A best line can be pushed into its class 1 side until it meets one place that holds more points
    of class 1 than of class 0: whatever it meets before may as well change sides. So the line turns
    about each such place by half a turn, and each gap between two directions in which it meets
    others is one way to split the points (de Berg et al., Computational Geometry, 8.2, sweep the
    dual arrangement). Equal and opposite directions have the same exactly rounded slope, so the
    count is exact for points that share a place or a line.

    Args:
        x: (n, 2), real; exact where differences of coordinates are exact in float64, as they are
            for float32 coordinates of similar size. y: (n,), 0 or 1.

    Raises:
        ValueError: there are more than `MOST_POINTS_SWEPT` points; a shape is wrong; a coordinate
            is not finite or a class is neither 0 nor 1.
    """
    points, is_1 = checked(x, y)
    if len(points) > MOST_POINTS_SWEPT:
        raise ValueError(
            f"best_line takes at most {MOST_POINTS_SWEPT} points; got {len(points)} points"
        )
    zeros = int((~is_1).sum())
    best = BestLine(zeros, len(points), 0.0, 0.0, -1.0)
    # As complex numbers they are sorted from left to right, then upwards.
    places, place = np.unique(points.view(np.complex128).ravel(), return_inverse=True)
    gain = np.bincount(place, weights=2 * is_1 - 1, minlength=len(places)).astype(np.int64)
    pivots = np.flatnonzero(gain > 0)
    rows = max(1, 2**16 // max(1, len(places)))
    for start in range(0, len(pivots), rows):
        gained, pivot, normal = _swept(places, gain, pivots[start : start + rows])
        if zeros + gained > best.correct:
            best = BestLine(zeros + gained, len(points), *_line_beside(places, pivot, normal))
    return best


def _swept(
    places: Complexes, gain: npt.NDArray[np.int64], pivots: npt.NDArray[np.intp]
) -> tuple[int, complex, complex]:
    """The largest gain of a class 1 side that holds the pivot; the pivot; that side's normal."""
    offset = places - places[pivots, None]  # (p, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = offset.imag / offset.real
    slope[offset.real == 0] = np.inf
    order = slope.argsort(axis=1)
    slope = np.take_along_axis(slope, order, axis=1)
    # The line starts downwards with later places on its left; each crosses once in half a turn.
    crossing = gain[order] * np.sign(pivots[:, None] - order)
    left = gain.sum() - gain.cumsum()[pivots, None] + crossing.cumsum(axis=1)
    with_pivot, total = left + gain[pivots, None], gain.sum()
    gained = np.maximum(with_pivot, total - left)
    # Between equal slopes there is no gap; a gain of 0 is what class 0 for all points has too.
    gained[:, :-1][slope[:, 1:] == slope[:, :-1]] = 0
    row, gap = np.unravel_index(gained.argmax(), gained.shape)
    last = gap == len(places) - 1
    angles = np.arctan(slope[row, [gap, 0 if last else gap + 1]])
    normal = 1j * np.exp(1j * (angles.mean() + (np.pi / 2 if last else 0)))
    side = 1 if with_pivot[row, gap] == gained[row, gap] else -1
    return int(gained[row, gap]), complex(places[pivots[row]]), complex(side * normal)


def _line_beside(places: Complexes, pivot: complex, normal: complex) -> tuple[float, float, float]:
    """(w0, w1, b) of a line just behind the pivot, halfway to what lies behind it."""
    height = ((places - pivot) * normal.conjugate()).real
    behind = np.max(height, where=height < 0, initial=-1.0)
    shift = -(pivot * normal.conjugate()).real - float(behind) / 2
    return normal.real, normal.imag, shift
