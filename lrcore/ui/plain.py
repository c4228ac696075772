"""Text of a stranger, shown as what it is: from a link, a file or a name."""

from __future__ import annotations

import re
from string import punctuation

_MOST = 400
_SIGN = re.compile(f"[{re.escape(punctuation)}]")
# What Streamlit replaces even where it is escaped: addresses, :shortcodes: and arrows such as ->.
_REPLACED = re.compile(r"(?<=:)(?=\S)|(?=@)|(?<=www)(?=\.)|(?<=[-<>=~])(?=[-<>=~])", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"  # has no width and is no place to break a line


def plain(text: str, most: int = _MOST) -> str:
    """Markdown that shows just this text, on one line and at most so many characters of it."""
    seen = "".join(sign if sign.isprintable() else " " for sign in shortened(text, most))
    broken = _REPLACED.sub(_WORD_JOINER, " ".join(seen.split()))
    return _SIGN.sub(r"\\\g<0>", broken)


def shortened(text: str, most: int) -> str:
    """The start of a text; an ellipsis stands for the rest."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
