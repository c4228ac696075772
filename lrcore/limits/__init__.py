"""Limits of a run: what accuracy is possible at all."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from lrcore.features import Linear
from lrcore.limits.bayes import bayes_accuracy
from lrcore.limits.best_line import MOST_POINTS_SWEPT, BestLine, best_line
from lrcore.limits.feature_space import MOST_POINTS_DECIDED, evenly, separable
from lrcore.limits.separability import linearly_separable
from lrcore.training import TEST, Run

__all__ = [
    "MOST_POINTS_DECIDED",
    "MOST_POINTS_SWEPT",
    "BestLine",
    "Limits",
    "bayes_accuracy",
    "best_line",
    "evenly",
    "limits_of",
    "linearly_separable",
    "separable",
]


@dataclass(frozen=True)
class Limits:
    """What accuracy is possible, and whether the model can separate the classes.

    Args:
        bayes: accuracy of the Bayes classifier on what the points are drawn from; None: unknown.
        line: the best straight line on the points that the target is measured on; None: not
            computed, because the boundary bends or there are more than `MOST_POINTS_SWEPT` points.
        separable: whether some weights get all training points right; None: not decided, because
            the boundary bends and there are more than `MOST_POINTS_DECIDED` points, or it is close.
    """

    bayes: float | None
    line: BestLine | None
    separable: bool | None


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
        _is_separable(run, trained),
    )


def _is_separable(run: Run, trained: Tensor) -> bool | None:
    x, y = run.data.x[trained], run.data.y[trained]
    if isinstance(run.config.features, Linear):
        return linearly_separable(x, y)  # exact, also where the coordinates are standardised
    chosen = evenly(y, MOST_POINTS_DECIDED)
    found = separable(run.basis(x[chosen]), y[chosen])
    # What separates only some of the points proves nothing; what fails on some fails on all.
    return None if found and len(chosen) < len(y) else found
