"""Lecture stories: settings that show one thing each, with a sentence of what to watch."""

from lrcore.stories.deck import STORIES, Story, sentence_of

__all__ = ["STORIES", "Story", "sentence_of"]
