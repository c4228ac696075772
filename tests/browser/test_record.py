"""record.js: the moments of a run in the browser, and the rules of playing them."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from tests.browser.conftest import OpenModule

WIDTH = 5  # w0, w1, b, loss, accuracy

# Puts rows, and tells what each put said and what the record then holds.
_PUT = """({ Record }, width, parts) => {
    const columns = ["loss", "accuracy", "test_loss", "test_accuracy"].slice(0, width - 3);
    const record = new Record(2, columns);
    const whole = (rows) => Float32Array.from(rows.flatMap((row) => [...row, 0, 0])); // no effort
    const said = parts.map(([first, rows]) => record.put(first, whole(rows)));
    const moments = Array.from({ length: record.length }, (_, k) => {
        const { weights, measured } = record.moment(k);
        return [...weights, ...measured];
    });
    return { said, moments, dimensions: record.length ? record.moment(0) : null };
}"""
_CURVE = """({ Record }, values, most, breaks) => {
    const record = new Record(2, ["loss", "accuracy"]);
    record.put(0, Float32Array.from(values.flatMap((value) => [0, 0, 0, value, 1, 0, 0])));
    return record.curve("loss", most, breaks);
}"""


def rows(first: int, count: int, sign: float = 1.0) -> list[list[float]]:
    """Rows that tell where they belong: moment k holds 10 k, 10 k + 1, ..."""
    return [
        [sign * (10 * k + column) for column in range(WIDTH)] for k in range(first, first + count)
    ]


def test_decode_gives_the_numbers_of_numpy(js: OpenModule) -> None:
    values = np.array([0, -0.0, 1.5, -3e38, 1e-45, np.inf, -np.inf, np.nan], "<f4")
    text = base64.b64encode(values.tobytes()).decode("ascii")
    found = np.array(js("record.js").call("decode", text), "<f4")
    np.testing.assert_array_equal(found.view("<u4")[:-1], values.view("<u4")[:-1])
    assert np.isnan(found[-1])
    assert js("record.js").call("decode", "") == []


def test_record_grows_by_rows_in_order(js: OpenModule) -> None:
    parts = [[0, rows(0, 3)], [3, rows(3, 2500)]]  # more than the room it starts with
    found = js("record.js").run(_PUT, WIDTH, parts)
    assert found["said"] == [True, True]
    assert found["moments"] == rows(0, 2503)
    assert found["dimensions"] == {"weights": [0, 1, 2], "measured": [3, 4]}


def test_record_refuses_a_gap_and_forgets_beyond_a_branch(js: OpenModule) -> None:
    gap = js("record.js").run(_PUT, WIDTH, [[0, rows(0, 3)], [4, rows(4, 2)]])
    assert gap["said"] == [True, False]
    assert gap["moments"] == rows(0, 3)
    branch = js("record.js").run(_PUT, WIDTH, [[0, rows(0, 9)], [4, rows(4, 2, -1.0)]])
    assert branch["moments"] == rows(0, 4) + rows(4, 2, -1.0)


def test_a_short_curve_is_every_moment(js: OpenModule) -> None:
    values = np.random.default_rng(0).normal(size=300).astype("f4")
    found = js("record.js").run(_CURVE, values.tolist(), 1200)
    assert found == {"x": list(range(300)), "y": values.tolist()}


@pytest.mark.parametrize("length", [1201, 5000, 100_003])
def test_thinning_a_curve_keeps_its_extremes(js: OpenModule, length: int) -> None:
    rng = np.random.default_rng(length)
    values = np.exp(-np.arange(length) / length).astype("f4")
    peaks = rng.choice(length, 40, replace=False)
    values[peaks] += rng.normal(size=40).astype("f4") * 5
    found = js("record.js").run(_CURVE, values.tolist(), 1200)
    x, y = np.array(found["x"]), np.array(found["y"], "f4")
    assert len(x) <= 1200
    assert (np.diff(x) > 0).all()
    np.testing.assert_array_equal(y, values[x])
    stretch = int(np.ceil(2 * length / 1200))
    for start in range(0, length, stretch):
        inside = (x >= start) & (x < start + stretch)
        piece = values[start : start + stretch]
        assert (y[inside].min(), y[inside].max()) == (piece.min(), piece.max())


def test_moves_ignore_jitter_and_follow_fast_play(js: OpenModule) -> None:
    leads = [0.0, 0.2, 0.3, 0.9, 1.0, 1.7, 1.8, 2.4, 10.2, -3.0]
    found = [js("record.js").call("movesFor", lead) for lead in leads]
    assert found == [0, 0, 1, 1, 1, 1, 2, 2, 10, 0]


@pytest.mark.parametrize(
    ("furthest", "length", "ended", "span"),
    [
        (0, 1, False, 200),
        (0, 100_000, True, 200),
        (199, 273, True, 200),
        (200, 273, True, 500),
        (272, 273, True, 272),
        (500, 600, False, 1000),
        (123_456, 200_000, False, 200_000),
        (0, 1, True, 1),
    ],
)
def test_span_is_round_and_tells_nothing_of_what_is_to_come(
    js: OpenModule, furthest: int, length: int, ended: bool, span: int
) -> None:
    assert js("record.js").call("spanFor", furthest, length, ended) == span


def test_numbers_of_near_marks_are_joined(js: OpenModule) -> None:
    marks = [{"iteration": k, "label": f"to {k}"} for k in (10, 20, 29, 31, 200)]
    found = js("record.js").call("grouped", marks, 200)
    assert [(one["iteration"], one["text"]) for one in found] == [
        (10, "1"),
        (20, "2–3"),
        (31, "4"),
        (200, "5"),
    ]
    assert found[1]["labels"] == ["20: to 20", "29: to 29"]


def test_a_curve_is_interrupted_before_each_break(js: OpenModule) -> None:
    values = [float(k) for k in range(3000)]
    found = js("record.js").run(_CURVE, values, 1200, [0, 1000, 1001, 5000])
    gaps = [k for k, y in enumerate(found["y"]) if y is None]
    assert [found["x"][k] for k in gaps] == [1000, 1001]
    assert [found["x"][k - 1] for k in gaps] == [999, 1000]
    assert [found["x"][k + 1] for k in gaps] == [1000, 1001]


@pytest.mark.parametrize(
    ("speed", "wanted", "first"),
    [(1, 60, 60), (60, 240, 60), (600, 2400, 600), (10_000, 20_000, 1000), ("max", 20_000, 1000)],
)
def test_wanted_moments(js: OpenModule, speed: int | str, wanted: int, first: int) -> None:
    assert js("record.js").call("wantedAt", speed) == wanted
    assert js("record.js").call("firstWantedAt", speed) == first


@pytest.mark.parametrize(
    ("ahead", "speed", "short"),
    [
        (29, 1, True),
        (30, 1, False),
        (119, 60, True),
        (120, 60, False),
        (1_000_000, "max", True),
        (20_000, 10_000, False),
    ],
)
def test_a_record_runs_short_two_seconds_ahead(
    js: OpenModule, ahead: int, speed: int | str, short: bool
) -> None:
    assert js("record.js").call("runsShort", ahead, speed) is short
