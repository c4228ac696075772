"""What a frame shows and says of a step forward."""

from __future__ import annotations

from collections.abc import Iterator

from lrcore.autograd.events import Changed, Decided, Look, Made, Operated, Printed, Warned
from lrcore.autograd.film.questions import ask_number
from lrcore.autograd.film.scene import ACCUMULATE, FORWARD, Change, Frame, Scene, applied
from lrcore.autograd.film.sketch import saved_lines, saved_size
from lrcore.autograd.film.texts import number_text, value_text

_LONGEST_NUMBER = 10  # characters of a value that stands for itself in a sentence
_SHORT = 24  # characters of a print that can be predicted


def made(scene: Scene, event: Made) -> Iterator[Frame]:
    """The user makes a tensor."""
    key, look = event.tensor, event.look
    scene.looks[key] = look
    scene.kept.pop(key, None)  # where a graph is filled again, its leaf is a new one
    if key not in scene.sketch.shown:
        return
    name, kind = scene.name(key), scene.boxes[key].kind
    if kind == "leaf":
        sentence = f"{name} is a leaf that requires a gradient. The user made it: grad_fn is None."
    else:
        sentence = f"{name} is a constant: no gradient is computed for it."
    frame = scene.frame(
        FORWARD, event.line, f"{name} = {scene.value(key)}", sentence, note=scene.value(key)
    )
    frame.lit = [key]
    frame.changes[key] = _appearance(scene, key)
    yield frame


def operated(scene: Scene, event: Operated) -> Iterator[Frame]:
    """An operation makes a tensor, and autograd may record it."""
    for key, look in event.outputs:
        scene.looks[key] = look
        if event.function.endswith("_") and event.inputs[0] in scene.kept:
            scene.kept[key] = scene.kept[str(event.inputs[0])]
    (key, look), *_ = event.outputs
    result, name = scene.value(key), scene.sketch.names.get(key, "")
    formula = applied(event.function, scene.operands(event))
    values = [scene.value(item) for item in event.inputs]
    is_scalar = all(map(scene.is_number, event.inputs)) and len(result) < _LONGEST_NUMBER
    title = f"{name} = {formula}" if name else formula
    numbers = f" = {applied(event.function, values)}" if is_scalar else ""
    if event.is_found:
        title, numbers = "The backward is recorded too", f", as {event.function}"
    frame = scene.frame(FORWARD, event.line, title, f"{title}{numbers} = {result}.")
    frame.sentence += _recorded(scene, event, look)
    if event.function.endswith("_"):
        frame.sentence += f" In place: {name} is at version {look.version} now."
    _draw(scene, event, frame)
    if not event.is_found:
        scene.comment(frame, event.line, result)
    if not scene.is_broken and _breaks(scene, event):
        scene.is_broken = True
        frame.changes[event.operation]["problem"] = f"{result} starts here"
        frame.sentence = f"{result} starts here: the inputs are finite, the result is not."
    if look.requires_grad and is_scalar and not event.is_found:
        frame.ask = ask_number(f"{name or formula} = ?", result, values)
    yield frame


def _draw(scene: Scene, event: Operated, frame: Frame) -> None:
    """The operation with its wires, its results and its drawer are there now."""
    wires = [scene.sketch.wire(event.operation, place) for place in range(len(event.inputs))]
    frame.lit = [event.operation, *(out for out, _ in event.outputs), *wires]
    for number, item in enumerate(event.inputs):
        if not isinstance(item, str):
            frame.changes[f"{event.operation}n{number}"] = {"on": 1, "value": number_text(item)}
    for wire in wires:
        frame.changes[wire] = {"on": 1}
    for out, _ in event.outputs:
        frame.changes[out] = _appearance(scene, out)
    frame.changes[event.operation] = {"on": 1}
    if event.saved:
        scene.bytes += saved_size(event)
        frame.changes[event.operation]["drawer"] = [
            f"saved, {saved_size(event)} bytes",
            *saved_lines(scene.sketch, event),
        ]
        frame.changes["saved"] = {"bytes": scene.bytes}


def changed(scene: Scene, event: Changed) -> Iterator[Frame]:
    """A tensor's flags are others now."""
    key = event.tensor
    before, scene.looks[key] = scene.looks.get(key), event.look
    if key not in scene.sketch.shown or before is None:
        return
    name = scene.name(key)
    if event.look.retains_grad and not before.retains_grad:
        title, sentence = (
            f"{name}.retain_grad()",
            f"{name} is no leaf, but will keep its gradient.",
        )
        shown: dict[str, Change] = {"grad": "None"}
    else:
        title = f"{name}.requires_grad = {event.look.requires_grad}"
        what = "is recorded" if event.look.requires_grad else "is not recorded"
        sentence = f"From here on, what is done with {name} {what}."
        shown = {"grad": "None"} if event.look.requires_grad and scene.boxes[key].keeps else {}
    frame = scene.frame(FORWARD, event.line, title, sentence)
    frame.lit, frame.changes[key] = [key], shown
    yield frame


def decided(scene: Scene, event: Decided) -> Iterator[Frame]:
    """Python reads a number and goes on by it."""
    sentence = f"It is {event.outcome}: Python goes on there, and no graph knows of it."
    title = scene.lines[event.line - 1].strip()
    yield scene.frame(FORWARD, event.line, title, sentence, note=event.outcome)


def printed(scene: Scene, event: Printed) -> Iterator[Frame]:
    """The code prints."""
    scene.printed.append(event.text)
    phase = ACCUMULATE if scene.is_started else FORWARD
    first = event.text.partition("\n")[0]
    frame = scene.frame(phase, event.line, "Printed", first, note=event.text)
    if len(event.text) < _SHORT:
        frame.ask = ask_number("What is printed?", event.text, ["None", "tensor(0.)"])
    frame.changes["out"] = {"text": "\n".join(scene.printed)}
    yield frame


def warned(scene: Scene, event: Warned) -> Iterator[Frame]:
    """PyTorch warns; its words stay beside the graph."""
    scene.warned.append(event.text)
    phase = ACCUMULATE if scene.is_started else FORWARD
    sentence = "PyTorch goes on, but has something to say: its words stand beside."
    frame = scene.frame(phase, event.line, "PyTorch warns", sentence)
    frame.changes["out"] = {
        "text": "\n".join(scene.printed),
        "warning": "\n".join(scene.warned),
    }
    yield frame


def _appearance(scene: Scene, key: str) -> dict[str, Change]:
    look, box = scene.looks[key], scene.boxes[key]
    shown: dict[str, Change] = {"on": 1, "value": value_text(look.value, box.width - 16)}
    if box.keeps and (look.is_leaf or look.retains_grad):
        shown["grad"] = scene.kept.setdefault(key, "None")
    return shown


def _recorded(scene: Scene, event: Operated, look: Look) -> str:
    if event.is_found or event.function.endswith("_"):
        return ""
    if look.grad_fn is None:
        has = any(isinstance(i, str) and scene.looks[i].requires_grad for i in event.inputs)
        return " Autograd does not record it: no edge leads back." if has else ""
    name = look.grad_fn.removeprefix("<").partition(" ")[0]
    names = [scene.sketch.names.get(item.tensor or "", item.name) for item in event.saved]
    saved = " and ".join(sorted(dict.fromkeys(names)))
    return f" Autograd records {name}, which saves {saved or 'nothing'}."


def _breaks(scene: Scene, event: Operated) -> bool:
    inputs = [scene.looks[i].value for i in event.inputs if isinstance(i, str)]
    return all(value.is_finite for value in inputs) and not all(
        look.value.is_finite for _, look in event.outputs
    )
