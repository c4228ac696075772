"""Claims of `lrcore.stories.course`."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lrcore import RunConfig, Status
from tests.story_runs import BY_NAME, Played, best_of_many_lines, played


def looked_at_every_20(config: RunConfig) -> int:
    """Where a script stops that looks at its accuracy every 20 iterations only."""
    accuracy = played(replace(config, target_accuracy=1.0)).accuracy
    return next(k for k in range(0, len(accuracy), 20) if accuracy[k] > config.target_accuracy)


def script_as_printed(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.REACHED, 165)
    assert looked_at_every_20(BY_NAME["script-as-printed"].config) == 180


def course_run(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.REACHED, 272)
    assert run.accuracy[-1] > 0.99 >= run.accuracy[:-1].max()
    assert looked_at_every_20(BY_NAME["course-run"].config) == 280  # as the README says
    script = BY_NAME["script-as-printed"].config
    assert BY_NAME["course-run"].config == replace(script, zero_grad=True)


def zero_grad_forgotten(run: Played) -> None:
    kept = played(replace(BY_NAME["zero-grad-forgotten"].config, zero_grad=True))
    assert run.crossings() >= 5 * max(1, kept.crossings())
    assert run.loss[-1] > 10 * run.loss[0] > 10 * kept.loss[-1]


def iris_setosa(run: Played) -> None:
    assert run.status is Status.REACHED
    assert (len(run.y), run.accuracy[-1]) == (100, 1)


def iris_virginica(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    best = best_of_many_lines(run)
    assert round(len(run.y) * (1 - best)) == 3
    assert 0.9 < run.accuracy[-1] <= best


def start_at_zero(run: Played) -> None:
    assert (run.parameters[0] == 0).all()
    assert run.loss[0] == pytest.approx(math.log(2))
    assert run.size[1] > 0
    assert run.status is Status.REACHED


CLAIMS = (
    script_as_printed,
    course_run,
    start_at_zero,
    zero_grad_forgotten,
    iris_setosa,
    iris_virginica,
)
