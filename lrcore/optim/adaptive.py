"""Optimisers that give each weight a rate of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from lrcore.optim.base import (
    FORGET_VELOCITY,
    Beat,
    OptimizerSettings,
    UpdateLine,
    forget_velocity,
    fraction_setting,
    momentum_setting,
    rate_setting,
    weight_decay_setting,
)
from lrcore.settings import setting


@dataclass(frozen=True)
class Adam(OptimizerSettings):
    """Adam, as `torch.optim.Adam` defines it.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1.

    Raises:
        SettingsError: a field is out of its bounds.
    """

    name: ClassVar[str] = "Adam"
    title: ClassVar[str] = "Adam"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adam

    lr: float = rate_setting(0.001)
    beta1: float = fraction_setting(
        0.9,
        "β₁",
        "How long the mean of the gradients remembers, much like momentum: at 0.99 watch the "
        "boundary swing past its place.",
    )
    beta2: float = setting(
        0.999,
        "β₂",
        "How long the mean of their squares remembers: at 0 watch some steps leap.",
        minimum=0.0,
        maximum=0.999,
        step=0.001,
        advanced=True,
    )
    weight_decay: float = weight_decay_setting()

    def hyperparameters(self) -> dict[str, object]:
        """See `OptimizerSettings.hyperparameters`."""
        return {
            "lr": self.lr,
            "betas": (self.beta1, self.beta2),
            "weight_decay": self.weight_decay,
        }

    def memory(self) -> dict[str, str]:
        """See `OptimizerSettings.memory`."""
        return {"m": "exp_avg", "v": "exp_avg_sq"}

    def update(self) -> tuple[UpdateLine, ...]:
        """See `OptimizerSettings.update`."""
        decay, g = self.coupled_decay(self.weight_decay)
        return (*decay, *self._moments(g))

    def _moments(self, g: str) -> tuple[UpdateLine, ...]:
        squares = f"v.mul_({self.beta2}).addcmul_({g}, {g}, value=1 - {self.beta2})"
        step_size = f"rate = {self.lr} / (1 - {self.beta1} ** (iteration + 1))"
        root = f"root = (v.sqrt() / (1 - {self.beta2} ** (iteration + 1)) ** 0.5).add_(1e-8)"
        return (
            UpdateLine(f"m.lerp_({g}, 1 - {self.beta1})", Beat.M, "m"),
            UpdateLine(squares, Beat.V, "v"),
            UpdateLine(step_size, Beat.CORRECTION, "rate"),
            UpdateLine(root, Beat.CORRECTION, "root"),
            UpdateLine("theta.addcdiv_(m, root, value=-rate)", Beat.STEP),
        )


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weight decay apart from the gradient, as `torch.optim.AdamW` defines it.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2.
    """

    name: ClassVar[str] = "AdamW"
    title: ClassVar[str] = "AdamW"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.AdamW
    decay_is_a_penalty: ClassVar[bool] = False

    weight_decay: float = weight_decay_setting(0.01)

    def update(self) -> tuple[UpdateLine, ...]:
        """See `OptimizerSettings.update`."""
        shrink = UpdateLine(f"theta.mul_(1 - {self.lr} * {self.weight_decay})", Beat.DECAY)
        return (*([shrink] if self.weight_decay else []), *self._moments("theta.grad"))


@dataclass(frozen=True)
class RMSprop(OptimizerSettings):
    """RMSprop, as `torch.optim.RMSprop` defines it.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 8.5.2.

    Raises:
        SettingsError: a field is out of its bounds.
    """

    name: ClassVar[str] = "RMSprop"
    title: ClassVar[str] = "RMSprop"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.RMSprop

    lr: float = rate_setting(0.01)
    alpha: float = fraction_setting(
        0.99,
        "α",
        "How long the mean of the squared gradients remembers: at 0 each step moves a weight by "
        "the learning rate; at 0.99 watch the first one move it ten times as far.",
    )
    momentum: float = momentum_setting(0.0)
    weight_decay: float = weight_decay_setting()

    def memory(self) -> dict[str, str]:
        """See `OptimizerSettings.memory`."""
        return {"v": "square_avg"} | ({"velocity": "momentum_buffer"} if self.momentum else {})

    def update(self) -> tuple[UpdateLine, ...]:
        """See `OptimizerSettings.update`."""
        decay, g = self.coupled_decay(self.weight_decay)
        squares = f"v.mul_({self.alpha}).addcmul_({g}, {g}, value=1 - {self.alpha})"
        lines = (*decay, UpdateLine(squares, Beat.V, "v"))
        if not self.momentum:
            step = f"theta.addcdiv_({g}, v.sqrt().add_(1e-8), value=-{self.lr})"
            return (*lines, UpdateLine(step, Beat.STEP))
        velocity = f"velocity.mul_({self.momentum}).addcdiv_({g}, v.sqrt().add_(1e-8))"
        return (
            *lines,
            UpdateLine(velocity, Beat.MOMENTUM, "velocity"),
            UpdateLine(f"theta.add_(velocity, alpha=-{self.lr})", Beat.STEP),
        )

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """See `OptimizerSettings.apply_to`; momentum that comes later starts from 0."""
        super().apply_to(optimizer)
        if self.momentum == 0:
            forget_velocity(optimizer)
            return
        for state in optimizer.state.values():
            # Torch makes this buffer in its first step only.
            state.setdefault("momentum_buffer", torch.zeros_like(state["square_avg"]))

    def change_code(self, before: OptimizerSettings) -> tuple[str, ...]:
        """See `OptimizerSettings.change_code`."""
        lines = super().change_code(before)
        begins = 'optimizer.state[theta].setdefault("momentum_buffer", torch.zeros_like(theta))'
        return (*lines, begins if self.momentum else FORGET_VELOCITY) if lines else ()


@dataclass(frozen=True)
class Adagrad(OptimizerSettings):
    """Adagrad, as `torch.optim.Adagrad` defines it.

    Source: Duchi, Hazan, Singer, Adaptive Subgradient Methods, 2011, figure 1.

    Raises:
        SettingsError: a field is out of its bounds.
    """

    name: ClassVar[str] = "Adagrad"
    title: ClassVar[str] = "Adagrad"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adagrad

    lr: float = rate_setting(0.01)
    lr_decay: float = fraction_setting(
        0.0,
        "Rate decay",
        "Shrinks the learning rate from step to step: watch the steps get smaller.",
    )
    weight_decay: float = weight_decay_setting()

    def memory(self) -> dict[str, str]:
        """See `OptimizerSettings.memory`."""
        return {"squares": "sum"}

    def update(self) -> tuple[UpdateLine, ...]:
        """See `OptimizerSettings.update`."""
        decay, g = self.coupled_decay(self.weight_decay)
        rate = f"rate = {self.lr} / (1 + iteration * {self.lr_decay})"
        shrinks = [UpdateLine(rate, Beat.CORRECTION, "rate")] if self.lr_decay else []
        name = "rate" if shrinks else self.lr
        step = f"theta.addcdiv_({g}, squares.sqrt().add_(1e-10), value=-{name})"
        return (
            *decay,
            UpdateLine(f"squares.addcmul_({g}, {g})", Beat.V, "squares"),
            *shrinks,
            UpdateLine(step, Beat.STEP),
        )
