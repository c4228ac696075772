"""The graph of a run: its numbers are the run's, its curvature that of finite differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from lrcore import LBFGS, LOSSES, OPTIMIZERS, SGD, Adam, Blobs, Quadratic, Run, RunConfig
from lrcore.autograd.exercises.run_graph import RunGraph
from lrcore.autograd.recorder import Recording


def graph_of(config: RunConfig, iterations: int, **settings: object) -> RunGraph:
    run = Run(replace(config, target_accuracy=1.0))
    run.extend(60, iterations)
    return RunGraph(run=run, **settings)


def recorded(exercise: RunGraph) -> Recording:
    (recording,) = exercise.recordings()
    assert recording.error is None
    return recording


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_and_gradients_are_those_of_the_run(loss: str) -> None:
    exercise = graph_of(RunConfig(loss=loss, optimizer=SGD(momentum=0.0)), 20, iter=19)
    recording = recorded(exercise)
    before, after = exercise.run.step(19), exercise.run.step(20)
    assert recording.names["loss"].item() == pytest.approx(before.loss, rel=1e-5)
    moved = (np.array(before.weights) - np.array(after.weights)) / 0.01
    assert recording.names["w"].grad[0].tolist() == pytest.approx(moved, rel=1e-3, abs=1e-5)
    assert ("p" in recording.names) == (loss != "bce_logits")
    # The code retains no gradient of what lies between.
    kept = {name for name, t in recording.names.items() if t.is_leaf or t.retains_grad}
    assert kept == {"x", "y", "w", "b"}


@pytest.mark.parametrize("l1", [0.0, 0.02])
def test_penalties_are_part_of_what_is_differentiated(l1: float) -> None:
    config = RunConfig(l2=0.3, l1=l1, optimizer=SGD(momentum=0.0))
    exercise = graph_of(config, 20, iter=19)
    before, after = exercise.run.step(19), exercise.run.step(20)
    moved = (np.array(before.weights) - np.array(after.weights)) / 0.01
    grad = recorded(exercise).names["w"].grad[0].tolist()
    assert grad == pytest.approx(moved, rel=1e-3, abs=1e-5)


def test_a_whole_batch_of_thousands_has_all_points() -> None:
    exercise = graph_of(RunConfig(data=Blobs(samples_per_class=1000, mean=0.8)), 100, iter=100)
    names = recorded(exercise).names
    assert names["x"].shape == (2000, 2)
    assert names["y"].mean() == 0.5
    assert names["loss"].item() == pytest.approx(exercise.run.step(100).loss, rel=1e-5)
    (script,) = exercise.scripts()
    assert max(map(len, script.lines)) < 90
    assert len(script.folded) < 20


def slope(design: np.ndarray, y: np.ndarray, at: np.ndarray, loss: str) -> np.ndarray:
    p = 1 / (1 + np.exp(-design @ at))
    factor = 2 * p * (1 - p) if loss == "mse" else 1
    return design.T @ (factor * (p - y)) / len(y)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch", [True, False])
def test_the_curvature_is_that_of_finite_differences(loss: str, batch: bool) -> None:
    config = RunConfig(loss=loss, l2=0.2, data=Blobs(mean=0.8, samples_per_class=30))
    exercise = graph_of(config, 30, iter=30, batch=batch, point=7)
    x, y = (part.double().numpy() for part in exercise.data)
    design = np.column_stack([x, np.ones(len(x))])
    at = np.array([*exercise.step.weights, exercise.step.bias])
    steps = 1e-6 * np.eye(3)
    hessian = np.array(
        [
            (slope(design, y[:, 0], at + s, loss) - slope(design, y[:, 0], at - s, loss)) / 2e-6
            for s in steps
        ]
    ) + np.diag([0.2, 0.2, 0.0])
    found = exercise.curvature().eigenvalues.numpy()
    assert found == pytest.approx(np.linalg.eigvalsh(hessian), rel=1e-4, abs=1e-8)


def test_a_confident_point_has_no_false_curvature() -> None:
    """Torch's second derivative of BCE is wrong where a probability rounds to 1."""
    config = RunConfig(loss="bce", initial_weights=(60.0, 60.0, 0.0))
    exercise = graph_of(config, 1, iter=0, batch=False)
    assert exercise.curvature().eigenvalues.abs().max() < 1e-6


