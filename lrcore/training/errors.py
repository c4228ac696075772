"""What can go wrong while PyTorch computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class TrainingError(RuntimeError):
    """PyTorch could not go on; the moments recorded before are kept."""


class NoStepError(TrainingError):
    """An optimiser cannot make a step from where it stands."""


# What torch's optimisers raise themselves where numbers are too far apart, equal or not finite: the
# line search of LBFGS divides by their differences and looks for one that is the least.
_NO_STEP = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)


@contextmanager
def torch_errors() -> Iterator[None]:
    """Whatever PyTorch raises becomes a TrainingError."""
    try:
        yield
    except TrainingError:
        raise
    except (RuntimeError, MemoryError) as error:
        said = str(error) or "memory is full"
        raise TrainingError(f"PyTorch could not go on: {said}") from error


def step(optimizer_step: Callable[..., object], *closure: Callable[[], Tensor]) -> None:
    """One step of an optimiser; that it finds none is a NoStepError."""
    try:
        with torch.no_grad():
            optimizer_step(*closure)
    except _NO_STEP as error:
        raise NoStepError(
            "The optimiser finds no step from here: the weights or the loss are too large or too "
            "small to compute with"
        ) from error
