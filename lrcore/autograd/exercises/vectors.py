"""Shapes: what a backward does to vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import complete, leaf, number, one_of, tensor, where
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting

LAYER, BROADCAST, JACOBIAN = "x @ W + b", "Broadcasting", "Products with the Jacobian"
_X = ((1.0, 2.0, 0.0), (0.0, 1.0, 3.0), (2.0, 0.0, 1.0), (1.0, 1.0, 1.0))
_W = ((1.0, 0.0), (2.0, -1.0), (0.0, 1.0))
_VJP, _JVP = "v J, backward", "J u, forward"


@dataclass(frozen=True)
class Vectors(Exercise):
    """A linear layer, broadcasting, and the two products with a Jacobian."""

    name: ClassVar[str] = "Vectors and matrices"
    title: ClassVar[str] = "Vectors and matrices"
    sentence: ClassVar[str] = (
        "A gradient has the shape of its tensor: matmul sends transposes back, broadcasting a sum."
    )
    trying: ClassVar[str] = "Say the shape of b.grad before the sum arrives."

    vec: str = one_of("Part", "What to look at.", LAYER, BROADCAST, JACOBIAN)
    rows: int = setting(
        2,
        "Rows of x",
        "How many points: b is added to each, so its gradient is a sum over them.",
        minimum=1,
        maximum=len(_X),
        step=1,
        needs=where("vec", LAYER),
    )
    end: str = one_of(
        "Ends with",
        "sum sends 1 to each element, mean its share.",
        "sum",
        "mean",
        needs=where("vec", LAYER, BROADCAST),
    )
    product: str = one_of(
        "Product",
        "Backward gives a row times the Jacobian, forward mode the Jacobian times a column.",
        _VJP,
        _JVP,
        needs=where("vec", JACOBIAN),
    )
    first: float = setting(
        1.0,
        "First element",
        "Of the vector that meets the Jacobian: 1 and 0 pick out one row, or column.",
        minimum=-3.0,
        maximum=3.0,
        step=0.5,
        needs=where("vec", JACOBIAN),
    )
    other: float = setting(
        0.0,
        "Second element",
        "Of the vector that meets the Jacobian.",
        minimum=-3.0,
        maximum=3.0,
        step=0.5,
        needs=where("vec", JACOBIAN),
    )

    def scripts(self) -> tuple[Script, ...]:
        """The lines of the chosen part."""
        lines = {LAYER: self._layer, BROADCAST: self._broadcast, JACOBIAN: self._jacobian}
        return (Script(self.vec, complete(*lines[self.vec]())),)

    def _layer(self) -> list[str]:
        return [
            f"x = {tensor(_X[: self.rows])}",
            leaf("W", _W),
            leaf("b", (0.5, -0.5)),
            "y = x @ W + b",
            f"loss = y.{self.end}()",
            "loss.backward()",
            "print(W.grad)",
            "print(b.grad)",
        ]

    def _broadcast(self) -> list[str]:
        return [
            leaf("c", ((1.0,), (2.0,), (3.0,))),
            leaf("r", (10.0, 20.0)),
            "y = c * r",
            "print(c.shape, r.shape, y.shape)",
            f"loss = y.{self.end}()",
            "loss.backward()",
            "print(c.grad)",
            "print(r.grad)",
        ]

    def _jacobian(self) -> list[str]:
        vector = f"torch.tensor([{number(self.first)}, {number(self.other)}])"
        f = ("def f(x):", "    return torch.stack([x.prod(), x.sum(), x[0] ** 2])", "")
        x = leaf("x", (2.0, 3.0))
        if self.product == _VJP:
            three = f"torch.tensor([{number(self.first)}, {number(self.other)}, 0.])"
            return [*f, x, f"v = {three}", "y = f(x)", "print(torch.autograd.grad(y, x, v))"]
        return [
            "import torch.autograd.forward_ad as forward",
            "",
            *f,
            "x = torch.tensor([2., 3.])",
            f"u = {vector}",
            "with forward.dual_level():",
            "    y = f(forward.make_dual(x, u))",
            "    print(forward.unpack_dual(y).tangent)",
        ]

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """Shapes, and the products as blocks."""
        del recordings
        if self.vec == LAYER:
            n = self.rows
            return [
                f"x ({n}, 3) @ W (3, 2) + b (2). With G, the gradient of y, **W.grad = xᵀ @ G**: "
                f"(3, {n}) @ ({n}, 2) = (3, 2). b was added to each of {n} rows, so **b.grad is "
                "the sum** over the rows."
            ]
        if self.vec == BROADCAST:
            return [
                "c (3, 1) and r (2) are stretched to (3, 2). What was stretched is summed on the "
                "way back: c.grad over the columns, r.grad over the rows."
            ]
        return [self._blocks()]

    def _blocks(self) -> str:
        jacobian = ((3.0, 2.0), (1.0, 1.0), (4.0, 0.0))
        parts: tuple[Sequence[Sequence[float]], ...]
        if self.product == _VJP:
            v = (self.first, self.other, 0.0)
            result = [sum(v[i] * jacobian[i][k] for i in range(3)) for k in range(2)]
            parts = ((v,), jacobian, (result,))
            said = "One backward, whatever the size of x"
        else:
            u = (self.first, self.other)
            column = [(row[0] * u[0] + row[1] * u[1],) for row in jacobian]
            parts = (jacobian, tuple((value,) for value in u), tuple(column))
            said = "One forward, whatever the number of outputs"
        one, two, three = map(_block, parts)
        return f"${one} \\cdot {two} = {three}$ {said}; PyTorch never makes the Jacobian itself."


def _block(rows: Sequence[Sequence[float]]) -> str:
    lines = r" \\ ".join(" & ".join(f"{value:g}" for value in row) for row in rows)
    return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"
