"""Optimisers: a settings class each, that builds torch's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch

from lrcore.optim.adaptive import Adagrad, Adam, AdamW, RMSprop
from lrcore.optim.base import (
    FORGET_VELOCITY,
    Beat,
    OptimizerSettings,
    UpdateLine,
    forget_velocity,
    momentum_setting,
    rate_setting,
    weight_decay_setting,
)
from lrcore.settings import Registry, SettingsError, setting

__all__ = [
    "LBFGS",
    "OPTIMIZERS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Beat",
    "OptimizerSettings",
    "RMSprop",
    "UpdateLine",
]


@dataclass(frozen=True)
class SGD(OptimizerSettings):
    """Gradient descent with momentum, as `torch.optim.SGD` defines it.

    Raises:
        SettingsError: a field is out of its bounds, or Nesterov's momentum is on without momentum.
    """

    name: ClassVar[str] = "SGD"
    title: ClassVar[str] = "SGD"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD

    lr: float = rate_setting(0.01)
    momentum: float = momentum_setting(0.9)
    nesterov: bool = setting(
        False,
        "Nesterov",
        "Looks one step ahead before it corrects, and needs momentum: at 0.95 watch it overshoot "
        "less.",
        advanced=True,
    )
    weight_decay: float = weight_decay_setting()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and self.momentum == 0:
            raise SettingsError("nesterov", "off where momentum is 0", self.nesterov)

    def memory(self) -> dict[str, str]:
        """See `OptimizerSettings.memory`."""
        return {"velocity": "momentum_buffer"} if self.momentum else {}

    def update(self) -> tuple[UpdateLine, ...]:
        """See `OptimizerSettings.update`."""
        decay, g = self.coupled_decay(self.weight_decay)
        if not self.momentum:
            return (*decay, UpdateLine(f"theta.add_({g}, alpha=-{self.lr})", Beat.STEP))
        velocity = f"velocity.mul_({self.momentum}).add_({g})"
        ahead = f"{g}.add(velocity, alpha={self.momentum})" if self.nesterov else "velocity"
        return (
            *decay,
            UpdateLine(velocity, Beat.MOMENTUM, "velocity"),
            UpdateLine(f"theta.add_({ahead}, alpha=-{self.lr})", Beat.STEP),
        )

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """See `OptimizerSettings.apply_to`; without momentum there is no last step to keep."""
        super().apply_to(optimizer)
        if self.momentum == 0:
            forget_velocity(optimizer)

    def change_code(self, before: OptimizerSettings) -> tuple[str, ...]:
        """See `OptimizerSettings.change_code`."""
        lines = super().change_code(before)
        return lines if self.momentum or not lines else (*lines, FORGET_VELOCITY)


@dataclass(frozen=True)
class LBFGS(OptimizerSettings):
    """A quasi-Newton method, as `torch.optim.LBFGS` defines it.

    Source: Nocedal and Wright, Numerical Optimization, section 7.2.

    Raises:
        SettingsError: a field is out of its bounds.
    """

    name: ClassVar[str] = "LBFGS"
    title: ClassVar[str] = "LBFGS"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.LBFGS
    evaluations: ClassVar[int] = 20

    lr: float = rate_setting(
        1.0, "The length that the line search tries first; without one, that of each step."
    )
    max_iter: int = setting(
        1,
        "Inner iterations",
        "How many updates one step makes: at 1 every update is a moment of its own.",
        minimum=1,
        maximum=20,
        step=1,
    )
    history_size: int = setting(
        10,
        "History",
        "From how many past updates it guesses the curvature: a longer memory often saves steps.",
        minimum=1,
        maximum=100,
        log=True,
        advanced=True,
    )
    line_search: bool = setting(
        True,
        "Line search",
        "Looks for a good length of each step (strong Wolfe). Off: each step is as long as the "
        "learning rate says; try 10 and watch the loss climb.",
        advanced=True,
    )

    def hyperparameters(self) -> dict[str, object]:
        """See `OptimizerSettings.hyperparameters`."""
        return {
            "lr": self.lr,
            "max_iter": self.max_iter,
            # Torch's default leaves a line search of one inner iteration nothing to search with.
            "max_eval": self.max_iter * 25,
            "history_size": self.history_size,
            "line_search_fn": "strong_wolfe" if self.line_search else None,
        }

    def build(self, parameters: Iterable[torch.Tensor]) -> torch.optim.Optimizer:
        """See `OptimizerSettings.build`."""
        make: Callable[..., torch.optim.Optimizer] = self.torch_class
        return make(parameters, **self.hyperparameters())

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """See `OptimizerSettings.apply_to`; a memory of another size starts empty."""
        if any(group["history_size"] != self.history_size for group in optimizer.param_groups):
            optimizer.state.clear()
        super().apply_to(optimizer)

    def change_code(self, before: OptimizerSettings) -> tuple[str, ...]:
        """See `OptimizerSettings.change_code`."""
        lines = super().change_code(before)
        is_other = any("history_size" in line for line in lines)
        return ("optimizer.state.clear()", *lines) if is_other else lines


# ADD AN OPTIMISER HERE: control, link, page and tests follow.
OPTIMIZERS: Registry[type[OptimizerSettings]] = Registry(SGD, Adam, AdamW, RMSprop, Adagrad, LBFGS)
