"""What a story is."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.training.config import RunConfig


@dataclass(frozen=True)
class Story:
    """One run worth showing.

    Args:
        chapter: heading that it shares with the stories to compare it with.
        name: identifies it; lower case words joined by hyphens.
        title: a few words for the menu.
        watch: one sentence, true of the run, that says what to watch.
        config: the settings; no two stories share them.
    """

    chapter: str
    name: str
    title: str
    watch: str
    config: RunConfig
