"""What accuracy a run can hope for at all."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.config import TEST
from lrcore.features import Linear
from lrcore.theory import MOST_POINTS_SWEPT, BestLine, bayes_accuracy, best_line, linearly_separable
from lrcore.training import Run


@dataclass(frozen=True)
class Reach:
    """Limits of a run.

    Args:
        bayes: accuracy of the Bayes classifier on what the points are drawn from; None: unknown.
        line: the best straight line on the points that the target is asked of; None: not computed,
            because the boundary is a curve or there are more than `MOST_POINTS_SWEPT` points.
        separable: whether a straight line parts the training points of the two classes.
    """

    bayes: float | None
    line: BestLine | None
    separable: bool


def reach(run: Run) -> Reach:
    """Compute the limits of a run; takes up to about a second."""
    config, x, y = run.config, run.data.x, run.data.y
    trained = ~run.is_test
    asked = run.is_test if config.target_on == TEST else trained
    population = config.data.population()
    swept = isinstance(config.features, Linear) and int(asked.sum()) <= MOST_POINTS_SWEPT
    return Reach(
        None if population is None else bayes_accuracy(population),
        best_line(x[asked], y[asked]) if swept else None,
        linearly_separable(x[trained], y[trained]),
    )
