"""The model and the losses it can be trained with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional


class LogisticRegression(nn.Module):
    """p(class 1 | x) = sigmoid(w phi(x) + b).

    Source: Bishop, Pattern Recognition and Machine Learning, section 4.3.2.

    Args:
        dimension: number of features d.
        generator: draws torch's default initial values; the global random state is not touched.
    """

    def __init__(self, dimension: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.features = nn.utils.skip_init(nn.Linear, dimension, 1)
        self.sigmoid = nn.Sigmoid()
        generator = generator or torch.Generator().manual_seed(0)
        nn.init.kaiming_uniform_(self.features.weight, a=math.sqrt(5), generator=generator)
        bound = 1 / math.sqrt(dimension)
        nn.init.uniform_(self.features.bias, -bound, bound, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        """Probabilities of class 1, (n, 1), for features x, (n, d); see `lrcore.features`."""
        return self.sigmoid(self.features(x))


@dataclass(frozen=True)
class Loss:
    """A mean loss over the sample: function(wrong (n,), classes (n,)) -> scalar.

    `wrong` holds the logit of the class that a point does not belong to, see `negative_margins`: a
    loss falls as it falls, for both classes alike.
    """

    function: Callable[[Tensor, Tensor], Tensor]


def negative_margins(logits: Tensor, y: Tensor) -> Tensor:
    """From logits of class 1 to those of the wrong class, and back: -z where y is 1."""
    return torch.where(y == 1, -logits, logits)


def _bce(wrong: Tensor, y: Tensor) -> Tensor:
    p = torch.sigmoid(negative_margins(wrong, y))
    # Torch refuses a probability that is no number, but a run that has diverged has this loss.
    return functional.binary_cross_entropy(p.nan_to_num(0.5), y) + 0 * p.sum()


def _bce_logits(wrong: Tensor, y: Tensor) -> Tensor:
    del y
    return functional.softplus(wrong).mean()  # -ln(1 - sigmoid(wrong))


def _mse(wrong: Tensor, y: Tensor) -> Tensor:
    del y
    return torch.sigmoid(wrong).square().mean()


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {"bce": Loss(_bce), "bce_logits": Loss(_bce_logits), "mse": Loss(_mse)}
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


def loss_choices() -> dict[str, str]:
    """Names of the losses, which are their labels too."""
    return {name: name for name in LOSSES}
