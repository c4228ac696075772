"""What all optimisers share: their settings, and one step in beats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple

import torch

from lrcore.settings import Entry, setting


class Beat(StrEnum):
    """The parts of one iteration, in the order in which they come."""

    BATCH = "batch"
    ZERO_GRAD = "zero_grad"
    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    DECAY = "decay"
    M = "m"
    V = "v"
    MOMENTUM = "momentum"
    CORRECTION = "correction"
    STEP = "step"


class UpdateLine(NamedTuple):
    """A line of a step, the beat that it is, and the variable that it changes."""

    text: str
    beat: Beat
    shows: str = "theta"


_RATE_HELP = (
    "How far one step goes: watch the boundary crawl when it is small and jump when it is large."
)


def rate_setting(default: float, help: str = _RATE_HELP) -> float:  # noqa: A002
    """The field of a learning rate."""
    return setting(default, "Learning rate", help, minimum=1e-4, maximum=10.0, log=True)


def fraction_setting(default: float, label: str, help: str, *, maximum: float = 0.99) -> float:  # noqa: A002
    """A field from 0 to almost 1."""
    return setting(default, label, help, minimum=0.0, maximum=maximum, step=0.01)


def momentum_setting(default: float) -> float:
    """The field of momentum."""
    return fraction_setting(
        default,
        "Momentum",
        "How much of the last step is kept: watch the boundary swing past its place when it is "
        "high.",
    )


def weight_decay_setting(default: float = 0.0) -> float:
    """The field of weight decay."""
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
    # Weight decay is part of the gradient, as an L2 penalty on all weights would be.
    decay_is_a_penalty: ClassVar[bool] = True
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

    def change_code(self, before: OptimizerSettings) -> tuple[str, ...]:
        """What `apply_to` does to an `optimizer` with the settings `before`, as lines of torch."""
        earlier = before.hyperparameters()
        return tuple(
            f'optimizer.param_groups[0]["{name}"] = {value!r}'
            for name, value in self.hyperparameters().items()
            if value != earlier[name]
        )

    def memory(self) -> dict[str, str]:
        """The tensors that `update` goes on from, 0 at first: by their names there, torch's."""
        return {}

    def update(self) -> tuple[UpdateLine, ...]:
        """One step written out, by the very operations of `torch_class`, so that no bit differs.

        The lines know `theta`, `theta.grad`, `iteration` from 0 on, and the names of `memory`.

        Returns:
            Nothing where the step stays a call of `optimizer.step`.
        """
        return ()

    @staticmethod
    def coupled_decay(weight_decay: float) -> tuple[tuple[UpdateLine, ...], str]:
        """The line that adds weight decay to the gradient, if any; what the sum is called."""
        if not weight_decay:
            return (), "theta.grad"
        line = UpdateLine(f"g = theta.grad.add(theta, alpha={weight_decay})", Beat.DECAY, "g")
        return (line,), "g"


# What `forget_velocity` does, as a line of torch.
FORGET_VELOCITY = 'optimizer.state[theta].pop("momentum_buffer", None)'


def forget_velocity(optimizer: torch.optim.Optimizer) -> None:
    """Torch keeps the buffer while momentum is 0, and would go on from the old velocity later."""
    for state in optimizer.state.values():
        state.pop("momentum_buffer", None)
