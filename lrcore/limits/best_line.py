"""The most points that a straight line can get right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from lrcore.limits.points import Floats, checked

# The sweep takes time n² log n; up to here it takes at most about a second.
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

    Push a best line into its class 1 side. The first place that it meets and that holds more points
    of class 1 than of class 0 stops it; the places before may change sides at no loss. So some best
    line runs through such a place, a pivot, and it is enough to turn a line about each pivot by
    half a turn. Whenever it has met another place, the points are split in a new way (de Berg et
    al., Computational Geometry, 8.2, do the same in the dual plane). Equal and opposite directions
    have the same exactly rounded slope, so the count is exact for points that share a place or a
    line.

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
    """The best line through one of the pivots, turned a little so that it meets no other place.

    The line turns about a pivot P from straight down to straight up, against the clock. It meets
    every other place once, in the order of the slopes seen from P. A place to the right of P is
    left of the line at first, and right of it afterwards; a place to the left of P the other way
    round.

        |        C       slopes from P: A < B < C
        |      /
        |    /      B    the line stands      left of it
        |  /   ,-´       before A             A, B, C
        |/ ,-´           between A and B      B, C
        P ´              between B and C      C
        | `-.            after C              none
        |     `A

    The gain of a place is its number of points of class 1 less those of class 0. Class 1 may be
    either side of the line, and the pivot belongs to it each time.

    Args:
        places: (m,), from left to right, then upwards. gain: (m,). pivots: (p,), indices of places.

    Returns:
        The largest gain of a class 1 side; the pivot; the unit normal that points into that side.
    """
    # 1. The slope of each place as seen from each pivot, in the order in which the line meets them.
    slope, order = _slopes(places, pivots)
    # 2. The gain left of the line in each gap, the pivot left out: at first that of all places
    #    after the pivot, then more or less by each place that the line has met.
    total = gain.sum()
    met = gain[order] * np.sign(pivots[:, None] - order)
    left = total - gain.cumsum()[pivots, None] + met.cumsum(axis=1)
    # 3. The better of the two sides, each with the pivot.
    with_pivot = left + gain[pivots, None]
    gained = np.maximum(with_pivot, total - left)
    # 4. Between equal slopes there is no gap to stand in. A gain of 0 never wins: to give class 0
    #    to all points is as good.
    gained[:, :-1][slope[:, 1:] == slope[:, :-1]] = 0
    row, gap = np.unravel_index(gained.argmax(), gained.shape)
    # 5. The normal points left of the line, or right if that is the better side.
    side = 1 if with_pivot[row, gap] == gained[row, gap] else -1
    normal = side * _left_normal(slope[row], int(gap))
    return int(gained[row, gap]), complex(places[pivots[row]]), normal


def _slopes(places: Complexes, pivots: npt.NDArray[np.intp]) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Slopes of all places seen from each pivot, sorted, (p, m); and whose they are, (p, m).

    Straight above and below is infinite, and so is the pivot itself, which counts nowhere.
    """
    offset = places - places[pivots, None]  # (p, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = offset.imag / offset.real
    slope[offset.real == 0] = np.inf
    order = slope.argsort(axis=1)
    return np.take_along_axis(slope, order, axis=1), order


def _left_normal(slopes: Floats, gap: int) -> complex:
    """The unit normal to the left of a line in the middle between slope `gap` and the next one.

    After the last slope comes the first, half a turn on.
    """
    last = gap == len(slopes) - 1
    angles = np.arctan(slopes[[gap, 0 if last else gap + 1]])
    return complex(1j * np.exp(1j * (angles.mean() + (np.pi / 2 if last else 0))))


def _line_beside(places: Complexes, pivot: complex, normal: complex) -> tuple[float, float, float]:
    """(w0, w1, b) of a parallel line that has the pivot clearly on its class 1 side.

        class 1        ^ normal
    ---------P-------- |         the line found: rounding could put P on either side
    - - - - - - - - - -          the line returned, halfway to Q
        Q                        the nearest place behind, or 1 behind if none is nearer
    """
    # 1. How far each place lies in front of the line (above 0) or behind it (below 0).
    height = ((places - pivot) * normal.conjugate()).real
    # 2. The nearest one behind.
    behind = np.max(height, where=height < 0, initial=-1.0)
    # 3. w is the normal. b makes w·x + b zero at P, and then moves the line half of the way to Q.
    shift = -(pivot * normal.conjugate()).real - float(behind) / 2
    return normal.real, normal.imag, shift
