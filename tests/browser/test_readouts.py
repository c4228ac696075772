"""readouts.js and the view of numbers: numbers, the equation and the sentence, as text."""

from __future__ import annotations

import math

import pytest

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain

CLASSES = ["class 0", "class 1"]
# What the player knows when nothing has happened yet.
CALM: dict[str, Plain] = {
    "problem": None,
    "ended": False,
    "sentence": "Reached 0.99 at iteration 5.",
    "atEnd": False,
    "mode": "paused",
    "late": False,
    "index": 0,
    "limits": None,
    "story": "",
}
READY = "Ready: press Play or the space bar, or drag the boundary."


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.5, 4, "0.5000"),
        (-1.23456, 3, "−1.235"),
        (99999, 1, "99999.0"),
        (123456, 3, "1.23e+5"),
        (-2.5e30, 3, "−2.50e+30"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (math.nan, 3, "nan"),
    ],
)
def test_fixed(js: OpenModule, value: float, digits: int, shown: str) -> None:
    assert js("readouts.js").call("fixed", value, digits) == shown


def equation(js: OpenModule, terms: list[str], name: str, *moments: list[float]) -> list[Plain]:
    """What the equation says at each moment in turn, and whether a name became markup."""
    script = """({ Numbers }, terms, name, moments) => {
        document.body.innerHTML = ["iteration", "loss", "w0", "w1", "b", "equation"]
            .map((part) => `<p data-testid="${part}"></p>`).join("");
        const view = new Numbers(document);
        view.setScene({ columns: ["loss"], terms, classes: ["class 0", name], labels: [0] });
        const found = document.querySelector("[data-testid=equation]");
        const said = moments.map((weights, index) => {
            view.show({ index, weights, measured: [0.5] });
            return found.textContent.replace(/\\s+/g, " ").trim();
        });
        return [...said, found.querySelectorAll(":not(i):not(span)").length > 0];
    }"""
    return js("views/numbers.js").run(script, [*terms], name, [*moments])


def test_equation_has_each_weight_with_its_sign_before_its_feature(js: OpenModule) -> None:
    weights = [[0.5, -1.25, 2.0], [-0.5, 1.25, -2.0]]
    assert equation(js, ["x0", "x1"], "class 1", *weights) == [
        "p(class 1) = σ( 0.500 x0 −1.250 x1 +2.000 )",
        "p(class 1) = σ( −0.500 x0 +1.250 x1 −2.000 )",
        False,
    ]


def test_long_equation_leaves_out_its_middle_but_not_its_bias(js: OpenModule) -> None:
    terms = [f"x{k}" for k in range(12)]
    found, _ = equation(js, terms, "class 1", [k + 0.25 for k in range(13)])
    assert found == (
        "p(class 1) = σ( 0.25 x0 +1.25 x1 +2.25 x2 +3.25 x3 +4.25 x4 +5.25 x5 +6.25 x6 + … +12.25 )"
    )


def test_name_of_a_class_is_text_and_short(js: OpenModule) -> None:
    found, markup = equation(js, ["x", "y"], "<img src=x> & <b>", [1.0, 1.0, 1.0])
    assert (found[:21], markup) == ("p(<img src=x> & <b>) ", False)
    assert equation(js, ["x", "y"], "b" * 30, [1.0] * 3)[0].startswith(f"p({'b' * 19}…) = ")


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ({}, READY),
        ({"story": "Watch the line."}, "Watch the line."),
        ({"index": 7}, "Paused at iteration 7."),
        ({"index": 7, "limits": {"warning": "Far."}}, "Paused at iteration 7. Far."),
        ({"mode": "playing"}, "Playing."),
        ({"mode": "playing", "limits": {"warning": "Far."}}, "Playing. Far."),
        ({"mode": "playing", "story": "Watch."}, "Watch."),
        ({"mode": "seeking"}, "Training to the end …"),
        ({"mode": "playing", "late": True}, "Waiting for Python …"),
        ({"ended": True, "mode": "playing"}, "Playing."),
        ({"ended": True, "atEnd": True, "late": True}, CALM["sentence"]),
        ({"ended": True, "atEnd": True, "problem": "No points."}, "No points."),
    ],
)
def test_sentence(js: OpenModule, now: dict[str, Plain], sentence: str) -> None:
    assert js("readouts.js").call("sentenceFor", CALM | now).strip() == sentence
