"""Gradients that die on the way back through many layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import complete, leaf, number, one_of, value_of
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting


@dataclass(frozen=True)
class Vanishing(Exercise):
    """h = f(w * h), again and again; then the gradient at each depth."""

    name: ClassVar[str] = "Vanishing"
    title: ClassVar[str] = "Vanishing"
    sentence: ClassVar[str] = (
        "Each layer multiplies the gradient by w and by its slope: at most 1/4 for sigmoid, 1 for "
        "tanh, 0 or 1 for relu."
    )
    trying: ClassVar[str] = "sigmoid at depth 8, then relu; then w = 2."

    act: str = one_of(
        "Function",
        "What each layer ends with.",
        "sigmoid",
        "tanh",
        "relu",
    )
    depth: int = setting(
        6,
        "Layers",
        "How many: watch the first bar shrink.",
        minimum=1,
        maximum=12,
        step=1,
    )
    weight: float = setting(
        1.0,
        "Weight",
        "The factor in each layer: above 1 it may make up for the slope, or more.",
        minimum=-3.0,
        maximum=3.0,
        step=0.1,
    )
    x: float = value_of("x", 1.0)

    def scripts(self) -> tuple[Script, ...]:
        """A chain, and the gradient at each of its links."""
        h = "h" if self.weight == 1 else f"{number(self.weight)} * h"
        lines = complete(
            leaf("x", self.x),
            "h = x",
            "chain = [x]",
            f"for layer in range({self.depth}):",
            f"    h = torch.{self.act}({h})",
            "    h.retain_grad()",
            "    chain.append(h)",
            "h.backward()",
            "for h in chain:",
            "    print(h.grad.item())",
        )
        return (Script(f"{self.depth} layers of {self.act}", lines),)

    @staticmethod
    def gradients(recording: Recording) -> list[float]:
        """∂h/∂ each link of the chain, x first: what the script printed."""
        return [float(line) for line in recording.printed.splitlines()]

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """How much of the gradient is left at x."""
        gradients = self.gradients(recordings[0])
        if not gradients:
            return []
        return [f"Of the gradient 1 at the end, **{gradients[0]:.3g}** is left at x."]
