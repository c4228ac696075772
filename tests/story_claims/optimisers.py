"""Claims of `lrcore.stories.optimisers`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import Status
from tests.story_runs import BY_NAME, Played, end_of, played


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


def adagrad_slows(run: Played) -> None:
    lengths = np.linalg.norm(np.diff(run.parameters, axis=0), axis=1)
    # By its rule, with the gradients of the run taken by hand; float32 rounds a short step.
    p = 1 / (1 + np.exp(-run.logits[:-1]))
    design = np.column_stack([run.x, np.ones(len(run.y))])
    gradients = (p - run.y) @ design / len(run.y)
    steps = 0.01 * gradients / np.sqrt((gradients**2).cumsum(0))
    assert lengths == pytest.approx(np.linalg.norm(steps, axis=1), abs=1e-5)
    assert (np.diff(np.linalg.norm(steps, axis=1)) < 0).all()
    assert (run.iterations, run.status) == (1000, Status.EXHAUSTED)
    assert run.accuracy[-1] < 0.1


def rmsprop_sign(run: Played) -> None:
    assert np.abs(np.diff(run.parameters, axis=0)) == pytest.approx(0.01, abs=1e-4)


def lbfgs_few_steps(run: Played) -> None:
    design = np.column_stack([run.x, np.ones(len(run.y))])
    p = 1 / (1 + np.exp(-run.logits[-1]))
    assert (
        np.abs(design.T @ (p - run.y)).max() / len(run.y) < 1e-4
    )  # a lowest point, as bce has one
    assert run.loss[8] - run.loss[-1] < 1e-4 < run.loss[7] - run.loss[-1]


def batches_of_twenty(run: Played) -> None:
    few = BY_NAME["one-point-a-step"].config
    assert BY_NAME["batches-of-twenty"].config == replace(few, batch_size=20)
    assert 0 < run.rises() < 0.05 < played(few).rises()


CLAIMS = (
    adam_default,
    adam_faster,
    sgd_compared,
    adagrad_slows,
    rmsprop_sign,
    lbfgs_few_steps,
    one_point_a_step,
    batches_of_twenty,
)
