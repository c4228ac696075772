"""Sentences that a page says once, in a corner, until they are closed."""

from __future__ import annotations

from time import monotonic

import streamlit as st

from lrcore.ui.plain import plain
from lrcore.ui.session import Sentence, session

_ERROR, _LINK = ":material/error:", ":material/link_off:"
# Streamlit forgets what the browser has not been sent yet when the page is drawn anew: a sentence
# has arrived if so many seconds passed until then.
REPEATED_FOR = 2.0


def say(sentence: str) -> None:
    """What cannot be done, and why; it may hold a stranger's words."""
    session().sentences[Sentence(sentence, _ERROR)] = None


def say_of_link(sentence: str) -> None:
    """What of the link cannot be used."""
    session().sentences[Sentence(sentence, _LINK)] = None


def tell(began: float) -> None:
    """Say what is yet to be said, each time the page is drawn until it must have arrived.

    A sentence that stands on the page already, in the same place among the others, is no second one
    there; so they are forgotten together. Streamlit may break off at any of them.

    Args:
        began: when drawing the page began, on the monotonic clock.
    """
    here = session()
    times = here.sentences.values()
    if not any(told is not None and began - told < REPEATED_FOR for told in times):
        here.sentences = {one: None for one, told in here.sentences.items() if told is None}
    for one, told in here.sentences.items():
        st.toast(plain(one.text), icon=one.icon, duration="infinite")
        here.sentences[one] = told or monotonic()
