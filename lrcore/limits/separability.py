"""Whether a straight line separates two classes."""

from __future__ import annotations

import numpy as np
import torch

from lrcore.limits.points import checked


def linearly_separable(x: torch.Tensor, y: torch.Tensor) -> bool:
    """Whether a straight line has all of class 1 strictly on one side, class 0 on the other.

    A line with the normal w does so where w·(p - q) > 0 for each point p of class 1 and q of class
    0. So there is one just where all differences p - q, drawn as arrows from 0, lie within less
    than half a turn (separating hyperplane: Boyd and Vandenberghe, Convex Optimization, 2.5.1).

    There are too many differences to look at all of them. The arrows found so far span a cone, and
    each round looks at one more: along the middle of the cone, that between the lowest point of
    class 1 and the highest point of class 0. If it lies in the cone, the normal along the middle
    separates. If not, it widens the cone, and from half a turn on no line separates. One class
    alone is separable, and so are no points.

    Args:
        x: (n, 2), real; exact as in `best_line`. y: (n,), 0 or 1. Any n: a step takes time n.

    Raises:
        ValueError: a shape is wrong; a coordinate is not finite or a class is neither 0 nor 1.
    """
    points, is_1 = checked(x, y)
    ones, zeros = points[is_1], points[~is_1]
    if not len(ones) or not len(zeros):
        return True
    # 1. The cone of one difference; None if it is 0, where two points of both classes coincide.
    first = complex(*(ones[0] - zeros[0]))
    cone, wider = None, _wider((first, first), first)
    # 2. Widen it, until it stays the same (separable) or fills half a turn (not separable). Whether
    #    w·(p - q) > 0 along the middle is not asked: a tiny gap may be rounding, edges are exact.
    while wider is not None and wider != cone:
        cone = wider
        middle = _middle(*cone)
        normal = np.array([middle.real, middle.imag])
        difference = ones[(ones @ normal).argmin()] - zeros[(zeros @ normal).argmax()]
        wider = _wider(cone, complex(*difference))
    return wider is not None


def _middle(right: complex, left: complex) -> complex:
    """The unit vector halfway from right to left, which are less than half a turn apart."""
    right, left = right / abs(right), left / abs(left)
    middle = right + left if _dot(right, left) > 0 else 1j * (right - left)
    return middle / abs(middle)


def _wider(cone: tuple[complex, complex], new: complex) -> tuple[complex, complex] | None:
    r"""The cone (its right and left edge) that holds `new` as well; None from half a turn on.

        left edge \  cone  / right edge
                   \      /
          left of   \    /   right of
            both     \  /      both
                      0
                   behind

    A cone with an arrow in the part behind would have half a turn or more. that b
    lies to the left of a, by less than half a turn.
    """
    right, left = cone
    # 1. Left of both edges: `new` becomes the left edge.
    if _cross(right, new) > 0 and _cross(left, new) > 0:
        return right, new
    # 2. Right of both edges: `new` becomes the right edge.
    if _cross(right, new) < 0 and _cross(left, new) < 0:
        return new, left
    # 3. Between the edges or on one of them: nothing changes. What lies exactly opposite to an edge
    #    passes the first test too, and so must point forward along at least one edge.
    inside = _cross(right, new) >= 0 >= _cross(left, new)
    return cone if inside and max(_dot(right, new), _dot(left, new)) > 0 else None


def _dot(a: complex, b: complex) -> float:
    return a.real * b.real + a.imag * b.imag


def _cross(a: complex, b: complex) -> float:
    return a.real * b.imag - a.imag * b.real
