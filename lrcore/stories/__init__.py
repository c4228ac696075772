"""Lecture stories: settings that show one thing each, with a sentence of what to watch."""

from lrcore.stories.deck import DECKS, STORIES, sentence_of
from lrcore.stories.story import Deck, Question, Story

__all__ = ["DECKS", "STORIES", "Deck", "Question", "Story", "sentence_of"]
