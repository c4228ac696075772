"""What training lowers, as a function of the weights: exact, in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from lrcore.limits import evenly
from lrcore.model import LOSSES, Curve
from lrcore.training import Run, RunConfig

# Of more points a surface would take seconds.
MOST_POINTS = 2000


class Sample(NamedTuple):
    """Which points of a run are looked at: (m,) int64, indices among all points; of how many."""

    indices: Tensor
    training_points: int

    @property
    def is_partial(self) -> bool:
        """Whether some training points are left out."""
        return len(self.indices) < self.training_points


@dataclass(frozen=True, eq=False)
class Objective:
    """Mean loss and penalties at any parameters (w0, w1, ..., b), (d + 1,) float64.

    Weight decay counts as an L2 penalty on all of them, b too, where the optimiser adds it to the
    gradient (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, section 2).

    Args:
        design: (n, d + 1) float64, features and the constant 1; rows of class 1 are negated, so
            that the product with parameters is minus the margins, see `lrcore.training.part`.
        curve: the loss of a point.
        ridge: (d + 1,) float64, half of this times the squares is added.
        lasso: (d + 1,) float64, this times the absolute values is added.
    """

    design: Tensor
    curve: Curve
    ridge: Tensor
    lasso: Tensor

    @classmethod
    def of(cls, config: RunConfig, features: Tensor, y: Tensor) -> Objective:
        """What training under `config` lowers on features (n, d) and classes (n,)."""
        features = features.detach().cpu().double()
        ones = torch.ones(len(features), 1, dtype=torch.float64)
        sign = 1 - 2 * y.cpu().double()[:, None]
        weights = torch.ones(features.shape[1] + 1, dtype=torch.float64)
        weights[-1] = 0
        optimizer = config.optimizer
        decay: float = getattr(optimizer, "weight_decay", 0.0) * optimizer.decay_is_a_penalty
        return cls(
            torch.cat([features, ones], 1) * sign,
            LOSSES[config.loss].curve,
            config.l2 * weights + decay,
            config.l1 * weights,
        )

    def loss(self, parameters: Tensor) -> Tensor:
        """Loss and penalties, (...), at parameters (..., d + 1) float64."""
        data = self.curve.value(parameters @ self.design.T).mean(-1)
        return data + parameters.abs() @ self.lasso + parameters.square() @ self.ridge / 2

    def gradient(self, parameters: Tensor) -> Tensor:
        """(d + 1,); where the L1 penalty has an edge, the slope 0 of it, as torch has."""
        return self.smooth_gradient(parameters) + self.lasso * parameters.sign()

    def smooth_gradient(self, parameters: Tensor) -> Tensor:
        """(d + 1,), without the L1 penalty."""
        slopes = self.curve.slope(self.design @ parameters)
        return self.design.T @ slopes / len(self.design) + self.ridge * parameters

    def hessian(self, parameters: Tensor) -> Tensor:
        """(d + 1, d + 1); the L1 penalty has none."""
        curvatures = self.curve.curvature(self.design @ parameters)
        data = self.design.T @ (curvatures[:, None] * self.design) / len(self.design)
        return data + torch.diag(self.ridge)


def objective_of(run: Run, config: RunConfig | None = None) -> tuple[Objective, Sample]:
    """What a run lowers, on at most about `MOST_POINTS` of its training points.

    Args:
        run: gives the points.
        config: the settings at some moment of it; those at its end if None.

    Raises:
        ValueError: there are no training points, and so no loss.
    """
    trained = (~run.is_test).nonzero()[:, 0]
    if not len(trained):
        raise ValueError("a run without training points has no loss")
    chosen = trained[evenly(run.data.y[trained], MOST_POINTS)]
    features = run.basis(run.data.x[chosen])
    objective = Objective.of(config or run.config, features, run.data.y[chosen])
    return objective, Sample(chosen, len(trained))
