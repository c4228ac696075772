"""The page "Stories": a menu of settings that show one thing each."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import streamlit as st

from lrcore.stories import STORIES, Story
from lrcore.ui.controls import query
from lrcore.ui.session import session

_NO_SIDEBAR = Path(__file__).with_name("no_sidebar.css")
_COLUMNS = 5


def page(training: st.Page) -> None:
    """Draw the menu; each story opens the training page with its settings."""
    st.html(_NO_SIDEBAR)
    session().page = "stories"
    with st.container(key="menu"):
        columns = st.columns(_COLUMNS, gap="small")
        before = 0
        for chapter, members in groupby(STORIES, lambda story: story.chapter):
            stories = list(members)
            middle = before + len(stories) / 2
            with columns[int(_COLUMNS * middle / len(STORIES))]:
                _draw_chapter(chapter, stories, training)
            before += len(stories)


def _draw_chapter(chapter: str, stories: list[Story], training: st.Page) -> None:
    st.subheader(chapter, anchor=False)
    for story in stories:
        st.page_link(
            training,
            label=story.title,
            icon=":material/play_circle:",
            query_params=query(story.config),
        )
        st.markdown(story.watch)
