"""Whether a straight line separates two classes."""

from __future__ import annotations

import numpy as np
import torch

from lrcore.limits.points import checked


def linearly_separable(x: torch.Tensor, y: torch.Tensor) -> bool:
    """Whether a straight line has all of class 1 strictly on one side, class 0 on the other.

    Such a line exists where one open half-plane holds all differences of a point of class 1 and
    one of class 0 (separating hyperplane: Boyd and Vandenberghe, Convex Optimization, 2.5.1). The
    differences found so far span a cone. Along its middle, the two nearest points of the classes
    have a difference inside the cone, and so the line exists, or one to widen it by. One class
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
    first = complex(*(ones[0] - zeros[0]))
    cone, wider = None, _wider((first, first), first)
    # Ends by the exact edges of the cone alone: a tiny gap along its middle may be rounding.
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
    """The cone (its right and left edge) that holds `new` as well; None from half a turn on."""
    right, left = cone
    if _cross(right, new) > 0 and _cross(left, new) > 0:
        return right, new
    if _cross(right, new) < 0 and _cross(left, new) < 0:
        return new, left
    inside = _cross(right, new) >= 0 >= _cross(left, new)
    return cone if inside and max(_dot(right, new), _dot(left, new)) > 0 else None


def _dot(a: complex, b: complex) -> float:
    return a.real * b.real + a.imag * b.imag


def _cross(a: complex, b: complex) -> float:
    return a.real * b.imag - a.imag * b.real
