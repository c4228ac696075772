"""How the loss bends at a place, and what learning rate that allows."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.landscape.objective import Objective
from lrcore.landscape.plane import Plane
from lrcore.landscape.surface import Mode
from lrcore.optim import SGD, OptimizerSettings


@dataclass(frozen=True, eq=False)
class Ellipse:
    """Where the quadratic model of the loss has risen by a given amount, in a plane.

    Args:
        half_axes: (2,) float64, the longer first; infinite where the loss does not bend upwards.
        directions: (2, 2) float64, their unit vectors in coordinates of the plane.
    """

    half_axes: Tensor
    directions: Tensor


@dataclass(frozen=True, eq=False)
class Curvature:
    """The Hessian at a place.

    Args:
        hessian: (d + 1, d + 1) float64.
        eigenvalues: (d + 1,) float64, smallest first.
    """

    hessian: Tensor
    eigenvalues: Tensor

    def stable_rate(self, optimizer: OptimizerSettings) -> float | None:
        """See `largest_stable_rate`; None for an optimiser that it says nothing of."""
        if not isinstance(optimizer, SGD):
            return None
        steepest = self.eigenvalues[-1].item()
        return largest_stable_rate(steepest, optimizer.momentum, nesterov=optimizer.nesterov)

    def ellipse(self, plane: Plane, rise: float, mode: Mode = Mode.SLICE) -> Ellipse:
        """The ellipse in a plane on which the quadratic model is `rise` higher than at its middle.

        Where b is chosen anew at each place, the Hessian is that of the lowest loss: the Schur
        complement of the entry of b (Boyd and Vandenberghe, Convex Optimization, A.5.5).
        """
        seen = plane.directions @ self.hessian @ plane.directions.T
        if mode is Mode.LOWEST_OVER_B:
            across = plane.directions @ self.hessian[:, -1]
            seen = seen - torch.outer(across, across) / self.hessian[-1, -1]
        bends, directions = torch.linalg.eigh(seen)
        half_axes = torch.where(bends > 0, (2 * rise / bends.clamp(min=1e-300)).sqrt(), math.inf)
        return Ellipse(half_axes, directions.T)


def curvature(objective: Objective, parameters: Tensor) -> Curvature:
    """The Hessian at parameters (d + 1,)."""
    hessian = objective.hessian(parameters.double())
    return Curvature(hessian, torch.linalg.eigvalsh(hessian))


def largest_stable_rate(steepest: float, momentum: float = 0.0, *, nesterov: bool = False) -> float:
    """The rate below which SGD settles along the steepest direction, near a minimum.

    2 / λ without momentum m, 2 (1 + m) / λ with it, and with Nesterov's 1 / (1 + 2m) of that, for
    the largest eigenvalue λ of the Hessian; infinite on a flat loss. A step of SGD along an
    eigenvector is a linear recursion of second order, whose roots lie in the unit circle below this
    rate (Goh, Why Momentum Really Works, 2017, for momentum).
    """
    if steepest <= 0:
        return math.inf
    return 2 * (1 + momentum) / (steepest * (1 + 2 * momentum if nesterov else 1))


def growth_a_step(
    rate: float, steepest: float, momentum: float = 0.0, *, nesterov: bool = False
) -> float:
    """By how much each step of SGD multiplies an error along the steepest direction, in the end.

    The larger root of the recursion of which `largest_stable_rate` gives the limit: it is 1 there.
    """
    shrunk = 1 - rate * steepest
    if nesterov:
        middle, last = (1 + momentum) * shrunk, momentum * shrunk
    else:
        middle, last = momentum + shrunk, momentum
    root = cmath.sqrt(middle * middle - 4 * last)
    return max(abs(middle + root), abs(middle - root)) / 2
