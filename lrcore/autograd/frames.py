"""The frames of a film: event by event, what changes in the picture, and the words beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lrcore.autograd.events import (
    Accumulated,
    Changed,
    Decided,
    Event,
    Freed,
    Gathered,
    Input,
    Look,
    Made,
    Named,
    Operated,
    Passed,
    Printed,
    Raised,
    Returned,
    Started,
    Stored,
)
from lrcore.autograd.numbers import Value
from lrcore.autograd.questions import Ask, ask_number
from lrcore.autograd.recorder import Recording
from lrcore.autograd.rules import rule_of
from lrcore.autograd.sketch import CHIP_WIDTH, SYMBOLS, Sketch, saved_lines, saved_size
from lrcore.autograd.texts import number_text, shape_text, value_text, width_of

FORWARD, BACKWARD, ACCUMULATE = "forward", "backward", "accumulate"
_BOX = 112.0  # the room for a text in a tensor's box
_ROOM = CHIP_WIDTH - 8
_LONGEST_NAME = 18  # characters of an expression that stands for a tensor without a name

Change = str | int | float | list[str] | None
Changes = dict[str, dict[str, Change]]


@dataclass(slots=True)
class Frame:
    """One step. ``changes`` has by element what differs from the step before.

    Elements are boxes and wires by their ids, lines as ``L3``, the printed output ``out``, and
    ``saved`` with the bytes that operations keep. ``lit`` are the elements that the step is about.
    """

    phase: str
    line: int
    title: str
    sentence: str
    rule: str = ""
    lit: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=dict)
    ask: Ask | None = None


def frames_of(recording: Recording, sketch: Sketch, title: str) -> list[Frame]:
    """All frames of a recording; the first one is before anything has happened."""
    reel = _Reel(sketch, recording)
    start = "The whole graph, before any line has run: what is not there yet is dotted."
    first = Frame(FORWARD, 0, title or "Before the first line", start)
    first.changes["saved"] = {"bytes": 0}
    return [first, *(frame for event in recording.events for frame in reel.frames(event))]


class _Reel:
    """What the picture says so far."""

    def __init__(self, sketch: Sketch, recording: Recording) -> None:
        self.sketch, self.lines = sketch, recording.lines
        self.looks: dict[str, Look] = {}
        self.bytes = 0
        self.printed: list[str] = []
        self.flight: dict[str, list[Value]] = {}  # parts of a gradient that have come to a tensor
        self.chips: list[str] = []  # wires that have a chip
        self.boxes = {box.id: box for box in sketch.boxes}
        self.comments: dict[int, str] = {}  # what stands behind each line
        self.is_started = False
        self.kept: dict[str, str] = {}  # what `.grad` holds
        self.is_broken = False

    def frames(self, event: Event) -> Iterator[Frame]:
        """The frames of one event; none where nothing is seen of it."""
        if isinstance(event, Made):
            yield from self._made(event)
        elif isinstance(event, Operated):
            yield from self._operated(event)
        elif isinstance(event, Started):
            yield from self._started(event)
        elif isinstance(event, Passed):
            yield from self._passed(event)
        elif isinstance(event, Gathered):
            yield from self._gathered(event)
        elif isinstance(event, Accumulated):
            yield from self._accumulated(event)
        elif isinstance(event, Freed):
            yield from self._freed(event)
        else:
            yield from self._other(event)

    def _other(self, event: Event) -> Iterator[Frame]:
        if isinstance(event, Named):
            self._comment(event)
        elif isinstance(event, Changed):
            yield from self._changed(event)
        elif isinstance(event, Stored):
            yield from self._stored(event)
        elif isinstance(event, Returned):
            yield from self._returned(event)
        elif isinstance(event, Decided):
            sentence = f"It is {event.outcome}: Python goes on there, and no graph knows of it."
            title = self.lines[event.line - 1].strip()
            yield self._frame(FORWARD, event.line, title, sentence, note=event.outcome)
        elif isinstance(event, Printed):
            self.printed.append(event.text)
            phase = ACCUMULATE if self.is_started else FORWARD
            first = event.text.partition("\n")[0]
            frame = self._frame(phase, event.line, "Printed", first, note=event.text)
            if len(event.text) < 24:
                frame.ask = ask_number("What is printed?", event.text, ["None", "tensor(0.)"])
            frame.changes["out"] = {"text": "\n".join(self.printed)}
            yield frame
        elif isinstance(event, Raised):
            yield from self._raised(event)

    # Forward

    def _made(self, event: Made) -> Iterator[Frame]:
        key, look = event.tensor, event.look
        self.looks[key] = look
        if key not in self.sketch.shown:
            return
        name, kind = self.name(key), self.boxes[key].kind
        if kind == "leaf":
            sentence = (
                f"{name} is a leaf that requires a gradient. The user made it: grad_fn is None."
            )
        else:
            sentence = f"{name} is a constant: no gradient is computed for it."
        frame = self._frame(
            FORWARD, event.line, f"{name} = {self.value(key)}", sentence, note=self.value(key)
        )
        frame.lit = [key]
        frame.changes[key] = self._appearance(key)
        yield frame

    def _appearance(self, key: str) -> dict[str, Change]:
        look, box = self.looks[key], self.boxes[key]
        is_array = len(look.value.items) != 1
        shown: dict[str, Change] = {"on": 1, "value": value_text(look.value, box.width - 16)}
        if box.keeps and (look.is_leaf or look.retains_grad):
            shown["grad"] = self.kept.setdefault(key, "None")
        if is_array:
            shown["array"] = 1
        return shown

    def _operated(self, event: Operated) -> Iterator[Frame]:
        for key, look in event.outputs:
            self.looks[key] = look
            if event.function.endswith("_") and event.inputs[0] in self.kept:
                self.kept[key] = self.kept[str(event.inputs[0])]
        (key, look), *_ = event.outputs
        wires = [self.sketch.wire(event.operation, place) for place in range(len(event.inputs))]
        names = self._operands(event)
        formula = _apply(event.function, names)
        result = self.value(key)
        is_scalar = all(self.is_number(item) for item in event.inputs) and len(result) < 10
        numbers = (
            f" = {_apply(event.function, [self.value(i) for i in event.inputs])}"
            if is_scalar
            else ""
        )
        name = self.sketch.names.get(key, "")
        title = f"{name} = {formula}" if name else formula
        if event.is_found:
            title, numbers = "The backward is recorded too", f", as {event.function}"
        frame = self._frame(FORWARD, event.line, title, f"{title}{numbers} = {result}.")
        frame.sentence += self._recorded(event, look)
        if event.function.endswith("_"):
            frame.sentence += f" In place: {name} is at version {look.version} now."
        frame.lit = [event.operation, *(out for out, _ in event.outputs), *wires]
        for number, item in enumerate(event.inputs):
            if not isinstance(item, str):
                frame.changes[f"{event.operation}n{number}"] = {"on": 1, "value": number_text(item)}
        for wire in wires:
            frame.changes[wire] = {"on": 1}
        for out, _ in event.outputs:
            frame.changes[out] = self._appearance(out)
        frame.changes[event.operation] = {"on": 1}
        if event.saved:
            self.bytes += saved_size(event)
            frame.changes[event.operation]["drawer"] = [
                f"saved, {saved_size(event)} bytes",
                *saved_lines(self.sketch, event),
            ]
            frame.changes["saved"] = {"bytes": self.bytes}
        if not event.is_found:
            self._note_comment(frame, event.line, result)
        if not self.is_broken and self._breaks(event):
            self.is_broken = True
            frame.changes[event.operation]["problem"] = f"{result} starts here"
            frame.sentence = f"{result} starts here: the inputs are finite, the result is not."
        if look.requires_grad and is_scalar and not event.is_found:
            frame.ask = ask_number(
                f"{name or formula} = ?", result, [self.value(i) for i in event.inputs]
            )
        yield frame

    def _recorded(self, event: Operated, look: Look) -> str:
        if event.is_found or event.function.endswith("_"):
            return ""
        if look.grad_fn is None:
            has = any(isinstance(i, str) and self.looks[i].requires_grad for i in event.inputs)
            return " Autograd does not record it: no edge leads back." if has else ""
        name = look.grad_fn.removeprefix("<").partition(" ")[0]
        names = [self.sketch.names.get(item.tensor or "", item.name) for item in event.saved]
        saved = " and ".join(sorted(dict.fromkeys(names)))
        return f" Autograd records {name}, which saves {saved or 'nothing'}."

    def _breaks(self, event: Operated) -> bool:
        inputs = [self.looks[i].value for i in event.inputs if isinstance(i, str)]
        return all(value.is_finite for value in inputs) and not all(
            look.value.is_finite for _, look in event.outputs
        )

    def _changed(self, event: Changed) -> Iterator[Frame]:
        key = event.tensor
        before, self.looks[key] = self.looks.get(key), event.look
        if key not in self.sketch.shown or before is None:
            return
        name = self.name(key)
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
            shown = {"grad": "None"} if event.look.requires_grad and self.boxes[key].keeps else {}
        frame = self._frame(FORWARD, event.line, title, sentence)
        frame.lit, frame.changes[key] = [key], shown
        yield frame

    # Backward

    def _started(self, event: Started) -> Iterator[Frame]:
        key = event.tensor
        self.is_started = True
        name = self.name(key)
        seed = value_text(event.gradient, _BOX)
        frame = self._frame(
            BACKWARD,
            event.line,
            "Backward starts",
            f"The gradient of {name} by itself is {seed}; from here it goes back along the edges.",
        )
        self._clear_chips(frame)
        frame.lit = [key]
        frame.changes[key] = {"flight": seed}
        frame.rule = f"d{name}/d{name} = 1" if seed == "1" else ""
        yield frame

    def _passed(self, event: Passed) -> Iterator[Frame]:
        operation = self.sketch.operations[event.operation]
        wire = self.sketch.wire(event.operation, event.place)
        made = operation.outputs[0][0]
        rows, sentence, product = self._product(event)
        source, target = self.name(made), self.name(event.tensor)
        frame = self._frame(BACKWARD, event.line, f"{source} → {target}", sentence)
        local = None if event.local is None else value_text(event.local)
        operands = [_bracketed(text) for text in self._operands(operation)]
        frame.rule = rule_of(operation.function, operands, source, event.place, local)
        frame.lit = [event.operation, wire, event.tensor]
        frame.changes[wire] = {"chip": rows, "size": _size(event.outgoing)}
        parts = self.flight.setdefault(event.tensor, [])
        parts.append(event.outgoing)
        frame.changes[event.tensor] = {"flight": self._waiting(event.tensor, parts)}
        for out, _ in operation.outputs:
            if "flight" in frame.changes.setdefault(out, {}):
                continue
            frame.changes[out]["flight"] = None
        if not event.outgoing.is_finite and event.incoming.is_finite and not self.is_broken:
            self.is_broken = True
            word = value_text(event.outgoing)
            frame.changes[event.operation] = {"problem": f"{word} starts here"}
            frame.sentence += " The function has no finite slope here."
        self.chips.append(wire)
        if product is not None:
            frame.ask = ask_number(
                f"The gradient that goes to {target} = ?", product, rows[0].split(" ")[:3:2]
            )
        yield frame

    def _product(self, event: Passed) -> tuple[list[str], str, str | None]:
        """The rows of the chip, a sentence, and the outgoing number if it is one."""
        if _is_number(event.incoming) and _is_number(event.outgoing):
            incoming, outgoing = _number(event.incoming), _number(event.outgoing)
            local = _number(event.local) if event.local is not None else _ratio(outgoing, incoming)
            if local is not None:
                rows = _product_rows(incoming, local, outgoing)
                whole = " ".join(rows)
                return rows, f"Incoming × local = outgoing: {whole}.", number_text(outgoing)
        incoming_shape = shape_text(event.incoming.shape) or "scalar"
        outgoing_shape = shape_text(event.outgoing.shape) or "scalar"
        rows = [f"{incoming_shape} → {outgoing_shape}"]
        function = self.sketch.operations[event.operation].function.removesuffix("_")
        is_reducing = function not in ("add", "sub", "mul", "div")
        sentence = (
            f"A vector-Jacobian product: a gradient of shape {incoming_shape} comes in, one of "
            f"shape {outgoing_shape} goes out. The Jacobian itself is never made."
        )
        if math.prod(event.outgoing.shape) < math.prod(event.incoming.shape) and not is_reducing:
            sentence = (
                f"Forward, {self.name(event.tensor)} was broadcast to {incoming_shape}; so its "
                f"gradient is the sum over all places where it was used: {outgoing_shape}."
            )
        return rows, sentence, None

    def _waiting(self, key: str, parts: list[Value]) -> str:
        """The gradient that has come to a tensor; more is to come where it was used again."""
        room = self.boxes[key].width - 12 if key in self.boxes else _BOX
        texts = [value_text(part, room / 2) for part in parts]
        joined = " + ".join(texts) + (" +" if len(parts) < self.sketch.uses[key] else "")
        return joined if width_of(joined) <= room else f"… + {texts[-1]}"

    def _gathered(self, event: Gathered) -> Iterator[Frame]:
        key, parts = event.tensor, list(event.parts)
        self.flight[key] = []
        if key not in self.boxes:
            return
        total = value_text(event.total, _BOX)
        texts = [value_text(part, _BOX) for part in parts]
        name = self.name(key)
        whole = f"{' + '.join(texts)} = {total}"
        if len(parts) > 1:
            title = f"{name}: {whole}" if all(map(_is_number, parts)) else f"{name}: a sum"
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
        frame = self._frame(BACKWARD, event.line, title, sentence)
        frame.lit = [key]
        shown = whole if width_of(whole) <= self.boxes[key].width - 12 else f"= {total}"
        frame.changes[key] = {"flight": shown if len(parts) > 1 else total}
        if event.is_retained:
            frame.changes[key]["grad"] = total
        if len(parts) > 1 and all(map(_is_number, parts)):
            frame.ask = ask_number(f"{' + '.join(texts)} = ?", total, texts)
        yield frame

    def _accumulated(self, event: Accumulated) -> Iterator[Frame]:
        key = event.tensor
        self.flight[key] = []
        if key not in self.boxes:
            return
        name = self.name(key)
        room = self.boxes[key].width - 60
        before = "None" if event.before is None else value_text(event.before, room)
        gradient, after = value_text(event.gradient, room), value_text(event.after, room)
        if event.before is None:
            sentence = f"AccumulateGrad: {name}.grad was None and is {after} now."
        else:
            sentence = f"AccumulateGrad adds: {name}.grad = {before} + {gradient} = {after}."
        frame = self._frame(ACCUMULATE, event.line, f"{name}.grad = {after}", sentence)
        frame.lit = [key]
        self.kept[key] = after
        frame.changes[key] = {"grad": after, "flight": None}
        self._note_comment(frame, event.line, f"{name}.grad = {after}", is_more=True)
        if _is_number(event.after):
            frame.ask = ask_number(f"{name}.grad = ?", after, ["None", gradient, before])
        yield frame

    def _freed(self, event: Freed) -> Iterator[Frame]:
        operation = self.sketch.operations[event.operation]
        size = saved_size(operation)
        if not size:
            return
        self.bytes -= size
        sentence = (
            f"The drawer is emptied: {size} bytes are free again. A second backward would need "
            "them: retain_graph=True keeps them."
        )
        frame = self._frame(BACKWARD, event.line, "Saved values freed", sentence)
        frame.lit = [event.operation]
        frame.changes[event.operation] = {"drawer": ["freed, 0 bytes"]}
        frame.changes["saved"] = {"bytes": self.bytes}
        yield frame

    def _stored(self, event: Stored) -> Iterator[Frame]:
        key = event.tensor
        if key not in self.boxes:
            return
        name = self.name(key)
        shown = (
            "None"
            if event.gradient is None
            else value_text(event.gradient, self.boxes[key].width - 60)
        )
        sentence = f"The line sets {name}.grad: the next backward adds to {shown}."
        frame = self._frame(
            ACCUMULATE,
            event.line,
            f"{name}.grad = {shown}",
            sentence,
            note=f"{name}.grad = {shown}",
        )
        self.kept[key] = shown
        frame.lit, frame.changes[key] = [key], {"grad": shown}
        yield frame

    def _returned(self, event: Returned) -> Iterator[Frame]:
        key = event.tensor
        name = self.name(key)
        self.flight[key] = []
        if event.gradient is None:
            shown = "None"
            sentence = f"{name} was not used: autograd.grad returns None for it."
        else:
            shown = value_text(event.gradient, _BOX)
            sentence = f"autograd.grad returns {shown} for {name}; {name}.grad stays as it was."
        frame = self._frame(ACCUMULATE, event.line, f"returned: {shown}", sentence)
        self._note_comment(frame, event.line, shown, is_more=True)
        if key in self.boxes:
            frame.lit, frame.changes[key] = [key], {"flight": f"→ {shown}"}
        yield frame

    def _raised(self, event: Raised) -> Iterator[Frame]:
        phase = BACKWARD if self.is_started else FORWARD
        sentence = "PyTorch stops here. Its own words stand beside."
        frame = self._frame(phase, event.line, event.text.partition(":")[0], sentence)
        frame.changes["out"] = {"text": "\n".join(self.printed), "error": event.text}
        if event.operation is not None:
            frame.lit = [event.operation]
            frame.changes[event.operation] = {"problem": "the error is here"}
        yield frame

    # Parts of frames

    def _frame(self, phase: str, line: int, title: str, sentence: str, note: str = "") -> Frame:
        frame = Frame(phase, line, title, sentence)
        if note:
            self._note_comment(frame, line, note)
        return frame

    def _note_comment(self, frame: Frame, line: int, text: str, *, is_more: bool = False) -> None:
        element = frame.changes.setdefault(f"L{line}", {})
        before = self.comments.get(line, "") if is_more else ""
        short = text.partition("\n")[0]
        self.comments[line] = f"{before}, {short}" if before else short
        element["comment"] = self.comments[line]

    def _comment(self, event: Named) -> None:
        """A name alone is no step."""

    def _clear_chips(self, frame: Frame) -> None:
        """A new backward: what the one before has left on the wires goes."""
        for wire in self.chips:
            frame.changes[wire] = {"chip": None, "size": 0}
        self.chips.clear()
        for key, box in self.boxes.items():
            if box.kind in {"leaf", "result"} and key in self.looks:
                frame.changes[key] = {"flight": None}
        self.flight.clear()

    def name(self, key: str) -> str:
        """A tensor's name; one without is called by what made it."""
        if key in self.sketch.names:
            return self.sketch.names[key]
        maker = self.sketch.makers.get(key)
        if maker is None:
            return "a tensor"
        operation = self.sketch.operations[maker]
        return _apply(operation.function, self._operands(operation))

    def _operands(self, event: Operated) -> list[str]:
        """What the inputs are called in a formula: names, numbers, short expressions."""
        names = []
        for item in event.inputs:
            name = self.name(item) if isinstance(item, str) else number_text(item)
            names.append(name if len(name) <= _LONGEST_NAME else "(…)")
        return names

    def value(self, item: Input) -> str:
        """The number or the numbers of an input."""
        return value_text(self.looks[item].value) if isinstance(item, str) else number_text(item)

    def is_number(self, item: Input) -> bool:
        """Whether an input is one number."""
        return not isinstance(item, str) or (
            item in self.looks and _is_number(self.looks[item].value)
        )


