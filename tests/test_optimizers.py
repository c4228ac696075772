"""Every optimiser against torch's own, used by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch

from lrcore import LBFGS, OPTIMIZERS, SGD, Blobs, Cubic, Quadratic, Radial, RunConfig
from lrcore.features import FeatureMap
from lrcore.model import LOSSES
from lrcore.optim import OptimizerSettings, RMSprop
from lrcore.settings import Setting, described
from tests import by_hand
from tests.by_hand import assert_as_by_hand, changed, rows, run_to

# Clouds that overlap: no weights grow without end, and no loss comes near 0.
CONFIG = RunConfig(
    data=Blobs(samples_per_class=20, mean=0.7),
    target_accuracy=1.0,
    max_iterations=100_000,
    batch_size=13,  # does not divide 40
)
BATCHES = {"mini_batches": True, "shuffle_seed": 5}
PENALTIES = {"l1": 0.02, "l2": 0.1}
WITH_AND_WITHOUT = ({}, BATCHES, PENALTIES, {**BATCHES, **PENALTIES})
# One of each kind, and back to the first.
KINDS = tuple({type(optimizer): optimizer for optimizer in by_hand.OPTIMIZERS}.values())
RING = (*KINDS, KINDS[0])

every_optimizer = pytest.mark.parametrize("optimizer", by_hand.OPTIMIZERS, ids=repr)


def test_every_optimizer_is_tested() -> None:
    assert {type(optimizer) for optimizer in by_hand.OPTIMIZERS} == set(OPTIMIZERS.values())


# Each optimiser meets each loss, and batches and penalties both with and without.
@pytest.mark.parametrize(
    ("optimizer", "loss", "more"),
    [
        pytest.param(optimizer, loss, WITH_AND_WITHOUT[(k + m) % 4], id=f"{optimizer} {loss}")
        for k, optimizer in enumerate(by_hand.OPTIMIZERS)
        for m, loss in enumerate(LOSSES)
    ],
)
def test_steps_are_those_of_torch(
    optimizer: OptimizerSettings, loss: str, more: dict[str, object]
) -> None:
    config = replace(CONFIG, optimizer=optimizer, features=Quadratic(), loss=loss, **more)
    assert_as_by_hand(run_to(config, 12), [(0, config)])


@pytest.mark.parametrize(
    "optimizer", [one for one in by_hand.OPTIMIZERS if not isinstance(one, LBFGS)], ids=repr
)
@pytest.mark.parametrize("features", [Cubic(), Radial(per_side=4)], ids=lambda map_: map_.title)
def test_steps_with_many_features_are_those_of_torch(
    optimizer: OptimizerSettings, features: FeatureMap
) -> None:
    changes = {"standardise": True, "test_share": 0.25, "split_seed": 2, "init_seed": 9}
    config = replace(CONFIG, optimizer=optimizer, features=features, **changes)
    assert_as_by_hand(run_to(config, 12), [(0, config)])


@every_optimizer
def test_steps_with_gradients_that_add_up_are_those_of_torch(optimizer: OptimizerSettings) -> None:
    config = replace(CONFIG, optimizer=optimizer, zero_grad=False)
    assert_as_by_hand(run_to(config, 8), [(0, config)])


def other_value(spec: Setting, value: bool | float) -> bool | float:
    if spec.kind is bool:
        return not value
    return value + 2 if spec.kind is int else (value or 0.5) / 2


@cache
def unchanged(config: RunConfig) -> np.ndarray:
    return rows(run_to(config, 14).columns())


@pytest.mark.parametrize(
    ("optimizer", "name", "spec"),
    [
        pytest.param(optimizer, name, spec, id=f"{name} of {optimizer}")
        for optimizer in by_hand.OPTIMIZERS
        for name, spec in described(type(optimizer))
    ],
)
def test_every_setting_can_change_in_mid_run(
    optimizer: OptimizerSettings, name: str, spec: Setting
) -> None:
    before = replace(CONFIG, optimizer=optimizer, mini_batches=True)
    if name == "nesterov":
        optimizer = replace(optimizer, momentum=0.5)
    values = {name: other_value(spec, getattr(optimizer, name))}
    after = replace(before, optimizer=replace(optimizer, **values))
    run = run_to(before, 15)
    segments = [(0, before), changed(run, 7, after)]
    run.extend(seconds=60, iterations=7)
    assert_as_by_hand(run, segments)
    # Once more from a snapshot that already has the new value.
    expected = rows(run.columns())
    run.branch(9)
    run.extend(seconds=60, iterations=5)
    assert np.array_equal(rows(run.columns()), expected)
    assert not np.allclose(expected[9:, :3], unchanged(before)[9:, :3], rtol=1e-5, atol=0)


@pytest.mark.parametrize(
    ("before", "after"),
    [*pairwise(RING), *pairwise(RING[::-1])],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_new_optimizer_takes_the_weights_and_starts_fresh(
    before: OptimizerSettings, after: OptimizerSettings
) -> None:
    first = replace(CONFIG, optimizer=before)
    run = run_to(first, 20)
    weights = rows(run.columns())[9, :3]
    segments = [(0, first), changed(run, 9, replace(first, optimizer=after))]
    assert np.array_equal(rows(run.columns())[9, :3], weights)
    run.extend(seconds=60, iterations=8)
    assert_as_by_hand(run, segments)
    fresh = run_to(replace(first, optimizer=after, initial_weights=tuple(weights.tolist())), 8)
    assert np.array_equal(rows(run.columns())[9:], rows(fresh.columns()))


def test_momentum_of_rmsprop_that_comes_later_starts_from_nothing() -> None:
    """The formulas of `torch.optim.RMSprop`'s documentation, in numpy."""
    config = replace(CONFIG, loss="mse", optimizer=RMSprop(lr=0.02, alpha=0.9))
    run = run_to(config, 6)
    run.branch(5, optimizer=RMSprop(lr=0.02, alpha=0.9, momentum=0.6))
    run.extend(seconds=60, iterations=10)
    x, y = (part.numpy() for part in by_hand.training_sample(config))
    design = np.column_stack([x, np.ones(len(y))])  # (n, 3)
    found = rows(run.columns())
    theta, mean_square, buffer = found[0, :3].astype(np.float64), np.zeros(3), np.zeros(3)
    for iteration, row in enumerate(found):
        np.testing.assert_allclose(row[:3], theta, atol=1e-5)
        p = 1 / (1 + np.exp(-design @ theta))
        gradient = design.T @ (2 * (p - y) * p * (1 - p)) / len(y)
        mean_square = 0.9 * mean_square + 0.1 * gradient**2
        buffer = (0.6 if iteration >= 5 else 0) * buffer + gradient / (np.sqrt(mean_square) + 1e-8)
        theta = theta - 0.02 * buffer
        if iteration < 5:
            buffer = np.zeros(3)


