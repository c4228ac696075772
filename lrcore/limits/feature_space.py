"""Whether a boundary that a model can draw separates two classes."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lrcore.limits.points import Floats

# What a small machine decides within a second; of more points, so many are looked at.
MOST_POINTS_DECIDED = 10_000
# In these units, of the unit sphere: what float64 may leave of a sum that is 0, and what it cannot.
_ROUNDING, _CLEAR = 1e-11, 1e-9
_MOST_ROUNDS = 1000


def separable(features: Tensor, y: Tensor) -> bool | None:
    """Whether some weights and bias get all points right, none on the boundary.

    They do where θ·a > 0 for each row a of the design matrix, negated in class 0. Exactly where no
    θ does so, some average of the rows is 0 (Gordan's theorem: Boyd and Vandenberghe, Convex
    Optimization, 5.8). The average nearest to 0 decides it: see `nearest_average`.

    Args:
        features: (n, d). y: (n,), 0 or 1.

    Returns:
        None where it is too close to tell with float64.
    """
    sign = np.where(y.cpu().numpy() == 1, 1.0, -1.0)
    if len(set(sign)) < 2:
        return True
    rows = np.column_stack([features.detach().cpu().double().numpy(), np.ones(len(sign))])
    if not np.isfinite(rows).all():
        return None
    if _coincide(rows[sign > 0], rows[sign < 0]):
        return False
    rows = _rounded_out(rows) * sign[:, None]
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    residual = nearest_average(rows)
    if residual is None:
        return None
    distance = float(np.linalg.norm(residual))
    if distance < _ROUNDING:
        return False
    theta = -residual[:-1] / np.linalg.norm(residual[:-1])
    return True if distance > _CLEAR and (rows @ theta).min() > _CLEAR else None


def _coincide(ones: Floats, zeros: Floats) -> bool:
    """Whether a point of one class has the very features of a point of the other."""
    seen = {row.tobytes() for row in ones + 0.0}  # -0 becomes 0
    return any(row.tobytes() in seen for row in zeros + 0.0)


def _rounded_out(rows: Floats) -> Floats:
    """The same rows in coordinates in which they are about as long in all directions, (n, k).

    Another basis of the same space changes nothing about signs of θ·a, and it spares the digits.
    """
    scaled = rows / np.abs(rows).max(0).clip(min=1e-300)
    directions, lengths, _ = np.linalg.svd(scaled, full_matrices=False)
    kept: Floats = directions[:, lengths > lengths[0] * 1e-12] * np.sqrt(len(rows))
    return kept


def nearest_average(rows: Floats) -> Floats | None:
    """f - Eᵀλ for the λ ≥ 0 that makes it shortest, where E = (rows, 1) and f = (0, ..., 0, 1).

    It is 0 just where the average of the rows by the weights λ is 0. If not, r = f - Eᵀλ has
    E r ≤ 0 and so its first entries, negated, are a θ that separates. Lawson and Hanson, Solving
    Least Squares Problems, 23.3 (NNLS): in each round one more row may have a weight, the row that
    the present r sees worst; rows whose weight would fall below 0 leave. None after too many
    rounds.
    """
    design = np.column_stack([rows, np.ones(len(rows))])  # (n, k + 1)
    aim = np.zeros(design.shape[1])
    aim[-1] = 1
    used: list[int] = []
    weights = np.zeros(0)
    residual: Floats = aim
    for _ in range(_MOST_ROUNDS):
        gain = design @ residual
        gain[used] = -np.inf
        worst = int(gain.argmax())
        if gain[worst] < _ROUNDING * 1e-2:
            return residual
        used.append(worst)
        weights = np.append(weights, 0.0)
        while True:
            wanted = np.linalg.lstsq(design[used].T, aim, rcond=None)[0]
            if (wanted > 0).all():
                break
            below = wanted <= 0
            step = np.min(weights[below] / (weights[below] - wanted[below]))
            weights = weights + step * (wanted - weights)
            kept = weights > 1e-14
            if kept.all():  # rounding: let the smallest one go
                kept[np.where(below, weights, np.inf).argmin()] = False
            used = [row for row, keep in zip(used, kept, strict=True) if keep]
            weights = weights[kept]
        weights = wanted
        residual = aim - design[used].T @ weights
    return None


def evenly(y: Tensor, most: int) -> Tensor:
    """At most about `most` indices, the same share of each class."""
    if len(y) <= most:
        return torch.arange(len(y))
    return torch.cat([_some((y == label).nonzero()[:, 0], most / len(y)) for label in (0, 1)])


def _some(members: Tensor, share: float) -> Tensor:
    count = max(1, int(len(members) * share))
    return members[torch.linspace(0, len(members) - 1, count).long()] if len(members) else members
