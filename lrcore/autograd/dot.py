"""An autograd graph as Graphviz text.

A tensor and the function that made it share one box: the function's name on top, name and value in
the middle, the gradient below. Boxes are light and their text is dark, to be read on any page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from lrcore.autograd.graph import Edge, FunctionNode, Graph, TensorNode
from lrcore.palette import GRADIENT

# The one colour of Okabe and Ito that the training page does not use.
LEAF = "#F0E442"
FUNCTION = "#D9D9D9"
PLAIN = "#FFFFFF"
PROBLEM = "#000000"
LINE = "#777777"
INK = "#000000"


@dataclass(frozen=True, slots=True)
class Marks:
    """What to draw on top of a graph. Keys are those of its nodes.

    ``gradients`` replaces the gradient line of a tensor (an empty text removes it),
    ``flows`` labels the edge into (function, slot), ``problems`` adds a warning line to a box.
    ``current`` boxes have a frame. ``hidden`` boxes and ``upcoming`` flows are not seen yet but
    keep their place: nothing moves when they appear.
    """

    gradients: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[tuple[str, int], str] = field(default_factory=dict)
    upcoming: frozenset[tuple[str, int]] = frozenset()
    problems: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    current: frozenset[str] = frozenset()


def to_dot(
    graph: Graph,
    marks: Marks | None = None,
    *,
    points: float = 14,
) -> str:
    """Graphviz text of ``graph``, drawn from left to right, with letters of ``points`` points."""
    marks = marks or Marks()
    boxes = _boxes(graph)
    lines = [
        "digraph {",
        'graph [rankdir=LR bgcolor="transparent" pad=0.1 nodesep=0.3 ranksep=0.4]',
        f'node [shape=plain fontname="Arial" fontsize={points:g} fontcolor="{INK}"]',
        f'edge [color="{LINE}" penwidth=2 fontname="Arial" fontsize={points:g} fontcolor="{INK}"]',
    ]
    functions = {function.key: function for function in graph.functions}
    for tensor in graph.tensors:
        maker = functions.get(tensor.function or "")
        # A function that made several tensors has a box of its own.
        is_in_box = maker is not None and boxes[maker.key] == tensor.key
        lines.append(_tensor_box(tensor, maker if is_in_box else None, marks))
    lines += [
        _function_box(function, marks)
        for function in graph.functions
        if boxes[function.key] == function.key
    ]
    lines += [
        _edge(edge, boxes, marks)
        for edge in graph.edges
        if boxes[edge.source] != boxes[edge.target]
    ]
    return "\n".join([*lines, "}"])


def _boxes(graph: Graph) -> dict[str, str]:
    """The box that each node is drawn in: a function in that of the only tensor it makes."""
    keys = [tensor.key for tensor in graph.tensors] + [function.key for function in graph.functions]
    boxes = dict(zip(keys, keys, strict=True))
    made: dict[str, list[str]] = {}
    for tensor in graph.tensors:
        if tensor.function is not None:
            made.setdefault(tensor.function, []).append(tensor.key)
    used = {edge.source for edge in graph.edges if edge.slot is not None}
    for function, tensors in made.items():
        if len(tensors) == 1 and function not in used:
            boxes[function] = tensors[0]
    accumulators = {function.key for function in graph.functions if function.accumulates}
    for edge in graph.edges:
        if edge.target in accumulators:
            boxes[edge.target] = edge.source
    return boxes


def _tensor_box(tensor: TensorNode, function: FunctionNode | None, marks: Marks) -> str:
    rows: list[tuple[str, str, bool]] = []
    fill = PLAIN
    if function is not None:
        rows.append((function.name, FUNCTION, False))
    elif tensor.is_leaf and tensor.requires_grad:
        rows.append(("leaf", LEAF, False))
        fill = LEAF
    elif tensor.is_leaf:
        rows.append(("constant", PLAIN, False))
    rows.append(
        (f"{tensor.name} = {tensor.value}" if tensor.name else str(tensor.value), fill, True)
    )
    default = "" if not tensor.requires_grad else f"grad {tensor.grad}"
    gradient = marks.gradients.get(tensor.key, default)
    if gradient:
        rows.append((gradient, PLAIN if gradient in ("grad None", " ") else GRADIENT, False))
    problem = marks.problems.get(tensor.key, "" if function is None else _trouble(function))
    if problem:
        rows.append((problem, PROBLEM, True))
    return _box(tensor.key, rows, _tooltip(tensor, function), marks)


def _function_box(function: FunctionNode, marks: Marks) -> str:
    rows = [(function.name, FUNCTION, False)]
    problem = marks.problems.get(function.key, _trouble(function))
    if problem:
        rows.append((problem, PROBLEM, True))
    return _box(function.key, rows, _saved(function), marks)


def _box(key: str, rows: list[tuple[str, str, bool]], tooltip: str, marks: Marks) -> str:
    border = 4 if key in marks.current else 1
    cells = "".join(_row(*row) for row in rows)
    table = (
        f'<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="5"'
        f' COLOR="{GRADIENT if key in marks.current else LINE}">{cells}</TABLE>'
    )
    style = " style=invis" if key in marks.hidden else ""
    return f'{key} [label=<{table}> tooltip="{_quoted(tooltip)}"{style}]'


def _row(text: str, fill: str, bold: bool) -> str:
    content = "<BR/>".join(map(escape, _lines(text)))
    if bold:
        content = f"<B>{content}</B>"
    if fill == PROBLEM:
        content = f'<FONT COLOR="{PLAIN}">{content}</FONT>'
    return f'<TR><TD BGCOLOR="{fill}" WIDTH="80">{content}</TD></TR>'


def _lines(text: str) -> list[str]:
    """A long text in two lines, cut after a colon or before the capital nearest to the middle."""
    shape, colon, range_ = text.partition(": ")
    if colon:
        return [shape, range_]
    capitals = [at for at, character in enumerate(text) if at and character.isupper()]
    if len(text) <= 20 or " " in text or not capitals:
        return [text]
    middle = min(capitals, key=lambda at: abs(at - len(text) / 2))
    return [text[:middle], text[middle:]]


def _edge(edge: Edge, boxes: Mapping[str, str], marks: Marks) -> str:
    source, target = boxes[edge.source], boxes[edge.target]
    attributes = [f'tooltip="{source} to {target}"']
    if source in marks.hidden or target in marks.hidden:
        attributes.append("style=invis")
    elif edge.slot is None:
        attributes.append("style=dashed")
    if edge.slot is not None and (edge.target, edge.slot) in marks.flows:
        place = (edge.target, edge.slot)
        attributes += _flow(marks.flows[place], is_upcoming=place in marks.upcoming)
    return f"{source} -> {target} [{' '.join(attributes)}]"


def _flow(text: str, *, is_upcoming: bool) -> list[str]:
    look = f'BGCOLOR="{GRADIENT}"'
    font = f"<B>{escape(text)}</B>"
    if is_upcoming:
        look, font = "", f'<FONT COLOR="transparent">{font}</FONT>'
    table = f'<TABLE BORDER="0" CELLPADDING="3"><TR><TD {look}>{font}</TD></TR></TABLE>'
    arrow = f'color="{GRADIENT}" penwidth=4 dir=back'
    return [f"label=<{table}>", *([] if is_upcoming else [arrow])]


def _tooltip(tensor: TensorNode, function: FunctionNode | None) -> str:
    flags = (
        f"shape {tensor.shape}",
        tensor.dtype,
        tensor.device,
        f"requires_grad {tensor.requires_grad}",
        f"is_leaf {tensor.is_leaf}",
        f"retains_grad {tensor.retains_grad}",
        f"version {tensor.version}",
    )
    saved = _saved(function) if function is not None else ""
    return "\n".join((*flags, saved)) if saved else "\n".join(flags)


def _trouble(function: FunctionNode) -> str:
    if function.is_freed:
        return "saved values freed"
    is_changed = any(item.problem for item in function.saved)
    return "saved value changed" if is_changed else ""


def _saved(function: FunctionNode) -> str:
    return "\n".join(f"saved {item.name} = {item.problem or item.value}" for item in function.saved)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'").replace("\n", "\\n")
