"""Gradients add up in ``.grad``: a trap, and a use of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import COURSE, complete, leaf, one_of, switch, value_of, where
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting

LOSSES, ZEROING, MICRO = "Two losses, one leaf", "Setting to zero", "Micro-batches"
_NEVER, _NONE, _ZERO, _IN_PLACE = (
    "never",
    "zero_grad(): None",
    "zero_grad(set_to_none=False): 0",
    "w.grad.zero_()",
)
_ZERO_LINES = {
    _NEVER: (),
    _NONE: ("optimizer.zero_grad()",),
    _ZERO: ("optimizer.zero_grad(set_to_none=False)",),
    _IN_PLACE: ("w.grad.zero_()",),
}
_POINTS = 4


@dataclass(frozen=True)
class Accumulating(Exercise):
    """Several backwards into one leaf."""

    name: ClassVar[str] = "Accumulating"
    title: ClassVar[str] = "Accumulating"
    sentence: ClassVar[str] = (
        "Each backward adds to `.grad`. Forgotten, that is a bug; wanted, it makes a large batch "
        "out of small ones."
    )
    trying: ClassVar[str] = "Micro-batches: forget to weigh each loss, and compare with the batch."

    acc: str = one_of("Part", "Where gradients add up.", LOSSES, ZEROING, MICRO)
    w: float = value_of("w", 1.0)
    x: float = value_of("x", 2.0, needs=where("acc", LOSSES, ZEROING))
    times: int = setting(
        4,
        "Backward calls",
        "How often the same backward runs.",
        minimum=1,
        maximum=4,
        step=1,
        needs=where("acc", ZEROING),
    )
    zeroed: str = one_of(
        "Set to zero",
        "What happens to .grad after each backward: watch 5, 10, 15, 20 become 5 each time.",
        _NEVER,
        _NONE,
        _ZERO,
        _IN_PLACE,
        needs=where("acc", ZEROING),
    )
    size: int = setting(
        2,
        "Points in a micro-batch",
        "Of four points: 4 is the whole batch.",
        minimum=1,
        maximum=_POINTS,
        step=1,
        needs=where("acc", MICRO),
    )
    divide: bool = switch(
        True,
        "Weigh each loss",
        "A mean of means: each small loss counts by its share of the batch.",
        needs=where("acc", MICRO),
    )

    def scripts(self) -> tuple[Script, ...]:
        """The lines of the chosen part."""
        lines = {LOSSES: self._losses, ZEROING: self._zeroing, MICRO: self._micro}[self.acc]()
        return (Script(self.acc, complete(*lines)),)

    def _losses(self) -> list[str]:
        return [
            leaf("w", self.w),
            leaf("x", self.x),
            "loss_1 = torch.mul(w, x)",
            "loss_2 = torch.mul(w, w)",
            "loss_1.backward()",
            "print(w.grad)",
            "loss_2.backward()",
            "print(w.grad)",
        ]

    def _zeroing(self) -> list[str]:
        lines = _ZERO_LINES[self.zeroed]
        made = (
            ["optimizer = torch.optim.SGD([w, x], lr=0.1)"] if "optimizer" in "".join(lines) else []
        )
        after = [*lines, "print(w.grad)"] if lines else []
        body = [*COURSE, "y.backward()", "print(w.grad)", *after]
        return [
            leaf("w", self.w),
            leaf("x", self.x),
            *made,
            f"for i in range({self.times}):",
            *(f"    {line}" for line in body),
        ]

    def _micro(self) -> list[str]:
        share = ["    share = len(part) / len(x)"] if self.divide else []
        factor = "share * " if self.divide else ""
        return [
            "x = torch.tensor([1., 2., 3., 4.])",
            leaf("w", self.w),
            "loss = torch.mean((w * x) ** 2)",
            "loss.backward()",
            'print("batch", w.grad)',
            "w.grad = None",
            f"for part in x.split({self.size}):",
            *share,
            f"    loss = {factor}torch.mean((w * part) ** 2)",
            "    loss.backward()",
            "    print(w.grad)",
        ]

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """What the sum is good for."""
        w_grad = recordings[0].names["w"].grad
        if self.acc == LOSSES:
            slope = w_grad.item() if w_grad is not None else 0.0
            return [
                f"{self.x:g} of the first loss + {2 * self.w:g} of the second = **{slope:g}**: the "
                "same as the gradient of loss_1 + loss_2."
            ]
        if self.acc == ZEROING:
            return [
                "`zero_grad()` sets `.grad` to None, and the next backward puts its own gradient "
                "there; with `set_to_none=False` it fills it with 0, and the next one adds. After "
                "None an optimiser skips the tensor, after 0 it may still move it by momentum."
            ]
        if self.divide:
            return ["The last line is the batch's gradient, with the memory of one micro-batch."]
        return [
            "Each small loss is a mean of its own points: added up, they are too large. "
            "Multiply each by its share of the batch."
        ]
