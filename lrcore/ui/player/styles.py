"""How the player looks."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
_SHEETS = ("stage.css", "views.css", "lecture.css")


def styles() -> str:
    """The player's stylesheet."""
    return "".join((_HERE / name).read_text("utf-8") for name in _SHEETS)
