"""Points as training uses them, and how well the model does on them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.model import LOSSES

# Up to here the margins of a chunk are kept, to count all its accuracies at once.
_KEEP_MARGINS_BELOW = 20_000


@dataclass(frozen=True, eq=False)
class Part:
    """The training points or the test points, on one device.

    The margin of a point is m = (2y - 1) z: its logit z, with the sign turned in class 0. A point
    is right where m > 0, or m = 0 in class 1, and each loss is a function of m (Mohri, Rostamizadeh
    and Talwalkar, Foundations of Machine Learning, section 5.4).

    Two things make a step fast. The bias is the last entry of one parameter vector, multiplied by a
    constant feature 1 (Bishop, Pattern Recognition and Machine Learning, section 4.3.2): to update
    one tensor costs half as much as to update two. And the rows of class 1 are negated here, once:
    the product with the parameters is then -m at once, and no step needs one more pass over all
    points to turn signs. That is why -m, not m, goes through the loop.

    Args:
        design: (n, d + 1) float32, features and the constant 1; rows of class 1 are negated.
        y: (n,) float32, 0 or 1.
        limit: (n,) float32, a point is right if its -m is at most this: 0 in class 1, where a
            probability of 0.5 counts as right; in class 0 the next number below 0.
    """

    design: Tensor
    y: Tensor
    limit: Tensor

    @classmethod
    def of(cls, features: Tensor, y: Tensor) -> Part:
        """Take features (n, d) and classes (n,)."""
        design = torch.cat([features, torch.ones(len(y), 1)], 1) * (1 - 2 * y)[:, None]
        below = torch.nextafter(torch.tensor(0.0), torch.tensor(-1.0))
        # Column by column, the products with and by the matrix read memory in order.
        return cls(design.t().contiguous().t(), y, torch.where(y == 1, 0.0, below))

    def __len__(self) -> int:
        return len(self.y)

    def to(self, device: str) -> Part:
        """The same points on another device."""
        return Part(self.design.to(device), self.y.to(device), self.limit.to(device))

    def correct(self, negative_margins: Tensor) -> Tensor:
        """How many points are right, (...,) int64, from negative margins (..., n)."""
        return (negative_margins <= self.limit).count_nonzero(-1)

    def evaluate(self, parameters: Tensor, loss: str) -> tuple[Tensor, Tensor]:
        """Negative margins (n,) and the mean loss at `parameters`, (d + 1,), without a graph."""
        with torch.no_grad():
            negative_margins = torch.mv(self.design, parameters)
            return negative_margins, LOSSES[loss].function(negative_margins, self.y)


class Tally:
    """Loss and number of right points, step by step."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._keep_margins = len(part) < _KEEP_MARGINS_BELOW
        self._losses: list[Tensor] = []
        self._kept: list[Tensor] = []  # negative margins (n,), or how many are right

    def add(self, negative_margins: Tensor, loss: Tensor) -> None:
        """Note one step: negative margins (n,) and the mean loss."""
        negative_margins = negative_margins.detach()
        self._losses.append(loss.detach())
        self._kept.append(
            negative_margins if self._keep_margins else self._part.correct(negative_margins)
        )

    def columns(self) -> Tensor:
        """(steps, 2) float32."""
        correct = torch.stack(self._kept)
        if self._keep_margins:
            correct = self._part.correct(correct)  # (steps, n) -> (steps,)
        return torch.stack([torch.stack(self._losses), correct.to(torch.float32)], 1)
