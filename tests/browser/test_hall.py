"""What a hall hears and what a link may keep: modules of the player, without a page."""

from __future__ import annotations

import math

import pytest

from tests.browser.conftest import OpenModule

# Writes down what is asked of the browser's sound: pitches, loudness, and how many clicks.
_HEARD = """({ Sound }, moments) => {
  const heard = { pitches: [], loud: [], clicks: 0 };
  const parameter = (list) => ({ setTargetAtTime: (value) => list?.push(value),
    setValueAtTime() {}, exponentialRampToValueAtTime() {}, value: 0 });
  class Context {
    currentTime = 0;
    made = 0;
    createOscillator() {
      const isTone = this.made++ === 0;
      const node = { frequency: parameter(isTone ? heard.pitches : null), connect: (to) => to,
        start() { if (!isTone) heard.clicks += 1; }, stop() {} };
      return node;
    }
    createGain() {
      this.gains = (this.gains ?? 0) + 1;
      return { gain: parameter(this.gains === 1 ? heard.loud : null), connect: (to) => to };
    }
    resume() {}
    close() {}
  }
  const sound = new Sound(Context);
  for (const one of moments) {
    if (one === "M") sound.toggle();
    else sound.show({ measured: [one.loss], scores: Float32Array.from(one.scores) }, one.moving);
  }
  return heard;
}"""


def test_loss_is_pitch_and_each_point_that_changes_side_a_click(js: OpenModule) -> None:
    moments = [
        {"loss": 0.4, "scores": [1, 1, -1], "moving": True},  # off until it is asked for
        "M",
        {"loss": 0.4, "scores": [1, 1, -1], "moving": True},
        {"loss": 0.1, "scores": [-1, 1, 2], "moving": True},
        {"loss": 0.1, "scores": [-1, 1, 2], "moving": False},
        "M",
        {"loss": 9, "scores": [1, 1, 1], "moving": True},
    ]
    heard = js("sound.js").run(_HEARD, moments)
    assert heard["pitches"] == pytest.approx([440, 220])
    assert heard["clicks"] == 2
    assert [value > 0 for value in heard["loud"]] == [True, True, False, False]


def test_pitch_keeps_to_what_can_be_heard(js: OpenModule) -> None:
    pitches = [js("sound.js").call("pitchOf", loss) for loss in (0, 1e-9, 0.1, 0.4, 1e30)]
    assert pitches == [80, 80, 220, 440, 3520]
    assert js("sound.js").run("({ pitchOf }) => [NaN, Infinity].map(pitchOf)") == [3520, 3520]


def test_a_moment_in_one_sentence(js: OpenModule) -> None:
    moment = {
        "index": 7,
        "loss": 0.25,
        "before": 0.5,
        "scores": [1, -1, -2, 3, 5],
        "labels": [0, 0, 1, 1, 0],
        "tests": [False, False, False, False, True],
        "classes": ["setosa", "other"],
    }
    say = js("spoken.js")
    assert say.call("sentenceOf", moment) == (
        "Iteration 7: loss 0.2500, falling; 2 of 4 points are wrong: 1 of setosa, 1 of other."
    )
    rising = moment | {"before": 0.1, "scores": [-1, -1, 2, 3, 5]}
    assert say.call("sentenceOf", rising) == (
        "Iteration 7: loss 0.2500, rising; all 4 points are right."
    )
    first = rising | {"index": 0, "before": None, "loss": math.inf}
    assert say.call("sentenceOf", first).startswith("Iteration 0: loss ∞; ")
    none = first | {"scores": [], "labels": [], "tests": []}
    assert say.call("sentenceOf", none) == "There are no points yet."


def test_only_keys_of_controls_are_kept_of_a_link(js: OpenModule) -> None:
    text = "lr,momentum,lr, } body { display: none } ,<b>,a.b,"
    assert js("lecture.js").call("keysIn", text) == ["lr", "momentum"]


def test_a_stroke_fades_from_its_beginning(js: OpenModule) -> None:
    stroke = [[0, 0, 0], [1, 1, 2000], [2, 2, 2900]]
    assert [len(js("pen.js").call("faded", stroke, now)) for now in (2900, 3100, 5900)] == [3, 2, 0]
