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
    """Some points of each class, as circles and diamonds."""
    data = settings.sample()
    if len(data.y) == 0:
        return ""
    low, high = data.x.min(0).values, data.x.max(0).values
    size = torch.tensor([_WIDTH, _HEIGHT])
    scale = ((size - 3 * _RADIUS) / (high - low)).min()
    places = size / 2 + scale * (data.x - (low + high) / 2) * torch.tensor([1.0, -1.0])  # (n, 2)
    marks = []
    for label, colour in enumerate((palette.CLASS_0, palette.CLASS_1)):
        of_class = places[data.y == label]
        for x, y in of_class[:: max(1, len(of_class) // _MOST)].tolist():
            turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if label else ""
            r = _RADIUS
            marks.append(
                f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}" '
                f'rx="{0 if label else r}" fill="{colour}"{turn}/>'
            )
    return "".join(marks)
