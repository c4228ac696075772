"""What the picture of a film says so far, and what things are called in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lrcore.autograd.events import Input, Look, Operated
from lrcore.autograd.film.parts import Sketch
from lrcore.autograd.film.questions import Ask
from lrcore.autograd.film.sketch import SYMBOLS
from lrcore.autograd.film.texts import number_text, value_text
from lrcore.autograd.numbers import Value

FORWARD, BACKWARD, ACCUMULATE = "forward", "backward", "accumulate"
BOX = 112.0  # the room for a text in a tensor's box
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


class Scene:
    """The state of a film while its frames are made."""

    def __init__(self, sketch: Sketch, lines: Sequence[str]) -> None:
        self.sketch, self.lines = sketch, lines
        self.boxes = {box.id: box for box in sketch.boxes}
        self.looks: dict[str, Look] = {}
        self.bytes = 0  # that operations keep for their backward
        self.printed: list[str] = []
        self.warned: list[str] = []
        self.flight: dict[str, list[Value]] = {}  # parts of a gradient that have come to a tensor
        self.chips: list[str] = []  # wires that have a chip
        self.kept: dict[str, str] = {}  # what `.grad` holds
        self.is_started = False  # a backward has
        self.is_broken = False  # a number is nan or infinite
        self._comments: dict[int, str] = {}  # what stands behind each line
        self._names: dict[str, str] = {}

    def frame(self, phase: str, line: int, title: str, sentence: str, note: str = "") -> Frame:
        """A frame, and what stands behind its line as a comment."""
        frame = Frame(phase, line, title, sentence)
        if note:
            self.comment(frame, line, note)
        return frame

    def comment(self, frame: Frame, line: int, text: str, *, is_more: bool = False) -> None:
        """Put a value behind a line, instead of what stands there or after it."""
        element = frame.changes.setdefault(f"L{line}", {})
        before = self._comments.get(line, "") if is_more else ""
        first, newline, _ = text.partition("\n")
        short = f"{first} …" if newline else first
        self._comments[line] = f"{before}, {short}" if before else short
        element["comment"] = self._comments[line]

    def name(self, key: str) -> str:
        """A tensor's name; one without is called by what made it."""
        if key in self.sketch.names:
            return self.sketch.names[key]
        if key not in self._names:
            maker = self.sketch.operations.get(self.sketch.makers.get(key, ""))
            self._names[key] = (
                "a tensor" if maker is None else applied(maker.function, self.operands(maker))
            )
        return self._names[key]

    def operands(self, event: Operated) -> list[str]:
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
            item in self.looks and is_number(self.looks[item].value)
        )


def applied(function: str, texts: Sequence[str]) -> str:
    """An operation with its operands, as one writes it."""
    plain = function.removesuffix("_") if function != "_" else function
    sign = SYMBOLS.get(plain)
    if sign and len(texts) == 2:
        left = bracketed(texts[0]) if plain == "pow" or " " in texts[0] else texts[0]
        return f"{left} {sign} {bracketed(texts[1])}"
    if sign and len(texts) == 1:
        return f"{sign}{bracketed(texts[0])}"
    return f"{plain}({', '.join(texts)})"


def bracketed(text: str) -> str:
    """In brackets where an operator before or behind it would be read wrongly."""
    depth, is_loose = 0, text.startswith("−")
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        is_loose |= sign == " " and depth == 0
    return f"({text})" if is_loose else text


def is_number(value: Value) -> bool:
    """Whether a tensor has one element."""
    return len(value.items) == 1
