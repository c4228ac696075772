"""Promises of the settings of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import SGD, Blobs, Iris, Quadratic, Run, RunConfig, Status
from tests.promises.table import OVERLAPPING, falls, promised_by
from tests.story_runs import played


@promised_by("RunConfig.standardise")
def standardised_takes_far_fewer_iterations(_: type) -> None:
    """In 10 of these 12 at least; there are samples that pass a target early by luck."""
    configs = [RunConfig(data=Iris(), target_accuracy=0.93, max_iterations=5000)]
    configs += [
        RunConfig(data=Blobs(bias=bias, seed=seed, mean=2.0), max_iterations=5000)
        for bias in (2.0, 4.0)
        for seed in range(6)
    ]
    pairs = [
        [played(replace(config, standardise=on)).iterations for on in (True, False)]
        for config in configs
    ]
    assert pairs[0][0] < pairs[0][1] / 10
    assert sum(on < off / 2 for on, off in pairs) >= 10, pairs


@promised_by("RunConfig.split_seed")
def accuracy_depends_on_the_split(_: type) -> None:
    ends = []
    for seed in range(8):
        run = Run(replace(OVERLAPPING, test_share=0.25, split_seed=seed, max_iterations=400))
        run.extend(60)
        ends.append(run.step(400).test_accuracy)
    assert np.ptp(ends) > 0.05


@promised_by("RunConfig.l2")
def weights_stay_small_and_b_goes_free(_: type) -> None:
    config = replace(OVERLAPPING, optimizer=SGD(lr=0.1), max_iterations=2000)
    runs = [played(replace(config, l2=l2)) for l2 in (0.0, 0.1, 0.5)]
    assert falls([run.size[-1] for run in runs])
    # The loss shown leaves the penalty out, and so it is higher than at its own minimum.
    assert falls([-run.loss[-1] for run in runs])
    held = replace(config, l2=0.5, data=Blobs(mean=0.0, imbalance=10.0))
    w, b = played(held).parameters[-1, :2], played(held).parameters[-1, 2]
    assert np.abs(w).max() < 0.1
    assert b == pytest.approx(np.log(0.1), abs=0.3)  # what the shares alone say


@promised_by("RunConfig.l1")
def weights_that_are_not_needed_tremble_near_0(_: type) -> None:
    config = replace(
        OVERLAPPING, features=Quadratic(), standardise=True, optimizer=SGD(lr=0.1, momentum=0.0)
    )
    free, held = (np.abs(played(replace(config, l1=l1)).parameters[-200:]) for l1 in (0.0, 0.05))
    assert free[-1, 2:5].min() > 0.05
    assert held[:, 2:5].max() < 0.02
    assert (held[:, 2:5] > 0).all()


@promised_by("RunConfig.init_seed")
def other_starts_come_to_the_same_end(_: type) -> None:
    for loss in ("bce", "bce_logits"):
        config = replace(OVERLAPPING, loss=loss, optimizer=SGD(lr=0.2), max_iterations=3000)
        runs = [played(replace(config, init_seed=seed)) for seed in range(4)]
        starts, ends = (np.array([run.parameters[at] for run in runs]) for at in (0, -1))
        assert np.ptp(starts, axis=0).max() > 0.5
        assert np.ptp(ends, axis=0).max() < 2e-3


@promised_by("RunConfig.zero_grad")
def boundary_races_past_its_place(_: type) -> None:
    kept, added = (played(replace(OVERLAPPING, zero_grad=on)) for on in (True, False))
    assert added.crossings() > 5 * max(1, kept.crossings())
    sooner = 0
    for seed in range(8):
        runs = [played(RunConfig(data=Blobs(seed=seed), zero_grad=on)) for on in (True, False)]
        ends = [run.iterations if run.status is Status.REACHED else 10_000 for run in runs]
        sooner += ends[1] < ends[0]
    assert sooner >= 3


@promised_by("RunConfig.mini_batches")
def loss_of_all_points_jitters(_: type) -> None:
    for momentum in (0.0, 0.9):
        optimizer = SGD(lr=0.1, momentum=momentum)
        config = replace(OVERLAPPING, optimizer=optimizer)
        batches, all_at_once = (
            np.diff(played(replace(config, mini_batches=on)).loss[200:]) for on in (True, False)
        )
        assert (batches > 1e-6).mean() > 0.1
        assert all_at_once.max() < 1e-6


@promised_by("RunConfig.batch_size")
def fewer_points_jitter_more(_: type) -> None:
    optimizer = SGD(lr=0.1, momentum=0.0)
    config = replace(OVERLAPPING, optimizer=optimizer, mini_batches=True)
    assert falls([played(replace(config, batch_size=size)).rises() for size in (1, 5, 20, 100)])
