"""The finished graph of a recording: boxes and wires with their places.

An operation and what it makes stand together. On each wire that a gradient passes, a place is kept
for the chip that says so: whatever a frame shows, nothing overlaps and nothing moves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lrcore.autograd.events import (
    Accumulated,
    Changed,
    Event,
    Gathered,
    Look,
    Made,
    Named,
    Operated,
    Passed,
    Started,
    Stored,
)
from lrcore.autograd.layout import Item, Places, place
from lrcore.autograd.texts import number_text, shape_text, width_of

ROW = 30.0  # the height of a line in a box
CHIP = 52.0  # the height of a chip: two lines
CHIP_WIDTH = 120.0
_FLIGHT = 30.0  # below a tensor: the gradient that has come and is not kept
_OPERATION = 44.0
_NEAR = 10.0  # from an operation to what it makes
_SCALAR = 120.0
_ARRAY = 178.0
_LINE = 24.0  # of a drawer

SYMBOLS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "truediv": "÷", "true_divide": "÷",
    "pow": "**", "neg": "−", "matmul": "@", "mm": "@", "mv": "@", "dot": "@",
}  # fmt: skip


@dataclass(slots=True)
class Box:
    """An operation or a tensor. ``name`` is an operation's sign.

    ``kind`` is "leaf" (requires a gradient), "result", "constant", "number" (stands in the code) or
    "operation". ``keeps`` where the box has a lower half for ``.grad``. A drawer is the rectangle
    below an operation: left, top, width, height. ``is_recorded`` is false for an operation that
    autograd leaves out.
    """

    id: str
    kind: str
    name: str
    line: int
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    keeps: bool = False
    about: str = ""
    is_recorded: bool = True
    drawer: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Wire:
    """From a tensor into an operation; a gradient comes back on it where ``chip`` is its place."""

    id: str
    source: str
    target: str
    path: list[tuple[float, float]] = field(default_factory=list)
    chip: tuple[float, float, float, float] | None = None
    is_cut: bool = False


@dataclass(slots=True)
class Sketch:
    """A graph with places, and the tables that frames are made from."""

    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    names: dict[str, str] = field(default_factory=dict)  # of tensors
    shown: set[str] = field(default_factory=set)
    operations: dict[str, Operated] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)  # the operation that made a tensor
    uses: Counter[str] = field(default_factory=Counter)  # wires that bring a tensor its gradient

    def wire(self, operation: str, place: int) -> str:
        """The wire into an operation's input number ``place``."""
        return f"{operation}.{place}"


def sketch_of(events: Sequence[Event]) -> Sketch:
    """Draw the graph of a recording."""
    sketch = Sketch()
    looks = _read(sketch, events)
    keeping = _keeping(events, looks)
    touched = {e.tensor for e in events if isinstance(e, Passed | Started | Gathered)}
    passed = {(e.operation, e.place) for e in events if isinstance(e, Passed)}
    for key, (look, line) in looks.items():
        if key in sketch.shown:
            sketch.boxes.append(_tensor(sketch, key, look, line, keeping))
    for operation in sketch.operations.values():
        sketch.boxes += _numbers(operation)
        sketch.boxes.append(_operation(sketch, operation))
        sketch.wires += _wires(sketch, operation, looks, passed)
    sketch.uses = Counter(wire.source for wire in sketch.wires if wire.chip)
    _arrange(sketch, touched)
    return sketch


def _read(sketch: Sketch, events: Sequence[Event]) -> dict[str, tuple[Look, int]]:
    """Names, operations, and how each tensor looked when it was made, with the line."""
    looks: dict[str, tuple[Look, int]] = {}
    named_by_line = set()
    for event in events:
        if isinstance(event, Made):
            looks[event.tensor] = (event.look, event.line)
        elif isinstance(event, Named):
            sketch.names.setdefault(event.tensor, event.name)
            named_by_line.add(event.tensor)
        elif isinstance(event, Operated):
            sketch.operations[event.operation] = event
            for key, look in event.outputs:
                looks[key] = (look, event.line)
                sketch.makers[key] = event.operation
            sketch.shown |= {key for key, _ in event.outputs}
            sketch.shown |= {key for key in event.inputs if isinstance(key, str)}
        elif isinstance(event, Started):
            sketch.shown.add(event.tensor)
    sketch.shown |= {key for key in named_by_line if not sketch.names[key].endswith(".grad")}
    return looks


