"""Limits of a run: what accuracy is possible at all."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.features import Linear
from lrcore.limits.bayes import bayes_accuracy
from lrcore.limits.best_line import MOST_POINTS_SWEPT, BestLine, best_line
from lrcore.limits.separability import linearly_separable
from lrcore.training import TEST, Run

__all__ = [
    "MOST_POINTS_SWEPT",
    "BestLine",
    "Limits",
    "bayes_accuracy",
    "best_line",
    "limits_of",
    "linearly_separable",
]


@dataclass(frozen=True)
class Limits:
    """What accuracy is possible, and whether a line separates the classes.

    Args:
        bayes: accuracy of the Bayes classifier on what the points are drawn from; None: unknown.
        line: the best straight line on the points that the target is measured on; None: not
            computed, because the boundary bends or there are more than `MOST_POINTS_SWEPT` points.
        separable: whether a straight line separates the training points of the two classes.
    """

    bayes: float | None
    line: BestLine | None
    separable: bool


def limits_of(run: Run) -> Limits:
    """Compute the limits of a run; takes up to about a second."""
    config, x, y = run.config, run.data.x, run.data.y
    trained = ~run.is_test
    measured = run.is_test if config.target_on == TEST else trained
    population = config.data.population()
    swept = isinstance(config.features, Linear) and int(measured.sum()) <= MOST_POINTS_SWEPT
    return Limits(
        None if population is None else bayes_accuracy(population),
        best_line(x[measured], y[measured]) if swept else None,
        linearly_separable(x[trained], y[trained]),
    )
