"""``torch.autograd.backward``, with all its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import (
    COURSE,
    complete,
    indented,
    leaf,
    number,
    one_of,
    switch,
    value_of,
    where,
)
from lrcore.autograd.recorder import Recording
from lrcore.settings import setting

AGAIN, VECTOR, SEVERAL, INPUTS, CREATE = (
    "Call it again",
    "Vector output",
    "Several tensors",
    "inputs",
    "create_graph",
)
_TWO_OUTPUTS = (*COURSE[:2], "y0 = torch.mul(a, b)", "y1 = torch.add(a, b)")


def _weight(name: str, default: float) -> float:
    return setting(
        default,
        f"Weight {name}",
        "What backward starts with at this output: the gradients are weighted by it.",
        minimum=-3.0,
        maximum=3.0,
        step=0.5,
        needs=where("bw", VECTOR, SEVERAL),
    )


@dataclass(frozen=True)
class Backward(Exercise):
    """One part at a time: several calls, several outputs, some inputs, a graph of the gradient."""

    name: ClassVar[str] = "autograd.backward"
    title: ClassVar[str] = "autograd.backward"
    sentence: ClassVar[str] = (
        "`y.backward()` calls `torch.autograd.backward(y)`: all its arguments, one part at a time."
    )
    trying: ClassVar[str] = "Call it twice: first without, then with retain_graph."
    # Each argument: the field that sets it, or why there is none.
    arguments: ClassVar[Mapping[str, str]] = {
        "tensors": "bw",
        "grad_tensors": "passed",
        "retain_graph": "retain",
        "create_graph": "create",
        "grad_variables": "`grad_variables` is the old name of `grad_tensors`: leave it out.",
        "inputs": "inputs",
    }

    bw: str = one_of(
        "Part",
        "Which arguments to look at.",
        AGAIN,
        VECTOR,
        SEVERAL,
        INPUTS,
        CREATE,
    )
    w: float = value_of("w", 1.0)
    x: float = value_of("x", 2.0)
    calls: int = setting(
        2,
        "Calls of backward",
        "How often backward runs: watch .grad grow, or the error.",
        minimum=1,
        maximum=4,
        step=1,
        needs=where("bw", AGAIN),
    )
    retain: bool = switch(
        False,
        "retain_graph=True",
        "Keeps what the functions have saved, so that backward can run again.",
        needs=where("bw", AGAIN),
    )
    rebuild: bool = switch(
        False,
        "A new graph for each call",
        "Runs the forward lines again before each backward, as a training loop does.",
        needs=where("bw", AGAIN),
    )
    zero: bool = switch(
        False,
        ".grad = None before each call",
        "Without it, backward adds to what is there already.",
        needs=where("bw", AGAIN),
    )
    through: bool = switch(
        False,
        "torch.autograd.backward(y)",
        "The function that y.backward() calls: watch that nothing else changes.",
        needs=where("bw", AGAIN),
    )
    v0: float = _weight("v0", 1.0)
    v1: float = _weight("v1", 2.0)
    passed: bool = switch(
        True,
        "Pass grad_tensors",
        "Without it, only an output of one element can start a backward.",
        needs=where("bw", VECTOR, SEVERAL),
    )
    inputs: str = one_of(
        "inputs",
        "For which tensors to keep a gradient: watch the other leaves get None.",
        "[w]",
        "[x]",
        "[w, x]",
        "[a]",
        "None",
        needs=where("bw", INPUTS),
    )
    create: bool = switch(
        True,
        "create_graph=True",
        "Has backward record a graph, too: then w.grad can be differentiated.",
        needs=where("bw", CREATE),
    )

    def scripts(self) -> tuple[Script, ...]:
        """The lines of the chosen part."""
        lines = {
            AGAIN: self._again,
            VECTOR: self._vector,
            SEVERAL: self._several,
            INPUTS: self._inputs,
            CREATE: self._create,
        }[self.bw]()
        leaves = leaf("w", self.w), leaf("x", self.x)
        return (Script(self.bw, complete(*leaves, *lines)),)

    def _again(self) -> list[str]:
        argument = "retain_graph=True" if self.retain else ""
        call = f"y.backward({argument})"
        if self.through:
            call = f"torch.autograd.backward({', '.join(filter(None, ['y', argument]))})"
        body = ["w.grad = x.grad = None"] if self.zero else []
        body += COURSE if self.rebuild else []
        return [
            *([] if self.rebuild else COURSE),
            f"for call in range({self.calls}):",
            *indented([*body, call, "print(w.grad, x.grad)"]),
        ]

    def _vector(self) -> list[str]:
        return [
            *_TWO_OUTPUTS,
            "y = torch.cat([y0, y1], dim=0)",
            f"v = torch.tensor([{number(self.v0)}, {number(self.v1)}])",
            f"y.backward({'gradient=v' if self.passed else ''})",
            "print(w.grad)",
            "print(x.grad)",
        ]

    def _several(self) -> list[str]:
        call = "torch.autograd.backward([y0, y1])"
        v0, v1 = number(self.v0), number(self.v1)
        passed = [
            f"v = [torch.tensor([{v0}]), torch.tensor([{v1}])]",
            "torch.autograd.backward([y0, y1], grad_tensors=v)",
        ]
        return [*_TWO_OUTPUTS, *(passed if self.passed else [call]), "print(w.grad, x.grad)"]

    def _inputs(self) -> list[str]:
        chosen = "" if self.inputs == "None" else f", inputs={self.inputs}"
        printed = "print(w.grad, x.grad)"
        return [
            *COURSE,
            f"torch.autograd.backward(y{chosen})",
            "print(w.grad, x.grad, a.grad)" if self.inputs == "[a]" else printed,
        ]

    def _create(self) -> list[str]:
        return [
            *COURSE,
            f"y.backward({'create_graph=True' if self.create else ''})",
            "g = w.grad",
            "print(g)",
            "w.grad = x.grad = None  # breaks the circle",
            "print(torch.autograd.grad(g, (w, x)))",
        ]

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """What the part shows; and the argument that has no control."""
        [recording] = recordings
        return {
            AGAIN: self._of_again,
            VECTOR: self._of_outputs,
            SEVERAL: self._of_outputs,
            INPUTS: lambda _: [
                "Only what `inputs` names gets a `.grad`; a leaf that it leaves out keeps None. "
                + self.arguments["grad_variables"]
            ],
            CREATE: self._of_create,
        }[self.bw](recording)

    def _of_again(self, recording: Recording) -> list[str]:
        if recording.error:
            return [
                "The first call freed what the functions had saved: MulBackward0 needs a and b "
                "again for its local derivatives."
            ]
        if self.calls > 1 and not self.zero:
            return [
                "`backward` **adds** to `.grad`, and PyTorch never clears it: to start from zero, "
                "you have to set it."
            ]
        return ["`y.backward()` hands y and its arguments on to `torch.autograd.backward`."]

    def _of_outputs(self, recording: Recording) -> list[str]:
        if recording.error:
            return ["Two numbers have no one slope: PyTorch asks for a weight of each."]
        w, x = self.w, self.x
        columns = {"w": (2 * w + x + 1, 2.0), "x": (w + 1, 1.0)}
        sums = [
            f"{name}.grad = v0 · ∂y0/∂{name} + v1 · ∂y1/∂{name} = "
            f"{self.v0:g} · {first:.4g} + {self.v1:g} · {second:g} = "
            f"**{self.v0 * first + self.v1 * second:.4g}**"
            for name, (first, second) in columns.items()
        ]
        return [*sums, "A vector-Jacobian product: PyTorch never makes the Jacobian itself."]

    def _of_create(self, recording: Recording) -> list[str]:
        del recording
        if self.create:
            return [
                "With `create_graph=True`, `w.grad` is the end of a graph of its own and can be "
                "differentiated again. w holds its gradient, and the gradient's graph holds w: a "
                "circle that Python cannot free, so the code breaks it."
            ]
        return ["`w.grad` is a plain number now: no graph stands behind it."]
