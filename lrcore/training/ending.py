"""When a run ends, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from lrcore.training.config import TEST, RunConfig
from lrcore.training.history import Columns


class Status(StrEnum):
    """Whether a run can go on, and if not, why."""

    RUNNING = "running"
    REACHED = "reached"
    EXHAUSTED = "exhausted"
    DIVERGED = "diverged"


class Ending(NamedTuple):
    """Why a run ends, and how many of the moments that were looked at belong to it."""

    status: Status
    length: int


def ending_in(columns: Columns, config: RunConfig) -> Ending | None:
    """The first moment that ends the run, if there is one in `columns`.

    A run ends where a value is not finite, where accuracy passes the target, and at
    `max_iterations`. Where one moment does two of these, the first counts.
    """
    measured = columns.test_accuracy if config.target_on == TEST else columns.accuracy
    # A small share of few points can leave no test point at all.
    no_moment = np.zeros(len(columns.iteration), bool)
    reached = no_moment if measured is None else measured > config.target_accuracy
    endings = (
        (Status.DIVERGED, ~np.isfinite(columns.table()).all(1)),
        (Status.REACHED, reached),
        (Status.EXHAUSTED, columns.iteration >= config.max_iterations),
    )
    found = [Ending(status, int(ends.argmax()) + 1) for status, ends in endings if ends.any()]
    return min(found, key=lambda ending: ending.length, default=None)


def lowered(columns: Columns, config: RunConfig) -> np.ndarray:
    """What training lowers at each moment, penalties included, (k,) float64.

    Args:
        columns: the moments. config: the settings that hold there.
    """
    w, b = columns.weights.astype(np.float64), columns.bias.astype(np.float64)
    decay = getattr(config.optimizer, "weight_decay", 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        squares = np.square(w).sum(1)
        found: np.ndarray = columns.loss + config.l1 * np.abs(w).sum(1) + config.l2 / 2 * squares
        found += decay / 2 * (squares + np.square(b))
    return found


def growth_began(columns: Columns, config: RunConfig) -> int | None:
    """Where the moments of a run that has diverged began to grow; None if none is finite.

    It is the last moment of the lowest loss, penalties included: that is what training lowers, and
    from there on it was never so low again.

    Args:
        columns: the moments since the settings changed last. config: these settings.
    """
    found = lowered(columns, config)
    finite = np.flatnonzero(np.isfinite(found))
    if not len(finite):
        return None
    lowest = finite[found[finite] == found[finite].min()][-1]
    return int(columns.iteration[lowest])
