"""The model and the losses it can be trained with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from lrcore.settings import Registry


class LogisticRegression(nn.Module):
    """p(class 1 | x) = sigmoid(w phi(x) + b).

    Source: Bishop, Pattern Recognition and Machine Learning, section 4.3.2.

    Args:
        dimension: number of features d.
        generator: draws torch's default initial values; the global random state is not touched.
    """

    def __init__(self, dimension: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        # `skip_init` would import sympy (0.4 s), to leave out what takes a microsecond.
        with torch.random.fork_rng(devices=[]):
            self.features = nn.Linear(dimension, 1)
        self.sigmoid = nn.Sigmoid()
        generator = generator or torch.Generator().manual_seed(0)
        nn.init.kaiming_uniform_(self.features.weight, a=math.sqrt(5), generator=generator)
        bound = 1 / math.sqrt(dimension)
        nn.init.uniform_(self.features.bias, -bound, bound, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        """Probabilities of class 1, (n, 1), for features x, (n, d); see `lrcore.features`."""
        probabilities: Tensor = self.sigmoid(self.features(x))
        return probabilities


class Curve(NamedTuple):
    """The loss of a point as a function of its negative margin, with two derivatives.

    Each takes negative margins of any shape and dtype, and gives the same shape. They are closed
    forms: torch's second derivative of `binary_cross_entropy` is wrong where a probability rounds
    to 0 or 1, in float64 too.
    """

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    curvature: Callable[[Tensor], Tensor]


def _squared_slope(negative: Tensor) -> Tensor:
    p = torch.sigmoid(negative)
    return 2 * p**2 * torch.sigmoid(-negative)


def _squared_curvature(negative: Tensor) -> Tensor:
    p, q = torch.sigmoid(negative), torch.sigmoid(-negative)
    return 2 * p**2 * q * (2 * q - p)


# Bishop, Pattern Recognition and Machine Learning, 4.3.2; here p is the probability of the wrong
# class: sigmoid of the negative margin, with the derivative p (1 - p).
LOGISTIC = Curve(
    lambda negative: -functional.logsigmoid(-negative),
    torch.sigmoid,
    lambda negative: torch.sigmoid(negative) * torch.sigmoid(-negative),
)
SQUARED = Curve(lambda negative: torch.sigmoid(negative) ** 2, _squared_slope, _squared_curvature)


@dataclass(frozen=True)
class Loss:
    """A mean loss over the points.

    The margin of a point is m = (2y - 1) z: its logit, counted positive on the right side
    (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 10.6).
    A point is right where m > 0, and where m = 0 if it is of class 1.

    Args:
        name: in links and code.
        title: for a person.
        function: what training uses: (negative margins (n,), classes (n,)) -> scalar. Negative
            margins, because they come out of one product, see `lrcore.training.part`.
        code: the line of PyTorch that a student writes, with F for torch.nn.functional.
        of: torch's own call in that line.
        curve: the same loss of one point, for what needs its curvature.
        on: what the line is given beside the classes y: "z", the logits, or "p", their sigmoid.
        exact: an expression in z and y that rounds as `function` does, where `code` does not.
        slope: what `slopes` gives, in closed form; by autograd if None, which takes longer.
    """

    name: str
    title: str
    function: Callable[[Tensor, Tensor], Tensor]
    code: str
    of: Callable[[Tensor, Tensor], Tensor]
    curve: Curve
    on: Literal["z", "p"] = "p"
    exact: str = ""
    slope: Callable[[Tensor, Tensor], Tensor] | None = None

    def slopes(self, negative: Tensor, y: Tensor) -> Tensor:
        """The derivative of each point's loss by its negative margin, as backward rounds it.

        Args:
            negative: (..., n) negative margins.
            y: (n,) classes.

        Returns:
            (..., n); without a graph.
        """
        if self.slope is not None:
            return self.slope(negative, y)
        with torch.enable_grad():
            leaf = negative.detach().requires_grad_()
            (found,) = torch.autograd.grad(self.function(leaf, y.expand_as(leaf)), leaf)
        return found * leaf.numel()


def negative_margins(logits: Tensor, y: Tensor) -> Tensor:
    """From logits of class 1 to negative margins, and back: -z where y is 1."""
    return torch.where(y == 1, -logits, logits)


def _bce(negative: Tensor, y: Tensor) -> Tensor:
    p = torch.sigmoid(negative_margins(negative, y))
    # Torch refuses a probability that is no number, but a run that has diverged has this loss.
    return functional.binary_cross_entropy(p.nan_to_num(0.5), y) + 0 * p.sum()


def _bce_slope(negative: Tensor, y: Tensor) -> Tensor:
    p = torch.sigmoid(negative * (1 - 2 * y))
    both = (1 - p).mul_(p)
    # Torch divides by no less than this; where p rounds to 1, what is left of the slope is 0.
    return both.div_(both.clamp(min=1e-12)).mul_((p - y).abs_())


def _bce_logits(negative: Tensor, y: Tensor) -> Tensor:
    del y
    return functional.softplus(negative).mean()  # -ln sigmoid(m)


def _mse(negative: Tensor, y: Tensor) -> Tensor:
    del y
    # sigmoid(-m)², by its logarithm: where sigmoid rounds to 1 its slope rounds to 0, and a point
    # that is very wrong would pull no more.
    return (2 * functional.logsigmoid(negative)).exp().mean()


# ADD A LOSS HERE: control, link, the lab's graph of a run and tests follow.
LOSSES = Registry(
    Loss(
        "bce",
        "BCE",
        _bce,
        "F.binary_cross_entropy(p, y)",
        functional.binary_cross_entropy,
        LOGISTIC,
        slope=_bce_slope,
    ),
    Loss(
        "bce_logits",
        "BCE on logits",
        _bce_logits,
        "F.binary_cross_entropy_with_logits(z, y)",
        functional.binary_cross_entropy_with_logits,
        LOGISTIC,
        on="z",
        exact="F.softplus(torch.where(y == 1, -z, z)).mean()",
        slope=lambda negative, y: torch.sigmoid(negative),
    ),
    Loss(
        "mse",
        "MSE",
        _mse,
        "F.mse_loss(p, y)",
        functional.mse_loss,
        SQUARED,
        exact="(2 * F.logsigmoid(torch.where(y == 1, -z, z))).exp().mean()",
        slope=lambda negative, y: _squared_slope(negative),
    ),
)


def penalty(parameters: Tensor, l1: float, l2: float) -> Tensor:
    """l1 * sum |w| + l2 / 2 * sum w**2; the bias goes free.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 7.1.

    Args:
        parameters: (d + 1,), the bias last.
        l1, l2: at least 0.
    """
    w = parameters[:-1]
    return l1 * w.abs().sum() + l2 / 2 * w.square().sum()
