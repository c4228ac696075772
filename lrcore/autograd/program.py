"""A computation as a list of operations: PyTorch runs them, or they are shown as lines of PyTorch.

Both are made from the same list, so the lines shown are the operations that ran.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.autograd.expression import Constant, Expression, ExpressionError, Letter

MAX_STEPS = 16

Operand = str | int | float

_FUNCTIONS: Mapping[str, Callable[..., Tensor]] = {
    "negative": operator.neg,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "exp": torch.exp,
    "log": torch.log,
    "sin": torch.sin,
    "cos": torch.cos,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
}


@dataclass(frozen=True, slots=True)
class Operation:
    """``name = function(*operands)``; an operand is a number or the name of an earlier tensor.

    ``start`` and ``end`` are the place in the text of the expression that it comes from.
    """

    name: str
    function: str
    operands: tuple[Operand, ...]
    start: int = 0
    end: int = 0

    @property
    def _starts_with_a_tensor(self) -> bool:
        """Whether a number that comes first has to become a tensor.

        PyTorch has no operation on numbers alone. It does have ``1 / x``, but as two operations.
        """
        first, *others = self.operands
        is_alone = not any(isinstance(operand, str) for operand in others)
        return not isinstance(first, str) and (is_alone or self.function == "/")

    def apply(self, tensors: Mapping[str, Tensor], dtype: torch.dtype) -> Tensor:
        """Run the operation on real tensors."""
        arguments = [tensors[o] if isinstance(o, str) else o for o in self.operands]
        if self._starts_with_a_tensor:
            arguments[0] = torch.tensor(float(arguments[0]), dtype=dtype)
        if len(arguments) == 1 and self.function == "-":
            return _FUNCTIONS["negative"](*arguments)
        return _FUNCTIONS[self.function](*arguments)

    def code(self) -> str:
        """The line of PyTorch that does what ``apply`` does."""
        texts = [str(operand) for operand in self.operands]
        if self._starts_with_a_tensor:
            texts[0] = tensor_code(float(self.operands[0]))
        if self.function.isalpha():
            return f"{self.name} = torch.{self.function}({texts[0]})"
        if len(texts) == 1:
            return f"{self.name} = -{texts[0]}"
        return f"{self.name} = {texts[0]} {self.function} {texts[1]}"


@dataclass(frozen=True, slots=True)
class Program:
    """Steps in order; the last one makes the output."""

    leaves: tuple[str, ...]
    steps: tuple[Operation, ...]

    @property
    def output(self) -> str:
        """The name of the last tensor."""
        return self.steps[-1].name

    def run(self, leaves: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """All tensors by name, leaves first, in the order in which they are made.

        Raises:
            KeyError: a leaf is missing.
        """
        tensors = {name: leaves[name] for name in self.leaves}
        dtype = next(iter(tensors.values())).dtype
        for step in self.steps:
            tensors[step.name] = step.apply(tensors, dtype)
        return tensors

    def code(self) -> list[str]:
        """One line of PyTorch for each step."""
        return [step.code() for step in self.steps]


def compile_expression(expression: Expression, text: str) -> Program:
    """One step for each operation, inner ones first; they are named t1, t2, …, the last one y.

    Raises:
        ExpressionError: there is no letter, or there are more than ``MAX_STEPS`` operations.
    """
    steps: list[Operation] = []
    leaves: dict[str, None] = {}

    def visit(part: Expression) -> Operand:
        if isinstance(part, Constant):
            return part.value
        if isinstance(part, Letter):
            leaves[part.name] = None
            return part.name
        operands = tuple(visit(argument) for argument in part.arguments)
        steps.append(Operation(f"t{len(steps) + 1}", part.function, operands, part.start, part.end))
        return steps[-1].name

    visit(expression)
    if not leaves:
        message = "There is no letter in it, so there is nothing to differentiate by."
        raise ExpressionError(message, text, 0, len(text))
    if isinstance(expression, Letter):
        steps.append(Operation("y", "*", (expression.name, 1), expression.start, expression.end))
    if len(steps) > MAX_STEPS:
        message = f"These are {len(steps)} operations; {MAX_STEPS} fit on the screen."
        raise ExpressionError(message, text, steps[MAX_STEPS].start, steps[MAX_STEPS].end)
    last = steps[-1]
    steps[-1] = Operation("y", last.function, last.operands, last.start, last.end)
    return Program(tuple(leaves), tuple(steps))


def leaf_tensors(
    values: Mapping[str, float], dtype: torch.dtype = torch.float32
) -> dict[str, Tensor]:
    """A 0-dimensional leaf tensor with ``requires_grad`` for each value."""
    return {
        name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in values.items()
    }


def tensor_code(value: float) -> str:
    """The line of PyTorch that makes a 0-dimensional tensor of the default dtype."""
    return f"torch.tensor({value!r})"


def step_that_broke(program: Program, tensors: Mapping[str, Tensor]) -> Operation | None:
    """The first step whose result is not finite although its inputs are."""
    for step in program.steps:
        inputs = (tensors[o] for o in step.operands if isinstance(o, str))
        if (
            all(bool(t.isfinite().all()) for t in inputs)
            and not tensors[step.name].isfinite().all()
        ):
            return step
    return None
