"""Hostile links, player messages and CSV files: `python -m tests.fuzz 10000` tries so many of each.

A case is made from its number alone, so that one that fails can be tried again. The suite tries as
many as fit into a few seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from lrcore import RunConfig
from lrcore.data import DataError, Uploaded
from lrcore.data.table import select
from lrcore.limits import Limits
from lrcore.settings import Setting
from lrcore.ui import own_file
from lrcore.ui.autograd.controls import controls_of
from lrcore.ui.autograd.page import EXERCISES, RENAMED
from lrcore.ui.controls import all_controls
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.parse import parse_request
from lrcore.ui.player.protocol import Request
from tests.pages import APP, elements

LAB_SPECS = [
    (control.key, control.spec) for cls in EXERCISES.values() for _, control in controls_of(cls)
]
LAB_KEYS = sorted({"ex", "step", *RENAMED, *(key for key, _ in LAB_SPECS)})
PARTS = [name for _, spec in LAB_SPECS if spec.choices is not None for name in spec.choices()]
SPECS: dict[str, Setting | None] = {control.key: control.spec for control in all_controls()}
SPECS |= dict.fromkeys(
    ("placed_points", "w0", "w1", "b", "at", "speed", "changes", "embed", "nothing")
)
NUMBERS = (
    *("", "inf", "-inf", "nan", "1e400", "-1e400", "1e308", "1e-320", "-1", "0", "1", "0.5", "7"),
    *("9" * 400, "1_000", "0x10", "٣", " 1 ", "1e5", "true", "False"),
)
TEXTS = (
    *("![i](http://x.example/i.png)", "<a href='http://x.example'>", "%{x}", "$y$", ":joy:"),
    *("\0", "\ufffd", "\u202e", "\n", "漢", "'", '"', "{}", "[[", "\\", 5000 * "x", 60 * "("),
    *("100:lr=0.15;9:lr=1", "0:optimizer=Adam;7:seed=3", "5:nesterov=true,momentum=0", "1:lr=x"),
    *("1,2,0;3,4,1", "1,2,0", "1;2;3", "1,2,3", "1e39,0,0", "w + x", "log(w - 9) / 0", "x ** x"),
)
NUMERIC = ("1", "2.5", "-3e2", "1e30", "1e-30", "NA", "inf", "nan", "=A1", "1,5")


def value(chance: random.Random, spec: Setting | None = None) -> str:
    """What a link may say of a setting: something it can take, something near, or anything."""
    if spec is not None and chance.random() < 0.5:
        if spec.choices is not None:
            return chance.choice([*spec.choices(), *spec.choices().values()])
        if spec.kind is not str:
            ends = [bound for bound in (spec.minimum, spec.maximum) if abs(bound) < 1e5]
            return str(spec.kind(chance.choice([*ends, 1])))
    return chance.choice((chance.choice(NUMBERS), chance.choice(TEXTS)))


def lab() -> None:
    from lrcore.ui.autograd.page import page

    page()


def link(chance: random.Random) -> None:
    """A page with a hostile link, and a hostile text or a button pressed on it."""
    if chance.random() < 0.5:
        page = AppTest.from_file(str(APP), default_timeout=60)
        for key in chance.sample([*SPECS], chance.randint(1, 12)):
            page.query_params[key] = [
                value(chance, SPECS[key]) for _ in range(chance.choice((1, 1, 2)))
            ]
    else:
        page = AppTest.from_function(lab, default_timeout=60)
        page.query_params["ex"] = chance.choice([*EXERCISES, *EXERCISES, ""])
        for key in chance.sample(LAB_KEYS, chance.randint(1, 8)):
            page.query_params[key] = chance.choice((value(chance), chance.choice(PARTS)))
    page.run()
    assert_drawn(page)
    for field in page.text_input:
        if not field.disabled and chance.random() < 0.5:
            field.set_value(value(chance))
    buttons = [button for button in page.button if not button.disabled]
    if buttons and chance.random() < 0.5:
        chance.choice(buttons).click()
    page.run()
    assert_drawn(page)


def assert_drawn(page: AppTest) -> None:
    assert not page.exception, page.exception
    drawn = {element.type for element in elements(page.main)}
    assert drawn & {"bidi_component", "plotly_chart", "alert_error", "error"}, drawn


def message(chance: random.Random) -> None:
    """Messages that a player might never send, to a film that plays."""
    film = Film(RunConfig(max_iterations=300))
    film.take(Request(knows=film.version))  # to know the run saves building its scene each time
    for _ in range(4):
        said = {"knows": film.version._asdict()} | {
            name: thing(chance)
            for name in ("seq", "at", "rows", "wants", "playing", "speed", "do")
            if chance.random() < 0.4
        }
        if chance.random() < 0.2:
            said["knows"] = thing(chance)
        request = parse_request(chance.choice((said, said, said, thing(chance))))
        if request is not None:
            film.take(request)
        json.dumps(respond(film).message(), allow_nan=False)


def thing(chance: random.Random, depth: int = 0) -> object:
    """Anything that JSON can say."""
    match chance.randrange(4 if depth > 3 else 7):
        case 0:
            return chance.choice((0, 1, 2, 120, 2**53, 10**400, -1, 0.5, 1e35, 1e36, 1e400))
        case 1:
            return chance.choice(("Place", "StartFrom", "TryRates", "grid", "\ud800", None, True))
        case 2:
            return {"grid": [chance.uniform(-1e35, 1e35) for _ in range(4)]}
        case 3:
            number = {"number": chance.randrange(9)}
            return [
                {"command": "Place", "points": [[1, 2]]} | number,
                {"command": "TryRates", "lr": thing(chance, 4), "momentum": 0.5} | number,
            ]
        case 4:
            names = ("grid", "probe", "run", "branch", "config", "command", "number", "weights")
            return {chance.choice(names): thing(chance, depth + 1) for _ in range(3)}
        case _:
            return [thing(chance, depth + 1) for _ in range(chance.randrange(5))]


def file(chance: random.Random) -> None:
    """A CSV file, chosen and drawn as the page does it."""
    kinds = (NUMERIC[:6], NUMERIC[:6], NUMERIC[:6], NUMERIC, TEXTS[:16])
    columns = [chance.choice(kinds) for _ in range(chance.randint(2, 6))]
    cells = [
        [*map(chance.choice, columns), chance.choice("uv")] for _ in range(chance.randint(4, 12))
    ]
    header = [chance.choice((f"c{k}", f"c{k}", chance.choice(TEXTS))) for k in range(len(columns))]
    header.append("l")
    delimiter = chance.choice(",;\t")
    if chance.random() < 0.7:  # most cells as a spreadsheet writes them
        header, *cells = [[f'"{cell}"' for cell in row] for row in [header, *cells]]
    text = "\n".join(delimiter.join(row) for row in [header, *cells])
    content = bytearray(text.encode(chance.choice(("utf-8", "utf-16", "utf-8-sig")), "replace"))
    for _ in range(chance.choice((0, 0, 0, 0, 0, 3))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with suppress(DataError):
        upload, choice = own_file._opened("a.csv", bytes(content))
        data = Uploaded(select(upload.table, *choice).dataset)
        answer = respond(Film(RunConfig(data=data, max_iterations=20)))
        json.dumps(answer.message(), allow_nan=False)


KINDS: Mapping[str, Callable[[random.Random], None]] = {
    "link": link,
    "message": message,
    "file": file,
}


def _name_case(
    case: str, kind: type[BaseException] | None, error: BaseException | None, trace: object
) -> None:
    """Say which case has failed."""
    if error is not None:
        error.add_note(f"case {case}")


def run(kind: str, cases: int = 10**9, seconds: float = float("inf")) -> int:
    """Try cases until there have been enough or the time is over; how many there have been."""
    unknown = Limits(None, None, separable=False)
    end = time.monotonic() + seconds
    with (
        patch("lrcore.ui.player.limits.limits_of", lambda run: unknown),
        patch("lrcore.ui.player.film._SECONDS_PER_ANSWER", 0.0),
    ):
        for number in range(cases):
            if time.monotonic() > end:
                return number
            with ExitStack() as stack:
                stack.push(partial(_name_case, f"{kind} {number}"))
                KINDS[kind](random.Random(f"{kind} {number}"))
    return cases


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int)
    parser.add_argument("kinds", nargs="*", default=[*KINDS])
    arguments = parser.parse_args()
    for kind in arguments.kinds:
        start = time.monotonic()
        tried = run(kind, arguments.cases)
        print(f"{kind}: {tried:,} cases, 0 failures, {time.monotonic() - start:.0f} s")
