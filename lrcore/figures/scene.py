"""What the player draws on: points, axes and the feature values on a grid, all as arrays."""

from __future__ import annotations

from typing import NamedTuple

import torch

from lrcore.data import COURSE_FRAME, Dataset

MOST_POINTS_DRAWN = 3000
_SAMPLE_SIZE = 2000
GRID_SIZE = 51


class View(NamedTuple):
    """A rectangle of the plane."""

    x0: float
    x1: float
    y0: float
    y1: float


def view_of(data: Dataset) -> View:
    """The data set's own frame if all points lie inside, else a margin of 5 % around all points.

    Data with a frame has the same unit on both axes: its view is a square.

    Args:
        data: x (n, 2); n may be 0.
    """
    frame = View(*(data.frame or COURSE_FRAME))
    if len(data.y) == 0:
        return _squared(frame)
    low, high = data.x.min(0).values, data.x.max(0).values
    inside = (low[0] >= frame.x0 and high[0] <= frame.x1) and (
        low[1] >= frame.y0 and high[1] <= frame.y1
    )
    if data.frame is not None and inside:
        return _squared(frame)
    margin = 0.05 * (high - low).clamp(min=1e-3)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return View(x0, x1, y0, y1) if data.frame is None else _squared(View(x0, x1, y0, y1))


def _squared(view: View) -> View:
    """The smallest square around a view, about the same middle."""
    width, height = view.x1 - view.x0, view.y1 - view.y0
    across, up = max(0.0, height - width) / 2, max(0.0, width - height) / 2
    return View(view.x0 - across, view.x1 + across, view.y0 - up, view.y1 + up)


def drawn_points(y: torch.Tensor) -> torch.Tensor:
    """Indices of all points, or of a large data set every k-th of each class, 1,000 a class."""
    if len(y) <= MOST_POINTS_DRAWN:
        return torch.arange(len(y))
    chosen = []
    for label in (0, 1):
        members = (y == label).nonzero().squeeze(1)
        count = min(len(members), _SAMPLE_SIZE // 2)
        chosen.append(members[torch.linspace(0, len(members) - 1, count).long()])
    return torch.cat(chosen)


def grid_points(view: View) -> torch.Tensor:
    """The corners of a square grid over `view`, row by row from below, (GRID_SIZE**2, 2)."""
    ys, xs = torch.meshgrid(
        torch.linspace(view.y0, view.y1, GRID_SIZE),
        torch.linspace(view.x0, view.x1, GRID_SIZE),
        indexing="ij",
    )
    return torch.stack([xs.flatten(), ys.flatten()], 1)


def logit(probability: float) -> float:
    """ln(p / (1 - p)): the logit at which the model gives this probability."""
    return torch.logit(torch.tensor(probability, dtype=torch.float64)).item()


def shading() -> tuple[float, list[float]]:
    """How strongly to tint the plane: |2 p - 1| for 65 logits from 0 to the first number."""
    limit = 6.0
    p = torch.sigmoid(torch.linspace(0, limit, 65, dtype=torch.float64))
    return limit, (2 * p - 1).tolist()
