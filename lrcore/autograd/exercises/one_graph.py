"""The course's graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import (
    COURSE,
    COURSE_BY_OPERATORS,
    complete,
    leaf,
    one_of,
    value_of,
)
from lrcore.autograd.recorder import Recording

_FUNCTIONS, _OPERATORS = "torch.add, torch.mul", "w + x, a * b"


@dataclass(frozen=True)
class OneGraph(Exercise):
    """y = (w + x)(w + 1): forward operation by operation, backward edge by edge."""

    name: ClassVar[str] = "One graph"
    title: ClassVar[str] = "One graph"
    sentence: ClassVar[str] = (
        "y = (w + x)(w + 1): forward makes the graph, backward sends gradients along its edges."
    )
    trying: ClassVar[str] = "Before backward starts, say what w.grad will be."

    w: float = value_of("w", 1.0)
    x: float = value_of("x", 2.0)
    write: str = one_of(
        "Written with",
        "Functions or operators: watch that PyTorch records the same graph.",
        _FUNCTIONS,
        _OPERATORS,
    )

    def scripts(self) -> tuple[Script, ...]:
        """The course's lines."""
        lines = complete(
            leaf("w", self.w),
            leaf("x", self.x),
            *(COURSE if self.write == _FUNCTIONS else COURSE_BY_OPERATORS),
            "y.backward()",
            "print(w.grad)",
            "tensors = w, x, a, b, y",
            'print("is_leaf:", *[t.is_leaf for t in tensors])',
            'print("gradient:", *[t.grad for t in tensors])',
            'print("grad_fn:", *[t.grad_fn for t in tensors])',
        )
        return (Script("y = (w + x)(w + 1)", lines),)

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """Why leaves, and why they have no grad_fn."""
        [recording] = recordings
        size = {name: recording.names[name].nbytes for name in "wxaby"}
        return [
            "**Why leaves?** To save memory. The graph keeps a and b for MulBackward0, "
            f"{size['a'] + size['b']} bytes, until backward frees them; and of the gradients, "
            f"{sum(size.values())} bytes, only the leaves keep theirs: {size['w'] + size['x']}.",
            "**A leaf's grad_fn is None**: you made it, no operation did.",
        ]
