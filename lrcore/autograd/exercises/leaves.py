"""Which tensors keep a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import complete, leaf, switch, value_of
from lrcore.autograd.recorder import Recording


def _require(name: str) -> bool:
    return switch(
        True,
        f"{name} requires_grad",
        f"Whether {name} asks for a gradient: watch which parts of the graph still exist.",
    )


def _retain(name: str, default: bool = False) -> bool:
    return switch(
        default,
        f"{name}.retain_grad()",
        f"Has {name}, which is no leaf, keep its gradient: watch it stay after backward.",
    )


@dataclass(frozen=True)
class Leaves(Exercise):
    """y = (w + x)(w + one), with requires_grad and retain_grad only where asked."""

    name: ClassVar[str] = "Leaves and retain_grad"
    title: ClassVar[str] = "Leaves and retain_grad"
    sentence: ClassVar[str] = (
        "A leaf keeps its gradient if it requires one; what is made of it does so only when asked."
    )
    trying: ClassVar[str] = "Turn x requires_grad off: what of the graph is left?"

    w: float = value_of("w", 1.0)
    x: float = value_of("x", 2.0)
    req_w: bool = _require("w")
    req_x: bool = _require("x")
    ret_a: bool = _retain("a", default=True)
    ret_b: bool = _retain("b")
    ret_y: bool = _retain("y")

    def scripts(self) -> tuple[Script, ...]:
        """The course's lines; the 1 is a tensor of its own, a constant."""
        retain = [name for name in "aby" if getattr(self, f"ret_{name}")]
        lines = complete(
            leaf("w", self.w, requires_grad=self.req_w),
            leaf("x", self.x, requires_grad=self.req_x),
            leaf("one", 1.0, requires_grad=False),
            "a = torch.add(w, x)",
            "b = torch.add(w, one)",
            "y = torch.mul(a, b)",
            'print("leaves", *[t.requires_grad for t in (w, x, one)])',
            'print("made", *[t.requires_grad for t in (a, b, y)])',
            *(f"{name}.retain_grad()" for name in retain),
            "y.backward()",
            "print(w.grad, x.grad, one.grad)",
            "print(a.grad, b.grad, y.grad)",
        )
        return (Script("Who keeps a gradient?", lines),)

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """Who requires a gradient, and why."""
        made = recordings[0].names
        needy = [name for name in "aby" if name in made and made[name].requires_grad]
        sentence = (
            f"{', '.join(needy)} require a gradient, because something they are made of does."
            if needy
            else "Nothing here requires a gradient, so PyTorch has recorded no graph."
        )
        return [
            "A tensor that you make is a leaf, and requires no gradient unless you say so: `one` "
            f"is a constant. {sentence}"
        ]
