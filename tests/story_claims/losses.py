"""Claims of `lrcore.stories.losses`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import RunConfig, Status
from lrcore.data import Placed
from tests.story_runs import BY_NAME, Played, end_of, played


def place_on_the_diagonal(run: Played) -> float:
    w0, w1, b = run.parameters[-1]
    return float(-b / (w0 + w1))


def without_outlier(config: RunConfig) -> Played:
    return played(replace(config, data=Placed(config.data.points.rpartition(";")[0])))


def bce_stalls(run: Played) -> None:
    with np.errstate(over="ignore"):
        p = 1 / (1 + np.exp(-run.logits[0].astype(np.float32)))  # as exact as the model's own
    wrong = (p > 0.5) != run.y
    assert ((p == 1) | (p < 1e-12))[wrong].mean() > 0.5
    assert run.status is Status.EXHAUSTED
    assert run.accuracy[-1] < run.accuracy[0] + 0.05
    assert run.loss[-1] > 0.9 * run.loss[0]


def bce_logits_arrives(run: Played) -> None:
    assert np.array_equal(run.parameters[0], end_of("bce-stalls").parameters[0])
    assert run.status is Status.REACHED
    assert run.accuracy[-1] > 0.99
    turned = run.parameters[-1, :2] @ run.parameters[0, :2]
    assert turned < 0


def mse_slow(run: Played) -> None:
    assert run.status is Status.REACHED
    waited = np.flatnonzero(run.loss < 0.75 * run.loss[0])[0]
    other = end_of("mse-compared").loss
    assert waited > 300 > 10 * np.flatnonzero(other < 0.75 * other[0])[0]


def mse_compared(run: Played) -> None:
    slow = end_of("mse-slow")
    assert np.array_equal(run.parameters[0], slow.parameters[0])
    assert run.status is Status.REACHED
    assert run.iterations < slow.iterations / 2


def one_lowest_point(run: Played) -> None:
    config = BY_NAME["one-lowest-point"].config
    for weights in ((0.0, 0.0, 0.0), (5.0, -5.0, 3.0), (-8.0, 8.0, -5.0)):
        other = played(replace(config, initial_weights=weights))
        assert other.loss[-1] == pytest.approx(run.loss[-1], abs=5e-7)
        assert other.parameters[-1] == pytest.approx(run.parameters[-1], abs=1e-3)


def outlier_bce(run: Played) -> None:
    clean = without_outlier(BY_NAME["outlier-bce"].config)
    assert run.y[-1] == 1
    assert (run.x[-1] > run.x[run.y == 0].max(0)).all()
    assert place_on_the_diagonal(clean) == pytest.approx(0, abs=0.1)
    assert place_on_the_diagonal(run) > 1.4


def outlier_mse(run: Played) -> None:
    bce = BY_NAME["outlier-bce"].config
    assert BY_NAME["outlier-mse"].config == replace(bce, loss="mse")
    assert place_on_the_diagonal(run) == pytest.approx(0, abs=0.1)


def mse_stuck(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 1000)
    assert run.accuracy[-1] == 0.5
    p = 1 / (1 + np.exp(-run.logits[0]))
    slope = 2 * (p - run.y) * p * (1 - p)  # of mse by each logit
    assert np.abs(slope @ run.x).max() / len(run.y) < 0.01
    other = played(replace(BY_NAME["mse-stuck"].config, loss="bce_logits"))
    assert other.accuracy[-1] > 0.8


CLAIMS = (
    bce_stalls,
    bce_logits_arrives,
    mse_slow,
    mse_compared,
    one_lowest_point,
    mse_stuck,
    outlier_bce,
    outlier_mse,
)
