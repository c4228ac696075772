"""Components of our own: a page's part that a module of JavaScript draws, see component.js."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import streamlit as st

_LOADER = Path(__file__).with_name("component.js")


class Component(Protocol):
    """Shows a component of its own kind."""

    def __call__(
        self, *, key: str, data: object, on_ask_change: Callable[[], None] | None = None
    ) -> object:
        """Show it.

        Args:
            key: what is shown; another one is another stage.
            data: the content, the address of the module that draws it, and what that needs. A list:
                in an object Streamlit looks for tables, and imports pandas to do so (0.3 s).
            on_ask_change: called when it asks.
        """


def component(name: str, html: Path, css: str) -> Component:
    """Register a component, once for the whole process."""
    made: Component = st.components.v2.component(
        name,
        html=html.read_text("utf-8"),
        css=css,
        js=_LOADER.read_text("utf-8"),
        isolate_styles=False,
    )
    return made
