"""What a story says to press is on the page, and takes the value that the sentence names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lrcore import DATASETS, FEATURES, LOSSES, OPTIMIZERS
from lrcore.stories import Story
from lrcore.training import RunConfig
from lrcore.ui import player, sidebar
from lrcore.ui.controls import GROUPS, Control, of_group, values_of
from tests.story_runs import every_story

_PLAYER = Path(player.__file__).parent
TABS = set(
    re.findall(r'title: "(\w+)"', (_PLAYER / "js" / "views" / "index.js").read_text("utf-8"))
)
_STAGE = (_PLAYER / "stage.html").read_text("utf-8")
BUTTONS = {
    *re.findall(r'<(?:button|input)[^>]* aria-label="([^"]+)"', _STAGE),
    *re.findall(r">([A-Z][\w ]*)</button>", _STAGE),
    *re.findall(r'"(New sample)"', Path(sidebar.__file__).read_text("utf-8")),
}
TITLES = {
    title: name
    for titles in (DATASETS.titles(), FEATURES.titles(), LOSSES.titles(), OPTIMIZERS.titles())
    for name, title in titles.items()
}
_SET = re.compile(r"\b[Ss]et (.+?) to ([\w.]+(?: on logits)?)")
_TURN = re.compile(r"\b[Tt]urn (on|off) (Nesterov|Standardise|zero_grad each step)")


def drawn(config: RunConfig) -> dict[str, Control]:
    """The controls that can be used under these settings, by their labels."""
    values = values_of(config)
    found = [group.selector for group in GROUPS]
    for group in GROUPS:
        found += [*group.entry_controls(str(values[group.key])), *of_group(group.key)]
    found += of_group("target")
    return {
        one.spec.label: one
        for one in found
        if one.spec.needs is None or one.spec.needs.fitting(values[one.spec.needs.key])
    }


@every_story
def test_what_it_says_to_press_is_there(story: Story) -> None:
    controls = drawn(story.config)
    rest = story.press
    done = 0
    for label, value in _SET.findall(rest):
        spec = controls[label].spec
        text = TITLES.get(value.strip("."), value.strip("."))
        assert spec.parse(label, text) != values_of(story.config)[controls[label].key]
    for way, label in _TURN.findall(rest):
        assert values_of(story.config)[controls[label].key] is (way == "off")
    done += len(_SET.findall(rest)) + len(_TURN.findall(rest))
    rest = _TURN.sub("", _SET.sub("", rest))
    for name in sorted(BUTTONS | TABS, key=len, reverse=True):
        rest, count = re.subn(rf"\b{name}\b", "", rest)
        done += count
    assert done > 0
    assert not re.search(r"[A-Z]", rest[1:]), rest  # no name is left that nothing has


@every_story
def test_it_is_one_short_sentence(story: Story) -> None:
    assert story.press[-1] in ".?"
    assert not re.search(r"[.?] ", story.press)
    assert len(story.press) <= 88


@pytest.mark.parametrize("name", ["Play", "To the end", "One step", "Race", "Pin", "Timeline"])
def test_the_names_are_those_of_the_page(name: str) -> None:
    assert name in BUTTONS
