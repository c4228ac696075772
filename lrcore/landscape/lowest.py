"""Where the loss is lowest, or in which direction it goes on falling for ever."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from lrcore.landscape.objective import MOST_POINTS, Objective
from lrcore.limits.feature_space import nearest_average
from lrcore.model import LOGISTIC
from lrcore.training.engine import threads_for

_MOST_STEPS, _MOST_HALVINGS = 100, 50
_SWEEPS = 200


@dataclass(frozen=True, eq=False)
class Minimum:
    """The lowest place: parameters (d + 1,) float64, and the loss there, penalties included."""

    parameters: Tensor
    loss: float


@dataclass(frozen=True, eq=False)
class AtInfinity:
    """There is no lowest place: the loss falls for ever.

    Args:
        direction: (d + 1,) float64, of length 1. Where some weights get all points right it is that
            of the largest margin, to which gradient descent turns (Soudry et al., The Implicit Bias
            of Gradient Descent on Separable Data, 2018, theorem 3, with b as a weight).
        loss: what it tends to, about.
    """

    direction: Tensor
    loss: float


@threads_for(MOST_POINTS)
def lowest(objective: Objective) -> Minimum | AtInfinity:
    """The minimum of what training lowers, by Newton's method; the only one for BCE.

    MSE may have several: it is the lower of those found from 0 and from the minimum of BCE.
    """
    free = not (objective.ridge.any() or objective.lasso.any())
    direction = widest_direction(objective.design) if free else None
    if direction is not None:
        return AtInfinity(direction, 0.0)
    start = torch.zeros(objective.design.shape[1], dtype=torch.float64)
    starts = [start]
    if objective.curve is not LOGISTIC:
        starts.append(_descended(replace(objective, curve=LOGISTIC), start)[0])
    ends = [_descended(objective, one) for one in starts]
    end, arrived = min(ends, key=lambda found: objective.loss(found[0]).item())
    loss = objective.loss(end).item()
    return Minimum(end, loss) if arrived else AtInfinity(end / end.norm(), loss)


def widest_direction(design: Tensor) -> Tensor | None:
    """The unit vector with the largest margin to all points, (d + 1,), None if none has one.

    The shortest θ with a·θ ≥ 1 for each row a of a design matrix in which class 0 is negated, by
    Lawson and Hanson, Solving Least Squares Problems, 23.4 (LDP).

    Args:
        design: (n, d + 1) float64 with rows of class 1 negated, as in `Objective`.
    """
    rows = -design.numpy()
    if not len(rows) or not np.isfinite(rows).all():
        return None
    residual = nearest_average(rows / np.linalg.norm(rows, axis=1).max())
    if residual is None or residual[-1] <= 0:
        return None
    theta = -residual[:-1] / max(float(np.linalg.norm(residual[:-1])), 1e-300)
    return torch.from_numpy(theta) if (rows @ theta).min() > 1e-9 else None


def _descended(objective: Objective, start: Tensor) -> tuple[Tensor, bool]:
    """Where Newton's method gets to, and whether that is a minimum.

    Where there is none, each step takes the hardest points on by about the same, and never ends.
    """
    theta, moved = start, math.inf
    for _ in range(_MOST_STEPS):
        step = _newton_step(objective, theta)
        moved = (objective.design @ step).abs().max().item()  # the largest change of a logit
        before = objective.loss(theta)
        for _ in range(_MOST_HALVINGS):
            if objective.loss(theta + step) <= before:
                break
            step = step / 2
        else:
            break
        theta = theta + step
        if moved < 1e-9:
            break
    return theta, moved < 1e-4  # so near, all that is left is rounding


def _newton_step(objective: Objective, theta: Tensor) -> Tensor:
    """The step to the lowest place of the quadratic model with the L1 penalty, (d + 1,).

    By coordinate descent where there is such a penalty (Friedman, Hastie and Tibshirani,
    Regularization Paths for Generalized Linear Models via Coordinate Descent, 2010, section 3).
    """
    slope, hessian = objective.smooth_gradient(theta), objective.hessian(theta)
    bends, axes = torch.linalg.eigh(hessian)
    # Where it bends downwards, as MSE does far off, go down by the size of the bend.
    bends = bends.abs().clamp(min=float(bends.abs().max()) * 1e-13 + 1e-300)
    if not objective.lasso.any():
        downhill: Tensor = -axes @ ((axes.T @ slope) / bends)
        return downhill
    matrix = ((axes * bends) @ axes.T).numpy()
    lasso, at, g = objective.lasso.numpy(), theta.numpy(), slope.numpy()
    step = np.zeros_like(at)
    for _ in range(_SWEEPS):
        largest = 0.0
        for k in range(len(step)):
            pull = g[k] + matrix[k] @ step - matrix[k, k] * (at[k] + step[k])
            new = -np.sign(pull) * max(abs(pull) - lasso[k], 0.0) / matrix[k, k] - at[k]
            largest = max(largest, abs(new - step[k]))
            step[k] = new
        if largest < 1e-13:
            break
    return torch.from_numpy(step)
