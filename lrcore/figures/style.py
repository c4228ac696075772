"""What all figures share; colours of text and background come from the page's theme."""

from __future__ import annotations

CLEAR = "rgba(0,0,0,0)"
_GRID = "rgba(128,128,128,0.22)"
AXIS = {"gridcolor": _GRID, "zerolinecolor": _GRID, "ticks": "", "automargin": False}
FONT = {"size": 16}
