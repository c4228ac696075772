"""Every story plays to its end and shows what its sentence says."""

from __future__ import annotations

from itertools import pairwise

from lrcore import RunConfig
from lrcore.stories import STORIES, Story
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


def test_stories_of_a_chapter_stand_together() -> None:
    chapters = [story.chapter for story in STORIES]
    changes = sum(a != b for a, b in pairwise(chapters))
    assert changes == len(set(chapters)) - 1
