"""A program moment by moment: forward step by step, backward edge by edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lrcore.autograd.dot import Marks
from lrcore.autograd.exercises.differentiate import Differentiated
from lrcore.autograd.flows import Flow
from lrcore.autograd.graph import Graph, TensorNode
from lrcore.autograd.numbers import format_number
from lrcore.autograd.program import Operation, Program

_ORDINALS = ("first", "second")
_PLACES = {"*": "factor", "+": "term"}
_WORDS = {"exp": r"\exp", "log": r"\log", "sin": r"\sin", "cos": r"\cos", "tanh": r"\tanh"}


@dataclass(frozen=True, slots=True)
class Moment:
    """What has happened so far, and the formula (LaTeX) of what happens now.

    ``tensors``: the names of the tensors made so far. ``flows``: how many edges the backward has
    passed, None before it starts. ``current``: the name of the tensor that the formula is about.
    """

    formula: str
    tensors: frozenset[str]
    flows: int | None
    current: str


def moments(program: Program, result: Differentiated) -> tuple[Moment, ...]:
    """All moments in order.

    One shows the leaves, one each operation, one the start of the backward, one each edge that it
    passes, and one each leaf that has a gradient.
    """
    return tuple(_moments(program, result))


def marks_at(result: Differentiated, moment: Moment, *, compact: bool = False) -> Marks:
    """How the graph looks at a moment. Boxes and labels that come later keep their place.

    With ``compact``, an edge has the local derivative alone, not the whole product.
    """
    graph, flows = result.graph, result.backward.flows
    label = factor if compact else product
    ahead = flows[moment.flows or 0 :]
    waiting = {receiver(graph, flow) for flow in ahead}
    gradients = {}
    for node in graph.tensors:
        gradient = result.backward.gradients.get(node.name or "")
        if gradient is not None and moment.flows is not None and node.key not in waiting:
            gradients[node.key] = f"grad {format_number(gradient)}"
        elif node.requires_grad:
            gradients[node.key] = " "
    hidden = (n.key for n in graph.tensors if n.name and n.name not in moment.tensors)
    broken = result.broken
    return Marks(
        gradients=gradients,
        flows={(flow.function, flow.slot): label(flow) for flow in flows},
        upcoming=frozenset((flow.function, flow.slot) for flow in ahead),
        problems={} if broken is None else {graph.tensor(broken.name).key: "nan or ∞ starts here"},
        hidden=frozenset(hidden),
        current=frozenset(n.key for n in graph.tensors if n.name == moment.current),
    )


def receiver(graph: Graph, flow: Flow) -> str:
    """The key of the tensor that a flow reaches; a leaf is reached through AccumulateGrad."""
    sources = {(edge.target, edge.slot): edge.source for edge in graph.edges}
    source = sources[flow.function, flow.slot]
    return sources.get((source, 0), source) if source.startswith("f") else source


def product(flow: Flow) -> str:
    """Incoming gradient × local derivative = outgoing gradient."""
    incoming, local, outgoing = map(format_number, (flow.incoming, flow.local, flow.outgoing))
    return f"{incoming} × {local} = {outgoing}"


def factor(flow: Flow) -> str:
    """The local derivative alone."""
    return f"× {flow.local:.3g}".replace("-", "−")


def _moments(program: Program, result: Differentiated) -> Iterator[Moment]:
    nodes = {node.name: node for node in result.graph.tensors if node.name}
    keys = {node.key: node for node in result.graph.tensors}
    seen = {name for name in nodes if name in program.leaves}
    start = r",\quad ".join(f"{_letter(n)} = {_tex(_number(nodes[n]))}" for n in sorted(seen))
    yield Moment(rf"\text{{leaves: }}{start}", frozenset(seen), None, "")
    for step in program.steps:
        seen.add(step.name)
        yield Moment(_forward(step, nodes), frozenset(seen), None, step.name)
    everything = frozenset(seen)
    yield Moment(
        rf"\text{{backward starts with }}{_slope('y', 'y')} = 1", everything, 0, program.output
    )
    arrived: dict[str, list[float]] = {}
    operations = {step.name: step for step in program.steps}
    makers = {node.function: node for node in keys.values() if node.function}
    for count, flow in enumerate(result.backward.flows, 1):
        target = keys[receiver(result.graph, flow)]
        arrived.setdefault(target.name or "", []).append(flow.outgoing)
        maker = makers[flow.function]
        made_by = operations.get(maker.name or "")
        yield Moment(_chain(maker, target, flow, made_by), everything, count, target.name or "")
    for leaf in program.leaves:
        if leaf in arrived:
            total = result.backward.gradients[leaf]
            yield Moment(
                _sum(leaf, arrived[leaf], total), everything, len(result.backward.flows), leaf
            )


def _forward(step: Operation, nodes: Mapping[str, TensorNode]) -> str:
    names = [_letter(o) if isinstance(o, str) else _tex(o) for o in step.operands]
    values = [_bracketed(_number(nodes[o]) if isinstance(o, str) else o) for o in step.operands]
    result = _tex(_number(nodes[step.name]))
    return f"{_letter(step.name)} = {_apply(step, names)} = {_apply(step, values)} = {result}"


def _number(node: TensorNode) -> float:
    (number,) = node.value.items  # all tensors of a program are real scalars
    return float(number.real)


def _apply(step: Operation, texts: Sequence[str]) -> str:
    if len(texts) == 1:
        name = _WORDS.get(step.function, rf"\mathrm{{{step.function}}}")
        return f"-{texts[0]}" if step.function == "-" else f"{name}({texts[0]})"
    if step.function == "/":
        return rf"\frac{{{texts[0]}}}{{{texts[1]}}}"
    if step.function == "**":
        return f"{{{texts[0]}}}^{{{texts[1]}}}"
    operator = r"\cdot" if step.function == "*" else step.function
    return f"{texts[0]} {operator} {texts[1]}"


def _chain(maker: TensorNode, target: TensorNode, flow: Flow, step: Operation | None) -> str:
    """Incoming gradient times local derivative.

    Where an operation uses a tensor twice, as w * w does, an edge has only a part of its slope.
    """
    made, of = _letter(maker.name or ""), _letter(target.name or "")
    numbers = rf"{_bracketed(flow.incoming)} \cdot {_bracketed(flow.local)} = {_tex(flow.outgoing)}"
    if step is not None and step.operands.count(target.name or "") > 1:
        place = f"{_ORDINALS[flow.slot]} {_PLACES.get(step.function, 'operand')}"
        return rf"{numbers}\quad\text{{to }}{of}\text{{, through its {place}}}"
    return rf"{_slope('y', made)} \cdot {_slope(made, of)} = {numbers}\quad\text{{to }}{of}"


def _slope(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


def _sum(leaf: str, parts: Sequence[float], total: float) -> str:
    terms = " + ".join(map(_bracketed, parts))
    middle = f" = {terms}" if len(parts) > 1 else ""
    return rf"{_letter(leaf)}\mathtt{{.grad}}{middle} = {_tex(total)}"


def _letter(name: str) -> str:
    return name if len(name) == 1 else f"{name[0]}_{{{name[1:]}}}"


def _tex(value: float) -> str:
    """A number in LaTeX, powers of ten written as such."""
    text = format_number(value).replace("−", "-")
    mantissa, has_power, exponent = text.partition("e")
    if text.lstrip("-") in ("nan", "inf"):
        return {"nan": r"\mathrm{nan}", "inf": r"\infty", "-inf": r"-\infty"}[text]
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if has_power else text


def _bracketed(value: float) -> str:
    text = _tex(value)
    return f"({text})" if text.startswith("-") or "10^" in text else text
