"""What an exercise shows beside its graph: lines of PyTorch and what they print."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

Result = TypeVar("Result")

# Warnings are settings of the whole process, so one thread at a time.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Snippet:
    """A script that runs by itself.

    ``printed`` is its standard output and ``error`` the last line of its traceback if it ends in
    one; both were read from the same operations run here.
    """

    code: str
    printed: str
    error: str | None = None


def snippet(
    lines: Sequence[str], printed: Sequence[object], error: BaseException | None = None
) -> Snippet:
    """Put the import on top, and write the error as a traceback ends."""
    blank = [] if lines[0].startswith(("import ", "from ")) else [""]
    code = "\n".join(("import torch", *blank, *lines))
    text = None if error is None else f"{type(error).__name__}: {error}"
    return Snippet(code, "\n".join(map(str, printed)), text)


def with_warnings(action: Callable[[], Result]) -> tuple[Result, tuple[str, ...]]:
    """The result of ``action`` and what PyTorch warned about meanwhile, in its own words."""
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        usual = torch.is_warn_always_enabled()
        # Some of its warnings PyTorch says once a process, so only the first reader would see them.
        torch.set_warn_always(True)
        try:
            result = action()
        finally:
            torch.set_warn_always(usual)
    texts = (str(item.message).partition(" (Triggered internally")[0] for item in caught)
    return result, tuple(dict.fromkeys(texts))


def spaced(values: Iterable[object]) -> str:
    """The line that ``print(*values)`` writes."""
    return " ".join(map(str, values))


def function_name(tensor: Tensor) -> str | None:
    """The name of the tensor's ``grad_fn``, None for a leaf."""
    return None if tensor.grad_fn is None else tensor.grad_fn.name()
