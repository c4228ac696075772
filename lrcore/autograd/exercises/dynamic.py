"""Exercise 6: a new graph in each call, a graph recorded once, and changes in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, fx

from lrcore.autograd.exercises.snippet import Snippet, function_name, snippet, spaced
from lrcore.autograd.graph import Graph, trace


@dataclass(frozen=True, slots=True)
class Branches:
    """The graph of one call of f, and that of a call of its recording.

    ``follows``: both gave the same value and slope. ``refusal`` is what torch.fx says where it is
    asked to record f without help.
    """

    dynamic: Graph
    recorded: Graph
    follows: bool
    refusal: str
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class InPlace:
    """The graph after a change in place and before a backward."""

    graph: Graph
    snippet: Snippet


def two_branches(x: Tensor) -> Tensor:
    """x² where x > 0, else −3x."""
    if x > 0:
        return x**2
    return -3 * x


class _Recorder(fx.proxy.GraphAppendingTracer):
    """Records operations, and answers every ``if`` the same way."""

    def __init__(self, graph: fx.Graph, answer: bool) -> None:
        super().__init__(graph)
        self.answer = answer

    def to_bool(self, obj: fx.Proxy) -> bool:
        return self.answer


def _record(graph: fx.Graph, tracer: fx.proxy.TracerBase) -> fx.GraphModule:
    """Call f with a proxy, which notes each operation in the graph.

    Not with fx.symbolic_trace: it changes nn.Module for the whole process while it runs, and a
    training may run at the same time.
    """
    call: Callable[[fx.Proxy], fx.Proxy] = two_branches  # type: ignore[assignment]
    graph.output(call(fx.Proxy(graph.placeholder("x"), tracer)).node)
    return fx.GraphModule({}, graph)


def _refusal() -> str:
    graph = fx.Graph()
    try:
        _record(graph, fx.proxy.GraphAppendingTracer(graph))
    except fx.proxy.TraceError as error:
        return str(error)
    return ""


def compare(at: float, recorded_at: float) -> Branches:
    """Call f at ``at``, and also the recording that was made where x was ``recorded_at``."""
    graph = fx.Graph()
    recording = _record(graph, _Recorder(graph, recorded_at > 0))
    graphs = []
    results = []
    for label, function in (("this call", two_branches), ("recorded", recording)):
        x = torch.tensor(at, requires_grad=True)
        y = function(x)
        graphs.append(trace(y, {"x": x, "y": y}))
        (slope,) = torch.autograd.grad(y, x)
        results.append((label, y.item(), slope.item(), function_name(y)))
    code = snippet(_compare_code(at, recorded_at), [spaced(result) for result in results])
    follows = results[0][1:3] == results[1][1:3]
    return Branches(graphs[0], graphs[1], follows, _refusal(), code)


def _compare_code(at: float, recorded_at: float) -> list[str]:
    return [
        "from torch import fx",
        "",
        "def f(x):",
        "    if x > 0:",
        "        return x ** 2",
        "    return -3 * x",
        "",
        "class Recorder(fx.proxy.GraphAppendingTracer):",
        "    def to_bool(self, condition):",
        f"        return {recorded_at > 0}  # x was {recorded_at}",
        "",
        "graph = fx.Graph()",
        'proxy = fx.Proxy(graph.placeholder("x"), Recorder(graph))',
        "graph.output(f(proxy).node)",
        "",
        f"x = torch.tensor({at}, requires_grad=True)",
        'for name, g in ("this call", f), ("recorded", fx.GraphModule({}, graph)):',
        "    y = g(x)",
        "    (slope,) = torch.autograd.grad(y, x)",
        "    print(name, y.item(), slope.item(), y.grad_fn.name())",
    ]


def change_leaf(value: float, *, no_grad: bool) -> InPlace:
    """``w.add_(1)`` on a leaf that requires grad."""
    w = torch.tensor(value, requires_grad=True)
    lines = [f"w = torch.tensor({value}, requires_grad=True)"]
    if no_grad:
        lines += ["with torch.no_grad():", "    w.add_(1)", "print(w)"]
        with torch.no_grad():
            w.add_(1)
        return InPlace(trace(w, {"w": w}), snippet(lines, [w]))
    lines += ["w.add_(1)", "print(w)"]
    try:
        w.add_(1)
    except RuntimeError as error:
        return InPlace(trace(w, {"w": w}), snippet(lines, [], error))
    return InPlace(trace(w, {"w": w}), snippet(lines, [w]))


def change_saved(value: float, *, in_place: bool) -> InPlace:
    """Add 1 to the result of exp, which exp has saved for its backward; in place or not."""
    x = torch.tensor(value, requires_grad=True)
    a = torch.exp(x)
    y = a.add_(1) if in_place else a + 1
    names = {"x": x, "a": a, "y": y}
    graph = trace(y, names)
    lines = [
        f"x = torch.tensor({value}, requires_grad=True)",
        "a = torch.exp(x)",
        "y = a.add_(1)" if in_place else "y = a + 1",
        "y.backward()",
        "print(x.grad)",
    ]
    try:
        y.backward()
    except RuntimeError as error:
        return InPlace(graph, snippet(lines, [], error))
    return InPlace(graph, snippet(lines, [x.grad]))
