"""What can go wrong while PyTorch computes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class TrainingError(RuntimeError):
    """PyTorch could not go on; the moments recorded before are kept."""


@contextmanager
def torch_errors() -> Iterator[None]:
    """Whatever PyTorch and its optimisers raise becomes a TrainingError.

    The line search of LBFGS raises IndexError where numbers are out of the range of float32.
    """
    try:
        yield
    except (RuntimeError, MemoryError, IndexError) as error:
        raise TrainingError(f"PyTorch could not go on: {error}") from error
