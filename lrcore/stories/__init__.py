"""Lecture stories: settings that show one thing each, with a sentence of what to watch."""

from lrcore.stories.deck import STORIES, sentence_of
from lrcore.stories.story import Story

__all__ = ["STORIES", "Story", "sentence_of"]
