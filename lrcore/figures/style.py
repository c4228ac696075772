"""What all figures share. On a page, its theme gives the colours of text and background."""

from __future__ import annotations

import html
from typing import TypedDict


class Figure(TypedDict):
    """A figure as Plotly's JSON: the player draws it as it is, a notebook by `go.Figure`.

    Building Plotly's own objects checks each value anew, which costs more than all else that
    the first answer to a page needs.
    """

    data: list[dict[str, object]]
    layout: dict[str, object]


CLEAR = "rgba(0,0,0,0)"
_GRID = "rgba(128,128,128,0.22)"
AXIS = {"gridcolor": _GRID, "zerolinecolor": _GRID, "ticks": "", "automargin": False}
FONT = {"size": 16}
# For a still figure, which has no page around it.
STILL = {"paper_bgcolor": "white", "plot_bgcolor": "white", "font_color": "#31333F"}

# A template's %{x} and a formula between two $ must not be seen where Plotly looks for them.
_ENTITIES = str.maketrans({"%": "&#37;", "$": "&#36;", "\n": " "})


def literal(text: str) -> str:
    """Text that may hold anything, such as the name of a column, for Plotly to show as it is."""
    return html.escape(text).translate(_ENTITIES)
