"""Optimisers: a settings class each, that builds torch's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import ClassVar

import torch

from lrcore.settings import Settings, setting


@dataclass(frozen=True)
class OptimizerSettings(Settings):
    """Base of the optimisers: the fields are the hyperparameters of `torch_class`."""

    title: ClassVar[str]
    torch_class: ClassVar[type[torch.optim.Optimizer]]

    def build(self, parameters: Iterable[torch.Tensor]) -> torch.optim.Optimizer:
        """Torch's optimiser over `parameters` with these settings."""
        return self.torch_class(parameters, foreach=False, **asdict(self))

    def apply_to(self, optimizer: torch.optim.Optimizer) -> None:
        """Put these settings into a running optimiser of `torch_class`; its state stays."""
        for group in optimizer.param_groups:
            group.update(asdict(self))


@dataclass(frozen=True)
class SGD(OptimizerSettings):
    """Gradient descent with momentum, as `torch.optim.SGD` defines it.

    Raises:
        SettingsError: a field is out of its bounds.
    """

    title: ClassVar[str] = "SGD"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD

    lr: float = setting(
        0.01,
        "Learning rate",
        "How far one step goes: watch the boundary crawl when it is small and jump when it is "
        "large.",
        minimum=1e-4,
        maximum=10.0,
        log=True,
    )
    momentum: float = setting(
        0.9,
        "Momentum",
        "How much of the last step is kept: watch the boundary swing past its place when it is "
        "high.",
        minimum=0.0,
        maximum=0.99,
        step=0.01,
    )


OPTIMIZERS: Mapping[str, type[OptimizerSettings]] = MappingProxyType({"sgd": SGD})
