"""playhead.js, a table: what was done, and which moments the next frames show."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain

# Calls of a playhead in a run of `length` moments: [name, ...arguments]; "tick" takes ms. Frames of
# a display come every 16 or 17 ms; at 60 moments a second each shows one.
_RUN = """({ Playhead }, length, ended, calls) => {
    const playhead = new Playhead();
    const shown = [];
    const set = (name, value) => { playhead[name] = value; };
    for (const [name, ...given] of calls) {
        if (name === "tick") shown.push(playhead.tick(given[0], length, ended));
        else if (name === "grow") [length, ended] = given;
        else if (name === "set") set(...given);
        else if (name === "play") playhead.play(length, ended);
        else if (name === "seek") playhead.seek(given[0], length, ended);
        else if (name === "step") playhead.seek(playhead.here + given[0], length, ended);
        else playhead[name](...given);
    }
    return [shown, playhead.state];
}"""
TICK = ["tick", 16.7]


@pytest.mark.parametrize(
    ("length", "ended", "calls", "shown", "state"),
    [
        pytest.param(10, False, [TICK, TICK], [0, 0], "paused", id="rests at the start"),
        pytest.param(10, False, [TICK, ["play"], *[TICK] * 3], [0, 1, 2, 3], "playing", id="plays"),
        pytest.param(
            100,
            False,
            [TICK, ["play"], ["tick", 15], ["tick", 18], ["tick", 16], ["tick", 18]],
            [0, 1, 2, 3, 4],
            "playing",
            id="frames that come unevenly neither skip nor repeat",
        ),
        pytest.param(
            100, False, [TICK, ["play"], ["tick", 250]], [0, 15], "playing", id="a long frame"
        ),
        pytest.param(
            10000,
            False,
            [TICK, ["set", "speed", 6000], ["play"], ["tick", 10], ["tick", 10]],
            [0, 60, 120],
            "playing",
            id="faster than the display",
        ),
        pytest.param(
            3, False, [TICK, ["play"], *[TICK] * 4], [0, 1, 2, 2, 2], "playing", id="starves"
        ),
        pytest.param(
            3,
            False,
            [TICK, ["play"], *[TICK] * 3, ["grow", 9, False], TICK, TICK],
            [0, 1, 2, 2, 3, 4],
            "playing",
            id="goes on when moments come, and makes up for nothing",
        ),
        pytest.param(
            3, True, [TICK, ["play"], *[TICK] * 3], [0, 1, 2, 2], "paused", id="stops at the end"
        ),
        pytest.param(
            3,
            True,
            [["seek", 2], TICK, ["play"], TICK, TICK],
            [2, 0, 1],
            "playing",
            id="play at the end starts again",
        ),
        pytest.param(
            30, False, [["seek", 20], TICK, ["seek", 0], TICK], [20, 0], "paused", id="seeks"
        ),
        pytest.param(
            30,
            False,
            [["play"], TICK, TICK, ["seek", 20], TICK, TICK],
            [0, 1, 20, 20],
            "paused",
            id="a seek ends playing",
        ),
        pytest.param(
            10,
            False,
            [["seek", 15], TICK, ["grow", 12, False], TICK, ["grow", 20, False], TICK],
            [9, 9, 15],
            "paused",
            id="a moment that is not there yet is awaited",
        ),
        pytest.param(10, True, [["seek", 15], TICK], [9], "paused", id="after the end is none"),
        pytest.param(
            10,
            False,
            [["seek", 12], TICK, ["grow", 11, True], TICK],
            [9, 10],
            "paused",
            id="an awaited moment that will never be",
        ),
        pytest.param(
            10,
            False,
            [TICK, ["step", 1], ["step", 1], ["step", 1], TICK],
            [0, 3],
            "paused",
            id="three steps within one frame",
        ),
        pytest.param(
            3,
            False,
            [["seek", 2], TICK, ["step", 1], ["step", 1], ["grow", 9, False], TICK],
            [2, 4],
            "paused",
            id="steps beyond the record add up",
        ),
        pytest.param(5, False, [TICK, ["step", -1], TICK], [0, 0], "paused", id="none before 0"),
        pytest.param(
            5,
            False,
            [["seekEnd"], TICK, ["grow", 50, False], TICK, ["grow", 60, True], TICK],
            [4, 49, 59],
            "paused",
            id="to the end",
        ),
        pytest.param(
            50,
            False,
            [["seekEnd"], TICK, ["pause"], ["grow", 60, False], TICK],
            [49, 49],
            "paused",
            id="on the way to the end it can be paused",
        ),
        pytest.param(
            50,
            False,
            [["seek", 20], TICK, ["hold"], TICK, ["pause"], TICK],
            [20, 20, 20],
            "paused",
            id="a drag of the boundary moves nothing",
        ),
        pytest.param(
            50,
            False,
            [
                ["seek", 40],
                TICK,
                ["grow", 31, False],
                ["clip", 31],
                TICK,
                ["grow", 60, False],
                TICK,
            ],
            [40, 30, 40],
            "paused",
            id="a branch cuts what lay beyond it, and the moment is shown again when it has come",
        ),
        pytest.param(
            50,
            True,
            [["seekEnd"], TICK, ["grow", 31, False], ["clip", 31], TICK, ["grow", 36, True], TICK],
            [49, 30, 35],
            "paused",
            id="who looked at the end looks at the end of the branch",
        ),
        pytest.param(
            50,
            False,
            [["seek", 40], ["play"], TICK, ["grow", 31, False], ["clip", 31], TICK],
            [40, 30],
            "playing",
            id="who plays goes on from where the branch has come to",
        ),
        pytest.param(
            50,
            False,
            [TICK, ["play"], TICK, TICK, ["rewind"], TICK, TICK],
            [0, 1, 2, 0, 1],
            "playing",
            id="a new run plays on from its start",
        ),
        pytest.param(
            50, False, [["rewind", 30], TICK], [30], "paused", id="comes back to where it was"
        ),
    ],
)
def test_frames(  # noqa: PLR0917
    js: OpenModule,
    length: int,
    ended: bool,
    calls: list[Plain],
    shown: list[int],
    state: str,
) -> None:
    assert js("playhead.js").run(_RUN, length, ended, calls) == [shown, state]


def test_as_fast_as_it_goes_shows_what_arrives_evenly(js: OpenModule) -> None:
    calls: list[Plain] = [TICK, ["set", "speed", "max"], ["arrived", 500, 1000]]
    for k in range(1, 5):
        calls.append(["arrived", 500, 1000 + 100 * k])
    calls += [["play"], ["tick", 20], ["tick", 20]]
    [shown, _] = js("playhead.js").run(_RUN, 5000, False, calls)
    assert shown == [0, 100, 200]  # 5 moments a ms
