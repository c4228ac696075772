"""One step under the magnifying glass: it is the step that the run took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from lrcore import LBFGS, LOSSES, SGD, Adam, CloseUp, Run, RunConfig, Status, TrainingError
from tests import by_hand
from tests.by_hand import changed, rows, run_to, training_sample
from tests.test_branching import ENDLESS, configs, full_config


@pytest.fixture(scope="module", autouse=True)
def short_chunks() -> Iterator[None]:
    """Snapshots every 16 moments, so that a short run has several of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lrcore.training.engine._LONGEST_CHUNK", 16)
        yield


def recorded(run: Run, iteration: int) -> np.ndarray:
    return rows(run.columns(iteration, iteration + 1))[0, : len(run.basis.names) + 1]


def assert_is_the_step_of(run: Run, iteration: int) -> CloseUp:
    close = run.close_up(iteration)
    assert np.array_equal(close.parameters_before.numpy(), recorded(run, iteration))
    after = recorded(run, iteration + 1)
    assert np.array_equal(close.parameters_after.numpy(), after, equal_nan=True)
    return close


@settings(max_examples=30, deadline=None)
@given(before=configs, after=configs, cut=st.integers(0, 40), data=st.data())
def test_step_is_the_recorded_one_and_looking_at_it_changes_nothing(
    before: RunConfig, after: RunConfig, cut: int, data: st.DataObject
) -> None:
    run = run_to(before, 40)
    changed(run, cut, after)
    run.extend(seconds=60, iterations=20)
    for iteration in {cut, *data.draw(st.lists(st.integers(0, cut + 19), max_size=4))}:
        assert_is_the_step_of(run, iteration)
    whole = run_to(before, 40)
    changed(whole, cut, after)
    whole.extend(seconds=60, iterations=30)
    run.extend(seconds=60, iterations=10)
    assert np.array_equal(rows(run.columns()), rows(whole.columns()))


@pytest.mark.parametrize("zero_grad", [True, False])
@pytest.mark.parametrize("optimizer", by_hand.OPTIMIZERS, ids=repr)
def test_every_optimizer_with_everything_in_use(
    optimizer: by_hand.OptimizerSettings, zero_grad: bool
) -> None:
    config = replace(full_config(optimizer), zero_grad=zero_grad)
    run = run_to(config, 20)
    previous = None
    for iteration in range(min(len(run) - 1, 20)):
        close = assert_is_the_step_of(run, iteration)
        if previous is not None:
            assert close.state_before.keys() == previous.state_after.keys()
            for name, value in previous.state_after.items():
                torch.testing.assert_close(close.state_before[name], value, rtol=0, atol=0)
            assert torch.equal(close.gradient_before, previous.evaluations[-1].gradient)
        previous = close
        assert_sum(close.gradient, close.left_gradient, close.data_gradient, close.penalty_gradient)
        assert_sum(close.step, close.gradient_step, close.decay_step, close.memory_step)


def assert_sum(whole: torch.Tensor, *parts: torch.Tensor) -> None:
    """To rounding: large parts may cancel, and leave their rounding behind."""
    largest = torch.stack([whole, *parts]).abs().max().item()
    torch.testing.assert_close(whole, sum(parts), rtol=0, atol=1e-6 * largest)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("mini_batches", [True, False])
