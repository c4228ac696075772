"""Places of boxes and wires, from the places of what stands together."""

from __future__ import annotations

from collections.abc import Sequence

from lrcore.autograd.film.layout import Item, Places, place
from lrcore.autograd.film.parts import CHIP, CHIP_WIDTH, OPERATION, ROW, Box, Sketch, Wire

_FLIGHT = 30.0  # below a tensor: the gradient that has come and is not kept
_NEAR = 10.0  # from an operation to what it makes


def arrange(sketch: Sketch, touched: set[str]) -> None:
    """Give all boxes and wires their places.

    Args:
        sketch: a graph without places.
        touched: tensors that a gradient comes to.
    """
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
    below = max(OPERATION / 2, below)
    if box.drawer:
        below += box.drawer[3] + 4
    return Item(wide, OPERATION / 2, below)


def _height(box: Box, touched: set[str]) -> float:
    return box.height + (_FLIGHT if box.id in touched else 4.0)


def _put_unit(box: Box, outputs: Sequence[Box], places: Places, touched: set[str]) -> None:
    left, line = places.left[box.id], places.line[box.id]
    box.x, box.y = left, line - OPERATION / 2
    top = line - ROW / 2
    for out in outputs:
        out.x, out.y = left + box.width + _NEAR, top
        top += _height(out, touched)
    if box.drawer:
        wide = box.width + _NEAR + max(out.width for out in outputs)
        box.drawer = (left, max(top, line + OPERATION / 2) + 4, wide, box.drawer[3])


def _draw(wire: Wire, boxes: dict[str, Box], sketch: Sketch, places: Places) -> None:
    source, target = boxes[wire.source], boxes[wire.target]
    item = sketch.makers.get(wire.source, wire.source)
    line = source.y + ROW / 2
    path = [(source.x + source.width, line), (places.column[item][1], line)]
    path += places.bends[item, wire.id]
    left, line = places.left[wire.id], places.line[wire.id]
    path += [(edge, line) for edge in places.column[wire.id]]
    path += places.bends[wire.id, wire.target]
    path.append((target.x, target.y + OPERATION / 2))
    wire.path = [(round(x, 1), round(y, 1)) for x, y in path]
    if wire.chip:
        wire.chip = (round(left, 1), round(line - CHIP / 2, 1), CHIP_WIDTH, CHIP)