def _keeping(events: Sequence[Event], looks: dict[str, tuple[Look, int]]) -> set[str]:
    """Tensors that have a ``.grad``: leaves that require one, and those that retain theirs."""
    kept = {key for key, (look, _) in looks.items() if look.is_leaf and look.requires_grad}
    for event in events:
        if isinstance(event, Accumulated | Stored) or (
            isinstance(event, Changed)
            and (event.look.retains_grad or (event.look.is_leaf and event.look.requires_grad))
        ):
            kept.add(event.tensor)
    return kept


def _tensor(sketch: Sketch, key: str, look: Look, line: int, keeping: set[str]) -> Box:
    name = sketch.names.get(key, "")
    maker = sketch.operations.get(sketch.makers.get(key, ""))
    if maker is not None and maker.function.endswith("_") and look.version:
        name = f"{name} v{look.version}"
    is_array = math.prod(look.value.shape) != 1
    is_result = key in sketch.makers and look.requires_grad and not look.is_leaf
    kind = "result" if is_result else "leaf" if key in keeping else "constant"
    label = f"{name} {shape_text(look.value.shape)}" if is_array else name
    width = max(_ARRAY if is_array else _SCALAR, width_of(label) + (20 if is_array else 92))
    rows = (2 if is_array else 1) + (key in keeping)
    about = f"is_leaf {look.is_leaf} · requires_grad {look.requires_grad} · grad_fn {look.grad_fn}"
    return Box(
        key,
        kind,
        label,
        line,
        width,
        rows * ROW,
        keeps=key in keeping,
        about=f"{name or 'no name'}: {about}",
    )


def _numbers(operation: Operated) -> Iterator[Box]:
    for number, item in enumerate(operation.inputs):
        if not isinstance(item, str):
            text = number_text(item)
            width = max(_OPERATION, width_of(text) + 20)
            about = f"{text}: a number in the code"
            yield Box(
                f"{operation.operation}n{number}",
                "number",
                text,
                operation.line,
                width,
                ROW,
                about=about,
            )


def _operation(sketch: Sketch, operation: Operated) -> Box:
    function = operation.function
    plain = function.removesuffix("_") or function
    if operation.is_found:
        plain = function.rstrip("0123456789").removesuffix("Backward").lower() or function
    sign = SYMBOLS.get(plain, plain)
    width = _OPERATION if len(sign) < 3 else width_of(sign) + 24
    look = operation.outputs[0][1]
    box = Box(operation.operation, "operation", sign, operation.line, width, _OPERATION)
    box.is_recorded = any(look.grad_fn for _, look in operation.outputs)
    box.about = f"{function}: {look.grad_fn or 'not recorded, no grad_fn'}"
    if operation.saved:
        box.drawer = (0, 0, 0, (1 + len(saved_lines(sketch, operation))) * _LINE + 6)
    return box


def saved_lines(sketch: Sketch, operation: Operated) -> list[str]:
    """What stands in a drawer: its size in bytes, and the tensors in the order of the code."""
    order = [*operation.inputs, *(key for key, _ in operation.outputs)]
    saved = sorted(
        operation.saved, key=lambda item: order.index(item.tensor) if item.tensor in order else 9
    )
    texts: dict[str, None] = {}
    for item in saved:
        name = sketch.names.get(item.tensor or "") or item.name
        is_number = len(item.value.items) == 1
        size = number_text(item.value.items[0]) if is_number else shape_text(item.value.shape)
        texts[f"{name} = {size}" if is_number else f"{name} {size}"] = None
    return _packed(list(texts), _SCALAR + _OPERATION - 8)[:3]


def saved_size(operation: Operated) -> int:
    """The bytes that an operation keeps for its backward."""
    return sum(item.size for item in operation.saved)


