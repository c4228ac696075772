"""Claims of `lrcore.stories.steps`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import RunConfig, Status
from tests.story_runs import BY_NAME, Played, end_of, played


def looked_at_every_20(config: RunConfig) -> int:
    """Where a script stops that looks at its accuracy every 20 iterations only."""
    accuracy = played(replace(config, target_accuracy=1.0)).accuracy
    return next(k for k in range(0, len(accuracy), 20) if accuracy[k] > config.target_accuracy)


def largest_stable_rate(run: Played, l2: float) -> float:
    """2 / λ, where λ is the largest curvature of loss and penalty at the last moment."""
    design = np.column_stack([run.x, np.ones(len(run.y))])
    p = 1 / (1 + np.exp(-run.logits[-1]))
    hessian = design.T @ (design * (p * (1 - p))[:, None]) / len(run.y)
    return float(2 / np.linalg.eigvalsh(hessian + np.diag([l2, l2, 0])).max())


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


def adam_default(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 1000)
    assert run.strides() == pytest.approx(0.001, rel=0.15)
    assert run.accuracy[-1] < 0.05


def adam_faster(run: Played) -> None:
    slow = end_of("adam-default")
    assert np.array_equal(run.parameters[0], slow.parameters[0])
    configs = [BY_NAME[name].config for name in ("adam-faster", "adam-default")]
    assert configs[0].optimizer.lr == pytest.approx(10 * configs[1].optimizer.lr)
    assert run.status is Status.REACHED
    assert run.iterations < 400


def sgd_compared(run: Played) -> None:
    assert np.array_equal(run.parameters[0], end_of("adam-default").parameters[0])
    assert run.status is Status.REACHED
    strides = run.strides()
    assert strides[:20].max() > 5 * strides[0]  # they add up
    assert strides[:100].max() > 20 * strides[-100:].max()


def one_point_a_step(run: Played) -> None:
    config = BY_NAME["one-point-a-step"].config
    sizes = [played(replace(config, batch_size=size)).rises() for size in (1, 5, 20)]
    assert played(replace(config, mini_batches=False)).rises() == 0
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == run.rises() > 0.3
    assert run.loss[-1] < 0.5 * run.loss[0]


CLAIMS = (
    script_as_printed,
    course_run,
    zero_grad_forgotten,
    rate_too_small,
    rate_right,
    rate_too_large,
    rate_below_limit,
    rate_above_limit,
    momentum_none,
    momentum_overshoots,
    adam_default,
    adam_faster,
    sgd_compared,
    one_point_a_step,
)
