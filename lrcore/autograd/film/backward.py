"""What a frame shows and says of a step backward."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lrcore.autograd.events import (
    Accumulated,
    Freed,
    Gathered,
    Passed,
    Raised,
    Returned,
    Started,
    Stored,
)
from lrcore.autograd.film.parts import CHIP_WIDTH
from lrcore.autograd.film.questions import ask_number
from lrcore.autograd.film.rules import rule_of
from lrcore.autograd.film.scene import (
    ACCUMULATE,
    BACKWARD,
    BOX,
    FORWARD,
    Frame,
    Scene,
    bracketed,
    is_number,
)
from lrcore.autograd.film.sketch import saved_size
from lrcore.autograd.film.texts import number_text, shape_text, value_text, width_of
from lrcore.autograd.numbers import Value

_ROOM = CHIP_WIDTH - 8


def started(scene: Scene, event: Started) -> Iterator[Frame]:
    """A backward begins: chips of the one before go."""
    key = event.tensor
    scene.is_started = True
    name = scene.name(key)
    seed = value_text(event.gradient, BOX)
    frame = scene.frame(
        BACKWARD,
        event.line,
        "Backward starts",
        f"The gradient of {name} by itself is {seed}; from here it goes back along the edges.",
    )
    _clear_chips(scene, frame)
    frame.lit = [key]
    frame.changes[key] = {"flight": seed}
    frame.rule = f"d{name}/d{name} = 1" if seed == "1" else ""
    yield frame


def passed(scene: Scene, event: Passed) -> Iterator[Frame]:
    """A gradient passes an edge: incoming × local = outgoing."""
    operation = scene.sketch.operations[event.operation]
    wire = scene.sketch.wire(event.operation, event.place)
    made = operation.outputs[0][0]
    rows, sentence, product = _product(scene, event)
    source, target = scene.name(made), scene.name(event.tensor)
    frame = scene.frame(BACKWARD, event.line, f"{source} → {target}", sentence)
    local = None if event.local is None else value_text(event.local)
    operands = [bracketed(text) for text in scene.operands(operation)]
    frame.rule = rule_of(operation.function, operands, source, event.place, local)
    frame.lit = [event.operation, wire, event.tensor]
    frame.changes[wire] = {"chip": rows, "size": _size(event.outgoing)}
    parts = scene.flight.setdefault(event.tensor, [])
    parts.append(event.outgoing)
    frame.changes[event.tensor] = {"flight": _waiting(scene, event.tensor, parts)}
    for out, _ in operation.outputs:
        if "flight" in frame.changes.setdefault(out, {}):
            continue
        frame.changes[out]["flight"] = None
    if not event.outgoing.is_finite and event.incoming.is_finite and not scene.is_broken:
        scene.is_broken = True
        word = value_text(event.outgoing)
        frame.changes[event.operation] = {"problem": f"{word} starts here"}
        frame.sentence += " The function has no finite slope here."
    scene.chips.append(wire)
    if product is not None:
        frame.ask = ask_number(
            f"The gradient that goes to {target} = ?", product, rows[0].split(" ")[:3:2]
        )
    yield frame


def gathered(scene: Scene, event: Gathered) -> Iterator[Frame]:
    """All parts of a tensor's gradient have come."""
    key, parts = event.tensor, list(event.parts)
    scene.flight[key] = []
    if key not in scene.boxes:
        return
    total = value_text(event.total, BOX)
    texts = [value_text(part, BOX) for part in parts]
    name = scene.name(key)
    whole = f"{' + '.join(texts)} = {total}"
    if len(parts) > 1:
        title = f"{name}: {whole}" if all(map(is_number, parts)) else f"{name}: a sum"
        sentence = f"{name} was used {len(parts)} times, so its gradients add up: {whole}."
    elif parts and parts[0] != event.total:
        title, sentence = (
            f"{name}: changed",
            f"A hook changes the gradient of {name}: {texts[0]} → {total}.",
        )
    else:
        title, sentence = (
            f"{name}.grad = {total}",
            f"{name} retains its gradient: {total} stays in {name}.grad.",
        )
    frame = scene.frame(BACKWARD, event.line, title, sentence)
    frame.lit = [key]
    shown = whole if width_of(whole) <= scene.boxes[key].width - 12 else f"= {total}"
    frame.changes[key] = {"flight": shown if len(parts) > 1 else total}
    if event.is_retained:
        frame.changes[key]["grad"] = total
    if len(parts) > 1 and all(map(is_number, parts)):
        frame.ask = ask_number(f"{' + '.join(texts)} = ?", total, texts)
    yield frame


