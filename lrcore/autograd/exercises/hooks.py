"""Looking at gradients on their way, changing them, and checking one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import COURSE, complete, leaf, number, one_of, value_of, where
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting

PRINTS, CHANGES, CHECK = "A hook prints", "A hook changes", "gradcheck"
_RIGHT, _WRONG = "return g * 2 * x", "return g * x"
_GRADCHECK = '''\
import torch


def gradcheck(f, inputs):
    """torch.autograd.gradcheck; the film leaves its many calls out."""
    with torch._C.DisableTorchFunction():
        return torch.autograd.gradcheck(f, inputs)
'''
_DOUBLE, _SINGLE = "float64", "float32"


@dataclass(frozen=True)
class Hooks(Exercise):
    """Hooks on tensors; gradcheck on an autograd.Function."""

    name: ClassVar[str] = "Hooks and checking"
    title: ClassVar[str] = "Hooks and checking"
    sentence: ClassVar[str] = (
        "A hook sees each gradient that reaches its tensor, and may change it; gradcheck compares "
        "a backward with finite differences."
    )
    trying: ClassVar[str] = "gradcheck: choose the wrong line, then float32. Who notices?"

    hook: str = one_of("Part", "What to look at.", PRINTS, CHANGES, CHECK)
    w: float = value_of("w", 1.0, needs=where("hook", PRINTS, CHANGES))
    x: float = value_of("x", 2.0)
    on: str = one_of(
        "Hook on",
        "Which tensor's gradient the hook gets.",
        "a",
        "b",
        "w",
        "y",
        needs=where("hook", PRINTS, CHANGES),
    )
    factor: float = setting(
        10.0,
        "Factor",
        "What the hook multiplies the gradient by; all that lies behind it gets the product.",
        minimum=-10.0,
        maximum=10.0,
        step=1.0,
        needs=where("hook", CHANGES),
    )
    line: str = one_of(
        "Backward of x * x",
        "Write it by choosing a line: gradcheck tells whether it is right.",
        _RIGHT,
        _WRONG,
        needs=where("hook", CHECK),
    )
    dtype: str = one_of(
        "dtype",
        "Finite differences need many digits: watch the right line fail in float32.",
        _DOUBLE,
        _SINGLE,
        needs=where("hook", CHECK),
    )

    def scripts(self) -> tuple[Script, ...]:
        """The lines of the chosen part."""
        lines = self._check() if self.hook == CHECK else self._hook()
        folded = tuple(_GRADCHECK.splitlines()) if self.hook == CHECK else ()
        return (Script(self.hook, complete(*lines), folded),)

    def _hook(self) -> list[str]:
        does = (
            f'print("{self.on} gets", g)' if self.hook == PRINTS else f"g * {number(self.factor)}"
        )
        return [
            leaf("w", self.w),
            leaf("x", self.x),
            *COURSE,
            f"handle = {self.on}.register_hook(lambda g: {does})",
            "y.backward()",
            "print(w.grad, x.grad)",
            "handle.remove()",
        ]

    def _check(self) -> list[str]:
        return [
            "class Square(torch.autograd.Function):",
            "    @staticmethod",
            "    def forward(ctx, x):",
            "        ctx.save_for_backward(x)",
            "        return x * x",
            "",
            "    @staticmethod",
            "    def backward(ctx, g):",
            "        (x,) = ctx.saved_tensors",
            f"        {self.line}",
            "",
            f"x = torch.tensor([{number(self.x)}], dtype=torch.{self.dtype})",
            "x.requires_grad_()",
            "y = Square.apply(x)",
            "y.backward()",
            "print(x.grad)",
            "print(gradcheck(Square.apply, (x,)))",
        ]

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """What the hook did, or what gradcheck says."""
        if self.hook != CHECK:
            return [
                "The hook sees what arrives at the tensor, before `.grad` has it."
                if self.hook == PRINTS
                else f"From {self.on} on, the gradient is {self.factor:g} times as large: clipping "
                "works so."
            ]
        if recordings[0].error is None:
            return ["Both agree: the line is right here, and so is the slope of x · x, 2x."]
        if self.line == _WRONG:
            return ["gradcheck catches it: the slope of x · x is 2x, not x."]
        return [
            "The line is right, but float32 has too few digits: the difference of two close "
            "numbers is mostly rounding. Check in float64."
        ]
