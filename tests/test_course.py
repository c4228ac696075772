"""Training against the course's loop: its recorded runs, and the loop itself on other seeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lrcore import SGD, Blobs, Run, RunConfig, Status
from tests.by_hand import one_thread

GOLDEN = json.loads((Path(__file__).parent / "data" / "course_runs.json").read_text("utf-8"))

every_recorded_run = pytest.mark.parametrize(
    "recorded",
    GOLDEN["runs"],
    ids=lambda run: f"seed {run['data_seed']} zero_grad {run['zero_grad']}",
)


def config_of(recorded: dict[str, object]) -> RunConfig:
    return RunConfig(
        data=Blobs(seed=recorded["data_seed"]),
        loss="bce",
        zero_grad=recorded["zero_grad"],
        initial_weights=recorded["initial_weights"],
    )


@every_recorded_run
def test_rows_are_those_of_the_course(recorded: dict[str, object]) -> None:
    run = Run(config_of(recorded))
    run.extend(seconds=60)
    last = 199 if recorded["zero_grad"] else 50
    rows = [row for row in recorded["rows"] if row[0] <= last]
    assert len(rows) >= 7
    for iteration, *numbers, accuracy in rows:
        step = run.step(iteration)
        assert [*step.weights, step.bias, step.loss] == pytest.approx(numbers, rel=1e-4)
        assert step.accuracy == pytest.approx(accuracy, abs=1e-9)


@pytest.mark.parametrize("loss", ["bce", "bce_logits"])
@pytest.mark.parametrize(
    "recorded",
    [run for run in GOLDEN["runs"] if run["zero_grad"]],
    ids=lambda run: f"seed {run['data_seed']}",
)
def test_accuracy_passes_the_target_when_it_did_in_the_course(
    recorded: dict[str, object], loss: str
) -> None:
    config = RunConfig(
        data=Blobs(seed=recorded["data_seed"]),
        loss=loss,
        initial_weights=recorded["initial_weights"],
    )
    run = Run(config)
    steps = list(run)
    assert run.status is Status.REACHED
    assert steps[-1].iteration == recorded["first_iteration_above_0_99"]
    assert steps[-1].accuracy > 0.99 >= max(step.accuracy for step in steps[:-1])


@one_thread()
def course_loop(
    seed: int, *, loss: str, zero_grad: bool, iterations: int
) -> tuple[tuple[float, ...], np.ndarray]:
    """The loop of the course under one seed: initial weights, rows of w0, w1, b, loss, accuracy."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        n_data = torch.ones(100, 2)
        x0 = torch.normal(1.6 * n_data, 1) + 1
        x1 = torch.normal(-1.6 * n_data, 1) + 1
        features = nn.Linear(2, 1)
    train_x = torch.cat([x0, x1])
    train_y = torch.cat([torch.zeros(100), torch.ones(100)])
    sigmoid = nn.Sigmoid()
    optimizer = torch.optim.SGD(features.parameters(), lr=0.01, momentum=0.9)
    rows = []
    for _ in range(iterations):
        z = features(train_x)
        y_pred = sigmoid(z)
        if loss == "bce":
            value = nn.BCELoss()(y_pred.squeeze(), train_y)
        else:
            value = nn.BCEWithLogitsLoss()(z.squeeze(), train_y)
        mask = y_pred.ge(0.5).float().squeeze()
        accuracy = (mask == train_y).sum().item() / train_y.size(0)
        parameters = [*features.weight.detach().flatten().tolist(), features.bias.item()]
        rows.append([*parameters, value.item(), accuracy])
        if zero_grad:
            optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return tuple(rows[0][:3]), np.array(rows)


@pytest.mark.parametrize("zero_grad", [True, False])
@pytest.mark.parametrize("loss", ["bce", "bce_logits"])
@pytest.mark.parametrize("seed", [0, 1, 17, 1234])
def test_other_seeds_follow_the_loop_of_the_course(seed: int, loss: str, zero_grad: bool) -> None:
    iterations = 150 if zero_grad else 50
    weights, expected = course_loop(seed, loss=loss, zero_grad=zero_grad, iterations=iterations)
    config = RunConfig(
        data=Blobs(seed=seed),
        loss=loss,
        zero_grad=zero_grad,
        target_accuracy=1.0,
        initial_weights=weights,
    )
    run = Run(config)
    run.extend(seconds=60, iterations=iterations - 1)
    columns = run.columns()
    np.testing.assert_allclose(columns.weights, expected[:, :2], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(columns.bias, expected[:, 2], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(columns.loss, expected[:, 3], rtol=1e-4)
    np.testing.assert_allclose(columns.accuracy, expected[:, 4], atol=1e-9)


@pytest.mark.parametrize("seed", [0, 5, 1234])
def test_initial_weights_by_seed_are_those_of_nn_linear(seed: int) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        linear = nn.Linear(2, 1)
    before = torch.get_rng_state()
    step = Run(RunConfig(init_seed=seed)).step(0)
    assert torch.equal(torch.get_rng_state(), before)
    assert list(step.weights) == linear.weight.flatten().tolist()
    assert step.bias == linear.bias.item()


def test_defaults_reach_the_target_within_a_few_seconds_of_playing() -> None:
    run = Run(RunConfig(data=Blobs(), optimizer=SGD()))
    *_, last = run
    assert run.status is Status.REACHED
    assert 60 <= last.iteration <= 400


@pytest.mark.parametrize("iteration", [0, 7, 300])
def test_model_of_a_moment_gives_its_probabilities(iteration: int) -> None:
    run = Run(RunConfig(target_accuracy=1.0))
    run.extend(seconds=60, iterations=300)
    model, step = run.model(iteration), run.step(iteration)
    z = run.data.x.numpy().astype(np.float64) @ np.array(step.weights) + step.bias
    with torch.no_grad():
        p = model(run.data.x).squeeze(1).numpy()
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-z)), rtol=1e-5)
    loss = nn.functional.binary_cross_entropy(torch.from_numpy(p), run.data.y)
    assert loss.item() == pytest.approx(step.loss, rel=1e-5)
