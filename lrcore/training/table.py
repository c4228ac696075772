"""The record of a run as a table of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from lrcore.data import Dataset
from lrcore.training.config import Segment, weight_names
from lrcore.training.history import Columns


def csv_of(columns: Columns, segments: Sequence[Segment]) -> str:
    """One row a moment, below comments (#) that say the settings.

    Numbers have nine digits, which is all that a float32 holds. The last column is the number of
    the settings in force.
    """
    return "\n".join([*_head(segments), *_rows(columns, segments), ""])


def points_csv(data: Dataset) -> str:
    """The points, one a row: x0, x1, class."""
    rows = torch.cat([data.x, data.y[:, None]], 1).tolist()
    lines = (f"{x0:.9g},{x1:.9g},{label:.0f}" for x0, x1, label in rows)
    return "\n".join(["x0,x1,class", *lines, ""])


def _head(segments: Sequence[Segment]) -> Iterator[str]:
    for number, (start, config) in enumerate((one.start, one.config) for one in segments):
        settings = " ".join(repr(config).split())
        yield f"# setting {number}, from iteration {start}: {settings}"
    names = weight_names(segments[0].config.features)
    has_test = segments[0].config.test_share > 0
    test = ("test_loss", "test_accuracy") if has_test else ()
    yield ",".join(("iteration", *names, "loss", "accuracy", *test, "setting"))


def _rows(columns: Columns, segments: Sequence[Segment]) -> Iterator[str]:
    starts = np.array([one.start for one in segments])
    settings = np.searchsorted(starts, columns.iteration, side="right") - 1
    numbers = _exact(columns)
    form = ",".join(["%d", *["%.9g"] * numbers.shape[1], "%d"])
    for iteration, row, setting in zip(
        columns.iteration.tolist(), numbers.tolist(), settings.tolist(), strict=True
    ):
        yield form % (iteration, *row, setting)


def _exact(columns: Columns) -> np.ndarray:
    """Weights, ..., test_accuracy by row, (k, m) float64."""
    found = [column for column in columns[1:] if column is not None]
    return np.column_stack([column.astype(np.float64) for column in found])
