"""What a run is drawn on, as the player gets it once a run."""

from __future__ import annotations

import numpy as np

from lrcore import palette
from lrcore.data import Placed
from lrcore.figures.learning_curves import curves_with_curtains
from lrcore.figures.plane import LINES, scatter
from lrcore.figures.scene import (
    GRID_SIZE,
    View,
    drawn_points,
    grid_points,
    logit,
    shading,
    view_of,
)
from lrcore.optim import OPTIMIZERS
from lrcore.training import Run
from lrcore.ui.player.protocol import Grid, Scene, Shading, to_base64


def packed_rows(run: Run, first: int, until: int) -> str:
    """The recorded moments `first` to `until - 1` as a player reads them."""
    columns = run.columns(first, until)
    return to_base64(np.column_stack([columns.table(), run.effort(first, until)]))


def grid_over(run: Run, view: View) -> Grid:
    """The features of a run on a grid over a rectangle of the plane."""
    return Grid(tuple(view), GRID_SIZE, to_base64(run.basis(grid_points(view)).numpy()))


def scene_of(run: Run) -> Scene:
    """Figures, points and features of a run."""
    view = view_of(run.data)
    index = drawn_points(run.data.y)
    drawn = run.data.take(index)
    is_test = run.is_test[index]
    total = len(run.data.y)
    any_test = bool(run.is_test.any())
    return Scene(
        scatter=scatter(drawn, is_test, view),
        curves=curves_with_curtains(run.config.target_accuracy, test=any_test),
        points=to_base64(drawn.x.numpy()),
        features=to_base64(run.basis(drawn.x).numpy()),
        labels=drawn.y.int().tolist(),
        tests=is_test.tolist(),
        terms=list(run.basis.names),
        optimizers=list(OPTIMIZERS.titles().values()),
        columns=["loss", "accuracy", *(["test_loss", "test_accuracy"] if any_test else [])],
        classes=list(run.data.classes),
        placing=isinstance(run.config.data, Placed),
        note=f"{len(index):,} of {total:,} points are drawn" if len(index) < total else "",
        levels={name: logit(probability) for name, probability, *_ in LINES},
        shading=Shading(*shading()),
        colours=[palette.CLASS_0, palette.CLASS_1],
        grid=grid_over(run, view),
    )
