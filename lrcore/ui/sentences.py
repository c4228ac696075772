"""Sentences that a page says once, in a corner, until they are closed."""

from __future__ import annotations

import streamlit as st

from lrcore.ui.plain import plain
from lrcore.ui.session import session

_ERROR, _LINK = ":material/error:", ":material/link_off:"


def say(sentence: str) -> None:
    """What cannot be done, and why; it may hold a stranger's words."""
    session().sentences.append((sentence, _ERROR))


def say_of_link(sentence: str) -> None:
    """What of the link cannot be used."""
    session().sentences.append((sentence, _LINK))


def tell() -> None:
    """Say what is yet to be said, and only then forget it: Streamlit may break off at any element,
    to draw the page anew."""
    for sentence, icon in session().sentences:
        st.toast(plain(sentence), icon=icon, duration="infinite")
    session().sentences = []