@pytest.mark.parametrize("loss", ["bce_logits", "mse"])
def test_line_search_comes_down_to_the_minimum(loss: str) -> None:
    config = replace(CONFIG, data=Blobs(samples_per_class=50, mean=0.6), loss=loss)
    slow = run_to(replace(config, optimizer=SGD(lr=1.0)), 3000).step(3000)
    for lr in (0.1, 1.0, 5.0):
        found = rows(run_to(replace(config, optimizer=LBFGS(lr=lr)), 40).columns())[:, 3]
        # Strong Wolfe steps go down; the least loss of float32 may waver in its last bits.
        assert (np.diff(found) <= 1e-6).all(), lr
        assert found[-1] == pytest.approx(slow.loss, abs=1e-6), lr


@pytest.mark.parametrize("kind", [SGD, RMSprop])
def test_momentum_off_and_on_again_does_not_bring_the_old_velocity_back(
    kind: type[SGD] | type[RMSprop],
) -> None:
    with_momentum, without = kind(lr=0.05, momentum=0.9), kind(lr=0.05, momentum=0.0)
    run = run_to(replace(CONFIG, optimizer=with_momentum), 5)
    run.branch(5, optimizer=without)
    run.extend(seconds=60, iterations=35)
    run.branch(40, optimizer=with_momentum)
    run.extend(seconds=60, iterations=1)
    parameters = rows(run.columns())[:, :3]
    step = np.abs(parameters[41] - parameters[40]).max()
    before = np.abs(parameters[40] - parameters[39]).max()
    assert step == pytest.approx(before, rel=0.2)

    # What torch does by itself: it keeps the buffer, and the next step is that of iteration 5.
    theirs = torch.nn.Parameter(torch.zeros(3))
    optimizer = with_momentum.build([theirs])
    for momentum, gradient in ((0.9, 1.0), (0.0, 1e-6), (0.9, 1e-6)):
        optimizer.param_groups[0]["momentum"] = momentum
        at, theirs.grad = theirs.detach().clone(), torch.full((3,), gradient)
        optimizer.step()
    assert (theirs.detach() - at).abs().max() > 0.04
    # And what it does once our settings have been applied in between.
    ours = torch.nn.Parameter(torch.zeros(3))
    optimizer = with_momentum.build([ours])
    for settings, gradient in ((with_momentum, 1.0), (without, 1e-6), (with_momentum, 1e-6)):
        settings.apply_to(optimizer)
        at, ours.grad = ours.detach().clone(), torch.full((3,), gradient)
        optimizer.step()
    assert (ours.detach() - at).abs().max() < 1e-5
