"""Where autograd does not look, and changes in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import (
    COURSE,
    complete,
    indented,
    leaf,
    one_of,
    switch,
    value_of,
    where,
)
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting

NOTHING, NO_GRAD, DETACH, INFERENCE, REQUIRES, LEAF, SAVED, SAME = (
    "Nothing",
    "torch.no_grad()",
    ".detach()",
    "torch.inference_mode()",
    ".requires_grad_(False)",
    "Change a leaf",
    "Change a saved tensor",
    "a += 1 or a = a + 1",
)
_SAID = {
    NOTHING: "The whole graph is there: both paths from w to y.",
    NO_GRAD: "Inside `no_grad`, PyTorch computes and records nothing: the path through b is cut, "
    "and its part of w.grad is missing.",
    DETACH: "`detach` gives the same numbers without their graph: the path through b is cut there.",
    INFERENCE: "`inference_mode` goes further than `no_grad`: what is made there can never enter a "
    "graph, and saves the cost of keeping that open.",
    REQUIRES: "Without `requires_grad`, w is a constant: edges lead to x alone.",
}
_FORMULAS = where("off", NOTHING, NO_GRAD, DETACH, INFERENCE, REQUIRES)


@dataclass(frozen=True)
class TurningOff(Exercise):
    """y = (w + x)(w + 1) with b out of autograd's sight; and changes in place."""

    name: ClassVar[str] = "Turning it off"
    title: ClassVar[str] = "Turning it off"
    sentence: ClassVar[str] = (
        "The same formula, partly out of autograd's sight: the edges are cut where PyTorch cuts."
    )
    trying: ClassVar[str] = "Compare w.grad under no_grad and under Nothing."

    off: str = one_of(
        "Turned off by",
        "What keeps autograd from looking, or what is changed in place.",
        NOTHING,
        NO_GRAD,
        DETACH,
        INFERENCE,
        REQUIRES,
        LEAF,
        SAVED,
        SAME,
        default=NO_GRAD,
    )
    w: float = value_of(
        "w", 1.0, needs=where("off", NOTHING, NO_GRAD, DETACH, INFERENCE, REQUIRES, LEAF)
    )
    x: float = value_of("x", 2.0, needs=_FORMULAS)
    whole: bool = switch(
        False,
        "The whole formula",
        "Turns it off for a, b and y, not for b alone: what is left for backward?",
        needs=where("off", NO_GRAD, DETACH, INFERENCE, REQUIRES),
    )
    no_grad: bool = switch(
        False,
        "Inside torch.no_grad()",
        "Optimisers change the weights so: no part of any graph.",
        needs=where("off", LEAF),
    )
    exp_x: float = setting(
        1.0,
        "Value of x",
        "The number that goes into exp.",
        minimum=-5.0,
        maximum=5.0,
        step=0.1,
        needs=where("off", SAVED),
    )
    inplace: bool = switch(
        True,
        "In place",
        "Overwrites the numbers themselves: watch the version go from 0 to 1.",
        needs=where("off", SAVED, SAME),
    )

    def scripts(self) -> tuple[Script, ...]:
        """The lines of the chosen way."""
        lines = {LEAF: self._leaf, SAVED: self._saved, SAME: self._same}.get(
            self.off, self._formula
        )()
        return (Script(self.off, complete(*lines)),)

    def _formula(self) -> list[str]:
        lines = [leaf("w", self.w), leaf("x", self.x)]
        made = list(COURSE) if self.whole else [COURSE[1]]
        if self.off in (NO_GRAD, INFERENCE):
            made = [f"with {self.off}:", *indented(made)]
        elif self.off == DETACH:
            made = [*made[:-1], f"{made[-1]}.detach()"]
        elif self.off == REQUIRES:
            lines.append("w.requires_grad_(False)")
            lines += ["x.requires_grad_(False)"] if self.whole else []
        lines += made if self.whole else [COURSE[0], *made, COURSE[2]]
        return [*lines, "print(y)", "y.backward()", "print(w.grad, x.grad)"]

    def _leaf(self) -> list[str]:
        change = "w.add_(1)"
        lines = ["with torch.no_grad():", f"    {change}"] if self.no_grad else [change]
        return [leaf("w", self.w), *lines, "print(w)", "print(w.is_leaf, w._version)"]

    def _saved(self) -> list[str]:
        return [
            leaf("x", self.exp_x),
            "a = torch.exp(x)",
            "print(a._version)",
            "y = a.add_(1)" if self.inplace else "y = a + 1",
            "print(a._version)",
            "y.backward()",
            "print(x.grad)",
        ]

    def _same(self) -> list[str]:
        return [
            "a = torch.ones(1)",
            "before = id(a)",
            "a += torch.ones(1)" if self.inplace else "a = a + torch.ones(1)",
            "print(a, id(a) == before, a._version)",
        ]

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """What happened to the edges."""
        del recordings
        if self.off == LEAF:
            return [
                "`no_grad` says: this change is no part of the graph. Optimisers do their steps so."
                if self.no_grad
                else "Recorded, the change would make w the result of an operation: no leaf any "
                "more, and no place to keep its `.grad`."
            ]
        if self.off == SAVED:
            return [
                "`exp` saves its result at version 0, because its derivative is the same number. "
                "Adding in place overwrites it, v0 → v1: PyTorch compares the versions."
                if self.inplace
                else "`a + 1` makes a new tensor. What `exp` saved stays at version 0."
            ]
        if self.off == SAME:
            return [
                "`a += 1` writes into the same memory: the same id, the next version."
                if self.inplace
                else "`a = a + 1` makes a new tensor: another id, version 0."
            ]
        if self.whole and self.off != NOTHING:
            return ["No edge is left, and nothing for backward to follow."]
        return [_SAID[self.off]]
