"""Questions as a browser sends them, hostile ones above all, and the two halves of the protocol."""

from __future__ import annotations

import json
import logging
import math
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import RunConfig
from lrcore.ui.player import commands, protocol, view_data
from lrcore.ui.player.answers import respond
from lrcore.ui.player.commands import Pin, Place, Restart, StartFrom, Try, TryRates, Unpin
from lrcore.ui.player.film import Film
from lrcore.ui.player.parse import parse_request
from lrcore.ui.player.protocol import Request, Version
from lrcore.ui.player.views import VIEWS

TYPEDEFS = Path(protocol.__file__).with_name("js") / "protocol.js"
FULL = {
    "seq": 4,
    "knows": {"run": 1, "branch": 2, "config": 3, "film": 0},
    "at": 30,
    "playing": True,
    "speed": 59.94,
    "rows": [120, 360],
    "do": [
        {"command": "Place", "number": 1, "points": [[0.5, -1]]},
        {"command": "StartFrom", "number": 2, "weights": [1, 2.5, -3]},
        {"command": "Restart", "number": 3},
        {"command": "Pin", "number": 4},
        {"command": "Unpin", "number": 5, "ghost": 2},
        {"command": "TryRates", "number": 6, "lr": 0.3, "momentum": 0},
        {"command": "Try", "number": 7, "moment": 40},
    ],
    "wants": {"grid": [0, 1, 2, 3.5]},
    "ghosts": [[1, 120], [2, 0]],
    "axis": 2,
}
READ = Request(
    seq=4,
    knows=Version(1, 2, 3),
    at=30,
    playing=True,
    speed=59.94,
    rows=(120, 360),
    do=(
        Place(1, ((0.5, -1.0),)),
        StartFrom(2, (1.0, 2.5, -3.0)),
        Restart(3),
        Pin(4),
        Unpin(5, 2),
        TryRates(6, 0.3, 0.0),
        Try(7, 40),
    ),
    wants={"grid": (0.0, 1.0, 2.0, 3.5)},
    ghosts=((1, 120), (2, 0)),
    axis=2,
)


def test_question_is_read_field_by_field() -> None:
    assert parse_request(FULL) == READ
    assert parse_request({"more": "?"}) == Request()
    for name in FULL:
        rest = {key: value for key, value in FULL.items() if key != name}
        assert getattr(parse_request(rest), name) == getattr(Request(), name)


HUGE = 10**5000
BAD = {
    "seq": [-1, 1.5, True, "1", None, math.inf, math.nan, HUGE, [1]],
    "knows": [
        None,
        {},
        [1, 2, 3],
        {"run": 1, "branch": 2},
        {"run": "1", "branch": 2, "config": 3, "film": 0},
    ],
    "at": [-3, 1e400, {}, HUGE],
    "playing": [0, 1, None, "true"],
    "speed": [-1, math.nan, math.inf, -1e36, "fast", None, HUGE],
    "rows": [None, [], [1], [1, 2, 3], [0, math.inf], [-1, 2], "12", {"first": 0}],
    "ghosts": [None, {}, [1], [[1]], [[1, -1]], [[1, 2, 3]], [[1, 2]] * 101],
    "axis": [3, -1, "1", None, 1.5, HUGE],
    "do": [
        None,
        {},
        [None],
        [{"command": "Restart"}],
        [{"command": "Format", "number": 1}],
        [{"number": 1}],
        [{"command": ["Restart"], "number": 1}],
        [{"command": "Place", "number": 1, "points": [[1]]}],
        [{"command": "Place", "number": 1, "points": [[1, 2, 3]]}],
        [{"command": "Place", "number": 1, "points": [1, 2]}],
        [{"command": "Place", "number": 1, "points": [[1, 2]] * 101}],
        [{"command": "StartFrom", "number": 1, "weights": [1, math.nan]}],
        [{"command": "StartFrom", "number": 1, "weights": [0.0] * 1_000_000}],
        [{"command": "Restart", "number": 1}] * 1000,
        [{"command": "TryRates", "number": 1, "lr": 0.1}],
        [{"command": "Try", "number": 1, "moment": -1}],
        [{"command": "TryRates", "number": 1, "lr": math.nan, "momentum": 0.5}],
        [{"command": "TryRates", "number": 1, "lr": 0.1, "momentum": [0.5]}],
    ],
    "wants": [
        None,
        [],
        {"x" * 1_000_000: []},
        {str(k): [] for k in range(1000)},
        {1: []},
    ],
}


