"""A run in float64, by torch's own losses and autograd: what the coach must agree with."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lrcore import Columns, Run
from tests import by_hand


class Facts:
    """The run in float64, by torch's own losses and autograd."""

    def __init__(self, run: Run, at: int) -> None:
        self.run, self.at = run, at
        self.config = [one.config for one in run.segments if one.start <= at][-1]
        self.start = [one.start for one in run.segments if one.start <= at][-1]
        self.columns = run.columns(0, at + 1)
        self.x, y = by_hand.training_sample(self.config)
        self.y = y.double()
        self.design = torch.cat([self.x.double(), torch.ones(len(y), 1)], 1)
        self.path = self.parameters(self.columns)

    @staticmethod
    def parameters(columns: Columns) -> Tensor:
        return torch.from_numpy(np.column_stack([columns.weights, columns.bias])).double()

    @property
    def here(self) -> Tensor:
        return self.path[-1]

    def data_loss(self, theta: Tensor) -> Tensor:
        z = self.design @ theta
        if self.config.loss == "mse":
            return (torch.sigmoid(z) - self.y).square().mean()
        return functional.binary_cross_entropy_with_logits(z, self.y)

    def loss(self, theta: Tensor) -> Tensor:
        """What SGD lowers."""
        c, w = self.config, theta[:-1]
        decay = getattr(c.optimizer, "weight_decay", 0.0)
        penalty = c.l1 * w.abs().sum() + c.l2 / 2 * w.square().sum()
        return self.data_loss(theta) + penalty + decay / 2 * theta.square().sum()

    def losses(self, path: Tensor) -> np.ndarray:
        return torch.vmap(self.loss)(path).numpy()

    def gradient(self, theta: Tensor) -> Tensor:
        return torch.autograd.functional.jacobian(self.loss, theta)

    def hessian(self, theta: Tensor) -> Tensor:
        return torch.autograd.functional.hessian(self.loss, theta)

    def minimum(self) -> Tensor:
        theta = torch.zeros_like(self.here).requires_grad_()
        search = torch.optim.LBFGS(
            [theta],
            max_iter=2000,
            max_eval=5000,
            history_size=30,
            tolerance_grad=1e-11,
            tolerance_change=1e-16,
            line_search_fn="strong_wolfe",
        )

        def closure() -> Tensor:
            search.zero_grad()
            loss = self.loss(theta)
            loss.backward()
            return loss

        for _ in range(3):
            search.step(closure)
        return theta.detach()
