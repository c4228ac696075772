"""A graph that is made anew in each call, and one that is recorded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import complete, leaf, one_of
from lrcore.autograd.recorder import Recording
from lrcore.autograd.refill import refilled
from lrcore.settings import setting

IF, LOOP = "An if on data", "A loop on data"
_SIDES = {"x = 1": 1.0, "x = −1": -1.0}
_FUNCTIONS = {
    IF: ("def f(x):", "    if x > 0:", "        return x ** 2", "    return -3 * x", ""),
    LOOP: ("def f(x):", "    while x < 10:", "        x = x ** 2 + 2", "    return x", ""),
}
# Not fx.symbolic_trace: it changes nn.Module for the whole process while it runs, and a training
# may run at the same time.
_RECORD = '''\
from torch import fx


class Recorder(fx.proxy.GraphAppendingTracer):
    """Notes operations; an if is answered as for one example."""

    def __init__(self, graph, example):
        super().__init__(graph)
        self.example = example

    def to_bool(self, condition):
        end = self.graph.output(condition.node)
        answer = fx.GraphModule({}, self.graph)(self.example)
        self.graph.erase_node(end)
        return answer


def record(f, example):
    graph = fx.Graph()
    x = fx.Proxy(graph.placeholder("x"), Recorder(graph, example))
    graph.output(f(x).node)
    graph.eliminate_dead_code()
    return fx.GraphModule({}, graph)
'''


@dataclass(frozen=True)
class Dynamic(Exercise):
    """The same function called twice: as PyTorch does it, and through a recording."""

    name: ClassVar[str] = "Dynamic and static graphs"
    title: ClassVar[str] = "Dynamic and static graphs"
    sentence: ClassVar[str] = (
        "Dynamic: each call grows a new graph. Static: built once, then only refilled with numbers."
    )
    trying: ClassVar[str] = "Move x across zero: which of the two follows?"

    dyn: str = one_of("Part", "What decides which operations run.", IF, LOOP)
    if_x: float = setting(
        -2.0,
        "Value of x",
        "The x of the second call: watch which operations run.",
        minimum=-5.0,
        maximum=5.0,
        step=0.1,
    )
    rec: str = one_of(
        "Recorded at",
        "The example that the recording was made with, also the x of the first call.",
        *_SIDES,
    )

    @property
    def _example(self) -> float:
        return _SIDES[self.rec]

    def scripts(self) -> tuple[Script, ...]:
        """Both scripts call the function twice."""
        f = _FUNCTIONS[self.dyn]
        static = f"static = record(f, {self._example})"
        return (
            Script("Dynamic: a new graph in each call", complete(*f, *self._calls("f"))),
            Script(
                "Static: built once, refilled",
                complete(*f, static, *self._calls("static")),
                tuple(_RECORD.splitlines()),
            ),
        )

    def _calls(self, name: str) -> list[str]:
        lines = []
        for value in (self._example, self.if_x):
            lines += [leaf("x", value), f"y = {name}(x)", "y.backward()", "print(y, x.grad)"]
        return lines

    def recordings(self) -> tuple[Recording, ...]:
        """Each call of the recording fills the same graph."""
        dynamic, static = super().recordings()
        return dynamic, refilled(static)

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """Whether the recording follows, and who works in either way."""
        dynamic, static = (recording.names for recording in recordings)
        follows = all(
            one.equal(other)
            for one, other in (
                (dynamic["y"], static["y"]),
                (dynamic["x"].grad, static["x"].grad),
            )
            if one is not None and other is not None
        )
        verdict = (
            "For this x, both give the same value and gradient."
            if follows
            else "**The recording cannot follow**: it still runs the operations of its example, "
            f"{self.rec}."
        )
        return [
            verdict,
            "TensorFlow's first way was static: placeholders, filled in a session. `torch.compile` "
            "records what stands between such lines and leaves them to Python; `torch.export` "
            "refuses them.",
        ]
