"""The finished graph of a recording: boxes and wires with their places.

An operation and what it makes stand together. On each wire that a gradient passes, a place is kept
for the chip that says so: whatever a frame shows, nothing overlaps and nothing moves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

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
from lrcore.autograd.film.arrange import arrange
from lrcore.autograd.film.parts import CHIP, CHIP_WIDTH, OPERATION, ROW, Box, Sketch, Wire
from lrcore.autograd.film.texts import number_text, shape_text, width_of

_SCALAR = 124.0  # the width of a number's box
_ARRAY = 178.0
_LINE = 24.0  # of a drawer

SYMBOLS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "truediv": "÷", "true_divide": "÷",
    "pow": "**", "neg": "−", "matmul": "@", "mm": "@", "mv": "@", "dot": "@",
}  # fmt: skip


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
    arrange(sketch, touched)
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
    width = max(_ARRAY if is_array else _SCALAR, width_of(label) + (20 if is_array else 96))
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
            width = max(OPERATION, width_of(text) + 20)
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
    width = OPERATION if len(sign) < 3 else width_of(sign) + 24
    look = operation.outputs[0][1]
    box = Box(operation.operation, "operation", sign, operation.line, width, OPERATION)
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
    return _packed(list(texts), _SCALAR + OPERATION - 12)[:3]


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
