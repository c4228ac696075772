"""All decks, in the order of the menu. ADD A STORY to one; a test asks for its claim."""

from __future__ import annotations

from lrcore.stories.course import COURSE
from lrcore.stories.lines import LINES
from lrcore.stories.losses import LOSSES
from lrcore.stories.optimisers import OPTIMISERS
from lrcore.stories.overfitting import OVERFITTING
from lrcore.stories.rates import RATES
from lrcore.stories.story import Deck, Story
from lrcore.stories.thresholds import THRESHOLDS
from lrcore.training.config import RunConfig

DECKS: tuple[Deck, ...] = (COURSE, RATES, LINES, LOSSES, OPTIMISERS, OVERFITTING, THRESHOLDS)
STORIES: tuple[Story, ...] = tuple(story for deck in DECKS for story in deck.stories)


def sentence_of(config: RunConfig) -> str:
    """What to watch in the story with these settings; empty if there is none."""
    return next((story.watch for story in STORIES if story.config == config), "")
