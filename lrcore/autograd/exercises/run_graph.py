"""Exercise 7: the graph behind the loss of a logistic regression, and its second derivative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from lrcore.autograd.exercises.snippet import Snippet, snippet, spaced
from lrcore.autograd.graph import Graph, trace
from lrcore.model import LOSSES, negative_margins

_LOSS_CODE = {
    "bce": "F.binary_cross_entropy(torch.sigmoid(z), y)",
    "bce_logits": "F.binary_cross_entropy_with_logits(z, y)",
    "mse": "F.mse_loss(torch.sigmoid(z), y)",
}


@dataclass(frozen=True, slots=True)
class RunGraph:
    """The loss of one model on some points, after ``loss.backward()``.

    ``eigenvalues`` are those of the loss's Hessian in (w, b), smallest first, and
    ``largest_stable_rate`` is 2 / λ_max, above which plain gradient descent overshoots along the
    steepest direction (infinite on a flat loss). Source: LeCun et al., Efficient BackProp, 1998.
    """

    graph: Graph
    loss: float
    eigenvalues: tuple[float, ...]
    largest_stable_rate: float
    snippet: Snippet


def run_graph(
    points: Tensor, classes: Tensor, weights: Sequence[float], bias: float, loss: str
) -> RunGraph:
    """Trace the loss from data through Linear, sigmoid and loss, in float32.

    Args:
        points: (n, d), as the model sees them.
        classes: (n,), 0 or 1.
        weights: d numbers.
        bias: one number.
        loss: "bce" or "mse" (of probabilities) or "bce_logits".

    Raises:
        KeyError: the loss is none of the three.
    """
    x, y = points.float(), classes.float()[:, None]
    w = torch.tensor([list(weights)], requires_grad=True)
    b = torch.tensor([bias], requires_grad=True)
    z = functional.linear(x, w, b)
    names = {"x": x, "w": w, "b": b, "z": z}
    if loss == "bce_logits":
        value = functional.binary_cross_entropy_with_logits(z, y)
    else:
        names["p"] = torch.sigmoid(z)
        of_probabilities = {"bce": functional.binary_cross_entropy, "mse": functional.mse_loss}
        value = of_probabilities[loss](names["p"], y)
    names |= {"y": y, "loss": value}
    for inner in ("z", "p"):
        if inner in names:
            names[inner].retain_grad()
    value.backward(retain_graph=True)

    def loss_of(parameters: Tensor) -> Tensor:
        logits = functional.linear(x, parameters[None, :-1], parameters[-1:])
        return LOSSES[loss].function(negative_margins(logits, y), y)

    at = torch.cat([w.detach()[0], b.detach()])
    hessian = torch.autograd.functional.hessian(loss_of, at)
    eigenvalues = torch.linalg.eigvalsh(hessian)
    steepest = eigenvalues[-1].item()
    rate = 2 / steepest if steepest > 0 else math.inf
    printed = [spaced((value.item(), w.grad, b.grad)), spaced((eigenvalues,))]
    return RunGraph(
        trace(value, names),
        value.item(),
        tuple(eigenvalues.tolist()),
        rate,
        snippet(_code(x, y, w, b, loss), printed),
    )


def _code(x: Tensor, y: Tensor, w: Tensor, b: Tensor, loss: str) -> list[str]:
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
        f"    return {_LOSS_CODE[loss]}",
        "",
        "loss = loss_of(w, b)",
        "loss.backward()",
        "print(loss.item(), w.grad, b.grad)",
        "H = torch.autograd.functional.hessian(",
        "    lambda t: loss_of(t[None, :-1], t[-1:]),",
        "    torch.cat([w.detach()[0], b.detach()]))",
        "print(torch.linalg.eigvalsh(H))",
    ]
