"""Run lines of our own engine and write down what they do, in the events of the recorder.

The engine is executed as its source stands on the page, and what it does is read from its own
calls: ``__init__`` makes numbers, and ``backward`` adds to ``grad``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, cast

from lrcore.autograd.events import (
    Accumulated,
    Event,
    Gathered,
    Input,
    Look,
    Made,
    Named,
    Operated,
    Passed,
    Printed,
    Raised,
    Saved,
    Started,
)
from lrcore.autograd.numbers import Value
from lrcore.autograd.recorder import LINES, Recording

if TYPE_CHECKING:
    from lrcore.autograd import engine

_BYTES = 8  # of a number in float64
_SAME = {"truediv": "div"}

MadeOf = tuple[tuple["engine.Value", float], ...]


def record_engine(lines: Sequence[str], source: Sequence[str]) -> Recording:
    """Run lines, each a statement, on the engine that ``source`` defines."""
    log = _Log()
    namespace: dict[str, object] = {"__name__": "lab", "print": log.print}
    exec(compile("\n".join(source), "<engine>", "exec"), namespace)
    kind = _traced(cast("type[engine.Value]", namespace["Value"]), log)
    namespace["Value"] = kind
    error = None
    for log.line, line in enumerate(lines, 1):
        try:
            exec(compile(line, LINES, "exec"), namespace)
        except (ArithmeticError, ValueError) as caught:
            error = f"{type(caught).__name__}: {caught}"
            log.events.append(Raised(log.line, error, None))
            break
        for name, value in namespace.items():
            if isinstance(value, kind):
                log.name(value, name)
    printed = "\n".join(log.printed)
    return Recording(tuple(lines), tuple(source), tuple(log.events), printed, error, (), {})


def _traced(base: type[engine.Value], log: _Log) -> type[engine.Value]:
    """The engine's class, which tells the log of each number made and each gradient added."""

    class Traced(base):  # type: ignore[misc, valid-type]
        def __init__(self, data: float, made_of: MadeOf = ()) -> None:
            super().__init__(data, made_of)
            log.made(self, sys._getframe(1))

        def __setattr__(self, name: str, value: object) -> None:
            if name == "grad" and sys._getframe(1).f_code.co_name == "backward":
                log.add(self, cast("float", value), sys._getframe(1))
            super().__setattr__(name, value)

    return Traced


class _Log:
    """What has happened so far. Numbers are known by their ids: the namespace holds them all."""

    def __init__(self) -> None:
        self.line = 0
        self.events: list[Event] = []
        self.printed: list[str] = []
        self.keys: dict[engine.Value, str] = {}
        self.names: dict[engine.Value, str] = {}
        self.makers: dict[engine.Value, tuple[str, list[object]]] = {}
        self.arrived: dict[engine.Value, list[Value]] = {}
        self.taken: list[tuple[engine.Value, int]] = []

    def print(self, *values: object) -> None:
        """Python's own, into the recording."""
        self.printed.append(" ".join(map(str, values)))
        self.events.append(Printed(self.line, self.printed[-1]))

    def name(self, value: engine.Value, name: str) -> None:
        """A line has given a number a name."""
        if value not in self.names:
            self.names[value] = name
            self.events.append(Named(self.line, self.keys[value], name))

    def made(self, value: engine.Value, frame: FrameType) -> None:
        """A line has made a leaf, or an operation of the engine its result."""
        if frame.f_code.co_name == "as_value":
            return  # a plain number in a formula
        key = self.keys[value] = f"t{len(self.keys)}"
        maker = "made_of" if value.made_of else None
        look = Look(Value((), (value.data,)), not maker, True, False, 0, maker)
        if maker is None:
            self.events.append(Made(self.line, key, look))
            return
        operands = [frame.f_locals[name] for name in ("self", "other") if name in frame.f_locals]
        operation = f"f{len(self.makers)}"
        self.makers[value] = operation, operands
        function = frame.f_code.co_name.strip("_")
        saved = tuple(
            Saved(f"∂/∂{self.names.get(source, 'it')}", None, Value((), (slope,)), _BYTES)
            for source, slope in value.made_of
            if source in self.keys
        )
        self.events.append(
            Operated(
                self.line,
                operation,
                _SAME.get(function, function),
                tuple(map(self._input, operands)),
                ((key, look),),
                saved,
            )
        )

    def _input(self, operand: object) -> Input:
        value = cast("engine.Value", operand)
        if isinstance(operand, int | float):
            return operand
        return self.keys.get(value, value.data)

    def add(self, value: engine.Value, total: float, frame: FrameType) -> None:
        """The engine's backward changes a gradient: 1 at its start, then a product."""
        if "node" not in frame.f_locals:
            self.events.append(Started(self.line, self.keys[value], Value((), (total,))))
            return
        if value not in self.keys:
            return
        node, slope = frame.f_locals["node"], frame.f_locals["slope"]
        self._gather(node)
        operation, operands = self.makers[node]
        places = [place for place, operand in enumerate(operands) if operand is value]
        place = places[min(self.taken.count((node, id(value))), len(places) - 1)]
        self.taken.append((node, id(value)))
        incoming, local, outgoing = (
            Value((), (number,)) for number in (node.grad, slope, node.grad * slope)
        )
        key = self.keys[value]
        self.events.append(Passed(self.line, operation, place, key, incoming, local, outgoing))
        if value.made_of:
            self.arrived.setdefault(value, []).append(outgoing)
        else:
            before = Value((), (value.grad,))
            after = Value((), (total,))
            self.events.append(Accumulated(self.line, key, before, outgoing, after))

    def _gather(self, node: engine.Value) -> None:
        """All parts of a gradient have come when it is first sent on."""
        parts = tuple(self.arrived.pop(node, ()))
        if len(parts) > 1:
            total = Value((), (node.grad,))
            self.events.append(
                Gathered(self.line, self.keys[node], parts, total, is_retained=False)
            )
