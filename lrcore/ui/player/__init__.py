"""The player: a component that plays the moments Python sends, and asks for more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import plotly
import streamlit as st
from streamlit.components.v1 import declare_component

from lrcore.ui.player.parse import parse_request
from lrcore.ui.player.protocol import Answer, Request

_HERE = Path(__file__).parent
_JS = _HERE / "js"
_PLOTLY = Path(plotly.__file__).parent / "package_data"


def _served(name: str, folder: Path, version: str) -> str:
    """Have Streamlit serve a folder; the version in its address keeps old copies away."""
    declared = f"{name}_{hashlib.sha256(version.encode()).hexdigest()[:12]}"
    declare_component(declared, path=str(folder))
    return f"component/{__name__}.{declared}"


_SOURCES = sorted(_JS.rglob("*.js"))
_ASSETS = {
    "stage": _served("player", _JS, "".join(path.read_text("utf-8") for path in _SOURCES)),
    "plotly": _served("plotly", _PLOTLY, plotly.__version__),
}
_player = st.components.v2.component(
    "lrcore_player",
    html=(_HERE / "stage.html").read_text("utf-8"),
    css=(_HERE / "stage.css").read_text("utf-8"),
    js=(_JS / "loader.js").read_text("utf-8"),
    isolate_styles=False,
)

_preload = st.components.v2.component(
    "lrcore_preload", js=(_JS / "preload.js").read_text("utf-8"), isolate_styles=False
)


def preload() -> None:
    """Let the browser fetch the player and Plotly; to be called before anything slow."""
    _preload(key="preload", data=_ASSETS, height=0)


def player(answer: Answer, on_ask: Callable[[], None]) -> None:
    """Show the player with Python's latest answer.

    Args:
        answer: see `lrcore.ui.player.film.Film.respond`.
        on_ask: called when the player asks; `asked` then gives the question.
    """
    _player(key="player", data=answer.message() | {"assets": _ASSETS}, on_ask_change=on_ask)


def asked() -> Request | None:
    """The player's question, inside `on_ask`; None where it cannot be read."""
    return parse_request(st.session_state["player"]["ask"])
