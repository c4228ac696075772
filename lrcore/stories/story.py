"""What a story is, and what a deck of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lrcore.training.config import RunConfig
from lrcore.training.run import Run


@dataclass(frozen=True)
class Question:
    """What the class is asked before a story plays.

    Args:
        text: the question.
        answers: two to four, short, no two alike.
        right: the index of the right answer, from the story's run at its end.
    """

    text: str
    answers: tuple[str, ...]
    right: Callable[[Run], int]


@dataclass(frozen=True)
class Story:
    """One run worth showing.

    Args:
        name: identifies it; lower case words joined by hyphens.
        title: a few words for the menu.
        watch: one sentence, true of the run, that says what to watch.
        press: one short sentence: something to press or to set, by its name on the page.
        config: the settings; no two stories share them.
        shown: what its link says beside the settings: keys and values of the player's views.
        question: to be answered before it plays.
    """

    name: str
    title: str
    watch: str
    press: str
    config: RunConfig
    shown: tuple[tuple[str, str], ...] = ()
    question: Question | None = None


@dataclass(frozen=True)
class Deck:
    """Stories in an order.

    Args:
        name: in links; one lower case word.
        title: a few words for the menu.
        stories: its pages.
    """

    name: str
    title: str
    stories: tuple[Story, ...]