def _apply(function: str, texts: Sequence[str]) -> str:
    plain = function.removesuffix("_") if function != "_" else function
    sign = SYMBOLS.get(plain)
    if sign and len(texts) == 2:
        left = _bracketed(texts[0]) if plain == "pow" or " " in texts[0] else texts[0]
        return f"{left} {sign} {_bracketed(texts[1])}"
    if sign and len(texts) == 1:
        return f"{sign}{_bracketed(texts[0])}"
    return f"{plain}({', '.join(texts)})"


def _bracketed(text: str) -> str:
    """In brackets where an operator before or behind it would be read wrongly."""
    depth, is_loose = 0, text.startswith("−")
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        is_loose |= sign == " " and depth == 0
    return f"({text})" if is_loose else text


def _is_number(value: Value) -> bool:
    return len(value.items) == 1


def _number(value: Value) -> float:
    (number,) = value.items
    return number.real if isinstance(number, complex) else float(number)


def _product_rows(incoming: float, local: float, outgoing: float) -> list[str]:
    """Incoming × local = outgoing, in one row or in two, with as many digits as fit."""
    for digits in (4, 3, 2):
        left, right, result = (number_text(n, digits) for n in (incoming, local, outgoing))
        product = f"{left} × {_bracketed(right)}"
        if digits == 4 and width_of(f"{product} = {result}") <= _ROOM:
            return [f"{product} = {result}"]
        if width_of(product) <= _ROOM:
            break
    return [product, f"= {result}"]


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