@pytest.mark.parametrize("name", BAD)
def test_field_that_is_not_as_described_drops_the_message_and_says_so(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    for value in BAD[name]:
        caplog.clear()
        assert parse_request(FULL | {name: value}) is None
        [record] = caplog.records
        assert record.levelno == logging.WARNING
        line = record.getMessage()
        assert "dropped" in line
        assert len(line) < 200
        assert "\n" not in line


@pytest.mark.parametrize(
    "wish", [None, "0123", [[1]], [1, 2, 3, math.inf], [-1e36, 1e36, 0, 1], [0.0] * 1_000_000]
)
def test_a_wish_that_is_no_numbers_is_answered_with_nothing(wish: object) -> None:
    film = Film(RunConfig(max_iterations=30))
    version = respond(film).version
    for name in VIEWS:
        request = parse_request({"knows": version._asdict(), "rows": [1, 1], "wants": {name: wish}})
        assert request is not None
        film.take(request)
        # The browser would ask for ever for what is not there at all.
        assert respond(film).got == {name: None}


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [0, 1, 4.0, -1, 2**53, 1e35, math.inf, "Restart", "Place", "TryRates", "grid", "probe"]
    ),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(max_size=4) | st.sampled_from(["command", "number"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(anything, st.dictionaries(st.sampled_from(list(FULL)), anything)))
def test_no_message_whatever_raises(message: object) -> None:
    request = parse_request(message)
    assert request is None or isinstance(request, Request)


counts = st.integers(0, 400) | st.sampled_from([2**53, 10**6])
numbers = st.floats(-1e35, 1e35)
questions = st.builds(
    Request,
    seq=counts,
    knows=st.builds(Version, *[st.integers(0, 3) | counts] * 3),
    at=counts,
    playing=st.booleans(),
    speed=st.floats(0, 1e35),
    rows=st.tuples(counts, st.integers(0, 400)),
    wants=st.dictionaries(st.sampled_from([*VIEWS, "?"]), st.lists(numbers, max_size=9).map(tuple)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(questions, min_size=1, max_size=4), st.lists(st.booleans(), min_size=4))
def test_every_question_that_can_be_read_is_answered_in_json(
    asked: list[Request], rates: list[bool]
) -> None:
    film = Film(RunConfig(max_iterations=300))
    for request, changed in zip(asked, rates, strict=False):
        film.take(request)
        if changed:
            film.set(RunConfig(max_iterations=300, zero_grad=not film.wanted.zero_grad))
        message = respond(film).message()
        assert json.loads(json.dumps(message, allow_nan=False)) == message


def test_the_browser_has_the_same_names() -> None:
    text = TYPEDEFS.read_text("utf-8")
    for name, cls in {**vars(protocol), **vars(commands), **vars(view_data)}.items():
        if not isinstance(cls, type) or name in ("Mapping", "NamedTuple", "Enum", "Later"):
            continue
        ours = [f.name for f in fields(cls)] if is_dataclass(cls) else list(cls._fields)
        [typedef] = re.findall(rf"@typedef {{{{(.*)}}}} {name} ", text)
        # Fields stand before colons outside of inner braces, angles and brackets.
        flat = re.sub(r"<[^>]*>|\{[^}]*\}|\[[^\]]*\]", "", typedef)
        theirs = [found for found in re.findall(r"(\w+):", flat) if found != "command"]
        assert theirs == ours, name
