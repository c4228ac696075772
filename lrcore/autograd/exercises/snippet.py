"""The code beside a graph: lines of PyTorch, and what they print."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

Result = TypeVar("Result")

# How warnings are treated is set for the whole process, so one thread at a time changes it.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Snippet:
    """A script that a student can copy and run.

    ``printed`` is what it prints, and ``error`` the last line of its traceback, None if it has
    none. Both come from the same operations, which have run here.
    """

    code: str
    printed: str
    error: str | None = None


def snippet(
    lines: Sequence[str], printed: Sequence[object], error: BaseException | None = None
) -> Snippet:
    """Put the import on top, and write the error like the last line of a traceback."""
    blank = [] if lines[0].startswith(("import ", "from ")) else [""]
    code = "\n".join(("import torch", *blank, *lines))
    text = None if error is None else f"{type(error).__name__}: {error}"
    return Snippet(code, "\n".join(map(str, printed)), text)


def with_warnings(action: Callable[[], Result]) -> tuple[Result, tuple[str, ...]]:
    """The result of ``action``, and PyTorch's warnings in its own words."""
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        usual = torch.is_warn_always_enabled()
        # PyTorch gives some warnings once a process: only the first reader would see them.
        torch.set_warn_always(True)
        try:
            result = action()
        finally:
            torch.set_warn_always(usual)
    texts = (str(item.message).partition(" (Triggered internally")[0] for item in caught)
    return result, tuple(dict.fromkeys(texts))


def gradient_of(tensor: Tensor) -> Tensor:
    """The ``.grad`` of a tensor that has one after a backward.

    Raises:
        RuntimeError: it has none.
    """
    if tensor.grad is None:
        raise RuntimeError("no gradient has reached this tensor")
    return tensor.grad


def spaced(values: Iterable[object]) -> str:
    """The line that ``print(*values)`` writes."""
    return " ".join(map(str, values))


def function_name(tensor: Tensor) -> str | None:
    """The name of the tensor's ``grad_fn``, None for a leaf."""
    return None if tensor.grad_fn is None else tensor.grad_fn.name()
