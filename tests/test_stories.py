"""Every story plays to its end and shows what its sentence says."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest

from lrcore import RunConfig
from lrcore.stories import DECKS, STORIES, Deck, Story
from lrcore.ui.controls import query
from lrcore.ui.decks import deck_pages
from tests.story_claims import CLAIMS
from tests.story_runs import BY_NAME, every_story, played


def test_every_story_has_a_claim() -> None:
    assert list(CLAIMS) == list(BY_NAME)


@every_story
def test_story_shows_what_its_sentence_says(story: Story) -> None:
    CLAIMS[story.name](played(story.config))


@every_story
def test_story_is_neither_too_short_nor_too_long(story: Story) -> None:
    assert 0.5 < played(story.config).iterations / 60 < 20


def test_stories_differ_and_none_is_what_opens_anyway() -> None:
    assert len(BY_NAME) == len({story.config for story in STORIES}) == len(STORIES)
    assert RunConfig() not in {story.config for story in STORIES}


@every_story
def test_story_is_one_short_sentence(story: Story) -> None:
    assert story.watch.endswith(".")
    assert ". " not in story.watch
    assert len(story.watch) <= 88  # one line of the player at 1280 px
    assert "—" not in story.title + story.watch


def test_decks_are_called_by_different_words() -> None:
    names = [deck.name for deck in DECKS]
    assert len(set(names)) == len(names) == 7
    assert all(name.isalpha() and name.islower() for name in names)
    assert tuple(story for deck in DECKS for story in deck.stories) == STORIES


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.name)
def test_the_pages_of_a_deck_are_its_stories(deck: Deck) -> None:
    for story, page in zip(deck.stories, json.loads(json.dumps(deck_pages(deck))), strict=True):
        link = dict(parse_qsl(page["link"], strict_parsing=True))
        assert link == query(story.config) | dict(story.shown)
        assert (page["title"], page["watch"]) == (story.title, story.watch)
        assert (page["press"], page["question"] is None) == (story.press, story.question is None)
