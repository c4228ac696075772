"""Claims of `lrcore.stories.rates`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import Status
from tests.story_runs import BY_NAME, Played, end_of, played


def largest_stable_rate(run: Played, l2: float) -> float:
    """2 / λ, where λ is the largest curvature of loss and penalty at the last moment."""
    design = np.column_stack([run.x, np.ones(len(run.y))])
    p = 1 / (1 + np.exp(-run.logits[-1]))
    hessian = design.T @ (design * (p * (1 - p))[:, None]) / len(run.y)
    return float(2 / np.linalg.eigvalsh(hessian + np.diag([l2, l2, 0])).max())


def rate_too_small(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 600)
    assert run.accuracy[-1] == pytest.approx(0.5, abs=0.05)
    assert run.strides().max() < 0.02 * end_of("rate-right").strides().max()


def rate_right(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.rises() == 0
    assert run.accuracy[-1] > 0.92


def rate_too_large(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    assert run.rises() == pytest.approx(0.5, abs=0.02)
    assert run.crossings() > 0.95 * run.iterations
    assert run.accuracy.max() < 0.9


def rate_below_limit(run: Played) -> None:
    config = BY_NAME["rate-below-limit"].config
    assert largest_stable_rate(run, config.l2) == pytest.approx(2.97, abs=0.005)
    assert config.optimizer.lr == 2.5
    assert run.strides()[-100:].max() < 1e-5


def rate_above_limit(run: Played) -> None:
    below, config = BY_NAME["rate-below-limit"].config, BY_NAME["rate-above-limit"].config
    assert config == replace(below, optimizer=replace(below.optimizer, lr=3.0))
    ways = np.diff(run.parameters[-100:], axis=0)
    assert ((ways[1:] * ways[:-1]).sum(1) < 0).all()  # each step goes back
    assert run.strides()[-100:].min() > 0.1


def momentum_none(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 1000)
    assert (np.diff(np.abs(run.side[500:])) < 0).all()
    assert np.abs(run.side[-1]) > 10 * np.abs(end_of("momentum-overshoots").side[-1])


def momentum_overshoots(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.iterations < 500
    swings = np.split(run.side, np.flatnonzero(np.diff(np.sign(run.side))) + 1)
    widths = [np.abs(swing).max() for swing in swings]
    assert len(swings) > 4
    assert max(widths[2:]) > 0.5
    assert widths[-1] < 0.2


def iris_raw(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.iterations == pytest.approx(1000, abs=50)
    assert (run.x.mean(0) > 1.5).all()


def iris_standardised(run: Played) -> None:
    raw = BY_NAME["iris-raw"].config
    assert BY_NAME["iris-standardised"].config == replace(raw, standardise=True)
    assert run.status is Status.REACHED
    assert run.iterations < 40


def momentum_helps(run: Played) -> None:
    without = BY_NAME["rate-above-limit"].config
    assert BY_NAME["momentum-helps"].config.optimizer == replace(without.optimizer, momentum=0.9)
    assert run.strides()[-100:].max() < 1e-5
    assert run.parameters[-1] == pytest.approx(end_of("rate-below-limit").parameters[-1], abs=1e-3)


def nesterov_calms(run: Played) -> None:
    config = BY_NAME["nesterov-calms"].config
    assert (config.optimizer.momentum, config.optimizer.nesterov) == (0.95, True)
    plain = played(replace(config, optimizer=replace(config.optimizer, nesterov=False)))
    assert (np.diff(plain.loss) > 0).sum() == 6
    assert run.rises() == 0


CLAIMS = (
    rate_too_small,
    rate_right,
    rate_too_large,
    rate_below_limit,
    rate_above_limit,
    momentum_helps,
    momentum_none,
    momentum_overshoots,
    nesterov_calms,
    iris_raw,
    iris_standardised,
)
