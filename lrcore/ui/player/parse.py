"""Read a question of the player.

It comes from a browser, so it may hold anything. What is not exactly as `protocol` describes it is
dropped with a line in the log, and never raises.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from lrcore.ui.player.commands import (
    Command,
    Open,
    Pin,
    Place,
    Race,
    Restart,
    StartFrom,
    Try,
    TryRates,
    Undo,
    Unpin,
)
from lrcore.ui.player.protocol import AXES, Numbers, Request, Rows, Version

# Beyond this, not every whole number has a float64 of its own.
_LARGEST_COUNT = 2**53
# float32 ends near 3.4e38; this leaves room for products and sums.
_LARGEST_NUMBER = 1e35
# Each click is a command of its own; placing takes longer than reading.
_MOST_POINTS = 100
# More than any feature map needs, few enough to be read at once.
_MOST_NUMBERS = 1024
_MOST_FIELDS = 100
_LONGEST_NAME = 40
_LONGEST_TEXT = 30_000  # a link with 500 points

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class _FieldError(ValueError):
    """A field of a message that is not as described."""


def parse_request(message: object) -> Request | None:
    """The question in a message; None, and a line in the log, if a field is not as described.

    Fields that are left out have their defaults; fields of other names are passed over.
    """
    default = Request()
    try:
        given = _object(message)
        return Request(
            seq=_field(given, "seq", _count, default.seq),
            knows=_field(given, "knows", _version, default.knows),
            at=_field(given, "at", _count, default.at),
            playing=_field(given, "playing", _flag, default.playing),
            speed=_field(given, "speed", _speed, default.speed),
            rows=_field(given, "rows", _rows, default.rows),
            do=_field(given, "do", _commands, default.do),
            wants=_field(given, "wants", _wants, default.wants),
            ghosts=_field(given, "ghosts", _ghosts, default.ghosts),
            axis=_field(given, "axis", _axis, default.axis),
        )
    except _FieldError as error:
        _LOG.warning("A message of the player was dropped: %s", error)
        return None


def _field(given: Mapping[str, object], name: str, read: Callable[[object], T], default: T) -> T:
    return read(given[name]) if name in given else default


def _object(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping) and len(value) <= _MOST_FIELDS:
        return value
    raise _refused("an object", value)


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT:
        return value
    raise _refused("a whole number from 0", value)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _refused("true or false", value)


def _number(value: object) -> float:
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER  # false for nan
    ):
        return float(value)
    raise _refused(f"a number up to {_LARGEST_NUMBER:g}", value)


def _speed(value: object) -> float:
    speed = _number(value)
    if speed >= 0:
        return speed
    raise _refused("a speed from 0", value)


def _list(value: object, item: Callable[[object], T], most: int) -> tuple[T, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and len(value) <= most:
        return tuple(map(item, value))
    raise _refused(f"a list of at most {most}", value)


def _numbers(value: object) -> Numbers:
    return _list(value, _number, _MOST_NUMBERS)


def _point(value: object) -> Numbers:
    point = _list(value, _number, 2)
    if len(point) == 2:
        return point
    raise _refused("two numbers", value)


def _version(value: object) -> Version:
    given = _object(value)
    return Version(*(_count(given.get(name)) for name in Version._fields))


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST_TEXT:
        return value
    raise _refused(f"a text of at most {_LONGEST_TEXT:,} signs", value)


def _rows(value: object) -> Rows:
    rows = _list(value, _count, 2)
    if len(rows) == 2:
        return rows[0], rows[1]
    raise _refused("two whole numbers", value)


def _ghosts(value: object) -> tuple[Rows, ...]:
    return _list(value, _rows, _MOST_FIELDS)


def _axis(value: object) -> int:
    axis = _count(value)
    if axis < AXES:
        return axis
    raise _refused(f"a whole number below {AXES}", value)


Given = Mapping[str, object]
_COMMANDS: Mapping[str, Callable[[int, Given], Command]] = {
    "Place": lambda number, of: Place(number, _list(of.get("points"), _point, _MOST_POINTS)),
    "StartFrom": lambda number, of: StartFrom(number, _numbers(of.get("weights"))),
    "Restart": lambda number, _: Restart(number),
    "Undo": lambda number, _: Undo(number),
    "Pin": lambda number, _: Pin(number),
    "Unpin": lambda number, of: Unpin(number, _count(of.get("ghost"))),
    "Race": lambda number, of: Race(number, _count(of.get("card"))),
    "TryRates": lambda number, of: TryRates(
        number, _number(of.get("lr")), _number(of.get("momentum"))
    ),
    "Try": lambda number, of: Try(number, _count(of.get("moment"))),
    "Open": lambda number, of: Open(number, _text(of.get("link"))),
}


def _command(value: object) -> Command:
    given = _object(value)
    name = given.get("command")
    if isinstance(name, str) and name in _COMMANDS:
        return _COMMANDS[name](_count(given.get("number")), given)
    raise _refused("the name of a command", name)


def _commands(value: object) -> tuple[Command, ...]:
    return _list(value, _command, _MOST_FIELDS)


def _wants(value: object) -> Mapping[str, Numbers]:
    given = _object(value)
    if all(isinstance(name, str) and len(name) <= _LONGEST_NAME for name in given):
        return {name: _arguments(arguments) for name, arguments in given.items()}
    raise _refused("names with numbers", value)


def _arguments(value: object) -> Numbers:
    """What a view sends along; none where it is no numbers, such as axes beyond all bounds."""
    try:
        return _numbers(value)
    except _FieldError as error:
        _LOG.warning("The wish of a view was dropped: %s", error)
        return ()


def _refused(expected: str, value: object) -> _FieldError:
    shown = _short(value) if isinstance(value, str | bytes | int | float) else ""
    return _FieldError(f"expected {expected}, got {type(value).__name__} {shown}")


def _short(value: object) -> str:
    """The start of a value: one from a stranger may be huge, or break the line of the log."""
    if isinstance(value, str | bytes):
        return ascii(value[:40])
    # Python refuses to write out whole numbers of thousands of digits.
    return "" if isinstance(value, int) and value.bit_length() > 100 else ascii(value)[:40]