def test_rounding_is_not_shown_as_curvature() -> None:
    [remark] = (one := graph_of(RunConfig(), 5, iter=0, batch=False)).remarks(one.recordings())
    assert "**0, 0, " in remark


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(momentum=0.0),
        SGD(momentum=0.9),
        SGD(momentum=0.9, nesterov=True),
        SGD(momentum=0.9, weight_decay=0.1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("l2", [0.0, 0.1, 1.0])
def test_sgd_settles_just_below_the_limit_and_not_just_above(optimizer: SGD, l2: float) -> None:
    """From a point beside the minimum, a rate of 0.97 of the limit leads back, 1.03 leads away."""
    config = RunConfig(data=Blobs(mean=0.8), l2=l2, optimizer=optimizer, target_accuracy=1.0)
    fast = SGD(lr=0.2, momentum=0.9, weight_decay=optimizer.weight_decay)
    settled = Run(replace(config, optimizer=fast, max_iterations=3000))
    settled.extend(60)
    end = settled.step(3000)
    limit = RunGraph(run=settled, iter=3000).curvature().stable_rate(optimizer)
    assert limit is not None
    away = {}
    for factor in (0.97, 1.03):
        beside = (*end.weights, end.bias + 1e-3)
        run = Run(
            replace(
                config,
                optimizer=replace(optimizer, lr=min(10.0, factor * limit)),
                initial_weights=beside,
            )
        )
        run.extend(60, 400)
        columns = run.columns(300)
        found = np.column_stack([columns.weights, columns.bias])
        away[factor] = np.abs(found - [*end.weights, end.bias]).max()
    assert away[0.97] < 1e-3
    if limit * 1.03 < 10:
        assert away[1.03] > 1e-2


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_largest_rate_is_named_where_it_applies(name: str) -> None:
    exercise = graph_of(RunConfig(optimizer=OPTIMIZERS[name]()), 5, iter=3)
    said = "\n".join(exercise.remarks(exercise.recordings()))
    assert ("settles along the steepest direction" in said) == (name == "SGD")
    assert ("does not apply" in said) == (name != "SGD")


def test_the_sentence_has_momentum_and_the_rate_in_use() -> None:
    run = Run(RunConfig(target_accuracy=1.0))
    run.extend(60, 100)
    run.branch(100, loss="mse", optimizer=SGD(lr=0.5, momentum=0.0))
    run.extend(60, 10)
    before, after = RunGraph(run=run, iter=20), RunGraph(run=run, iter=105)
    first, second = ("\n".join(one.remarks(one.recordings())) for one in (before, after))
    assert "SGD with momentum 0.9 settles" in first
    assert "in use: 0.01." in first
    assert "SGD settles" in second
    assert "in use: 0.5." in second
    assert "F.mse_loss(p, y)" in "\n".join(after.scripts()[0].lines)


@pytest.mark.parametrize("config", [RunConfig(zero_grad=False), RunConfig(optimizer=LBFGS())])
def test_where_gradients_add_up_or_steps_have_other_rules_no_rate_is_given(
    config: RunConfig,
) -> None:
    exercise = graph_of(config, 5, iter=3)
    said = "\n".join(exercise.remarks(exercise.recordings()))
    assert "does not apply" in said
    assert "settles" not in said


def test_many_features_leave_the_code_short() -> None:
    exercise = graph_of(RunConfig(features=Quadratic(), optimizer=Adam()), 5, iter=3)
    (script,) = exercise.scripts()
    assert "w = torch.tensor(weights, requires_grad=True)" in script.lines
    assert recorded(exercise).names["w"].shape == (1, 5)
    assert torch.equal(recorded(exercise).names["x"], exercise.data[0])
