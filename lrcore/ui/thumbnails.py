"""Small pictures of the data sets, drawn from the points that they really give."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import torch

from lrcore import palette
from lrcore.data import DataSettings

_WIDTH, _HEIGHT = 56, 40  # px
_MOST = 20  # points of a class
_RADIUS = 2.0
_DIAMOND = 2.8  # px from its middle to a corner
_TURN = f"l{_DIAMOND} {_DIAMOND}-{_DIAMOND} {_DIAMOND}-{_DIAMOND}-{_DIAMOND}z"
_FILE = (
    '<path d="M22 6h9l6 6v20H22z M31 6v6h6" fill="none" stroke="#7a8694" stroke-width="2"/>'
    '<path d="M25 18h9M25 23h9M25 28h9" stroke="#7a8694" stroke-width="2"/>'
)


@cache
def thumbnail(cls: type[DataSettings]) -> str:
    """A picture as Markdown; its words are the title of the data set.

    A data set that has no points before the user brings some is drawn as a sheet of paper.
    """
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{_marks(cls()) or _FILE}</svg>'
    )
    return f"![{cls.title}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _marks(settings: DataSettings) -> str:
    """Some points of each class, circles and diamonds: one path each, as every rerun sends it."""
    data = settings.sample()
    if len(data.y) == 0:
        return ""
    low, high = data.x.min(0).values, data.x.max(0).values
    size = torch.tensor([_WIDTH, _HEIGHT])
    scale = ((size - 3 * _RADIUS) / (high - low)).min()
    places = size / 2 + scale * (data.x - (low + high) / 2) * torch.tensor([1.0, -1.0])  # (n, 2)
    few = [at[:: max(1, len(at) // _MOST)] for at in (places[data.y == 0], places[data.y == 1])]
    circles = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in few[0].tolist())
    diamonds = "".join(f"M{x:.1f} {y - _DIAMOND:.1f}{_TURN}" for x, y in few[1].tolist())
    return (
        f'<path d="{circles}" stroke="{palette.CLASS_0}" stroke-width="{2 * _RADIUS}" '
        f'stroke-linecap="round"/><path d="{diamonds}" fill="{palette.CLASS_1}"/>'
    )
