"""All stories, in the order of the menu. ADD A STORY to a deck; a test asks for its claim."""

from __future__ import annotations

from lrcore.stories.learning import LEARNING
from lrcore.stories.losses import LOSSES_AND_STARTS
from lrcore.stories.steps import STEPS
from lrcore.stories.story import Story
from lrcore.training.config import RunConfig

STORIES: tuple[Story, ...] = (*STEPS, *LEARNING, *LOSSES_AND_STARTS)


def sentence_of(config: RunConfig) -> str:
    """What to watch in the story with these settings; empty if there is none."""
    return next((story.watch for story in STORIES if story.config == config), "")
