"""The decks as links: from any page to each of their stories."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlencode

from lrcore.stories import Deck, Story
from lrcore.ui.controls import query


class Asked(TypedDict):
    """A question to a class."""

    text: str
    answers: list[str]


class DeckPage(TypedDict):
    """A story as the browser shows it; link: the query of its settings, without "?"."""

    title: str
    watch: str
    press: str
    link: str
    question: Asked | None


def story_link(story: Story) -> dict[str, str]:
    """What a link says to open a story."""
    return query(story.config) | dict(story.shown)


def page_link(deck: Deck, page: int) -> dict[str, str]:
    """What a link says to open a page of a deck, from 1 on."""
    return {"deck": deck.name, "page": str(page), **story_link(deck.stories[page - 1])}


def deck_pages(deck: Deck) -> list[DeckPage]:
    """The stories of a deck, in order."""
    return [_page(story) for story in deck.stories]


def _page(story: Story) -> DeckPage:
    asked = story.question
    return {
        "title": story.title,
        "watch": story.watch,
        "press": story.press,
        "link": urlencode(story_link(story)),
        "question": {"text": asked.text, "answers": list(asked.answers)} if asked else None,
    }
