"""readouts.js: numbers, the equation and the sentence, as text."""

from __future__ import annotations

import math
import re

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
    "playing": False,
    "seekingEnd": False,
    "starved": False,
    "shown": 0,
    "outlook": None,
    "story": "",
}
READY = "Ready: press Play or the space bar, or drag the boundary."


def text(html: str) -> str:
    """What a reader sees of HTML without entities."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


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


def test_escaped_text_is_text(js: OpenModule) -> None:
    script = """({ escaped }, text) => {
        const element = document.createElement("p");
        element.innerHTML = `<i>${escaped(text)}</i>`;
        return [element.textContent, element.querySelectorAll("*").length];
    }"""
    hostile = """<img src=x onerror="alert(1)"> & 'so' &lt; "on" </i>"""
    assert js("readouts.js").run(script, hostile) == [hostile, 1]


def equation(js: OpenModule, weights: list[float], terms: list[str], classes: list[str]) -> str:
    scene: Plain = {"terms": [*terms], "classes": [*classes]}
    return text(js("readouts.js").call("equation", [*weights], scene))


def test_equation_has_each_weight_with_its_sign_before_its_feature(js: OpenModule) -> None:
    found = equation(js, [0.5, -1.25, 2.0], ["x0", "x1"], CLASSES)
    assert found == "p(class 1) = σ( 0.500 x0 −1.250 x1 +2.000 )"
    assert equation(js, [-0.5, 1.25, -2.0], ["x0", "x1"], CLASSES) == (
        "p(class 1) = σ( −0.500 x0 +1.250 x1 −2.000 )"
    )


def test_long_equation_leaves_out_its_middle_but_not_its_bias(js: OpenModule) -> None:
    terms = [f"x{k}" for k in range(12)]
    found = equation(js, [k + 0.25 for k in range(13)], terms, CLASSES)
    assert found.endswith(" +5.25 x5 +6.25 x6 + … +11.25 x11 +12.25 )")
    assert found.startswith("p(class 1) = σ( 0.25 x0 +1.25 x1 +2.25 x2 ")


def test_equation_shortens_a_long_name(js: OpenModule) -> None:
    found = equation(js, [1.0, 1.0, 1.0], ["x", "y"], ["a", "b" * 30])
    assert found.startswith(f"p({'b' * 19}…) = ")


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ({}, READY),
        ({"story": "Watch the line."}, "Watch the line."),
        ({"shown": 7}, "Paused at iteration 7."),
        ({"shown": 7, "outlook": {"warning": "Far."}}, "Paused at iteration 7. Far."),
        ({"playing": True}, "Playing."),
        ({"playing": True, "outlook": {"warning": "Far."}}, "Playing. Far."),
        ({"playing": True, "story": "Watch."}, "Watch."),
        ({"seekingEnd": True}, "Training to the end …"),
        ({"playing": True, "starved": True}, "Waiting for Python …"),
        ({"ended": True, "playing": True}, "Playing."),
        ({"ended": True, "atEnd": True, "starved": True}, CALM["sentence"]),
        ({"ended": True, "atEnd": True, "problem": "No points."}, "No points."),
    ],
)
def test_sentence(js: OpenModule, now: dict[str, Plain], sentence: str) -> None:
    assert js("readouts.js").call("sentenceFor", CALM | now).strip() == sentence
