"""What a view may ask Python for: ADD A VIEW'S QUESTION HERE.

Each entry is a function of the run, the playhead and the numbers that the view sends. It gives
plain data, or None where the numbers do not fit; the browser's view reads it in `take`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from lrcore.figures.scene import GRID_SIZE, View, grid_points
from lrcore.settings import SettingsError
from lrcore.training import Run, TrainingError
from lrcore.ui.player.protocol import Grid, Numbers, Probe


def grid_over(run: Run, view: View) -> Grid:
    """The features of a run on a grid over a rectangle of the plane."""
    return Grid(tuple(view), GRID_SIZE, to_base64(run.basis(grid_points(view)).numpy()))


def to_base64(values: np.ndarray) -> str:
    """Numbers as the browser reads them: little-endian float32."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _grid(run: Run, at: int, view: Numbers) -> Grid | None:
    del at
    if len(view) != 4 or not (view[0] < view[1] and view[2] < view[3]):
        return None
    return grid_over(run, View(*view))


def _probe(run: Run, at: int, weights: Numbers) -> Probe | None:
    del at
    try:
        _, _, _, *measured = run.evaluate(weights)
    except (SettingsError, TrainingError):  # of another run, or too large: nothing to show
        return None
    return Probe(weights, tuple(value for value in measured if value is not None))


VIEWS: Mapping[str, Callable[[Run, int, Numbers], object]] = MappingProxyType(
    {"grid": _grid, "probe": _probe}
)
