"""Derivatives up to the fourth order by ``torch.autograd.grad``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lrcore.autograd.program import Program

MAX_ORDER = 4
LOW, HIGH = -5.0, 5.0
# One-sided slopes over a step, and over this part of it.
_NEARER = 1 / 8


@dataclass(frozen=True, slots=True)
class Derivatives:
    """f and its derivatives up to an order, at a point and along an axis.

    ``values`` and ``curves`` start with f itself. ``differences[n]`` is the central difference
    quotient of the n-th derivative; ``values[n + 1]`` must agree with it. ``last_order`` is the
    order of the last derivative that PyTorch computed: from there on nothing depends on x.
    ``kink`` is the order of the first of them that has a kink or a jump at the point, None if all
    are smooth.
    """

    values: tuple[float, ...]
    differences: tuple[float, ...]
    last_order: int
    kink: int | None
    axis: np.ndarray
    curves: np.ndarray


def derivatives(program: Program, at: float, order: int, points: int = 801) -> Derivatives:
    """Differentiate a program whose only leaf is x, in float64.

    The curves have the shape (order + 1, points) and go from x = ``LOW`` to ``HIGH``, with nan
    where they jump. Where no graph is left, the derivative is 0.
    """
    chain = _chain(program, torch.tensor(at, dtype=torch.float64), order)
    step = 1e-5 * max(1.0, abs(at))
    around = at + step * torch.tensor([-1, -_NEARER, 0, _NEARER, 1], dtype=torch.float64)
    near = _chain(program, around, order - 1)
    differences = [((values[4] - values[0]) / (2 * step)).item() for values in near]
    kinks = [n for n, values in enumerate(near) if _has_kink(values, step)]
    axis = np.linspace(LOW, HIGH, points)
    sampled = _chain(program, torch.from_numpy(axis), order + 1)
    curves = np.zeros((order + 2, points))
    curves[: len(sampled)] = np.stack([curve.numpy() for curve in sampled])
    return Derivatives(
        values=_padded([value.item() for value in chain], order + 1),
        differences=_padded(differences, order),
        last_order=len(chain) - 1,
        kink=kinks[0] if kinks else None,
        axis=axis,
        curves=_with_gaps(curves[:-1], curves[1:], axis[1] - axis[0]),
    )


def _with_gaps(curves: np.ndarray, slopes: np.ndarray, step: float) -> np.ndarray:
    """The curves with nan where they jump: across a pole, or where a slope changes at once.

    From one sample to the next, a curve moves about as its slopes at both say. If it moves the
    other way, or much farther, something lies between.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        moves = np.diff(curves)
        ends = np.stack([slopes[:, :-1], slopes[:, 1:]])
        against = (np.sign(ends) == -np.sign(moves)).all(0)
        too_far = np.abs(moves) > 4 * step * np.abs(ends).max(0)
        seen = np.abs(moves) > 1e-6 * (1 + np.abs(curves[:, 1:]))
    jumps = np.zeros(curves.shape, bool)
    jumps[:, 1:] = (against | too_far) & seen
    return np.where(jumps, np.nan, curves)


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


def _has_kink(values: Tensor, step: float) -> bool:
    """Whether the slopes left and right differ, and still do on a shorter step.

    Where a function is smooth, their difference shrinks with the step.

    Args:
        values: (5,) at -step, -step / 8, 0, step / 8 and step from the point.
    """
    far = (values[4] - 2 * values[2] + values[0]).abs().item() / step
    near = (values[3] - 2 * values[2] + values[1]).abs().item() / (step * _NEARER)
    slope = (values[4] - values[0]).abs().item() / step
    return far > 1e-4 * (1 + slope) and near > far / 2


def _padded(values: list[float], length: int) -> tuple[float, ...]:
    return tuple(values + [0.0] * (length - len(values)))
