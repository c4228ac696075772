"""What the rules look at: a run up to a moment, and what is computed of it at most once."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from lrcore.landscape import Curvature, Minimum, Objective, curvature, lowest
from lrcore.limits import Limits, limits_of
from lrcore.model import LOGISTIC
from lrcore.optim import SGD
from lrcore.training import CloseUp, Columns, Run, RunConfig, TrainingError, lowered

# So many steps are looked back on.
WINDOW = 100


class Evidence:
    """A run as it is known at a moment: what comes later is not looked at.

    Args:
        run: has training points.
        at: a recorded moment.
        limits: of the run, if they are known already; else they are computed when a rule asks.

    Attributes:
        config: the settings in force at the moment. start: since when they are.
    """

    def __init__(self, run: Run, at: int, limits: Limits | None = None) -> None:
        self.run, self.at, self._limits = run, at, limits
        segment = [one for one in run.segments if one.start <= at][-1]
        self.config, self.start = segment.config, segment.start

    @cached_property
    def columns(self) -> Columns:
        """All moments under these settings, up to the present one."""
        return self.run.columns(self.start, self.at + 1)

    @cached_property
    def path(self) -> Tensor:
        """(k, d + 1) float64: the parameters of the last `WINDOW` steps, the present ones last."""
        seen = self.run.columns(max(self.start, self.at - WINDOW), self.at + 1)
        return torch.from_numpy(np.column_stack([seen.weights, seen.bias])).double()

    @property
    def here(self) -> Tensor:
        """The present parameters, (d + 1,) float64."""
        return self.path[-1]

    @property
    def is_finite(self) -> bool:
        """Whether all numbers of the moment are."""
        moment = self.run.columns(self.at, self.at + 1)
        return bool(np.isfinite(moment.table()).all())

    @property
    def has_reached(self) -> bool:
        """Whether the run has ended here because it has reached its target."""
        return self.at == self.run.passed

    @cached_property
    def lowered(self) -> np.ndarray:
        """What training lowers at each moment of `columns`, in float32, see `lowered`."""
        return lowered(self.columns, self.config)

    @cached_property
    def objective(self) -> Objective:
        """The same as an exact function of the weights, on all training points."""
        return self.objective_under(self.config)

    def objective_under(self, config: RunConfig) -> Objective:
        """What other settings would lower on these points."""
        run = self.run
        trained = ~run.is_test
        return Objective.of(config, run.basis(run.data.x[trained]), run.data.y[trained])

    @cached_property
    def minimum(self) -> Minimum | None:
        """Where that is lowest; None where it is not, and for MSE, whose valleys may be several."""
        found = lowest(self.objective) if self.objective.curve is LOGISTIC else None
        return found if isinstance(found, Minimum) else None

    @cached_property
    def bend(self) -> Curvature:
        """How the loss bends at the present parameters."""
        return curvature(self.objective, self.here)

    @cached_property
    def bend_of_minimum(self) -> Curvature | None:
        """How it bends at the minimum; None where there is none."""
        minimum = self.minimum
        return None if minimum is None else curvature(self.objective, minimum.parameters)

    def stable_rate(self, at: int) -> float:
        """The largest rate at which SGD settles, at a moment and at the minimum if there is one;
        infinite for other optimisers, of which nothing is known."""
        step = self.run.step(at)
        there = curvature(self.objective, torch.tensor([*step.weights, step.bias]))
        bends = [bend for bend in (there, self.bend_of_minimum) if bend is not None]
        rates = [bend.stable_rate(self.config.optimizer) for bend in bends]
        return min((rate for rate in rates if rate is not None), default=math.inf)

    def would_settle(self, at: int) -> bool:
        """Whether the rate is not too large for SGD to go on from a moment."""
        return getattr(self.config.optimizer, "lr", 0.0) < self.stable_rate(at)

    @cached_property
    def limits(self) -> Limits:
        """What accuracy is possible; takes up to about a second where it is not known yet."""
        return self._limits or limits_of(self.run)

    @cached_property
    def step(self) -> CloseUp | None:
        """The step that follows; None where there is none."""
        try:
            return self.run.close_up(self.at)
        except TrainingError:
            return None

    @property
    def sgd(self) -> SGD | None:
        """The optimiser where it is gradient descent on what `objective` says, perhaps with
        momentum: each step on all points, by the gradient of that step alone."""
        config = self.config
        by_the_book = config.zero_grad and not config.mini_batches and not config.l1
        optimizer = config.optimizer
        return optimizer if by_the_book and isinstance(optimizer, SGD) else None
