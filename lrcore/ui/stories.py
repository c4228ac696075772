"""The page "Stories": a menu of decks, and the lecturer's own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from lrcore.stories import DECKS, Deck
from lrcore.ui.component import component
from lrcore.ui.decks import page_link
from lrcore.ui.server.files import EDITOR
from lrcore.ui.server.files import STORIES as MODULE
from lrcore.ui.session import session

_NO_SIDEBAR = Path(__file__).with_name("no_sidebar.css")
_COLUMNS = 2
# The key of the deck that is open, in the session and in links; OWN is the lecturer's.
_OPEN, _OWN = "of", "own"
_TITLES = {deck.name: f"{deck.title} · {len(deck.stories)}" for deck in DECKS} | {
    _OWN: "Your own deck"
}
_copy = component("lrcore_copy", Path(__file__).with_name("copy.html"), "")
_editor = component("lrcore_deck_editor", Path(__file__).with_name("deck_editor.html"), "")


def page(training: st.Page) -> None:
    """Draw the menu; each story opens the training page with its settings."""
    st.html(_NO_SIDEBAR)
    if session().page != "stories":
        _take_link()
        session().page = "stories"
    with st.container(key="menu"):
        menu, content = st.columns([1, 3.2], gap="medium")
        with menu:
            name = _choice()
            _draw_copy("all", "Copy all links", "All stories as a list in Markdown", _all_links())
        with content:
            if name == _OWN:
                _editor(key="deck_editor", data=[None, EDITOR])
            else:
                _draw_deck(next(deck for deck in DECKS if deck.name == name), training)


def _take_link() -> None:
    """Open the deck that the link names, or that it holds."""
    deck = st.query_params.get("deck", "")
    name = _OWN if deck.startswith("~") else st.query_params.get(_OPEN, "")
    if name in _TITLES:
        st.session_state[_OPEN] = name


def _choice() -> str:
    """The deck that is open, kept in the link unless it is the first."""
    first = DECKS[0].name
    chosen: str = st.pills(
        "Decks",
        list(_TITLES),
        default=first,
        required=True,
        format_func=_TITLES.__getitem__,
        key=_OPEN,
        label_visibility="collapsed",
        persist_state="session",
    )
    said = "" if chosen == first else chosen
    if said:
        st.query_params[_OPEN] = said
    elif _OPEN in st.query_params:
        del st.query_params[_OPEN]
    return chosen


def _draw_deck(deck: Deck, training: st.Page) -> None:
    with st.container(key="deck_head", horizontal=True, vertical_alignment="center"):
        st.subheader(deck.title, anchor=False)
        st.page_link(
            training,
            label=f"Play all {len(deck.stories)}",
            icon=":material/play_arrow:",
            query_params=page_link(deck, 1),
        )
        _draw_copy("deck", "Copy link", f"Copy link to the deck {deck.title}", _link(deck, 1))
    with st.container(key="deck"):
        columns = st.columns(_COLUMNS, gap="medium")
        rows = -(-len(deck.stories) // _COLUMNS)
        for index in range(len(deck.stories)):
            with columns[index // rows]:
                _draw_story(deck, index + 1, training)


def _draw_story(deck: Deck, number: int, training: st.Page) -> None:
    story = deck.stories[number - 1]
    st.page_link(
        training,
        label=story.title,
        icon=":material/play_circle:",
        query_params=page_link(deck, number),
    )
    _draw_copy(story.name, "Copy link", f"Copy link to {story.title}", _link(deck, number))
    st.markdown(story.watch)


def _draw_copy(key: str, label: str, title: str, links: object) -> None:
    """A button that copies a link, or a list of them; see `stories.js`."""
    content = {"label": label, "title": title, "links": links}
    _copy(key=f"copy_{key}", data=[content, MODULE])


def _link(deck: Deck, number: int) -> str:
    """From any page to the training page."""
    return f"./?{urlencode(page_link(deck, number))}"


def _all_links() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (deck.title, [(story.title, _link(deck, at)) for at, story in enumerate(deck.stories, 1)])
        for deck in DECKS
    ]