def _packed(texts: Sequence[str], room: float) -> list[str]:
    """Texts in as few lines as there is room for."""
    lines: list[str] = []
    for text in texts:
        joined = f"{lines[-1]}, {text}" if lines else text
        if lines and width_of(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(text)
    return lines


def _wires(
    sketch: Sketch,
    operation: Operated,
    looks: dict[str, tuple[Look, int]],
    passed: set[tuple[str, int]],
) -> Iterator[Wire]:
    makes_gradient = any(look.requires_grad and not look.is_leaf for _, look in operation.outputs)
    for number, item in enumerate(operation.inputs):
        key = item if isinstance(item, str) else f"{operation.operation}n{number}"
        wire = Wire(sketch.wire(operation.operation, number), key, operation.operation)
        requires = isinstance(item, str) and item in looks and looks[item][0].requires_grad
        has_passed = (operation.operation, number) in passed
        wire.is_cut = requires and not makes_gradient
        if has_passed:
            wire.chip = (0, 0, CHIP_WIDTH, CHIP)
        yield wire


def _arrange(sketch: Sketch, touched: set[str]) -> None:
    boxes = {box.id: box for box in sketch.boxes}
    outputs = {
        key: [boxes[out] for out, _ in operation.outputs]
        for key, operation in sketch.operations.items()
    }
    items: dict[str, Item] = {}
    for box in sketch.boxes:
        room = _FLIGHT if box.id in touched else 0.0
        if box.kind == "operation":
            items[box.id] = _unit(box, outputs[box.id], touched)
        elif box.id not in sketch.makers:
            below = box.height - ROW / 2 + room
            items[box.id] = Item(box.width, ROW / 2, below, is_source=True)
    edges = []
    for wire in sketch.wires:
        high = CHIP if wire.chip else 8.0
        wide = CHIP_WIDTH if wire.chip else 26.0
        items[wire.id] = Item(wide, high / 2, high / 2, is_before_target=True)
        edges += [(sketch.makers.get(wire.source, wire.source), wire.id), (wire.id, wire.target)]
    places = place(items, edges)
    sketch.width, sketch.height = places.width, places.height
    for box in sketch.boxes:
        if box.kind == "operation":
            _put_unit(box, outputs[box.id], places, touched)
        elif box.id not in sketch.makers:
            box.x, box.y = places.left[box.id], places.line[box.id] - ROW / 2
    for wire in sketch.wires:
        _draw(wire, boxes, sketch, places)


def _unit(box: Box, outputs: Sequence[Box], touched: set[str]) -> Item:
    """An operation, what it makes to its right, and its drawer below."""
    wide = box.width + _NEAR + max(out.width for out in outputs)
    below = sum(_height(out, touched) for out in outputs) - ROW / 2
    below = max(_OPERATION / 2, below)
    if box.drawer:
        below += box.drawer[3] + 4
    return Item(wide, _OPERATION / 2, below)


def _height(box: Box, touched: set[str]) -> float:
    return box.height + (_FLIGHT if box.id in touched else 4.0)


def _put_unit(box: Box, outputs: Sequence[Box], places: Places, touched: set[str]) -> None:
    left, line = places.left[box.id], places.line[box.id]
    box.x, box.y = left, line - _OPERATION / 2
    top = line - ROW / 2
    for out in outputs:
        out.x, out.y = left + box.width + _NEAR, top
        top += _height(out, touched)
    if box.drawer:
        wide = box.width + _NEAR + max(out.width for out in outputs)
        box.drawer = (left, max(top, line + _OPERATION / 2) + 4, wide, box.drawer[3])


def _draw(wire: Wire, boxes: dict[str, Box], sketch: Sketch, places: Places) -> None:
    source, target = boxes[wire.source], boxes[wire.target]
    item = sketch.makers.get(wire.source, wire.source)
    line = source.y + ROW / 2
    path = [(source.x + source.width, line), (places.column[item][1], line)]
    path += places.bends[item, wire.id]
    left, line = places.left[wire.id], places.line[wire.id]
    path += [(edge, line) for edge in places.column[wire.id]]
    path += places.bends[wire.id, wire.target]
    path.append((target.x, target.y + _OPERATION / 2))
    wire.path = [(round(x, 1), round(y, 1)) for x, y in path]
    if wire.chip:
        wire.chip = (round(left, 1), round(line - CHIP / 2, 1), CHIP_WIDTH, CHIP)
