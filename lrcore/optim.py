"""Optimisers: a settings class each, that builds torch's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import ClassVar

import torch

from lrcore.settings import Entry, Registry, SettingsError, setting

_RATE_HELP = (
    "How far one step goes: watch the boundary crawl when it is small and jump when it is large."
)


def _rate(default: float, help: str = _RATE_HELP) -> float:  # noqa: A002
    return setting(default, "Learning rate", help, minimum=1e-4, maximum=10.0, log=True)


def _fraction(default: float, label: str, help: str, *, maximum: float = 0.99) -> float:  # noqa: A002
    return setting(default, label, help, minimum=0.0, maximum=maximum, step=0.01)


def _momentum(default: float) -> float:
    return _fraction(
        default,
        "Momentum",
        "How much of the last step is kept: watch the boundary swing past its place when it is "
        "high.",
    )


def _weight_decay(default: float = 0.0) -> float:
    return setting(
        default,
        "Weight decay",
        "Pulls all weights, b too, towards 0 at each step: watch the boundary grow softer.",
        minimum=0.0,
        maximum=1.0,
        step=0.01,
        advanced=True,
    )


@dataclass(frozen=True)
class OptimizerSettings(Entry):
    """Base of the optimisers: the fields are the hyperparameters of `torch_class`."""

    torch_class: ClassVar[type[torch.optim.Optimizer]]
    # About how often a step evaluates the loss; more than once needs a closure.
    evaluations: ClassVar[int] = 1

    def hyperparameters(self) -> dict[str, object]:
        """The settings by torch's names."""
        return asdict(self)

    def build(self, parameters: Iterable[torch.Tensor]) -> torch.optim.Optimizer:
        """Torch's optimiser over `parameters` with these settings."""
        make: Callable[..., torch.optim.Optimizer] = self.torch_class
        return make(parameters, foreach=False, **self.hyperparameters())

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """Put these settings into a running optimiser of `torch_class`; its state stays."""
        for group in optimizer.param_groups:
            group.update(self.hyperparameters())


def _forget_velocity(optimizer: torch.optim.Optimizer) -> None:
    """Torch keeps the buffer while momentum is 0, and would go on from the old velocity later."""
    for state in optimizer.state.values():
        state.pop("momentum_buffer", None)


@dataclass(frozen=True)
class SGD(OptimizerSettings):
    """Gradient descent with momentum, as `torch.optim.SGD` defines it.

    Raises:
        SettingsError: a field is out of its bounds, or Nesterov's momentum is on without momentum.
    """

    name: ClassVar[str] = "SGD"
    title: ClassVar[str] = "SGD"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD

    lr: float = _rate(0.01)
    momentum: float = _momentum(0.9)
    nesterov: bool = setting(
        False,
        "Nesterov",
        "Looks one step ahead before it corrects, and needs momentum: at 0.95 watch it overshoot "
        "less.",
        advanced=True,
    )
    weight_decay: float = _weight_decay()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and self.momentum == 0:
            raise SettingsError("nesterov", "off where momentum is 0", self.nesterov)

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """See `OptimizerSettings.apply_to`; without momentum there is no last step to keep."""
        super().apply_to(optimizer)
        if self.momentum == 0:
            _forget_velocity(optimizer)


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

    lr: float = _rate(0.001)
    beta1: float = _fraction(
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
    weight_decay: float = _weight_decay()

    def hyperparameters(self) -> dict[str, object]:
        """See `OptimizerSettings.hyperparameters`."""
        return {
            "lr": self.lr,
            "betas": (self.beta1, self.beta2),
            "weight_decay": self.weight_decay,
        }


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weight decay apart from the gradient, as `torch.optim.AdamW` defines it.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2.
    """

    name: ClassVar[str] = "AdamW"
    title: ClassVar[str] = "AdamW"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.AdamW

    weight_decay: float = _weight_decay(0.01)


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

    lr: float = _rate(0.01)
    alpha: float = _fraction(
        0.99,
        "α",
        "How long the mean of the squared gradients remembers: at 0 each step moves a weight by "
        "the learning rate; at 0.99 watch the first one move it ten times as far.",
    )
    momentum: float = _momentum(0.0)
    weight_decay: float = _weight_decay()

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """See `OptimizerSettings.apply_to`; momentum that comes later starts from 0."""
        super().apply_to(optimizer)
        if self.momentum == 0:
            _forget_velocity(optimizer)
            return
        for state in optimizer.state.values():
            # Torch makes this buffer in its first step only.
            state.setdefault("momentum_buffer", torch.zeros_like(state["square_avg"]))


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

    lr: float = _rate(0.01)
    lr_decay: float = _fraction(
        0.0,
        "Rate decay",
        "Shrinks the learning rate from step to step: watch the steps get smaller.",
    )
    weight_decay: float = _weight_decay()


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

    lr: float = _rate(
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


# ADD AN OPTIMISER HERE: control, link, page and tests follow.
OPTIMIZERS: Registry[type[OptimizerSettings]] = Registry(SGD, Adam, AdamW, RMSprop, Adagrad, LBFGS)
