"""The component that plays films: graph, lit code and transport."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from lrcore.autograd.film import Film
from lrcore.palette import GRADIENT, LEAF
from lrcore.ui.server.files import ADDRESS

_HERE = Path(__file__).parent
_graph = st.components.v2.component(
    "lrcore_graph",
    html=(_HERE / "graph.html").read_text("utf-8"),
    css=f".lab {{ --leaf: {LEAF}; --gradient: {GRADIENT}; }}\n"
    + (_HERE / "graph.css").read_text("utf-8"),
    js=(_HERE / "js" / "loader.js").read_text("utf-8"),
    isolate_styles=False,
)


def show(films: Sequence[Film], key: str) -> None:
    """Play films side by side under one transport.

    Args:
        films: one or two.
        key: what is shown; where it stays the same, the player stays at its step.
    """
    # Streamlit looks for tables in an object, and imports pandas to do so (0.3 s); not in a list.
    messages = [film.message() for film in films]
    _graph(key=key, data=[messages, key, f"{ADDRESS}/graph/stage.js"])
