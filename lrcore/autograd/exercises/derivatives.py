"""Exercise 5: derivatives up to the fourth order by ``torch.autograd.grad``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lrcore.autograd.exercises.snippet import Snippet, snippet
from lrcore.autograd.program import Program, leaves_code

MAX_ORDER = 4
LOW, HIGH = -5.0, 5.0


@dataclass(frozen=True, slots=True)
class Derivatives:
    """f and its derivatives up to an order, at a point and along an axis.

    ``values`` and ``curves`` start with f itself. ``differences[n]`` is the central difference
    quotient of the n-th derivative; ``values[n + 1]`` must agree with it. ``last_order`` is the
    order of the last derivative that PyTorch computed: from there on nothing depends on x.
    """

    values: tuple[float, ...]
    differences: tuple[float, ...]
    last_order: int
    axis: np.ndarray
    curves: np.ndarray
    snippet: Snippet


def derivatives(program: Program, at: float, order: int, points: int = 401) -> Derivatives:
    """Differentiate a program whose only leaf is x, in float64.

    The curves have the shape (order + 1, points) and go from x = ``LOW`` to ``HIGH``. Where no
    graph is left, the derivative is 0.
    """
    chain = _chain(program, torch.tensor(at, dtype=torch.float64), order)
    step = 1e-5 * max(1.0, abs(at))
    sides = _chain(program, torch.tensor([at - step, at + step], dtype=torch.float64), order - 1)
    differences = [((side[1] - side[0]) / (2 * step)).item() for side in sides]
    axis = torch.linspace(LOW, HIGH, points, dtype=torch.float64)
    curves = _chain(program, axis, order)
    return Derivatives(
        values=_padded([value.item() for value in chain], order + 1),
        differences=_padded(differences, order),
        last_order=len(chain) - 1,
        axis=axis.numpy(),
        curves=np.stack(
            [*(curve.numpy() for curve in curves)] + [np.zeros(points)] * (order + 1 - len(curves))
        ),
        snippet=_snippet(program, at, order, chain),
    )


def _chain(program: Program, x: Tensor, order: int) -> list[Tensor]:
    """f(x), f'(x), … for each element of x, until no graph is left."""
    x = x.clone().requires_grad_()
    derivative = program.run({"x": x})["y"]
    chain = [derivative.detach()]
    while len(chain) <= order and derivative.requires_grad:
        (derivative,) = torch.autograd.grad(
            derivative,
            x,
            grad_outputs=torch.ones_like(derivative),
            create_graph=True,
            materialize_grads=True,
        )
        chain.append(derivative.detach())
    return chain


def _padded(values: list[float], length: int) -> tuple[float, ...]:
    return tuple(values + [0.0] * (length - len(values)))


def _snippet(program: Program, at: float, order: int, chain: list[Tensor]) -> Snippet:
    lines = [
        *leaves_code({"x": at}, torch.float64),
        *program.code(),
        "print(0, y.item())",
        f"for order in range(1, {order + 1}):",
        "    if y.requires_grad:",
        "        (y,) = torch.autograd.grad(",
        "            y, x, create_graph=True, materialize_grads=True)",
        "        print(order, y.item())",
    ]
    return snippet(lines, [f"{number} {value.item()}" for number, value in enumerate(chain)])
