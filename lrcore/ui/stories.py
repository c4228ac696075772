"""The page "Stories": a menu of settings that show one thing each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from lrcore.stories import DECKS, STORIES, Story
from lrcore.ui.component import component
from lrcore.ui.controls import query
from lrcore.ui.server.files import STORIES as MODULE
from lrcore.ui.session import session

_NO_SIDEBAR = Path(__file__).with_name("no_sidebar.css")
_COLUMNS = 5
_copy = component("lrcore_copy", Path(__file__).with_name("copy.html"), "")


def page(training: st.Page) -> None:
    """Draw the menu; each story opens the training page with its settings."""
    st.html(_NO_SIDEBAR)
    session().page = "stories"
    chapters = [(deck.title, deck.stories) for deck in DECKS]
    with st.container(key="menu"):
        links = [(name, [(one.title, _link(one)) for one in stories]) for name, stories in chapters]
        _draw_copy("all", "Copy all links", "All stories as a list in Markdown", links)
        columns = st.columns(_COLUMNS, gap="small")
        before = 0
        for chapter, stories in chapters:
            middle = before + len(stories) / 2
            with columns[int(_COLUMNS * middle / len(STORIES))]:
                _draw_chapter(chapter, stories, training)
            before += len(stories)


def _draw_copy(key: str, label: str, title: str, links: object) -> None:
    """A button that copies a link, or a list of them; see `stories.js`."""
    content = {"label": label, "title": title, "links": links}
    _copy(key=f"copy_{key}", data=[content, MODULE])


def _link(story: Story) -> str:
    """From any page to the training page."""
    return f"./?{urlencode(query(story.config))}"


def _draw_chapter(chapter: str, stories: Sequence[Story], training: st.Page) -> None:
    st.subheader(chapter, anchor=False)
    for story in stories:
        st.page_link(
            training,
            label=story.title,
            icon=":material/play_circle:",
            query_params=query(story.config),
        )
        _draw_copy(story.name, "Copy link", f"Copy link to {story.title}", _link(story))
        st.markdown(story.watch)
