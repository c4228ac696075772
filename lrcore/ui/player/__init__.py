"""The player: a component that plays the moments Python sends, and asks for more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from lrcore.ui.component import component
from lrcore.ui.player.parse import parse_request
from lrcore.ui.player.protocol import Answer, Request
from lrcore.ui.player.styles import styles
from lrcore.ui.server.files import ADDRESS, PLOTLY

_HERE = Path(__file__).parent
_player = component(
    "lrcore_player",
    _HERE / "stage.html",
    styles(),
)


def player(answer: Answer, on_ask: Callable[[], None]) -> None:
    """Show the player with Python's latest answer.

    Args:
        answer: see `lrcore.ui.player.film.Film.respond`.
        on_ask: called when the player asks; `asked` then gives the question.
    """
    data = [answer.message(), f"{ADDRESS}/stage.js", PLOTLY]
    _player(key="player", data=data, on_ask_change=on_ask)


def asked() -> Request | None:
    """The player's question, inside `on_ask`; None where it cannot be read.

    Nor where its page has been left: Streamlit then calls `on_ask` with a late question of a player
    whose state it has forgotten.
    """
    state = st.session_state.get("player")
    return None if state is None else parse_request(state["ask"])