def accumulated(scene: Scene, event: Accumulated) -> Iterator[Frame]:
    """AccumulateGrad adds to the `.grad` of a leaf."""
    key = event.tensor
    scene.flight[key] = []
    if key not in scene.boxes:
        return
    name = scene.name(key)
    room = scene.boxes[key].width - 60
    before = "None" if event.before is None else value_text(event.before, room)
    gradient, after = value_text(event.gradient, room), value_text(event.after, room)
    if event.before is None:
        sentence = f"AccumulateGrad: {name}.grad was None and is {after} now."
    else:
        sentence = f"AccumulateGrad adds: {name}.grad = {before} + {gradient} = {after}."
    frame = scene.frame(ACCUMULATE, event.line, f"{name}.grad = {after}", sentence)
    frame.lit = [key]
    scene.kept[key] = after
    frame.changes[key] = {"grad": after, "flight": None}
    scene.comment(frame, event.line, f"{name}.grad = {after}", is_more=True)
    if is_number(event.after):
        frame.ask = ask_number(f"{name}.grad = ?", after, ["None", gradient, before])
    yield frame


def freed(scene: Scene, event: Freed) -> Iterator[Frame]:
    """An operation lets go of what it saved."""
    operation = scene.sketch.operations[event.operation]
    size = saved_size(operation)
    if not size:
        return
    scene.bytes -= size
    sentence = (
        f"The drawer is emptied: {size} bytes are free again. A second backward would need "
        "them: retain_graph=True keeps them."
    )
    frame = scene.frame(BACKWARD, event.line, "Saved values freed", sentence)
    frame.lit = [event.operation]
    frame.changes[event.operation] = {"drawer": ["freed, 0 bytes"]}
    frame.changes["saved"] = {"bytes": scene.bytes}
    yield frame


def stored(scene: Scene, event: Stored) -> Iterator[Frame]:
    """A line has set a `.grad` by itself."""
    key = event.tensor
    if key not in scene.boxes:
        return
    name = scene.name(key)
    shown = (
        "None"
        if event.gradient is None
        else value_text(event.gradient, scene.boxes[key].width - 60)
    )
    sentence = f"The line sets {name}.grad: the next backward adds to {shown}."
    frame = scene.frame(
        ACCUMULATE,
        event.line,
        f"{name}.grad = {shown}",
        sentence,
        note=f"{name}.grad = {shown}",
    )
    scene.kept[key] = shown
    frame.lit, frame.changes[key] = [key], {"grad": shown}
    yield frame


def returned(scene: Scene, event: Returned) -> Iterator[Frame]:
    """`torch.autograd.grad` gives a gradient back."""
    key = event.tensor
    name = scene.name(key)
    scene.flight[key] = []
    if event.gradient is None:
        shown = "None"
        sentence = f"{name} was not used: autograd.grad returns None for it."
    else:
        shown = value_text(event.gradient, BOX)
        sentence = f"autograd.grad returns {shown} for {name}; {name}.grad stays as it was."
    frame = scene.frame(ACCUMULATE, event.line, f"returned: {shown}", sentence)
    scene.comment(frame, event.line, shown, is_more=True)
    if key in scene.boxes:
        frame.lit, frame.changes[key] = [key], {"flight": f"→ {shown}"}
    yield frame


