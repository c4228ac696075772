"""The decks, and the right answers to their questions, for the player's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from lrcore.stories import DECKS, Question, Story
from lrcore.training import Run, Status
from lrcore.ui.decks import DeckPage, deck_pages
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.protocol import LATER, Later, Numbers
from lrcore.ui.player.slices import Slices

_SECONDS_A_PIECE = 0.05


class DeckOfPages(TypedDict):
    """A deck as the browser shows it."""

    name: str
    title: str
    pages: list[DeckPage]


class Right(TypedDict):
    """Which answer is right, on which page (from 1 on) of which deck, by its place in the menu."""

    deck: int
    page: int
    right: int


def all_decks(atlas: Atlas, numbers: Numbers) -> list[DeckOfPages] | None:
    """Every deck, whatever the run; `numbers` is one, and says nothing."""
    del atlas
    if len(numbers) != 1:
        return None
    return [{"name": d.name, "title": d.title, "pages": deck_pages(d)} for d in DECKS]


def right_answer(atlas: Atlas, numbers: Numbers) -> Right | Later | None:
    """Which answer is right to the question of a page, from its story's own run.

    Args:
        numbers: the deck's place in the menu, and the page, from 1 on.
    """
    try:
        deck, page = map(int, numbers)
        story = DECKS[deck].stories[page - 1]
    except (ValueError, IndexError, OverflowError):
        return None
    if story.question is None or deck < 0 or page < 1:
        return None
    if story.name not in atlas.answers:
        atlas.answers[story.name] = Slices(_answered(story, story.question))
    right = atlas.answers[story.name].look()
    return LATER if right is None else {"deck": deck, "page": page, "right": right}


def _answered(story: Story, question: Question) -> Iterator[int | None]:
    """Nothing while the run is trained, then the answer."""
    run = Run(story.config)
    yield None
    while run.status is Status.RUNNING:
        run.extend(_SECONDS_A_PIECE)
        yield None
    yield question.right(run)
