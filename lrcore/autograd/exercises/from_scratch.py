"""The same graph by our own engine and by PyTorch."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd import engine
from lrcore.autograd.exercises.base import Script
from lrcore.autograd.exercises.own_expression import LABEL, OfExpression, compiled
from lrcore.autograd.exercises.pieces import complete, leaf, number, typed
from lrcore.autograd.program import Operation
from lrcore.autograd.recorder import Recording, record
from lrcore.autograd.scratch import record_engine


@dataclass(frozen=True)
class FromScratch(OfExpression):
    """An expression by `lrcore.autograd.engine`, and by PyTorch beside it."""

    name: ClassVar[str] = "From scratch"
    title: ClassVar[str] = "From scratch"
    sentence: ClassVar[str] = (
        "An autograd in plain Python: each number remembers what it was made of, and the slopes."
    )
    trying: ClassVar[str] = "Unfold the engine: which lines are the chain rule?"

    expr: str = typed("(w + x) * (w + 1)", LABEL)

    def scripts(self) -> tuple[Script, ...]:
        """The same steps twice.

        Raises:
            ExpressionError: says what is wrong with the expression, and where.
        """
        program = compiled(self.expr)
        values = {name: getattr(self, name) for name in program.leaves}
        grads = ", ".join(f"{name}.grad" for name in program.leaves)
        ours = (
            *(f"{name} = Value({number(value)})" for name, value in values.items()),
            *map(_line, program.steps),
            "y.backward()",
            f"print(y.data, {grads})",
        )
        theirs = complete(
            *(leaf(name, value) for name, value in values.items()),
            *program.code(),
            "y.backward()",
            f"print(y, {grads})",
        )
        source = tuple(inspect.getsource(engine).rstrip().splitlines())
        return Script("Our engine", ours, source), Script("PyTorch", theirs)

    def recordings(self) -> tuple[Recording, ...]:
        """Our engine is watched in its own way."""
        ours, theirs = self.scripts()
        return record_engine(ours.lines, ours.folded), record(theirs.lines)

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """What is the same, and what PyTorch does besides."""
        del recordings
        return [
            "`made_of` holds the edges, `backward` walks them in reverse order: that is all. What "
            "PyTorch has besides: tensors, a backward in C++ for thousands of operations, and the "
            "freeing of what was saved."
        ]


def _line(step: Operation) -> str:
    """The line of our engine that does the step."""
    first, *others = step.operands
    is_alone = not any(isinstance(operand, str) for operand in step.operands)
    one = f"Value({first})" if is_alone else str(first)
    if step.function.isalpha():
        return f"{step.name} = {one}.{step.function}()"
    if not others:
        return f"{step.name} = -{one}"
    return f"{step.name} = {one} {step.function} {others[0]}"