def raised(scene: Scene, event: Raised) -> Iterator[Frame]:
    """PyTorch stops with an error."""
    phase = BACKWARD if scene.is_started else FORWARD
    sentence = "PyTorch stops here. Its own words stand beside."
    frame = scene.frame(phase, event.line, event.text.partition(":")[0], sentence)
    frame.changes["out"] = {"text": "\n".join(scene.printed), "error": event.text}
    if event.operation is not None:
        frame.lit = [event.operation]
        frame.changes[event.operation] = {"problem": "the error is here"}
    yield frame


def _product(scene: Scene, event: Passed) -> tuple[list[str], str, str | None]:
    """The rows of the chip, a sentence, and the outgoing number if it is one."""
    if is_number(event.incoming) and is_number(event.outgoing):
        incoming, outgoing = _number(event.incoming), _number(event.outgoing)
        local = _number(event.local) if event.local is not None else _ratio(outgoing, incoming)
        if local is not None:
            rows = _product_rows(incoming, local, outgoing)
            whole = " ".join(rows)
            return rows, f"Incoming × local = outgoing: {whole}.", number_text(outgoing)
    incoming_shape = shape_text(event.incoming.shape) or "scalar"
    outgoing_shape = shape_text(event.outgoing.shape) or "scalar"
    rows = [f"{incoming_shape} → {outgoing_shape}"]
    function = scene.sketch.operations[event.operation].function.removesuffix("_")
    is_reducing = function not in ("add", "sub", "mul", "div")
    sentence = (
        f"A vector-Jacobian product: a gradient of shape {incoming_shape} comes in, one of "
        f"shape {outgoing_shape} goes out. The Jacobian itself is never made."
    )
    if math.prod(event.outgoing.shape) < math.prod(event.incoming.shape) and not is_reducing:
        sentence = (
            f"Forward, {scene.name(event.tensor)} was broadcast to {incoming_shape}; so its "
            f"gradient is the sum over all places where it was used: {outgoing_shape}."
        )
    return rows, sentence, None


def _waiting(scene: Scene, key: str, parts: list[Value]) -> str:
    """The gradient that has come to a tensor; more is to come where it was used again."""
    room = scene.boxes[key].width - 12 if key in scene.boxes else BOX
    texts = [value_text(part, room / 2) for part in parts]
    joined = " + ".join(texts) + (" +" if len(parts) < scene.sketch.uses[key] else "")
    return joined if width_of(joined) <= room else f"… + {texts[-1]}"


def _clear_chips(scene: Scene, frame: Frame) -> None:
    """A new backward: what the one before has left on the wires goes."""
    for wire in scene.chips:
        frame.changes[wire] = {"chip": None, "size": 0}
    scene.chips.clear()
    for key, box in scene.boxes.items():
        if box.kind in {"leaf", "result"} and key in scene.looks:
            frame.changes[key] = {"flight": None}
    scene.flight.clear()


def _product_rows(incoming: float, local: float, outgoing: float) -> list[str]:
    """Incoming × local = outgoing, in one row or in two, with as many digits as fit."""
    for digits in (4, 3, 2):
        left, right, result = (number_text(n, digits) for n in (incoming, local, outgoing))
        product = f"{left} × {bracketed(right)}"
        if digits == 4 and width_of(f"{product} = {result}") <= _ROOM:
            return [f"{product} = {result}"]
        if width_of(product) <= _ROOM:
            break
    return [product, f"= {result}"]


def _number(value: Value) -> float:
    (number,) = value.items
    return number.real if isinstance(number, complex) else float(number)


def _ratio(outgoing: float, incoming: float) -> float | None:
    return outgoing / incoming if incoming and math.isfinite(incoming) else None


def _size(value: Value) -> float:
    """How large a gradient is, as the width of its arrow: 3 to 9 pixels."""
    numbers = [abs(complex(item)) for item in value.items] or [
        abs(value.minimum or 0.0),
        abs(value.maximum or 0.0),
    ]
    largest = max(numbers)
    if not math.isfinite(largest):
        return 9.0
    return round(min(9.0, 3.0 + 2.0 * math.log2(1 + largest)), 1)
