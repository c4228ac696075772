"""The player: a component that plays the moments Python sends, and asks for more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from lrcore.ui.player.parse import parse_request
from lrcore.ui.player.protocol import Answer, Request
from lrcore.ui.server.files import ADDRESS, PLOTLY

_HERE = Path(__file__).parent
_JS = _HERE / "js"
_ASSETS = {"stage": ADDRESS, "plotly": PLOTLY}
_player = st.components.v2.component(
    "lrcore_player",
    html=(_HERE / "stage.html").read_text("utf-8"),
    css="".join((_HERE / name).read_text("utf-8") for name in ("stage.css", "views.css")),
    js=(_JS / "loader.js").read_text("utf-8"),
    isolate_styles=False,
)


def player(answer: Answer, on_ask: Callable[[], None]) -> None:
    """Show the player with Python's latest answer.

    Args:
        answer: see `lrcore.ui.player.film.Film.respond`.
        on_ask: called when the player asks; `asked` then gives the question.
    """
    # Streamlit looks for tables in an object, and imports pandas to do so (0.3 s); not in a list.
    _player(key="player", data=[answer.message(), _ASSETS], on_ask_change=on_ask)


def asked() -> Request | None:
    """The player's question, inside `on_ask`; None where it cannot be read."""
    return parse_request(st.session_state["player"]["ask"])
