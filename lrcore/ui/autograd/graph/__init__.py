"""The component that plays films: graph, lit code and transport."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lrcore.autograd.film import Film
from lrcore.palette import GRADIENT, LEAF
from lrcore.ui.component import component
from lrcore.ui.server.files import ADDRESS

_HERE = Path(__file__).parent
_graph = component(
    "lrcore_graph",
    _HERE / "graph.html",
    f".lab {{ --leaf: {LEAF}; --gradient: {GRADIENT}; }}\n"
    + (_HERE / "graph.css").read_text("utf-8"),
)


def show(films: Sequence[Film], key: str) -> None:
    """Play films side by side under one transport.

    Args:
        films: one or two.
        key: what is shown; where it stays the same, the player stays at its step.
    """
    messages = [film.message() for film in films]
    _graph(key=key, data=[messages, f"{ADDRESS}/graph/stage.js", key])