def test_numbers_of_a_step_are_those_of_float64(loss: str, mini_batches: bool) -> None:
    config = replace(full_config(SGD(lr=0.3)), loss=loss, mini_batches=mini_batches)
    run = run_to(config, 12)
    close = run.close_up(8)
    theta = close.parameters_before.double()
    x, y = training_sample(config)  # independent: in the order of the training points
    place = {int(k): i for i, k in enumerate((~run.is_test).nonzero())}
    chosen = [place[k] for k in close.batch.tolist()]
    assert len(chosen) == (7 if mini_batches else len(y))
    x = torch.cat([x, torch.ones(len(y), 1)], 1)[chosen].double()
    y = y[chosen].double()
    torch.testing.assert_close(close.features.double(), x, rtol=1e-5, atol=1e-6)
    gradients, losses = [], []
    for row, label in zip(x, y, strict=True):
        at = theta.clone().requires_grad_()
        value = by_hand.LOSSES[loss]((row @ at)[None], label[None])
        value.backward()
        gradients.append(at.grad)
        losses.append(value.detach())
    torch.testing.assert_close(
        close.point_gradients.double(), torch.stack(gradients), rtol=1e-4, atol=1e-6
    )
    torch.testing.assert_close(close.losses.double(), torch.stack(losses), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(close.point_gradients.mean(0), close.data_gradient)
    torch.testing.assert_close(close.losses.mean(), close.loss)
    logits = x @ theta
    torch.testing.assert_close(close.logits.double(), logits, rtol=1e-4, atol=1e-5)
    p = torch.sigmoid(logits)
    torch.testing.assert_close(close.probabilities.double(), p, rtol=1e-4, atol=1e-5)
    w = theta[:-1]
    penalty = config.l1 * w.abs().sum() + config.l2 / 2 * (w**2).sum()
    assert close.penalty.item() == pytest.approx(penalty.item(), rel=1e-5)
    slope = [*(config.l1 * w.sign() + config.l2 * w).tolist(), 0.0]
    assert close.penalty_gradient.tolist() == pytest.approx(slope, rel=1e-5)


def test_what_momentum_adds_is_the_old_velocity() -> None:
    run = run_to(replace(ENDLESS, optimizer=SGD(lr=0.05, momentum=0.8, weight_decay=0.1)), 10)
    assert run.close_up(0).state_before == {}
    torch.testing.assert_close(run.close_up(0).memory_step, torch.zeros(3), rtol=0, atol=1e-6)
    close = run.close_up(7)
    added = -0.05 * 0.8 * close.state_before["momentum_buffer"]
    torch.testing.assert_close(close.memory_step, added, rtol=1e-4, atol=1e-6)


def test_another_kind_of_optimizer_starts_from_nothing() -> None:
    run = run_to(ENDLESS, 20)
    run.branch(12, optimizer=Adam(lr=0.2))
    run.extend(seconds=60, iterations=5)
    assert "momentum_buffer" in run.close_up(11).state_before
    close = assert_is_the_step_of(run, 12)
    assert isinstance(close.config.optimizer, Adam)
    assert close.state_before == {}
    assert close.state_after["step"] == 1


@pytest.mark.parametrize("changes", [{"target_accuracy": 0.9}, {"max_iterations": 25}], ids=str)
def test_last_moment_has_the_step_that_would_follow(changes: dict[str, float]) -> None:
    run = run_to(replace(ENDLESS, **changes), 2000)
    assert run.status is not Status.RUNNING
    after = run.close_up(len(run) - 1).parameters_after.numpy()
    assert np.array_equal(after, recorded(run_to(ENDLESS, len(run)), len(run)))


def test_run_that_has_diverged_can_still_be_looked_at() -> None:
    config = replace(ENDLESS, optimizer=SGD(lr=10.0), l2=1.0)
    run = run_to(config, 2000)
    assert run.status is Status.DIVERGED
    assert not run.close_up(len(run) - 1).parameters_after.isfinite().all()


def test_lbfgs_evaluates_several_times() -> None:
    run = run_to(replace(ENDLESS, optimizer=LBFGS(max_iter=3)), 4)
    close = run.close_up(2)
    first, *others = close.evaluations
    assert others
    assert torch.equal(first.parameters, close.parameters_before)
    for one in close.evaluations:
        at = one.parameters.double().requires_grad_()
        z = run.basis(run.data.x).double() @ at[:-1] + at[-1]
        value = functional.binary_cross_entropy_with_logits(z, run.data.y.double())
        value.backward()
        assert one.objective.item() == pytest.approx(value.item(), rel=1e-4)
        torch.testing.assert_close(one.gradient.double(), at.grad, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("iteration", [-1, 11])
def test_moment_that_is_not_recorded(iteration: int) -> None:
    with pytest.raises(IndexError, match="not recorded"):
        run_to(ENDLESS, 10).close_up(iteration)


def test_optimizer_that_finds_no_step_says_so() -> None:
    far = replace(ENDLESS, optimizer=LBFGS(), initial_weights=(1e38, 1e38, 1e38))
    with pytest.raises(TrainingError, match="no step"):
        Run(far).close_up(0)
