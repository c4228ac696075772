"""``torch.autograd.grad``, with all its arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.derivatives import HIGH, LOW, MAX_ORDER, Derivatives, derivatives
from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.own_expression import compiled
from lrcore.autograd.exercises.pieces import (
    complete,
    leaf,
    number,
    one_of,
    switch,
    typed,
    value_of,
    where,
)
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting

GRAPHS, CURVES, SEVERAL, BATCH = "Graph of a graph", "Curves", "Several inputs", "Several vectors"
_OF_F = where("gr", GRAPHS, CURVES)
_OF_SEVERAL = where("gr", SEVERAL)
_OF_BATCH = where("gr", BATCH)
_FUNCTION_AND_TWO = ("y0 = torch.mul(w, x)", "y1 = torch.add(w, x)", "y = torch.cat([y0, y1])")


@dataclass(frozen=True)
class Grad(Exercise):
    """Gradients that are returned, not kept: of gradients, several inputs, several vectors."""

    name: ClassVar[str] = "autograd.grad"
    title: ClassVar[str] = "autograd.grad"
    sentence: ClassVar[str] = (
        "`torch.autograd.grad` returns gradients as a tuple and leaves every `.grad` alone."
    )
    trying: ClassVar[str] = "Turn create_graph off and read what PyTorch says."
    # Each argument: the field that sets it, or why there is none.
    arguments: ClassVar[Mapping[str, str]] = {
        "outputs": "gr",
        "inputs": "inputs",
        "grad_outputs": "v0",
        "retain_graph": "keep",
        "create_graph": "second",
        "only_inputs": "`only_inputs` is ignored by now: a gradient goes to the inputs alone.",
        "allow_unused": "unused",
        "is_grads_batched": "batched",
        "materialize_grads": "unused",
    }

    gr: str = one_of("Part", "Which arguments to look at.", GRAPHS, CURVES, SEVERAL, BATCH)
    f: str = typed("x**2", "f(x), an expression in x", needs=_OF_F)
    at: float = setting(
        3.0,
        "Point x",
        "Where to differentiate: watch the tangent move along f.",
        minimum=LOW,
        maximum=HIGH,
        step=0.1,
        needs=_OF_F,
    )
    order: int = setting(
        2,
        "Orders",
        "How often to differentiate.",
        minimum=1,
        maximum=MAX_ORDER,
        step=1,
        needs=_OF_F,
    )
    second: bool = switch(
        True,
        "create_graph=True",
        "Has grad record a graph of the gradient, to differentiate that.",
        needs=where("gr", GRAPHS),
    )
    w: float = value_of("w", 1.0, needs=where("gr", SEVERAL, BATCH))
    x: float = value_of("x", 2.0, needs=where("gr", SEVERAL, BATCH))
    inputs: str = one_of(
        "inputs",
        "For which tensors to return a gradient; u is not part of y, and a is no leaf.",
        "(w, x)",
        "(w, u)",
        "w",
        "(a, w)",
        needs=_OF_SEVERAL,
    )
    unused: str = one_of(
        "An unused input",
        "What to do about an input that y is not made of, such as u: refuse, None, or 0.",
        "refused",
        "allow_unused=True",
        "materialize_grads=True",
        needs=_OF_SEVERAL,
    )
    keep: str = one_of(
        "Calls",
        "retain_graph keeps what the functions have saved, so that grad can be called again.",
        "once",
        "twice",
        "twice, retain_graph=True",
        needs=_OF_SEVERAL,
    )
    v0: float = setting(
        1.0,
        "Weight v0",
        "grad_outputs: what the backward of y0 starts with.",
        minimum=-3.0,
        maximum=3.0,
        step=0.5,
        needs=_OF_BATCH,
    )
    v1: float = setting(
        2.0,
        "Weight v1",
        "grad_outputs: what the backward of y1 starts with.",
        minimum=-3.0,
        maximum=3.0,
        step=0.5,
        needs=_OF_BATCH,
    )
    batched: bool = switch(
        False,
        "is_grads_batched=True",
        "Takes several vectors at once, one a row: here those that give the rows of the Jacobian.",
        needs=_OF_BATCH,
    )

    def scripts(self) -> tuple[Script, ...]:
        """The lines of the chosen part; the first and the second graph for derivatives.

        Raises:
            ExpressionError: says what is wrong with f, and where.
        """
        if self.gr == SEVERAL:
            return (Script("Several inputs", self._several()),)
        if self.gr == BATCH:
            return (Script("A vector for each output", self._batch()),)
        first = self._derivatives(1)
        orders = min(self.order, max(self.derivatives().last_order, 2))
        if orders == 1:
            return (Script("The graph of f", first),)
        titles = {2: "The graph of f′"}.get(orders, "The graphs of f′, f″ …")
        return Script("The graph of f", first), Script(titles, self._derivatives(orders))

    def derivatives(self) -> Derivatives:
        """f and its derivatives at the point and along an axis.

        Raises:
            ExpressionError: see `scripts`.
        """
        return derivatives(compiled(self.f, ("x",)), self.at, self.order)

    def _derivatives(self, orders: int) -> tuple[str, ...]:
        lines = [leaf("x", self.at), *compiled(self.f, ("x",)).code()]
        if self.f.replace(" ", "") == "x**2":
            lines[1:] = ["y = torch.pow(x, 2)"]
        of = "y"
        for order in range(1, orders + 1):
            create = ", create_graph=True" if self.second and order < max(orders, 2) else ""
            lines += [
                f"grad_{order} = torch.autograd.grad({of}, x{create})",
                f"print(grad_{order})",
            ]
            of = f"grad_{order}[0]"
        return complete(*lines, "print(x.grad)")

    def _several(self) -> tuple[str, ...]:
        options = [] if self.unused == "refused" else [self.unused]
        options += ["retain_graph=True"] if "retain" in self.keep else []
        call = [
            "g = torch.autograd.grad(",
            f"    {', '.join(['y', self.inputs, *options])})",
            "print(g)",
        ]
        return complete(
            leaf("w", self.w),
            leaf("x", self.x),
            leaf("u", 4.0),
            "a = torch.add(w, x)",
            "b = torch.add(w, 1)",
            "y = torch.mul(a, b)",
            *call,
            *([] if self.keep == "once" else call),
            "print(w.grad, x.grad, u.grad)",
        )

    def _batch(self) -> tuple[str, ...]:
        v = f"torch.tensor([{number(self.v0)}, {number(self.v1)}])"
        batched = ", is_grads_batched=True" if self.batched else ""
        return complete(
            leaf("w", self.w),
            leaf("x", self.x),
            *_FUNCTION_AND_TWO,
            "v = torch.eye(2)" if self.batched else f"v = {v}",
            "g = torch.autograd.grad(",
            f"    y, (w, x), grad_outputs=v{batched})",
            "print(g)",
            "print(w.grad, x.grad)",
        )

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """What the part shows."""
        if self.gr == CURVES:
            return _of_curves(self.derivatives(), self.order)
        if self.gr == SEVERAL:
            return [
                self._of_unused(recordings[0]),
                "`.grad` stays None: grad returns, and keeps nothing. "
                + self.arguments["only_inputs"],
            ]
        if self.gr == BATCH:
            return [
                "Each row of v is the start of a backward of its own, and the result has one row "
                "for each: the Jacobian."
                if self.batched
                else "y has two elements, so grad needs a weight of each: `grad_outputs`."
            ]
        return self._of_graphs(recordings)

    def _of_unused(self, recording: Recording) -> str:
        if recording.error and "second time" in recording.error:
            return "The first call freed what Mul had saved; with `retain_graph=True` it stays."
        if "u" not in self.inputs:
            return "Every input is part of y."
        return {
            "refused": "y is not made of u: PyTorch takes that for a mistake.",
            "allow_unused=True": "y is not made of u, so its gradient is None.",
        }.get(self.unused, "y is not made of u, so its gradient is a tensor of 0.")

    def _of_graphs(self, recordings: Sequence[Recording]) -> list[str]:
        said = ["`x.grad` stays None: grad returns its result in a tuple, and keeps nothing."]
        if not self.second and any(recording.error for recording in recordings):
            return [
                "Without `create_graph=True`, the first derivative is a plain number: no graph is "
                "left to differentiate again.",
                *said,
            ]
        return [*said, *_of_the_end(self.derivatives(), self.order)]


def _of_curves(result: Derivatives, order: int) -> list[str]:
    """Why autograd and finite differences may differ at this point, and what is 0 for good."""
    said = []
    value, slope = result.values[:2]
    if not math.isfinite(value):
        still = f"; PyTorch still gives a slope, {slope:.4g}" if math.isfinite(slope) else ""
        said.append(f"f has no finite value here{still}.")
    elif result.kink is not None:
        name = "f" if result.kink == 0 else f"The derivative of order {result.kink}"
        said.append(f"{name} has a kink here: PyTorch picks one slope, a finite difference cannot.")
    return [*said, *_of_the_end(result, order)]


def _of_the_end(result: Derivatives, order: int) -> list[str]:
    last = result.last_order
    if last >= order:
        return []
    return [
        f"From order {last} on, nothing depends on x: no graph is left, and all further "
        "derivatives are 0."
    ]
