"""Any expression of a few letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import complete, leaf, typed, value_of
from lrcore.autograd.expression import LETTERS, parse
from lrcore.autograd.program import (
    Program,
    compile_expression,
    step_that_broke,
)
from lrcore.autograd.recorder import Recording
from lrcore.settings import Need

LABEL = f"Expression in {', '.join(LETTERS)}"
_REASONS: Mapping[str, str] = {
    "log": "log is defined for positive numbers only.",
    "/": "a number was divided by zero, or the result is too large.",
    "**": "this power is not defined here, or too large.",
}


def compiled(text: str, letters: tuple[str, ...] = LETTERS) -> Program:
    """The program of an expression.

    Raises:
        ExpressionError: says what is wrong with it, and where.
    """
    return compile_expression(parse(text, letters), text)


def uses(letter: str) -> Need:
    """That a letter occurs in the field `expr`; as part of a name, such as the x of exp, it does
    not."""
    return Need("expr", lambda text: letter in re.findall(r"[A-Za-z_]\w*", str(text)))


@dataclass(frozen=True)
class OfExpression(Exercise):
    """Base of the exercises on an expression, and on the values of its letters."""

    expr: str = typed("sigmoid(w * x + b)", LABEL)
    w: float = value_of("w", 1.0, needs=uses("w"))
    x: float = value_of("x", 2.0, needs=uses("x"))
    a: float = value_of("a", 1.0, needs=uses("a"))
    b: float = value_of("b", 1.0, needs=uses("b"))


@dataclass(frozen=True)
class OwnExpression(OfExpression):
    """An expression that a reader typed, as a graph."""

    name: ClassVar[str] = "Your own expression"
    title: ClassVar[str] = "Your own expression"
    sentence: ClassVar[str] = (
        "Any expression in w, x, a, b becomes a graph: one operation a line, one rule an operation."
    )
    trying: ClassVar[str] = "Type log(w - 3) * x and see where nan starts."

    def scripts(self) -> tuple[Script, ...]:
        """One line an operation.

        Raises:
            ExpressionError: says what is wrong with the expression, and where.
        """
        program = compiled(self.expr)
        leaves = [leaf(name, getattr(self, name)) for name in program.leaves]
        grads = ", ".join(f"{name}.grad" for name in program.leaves)
        lines = [*leaves, *program.code(), "y.backward()", "print(y)"]
        return (Script(f"y = {self.expr}", complete(*lines, f"print({grads})")),)

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """Where nan or infinity started, if anywhere."""
        [recording] = recordings
        program = compiled(self.expr)
        made = recording.names
        step = step_that_broke(program, made)
        if step is not None:
            place = self.expr[step.start : step.end]
            reason = _REASONS.get(step.function, "the result is too large for a float32.")
            return [f"**{step.name}** = `{place}` is {made[step.name].item()}: {reason}"]
        grads = {name: made[name].grad for name in program.leaves}
        bad = [name for name, g in grads.items() if g is not None and not g.isfinite()]
        if bad and made["y"].isfinite():
            return [
                f"The value is finite, but the gradient of {', '.join(bad)} is not: the function "
                "has no finite slope here."
            ]
        return []
