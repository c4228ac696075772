"""Exercise 7: the graph behind the loss of a logistic regression, and its second derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from lrcore.autograd.exercises.snippet import Snippet, gradient_of, snippet, spaced
from lrcore.autograd.graph import Graph, trace
from lrcore.landscape import largest_stable_rate
from lrcore.model import LOSSES

# Of the largest eigenvalue: what float64 leaves of one that is 0 lies far below.
_FLAT = 1e-6


class Pull(NamedTuple):
    """What else than the loss curves: the L2 penalty (not on b), and SGD's weight decay."""

    l2: float = 0.0
    weight_decay: float = 0.0


NOTHING_ELSE = Pull()


@dataclass(frozen=True, slots=True)
class RunGraph:
    """The loss of one model on some points, after ``loss.backward()``.

    ``gradient`` is that of (w, b). ``eigenvalues`` are those of the Hessian in (w, b) of the loss
    with what else pulls at the weights, smallest first.
    """

    graph: Graph
    loss: float
    gradient: tuple[float, ...]
    eigenvalues: tuple[float, ...]
    snippet: Snippet

    def largest_stable_rate(self, momentum: float = 0.0, *, nesterov: bool = False) -> float:
        """The rate below which SGD settles along the steepest direction, near a minimum.

        See `lrcore.landscape.largest_stable_rate`.
        """
        return largest_stable_rate(self.eigenvalues[-1], momentum, nesterov=nesterov)


def run_graph(
    points: Tensor,
    classes: Tensor,
    weights: Sequence[float],
    bias: float,
    loss: str,
    *,
    pull: Pull = NOTHING_ELSE,
    in_code: Tensor | None = None,
) -> RunGraph:
    """Trace the loss from data through Linear, sigmoid and loss, in float32.

    Args:
        points: (n, d), as the model sees them.
        classes: (n,), 0 or 1.
        weights: d numbers.
        bias: one number.
        loss: a name in `LOSSES`.
        pull: what else curves.
        in_code: indices of the points that the code carries along; all of them if left out. What
            it prints is then of these points alone.

    Raises:
        KeyError: there is no such loss.
    """
    start = torch.tensor([*weights, bias])
    x, y = points.float(), classes.float()[:, None]
    names = _traced(x, y, start, loss)
    eigenvalues = _eigenvalues(x, y, start, loss, pull)
    gradient = (*gradient_of(names["w"])[0].tolist(), gradient_of(names["b"]).item())
    graph = trace(names["loss"], names)
    value = names["loss"].item()
    if in_code is not None:
        x, y = x[in_code], y[in_code]
        names = _traced(x, y, start, loss)
    short = eigenvalues if in_code is None else _eigenvalues(x, y, start, loss, pull)
    printed = [spaced((names["loss"].item(), names["w"].grad, names["b"].grad)), spaced((short,))]
    code = snippet(_code(names, loss, pull), printed)
    return RunGraph(graph, value, gradient, tuple(eigenvalues.tolist()), code)


def _traced(x: Tensor, y: Tensor, start: Tensor, loss: str) -> dict[str, Tensor]:
    """All tensors by name, after a backward."""
    w = start[None, :-1].clone().requires_grad_()
    b = start[-1:].clone().requires_grad_()
    z = functional.linear(x, w, b)
    names = {"x": x, "w": w, "b": b, "z": z}
    if LOSSES[loss].on == "p":
        names["p"] = torch.sigmoid(z)
    names |= {"y": y, "loss": LOSSES[loss].of(names[LOSSES[loss].on], y)}
    for inner in ("z", "p"):
        if inner in names:
            names[inner].retain_grad()
    names["loss"].backward(retain_graph=True)
    return names


def _eigenvalues(x: Tensor, y: Tensor, start: Tensor, loss: str, pull: Pull) -> Tensor:
    """(d + 1,) float64, smallest first; float32 would show its rounding as curvature."""
    x, y = x.double(), y.double()

    def loss_of(parameters: Tensor) -> Tensor:
        z = functional.linear(x, parameters[None, :-1], parameters[-1:])
        return LOSSES[loss].of(z if LOSSES[loss].on == "z" else torch.sigmoid(z), y)

    hessian = torch.autograd.functional.hessian(loss_of, start.double())
    if pull.l2:
        hessian = hessian + torch.diag(torch.tensor([pull.l2] * (len(start) - 1) + [0.0]).double())
    if pull.weight_decay:
        hessian = hessian + pull.weight_decay * torch.eye(len(start)).double()
    values: Tensor = torch.linalg.eigvalsh(hessian)
    return torch.where(values.abs() > _FLAT * values.max(), values, 0.0)


def _code(names: dict[str, Tensor], loss: str, pull: Pull) -> list[str]:
    x, y, w, b = (names[name] for name in "xywb")
    penalty = ", ".join([f"{pull.l2}"] * w.shape[1] + ["0.0"])
    return [
        "import torch.nn.functional as F",
        "",
        f"x = torch.tensor({x.tolist()})",
        f"y = torch.tensor({y.tolist()})",
        f"w = torch.tensor({w.tolist()}, requires_grad=True)",
        f"b = torch.tensor({b.tolist()}, requires_grad=True)",
        "",
        "def loss_of(w, b):",
        "    z = F.linear(x, w, b)",
        *(["    p = torch.sigmoid(z)"] if LOSSES[loss].on == "p" else []),
        f"    return {LOSSES[loss].code}",
        "",
        "loss = loss_of(w, b)",
        "loss.backward()",
        "print(loss.item(), w.grad, b.grad)",
        "x, y = x.double(), y.double()",
        "H = torch.autograd.functional.hessian(",
        "    lambda t: loss_of(t[None, :-1], t[-1:]),",
        "    torch.cat([w.detach()[0], b.detach()]).double())",
        *([f"H += torch.diag(torch.tensor([{penalty}]).double())  # L2"] if pull.l2 else []),
        *([f"H += {pull.weight_decay} * torch.eye(len(H))"] if pull.weight_decay else []),
        "values = torch.linalg.eigvalsh(H)",
        f"print(torch.where(values.abs() > {_FLAT} * values.max(), values, 0.0))",
    ]
