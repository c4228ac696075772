"""The map of rates: each cell is a run, and theory's limit is where runs stop settling."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from lrcore import (
    LBFGS,
    LOSSES,
    SGD,
    Blobs,
    Cubic,
    Moons,
    Run,
    RunConfig,
    SettingsError,
    Status,
)
from lrcore.data import Placed
from lrcore.insight import MOMENTA, RATES, Outcome, RateMap, rate_map, stable_rates, with_rates
from lrcore.landscape import Minimum, lowest, objective_of
from lrcore.optim import OptimizerSettings
from lrcore.settings import described
from tests.by_hand import one_thread, training_sample

OVERLAPPING = RunConfig(data=Blobs(mean=0.8), target_accuracy=0.87, max_iterations=300)
CONFIGS = {
    "the course's": RunConfig(max_iterations=400),
    "overlapping": OVERLAPPING,
    "without zero_grad": RunConfig(loss="bce", zero_grad=False, max_iterations=300),
    "penalties": replace(
        OVERLAPPING,
        l1=0.02,
        l2=0.1,
        optimizer=SGD(momentum=0.5, nesterov=True, weight_decay=0.05),
    ),
    "mse, cubic": RunConfig(
        data=Moons(), features=Cubic(), loss="mse", target_accuracy=0.95, max_iterations=300
    ),
    "mini-batches, on test points": RunConfig(
        data=Moons(),
        mini_batches=True,
        test_share=0.3,
        target_on="test",
        target_accuracy=0.85,
        initial_weights=(2.0, 3.0, 1.0),
        max_iterations=300,
    ),
}


def whole(config: RunConfig, **grid: tuple[float, ...]) -> RateMap:
    *_, last = rate_map(Run(config), **grid)
    return last


def outcome(config: RunConfig) -> int:
    """What a map should say of a run."""
    run = Run(config)
    run.extend(seconds=60)
    return len(run) - 1 if run.status is Status.REACHED else int(Outcome.NOT_REACHED)


@pytest.mark.parametrize("name", CONFIGS)
def test_cells_take_as_long_as_real_runs(name: str) -> None:
    config = CONFIGS[name]
    found = whole(config)
    assert found.iterations.shape == (len(MOMENTA), len(RATES))
    some = torch.randperm(found.iterations.numel(), generator=torch.Generator().manual_seed(1))
    ours, theirs = [], []
    for cell in some[:20].tolist():
        row, column = divmod(cell, len(RATES))
        ours.append(found.iterations[row, column].item())
        theirs.append(outcome(with_rates(config, RATES[column], MOMENTA[row])))
    assert any(iterations > 1 for iterations in ours)
    # What ends above its start has not reached its target either.
    met = [max(one, int(Outcome.NOT_REACHED)) for one in ours]
    assert sum(one != other for one, other in zip(met, theirs, strict=True)) <= 1
    assert all(abs(one - other) <= 2 for one, other in zip(met, theirs, strict=True))


def test_cells_take_as_long_as_torch_takes_in_float64() -> None:
    rates, momenta = (0.01, 0.1, 6.0), (0.0, 0.9)
    config = replace(OVERLAPPING, optimizer=SGD(weight_decay=0.02))
    found = whole(config, rates=rates, momenta=momenta)
    x, y = (values.double() for values in training_sample(config))
    start = Run(config).step(0)
    for row, momentum in enumerate(momenta):
        for column, lr in enumerate(rates):
            theta = torch.tensor([*start.weights, start.bias], dtype=torch.float64)
            theta.requires_grad_()
            sgd = torch.optim.SGD([theta], lr=lr, momentum=momentum, weight_decay=0.02)
            accuracies = []
            for _ in range(301):
                z = x @ theta[:2] + theta[2]
                accuracies.append(((z >= 0) == (y == 1)).double().mean().item())
                sgd.zero_grad()
                torch.nn.functional.binary_cross_entropy_with_logits(z, y).backward()
                sgd.step()
            passes = [k for k, accuracy in enumerate(accuracies) if accuracy > 0.87]
            expected = passes[0] if passes else int(Outcome.NOT_REACHED)
            assert max(found.iterations[row, column].item(), Outcome.NOT_REACHED) == expected


def near_the_minimum(config: RunConfig) -> RunConfig:
    minimum = lowest(objective_of(Run(config))[0])
    assert isinstance(minimum, Minimum)
    return replace(config, initial_weights=tuple((minimum.parameters + 0.02).tolist()))


@pytest.mark.parametrize("l2", [0.0, 1.0])
def test_diverged_is_what_ends_above_its_start_or_is_no_number(l2: float) -> None:
    config = near_the_minimum(replace(OVERLAPPING, l2=l2, target_accuracy=1.0))
    found = whole(config, rates=(0.1, 10.0), momenta=(0.0,))
    assert found.iterations.tolist() == [[Outcome.NOT_REACHED, Outcome.DIVERGED]]
    run = Run(with_rates(config, 10.0, 0.0))
    run.extend(seconds=60)
    # Without a penalty it stays finite, and bounces from side to side.
    assert run.status is (Status.DIVERGED if l2 else Status.EXHAUSTED)
    assert l2 or run.step(300).loss > run.step(0).loss


def test_it_fills_piece_by_piece_and_says_how_far_it_is() -> None:
    config = replace(OVERLAPPING, max_iterations=1_000_000, target_accuracy=0.88)
    pieces = list(rate_map(Run(config)))
    assert len(pieces) > 5
    assert pieces[0].done == -1
    assert (pieces[1].iterations >= 0).any()
    assert {piece.budget for piece in pieces} == {5000}
    assert [piece.done for piece in pieces] == sorted(piece.done for piece in pieces)
    for before, after in pairwise(pieces):
        known = before.iterations != Outcome.RUNNING
        assert torch.equal(before.iterations[known], after.iterations[known])
        assert (after.iterations[~known] > before.done)[after.iterations[~known] >= 0].all()
    assert (pieces[-1].iterations != Outcome.RUNNING).all()


def test_it_stops_early_where_all_have_arrived() -> None:
    config = replace(OVERLAPPING, target_accuracy=0.5, max_iterations=5000)
    found = whole(config, rates=(0.1, 1.0, 10.0), momenta=(0.0, 0.9))
    assert (found.iterations >= 0).all()
    assert found.done < found.budget


def test_many_points_are_an_even_choice() -> None:
    config = replace(OVERLAPPING, data=Blobs(samples_per_class=1500, mean=1.0), max_iterations=3)
    found = whole(config)
    assert (found.points, found.of_points) == (2000, 3000)


def test_without_points_there_is_no_map() -> None:
    with pytest.raises(ValueError, match="points"):
        next(rate_map(Run(RunConfig(data=Placed(points="")))))


def test_every_cell_is_a_position_of_the_controls() -> None:
    controls = dict(described(SGD))
    assert set(RATES) <= set(controls["lr"].stops())
    assert (len(RATES), len(MOMENTA)) == (24, 24)
    assert (RATES[-1], MOMENTA[0], MOMENTA[-1]) == (10.0, 0.0, 0.99)
    assert all(momentum == float(f"{momentum:.2f}") for momentum in MOMENTA)
    usual = RunConfig().optimizer
    assert isinstance(usual, SGD)
    assert usual.lr in RATES
    assert usual.momentum in MOMENTA


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SGD(lr=1.0, weight_decay=0.1), SGD(lr=0.3, momentum=0.5, weight_decay=0.1)),
        (SGD(nesterov=True), SGD(lr=0.3, momentum=0.5, nesterov=True)),
        (LBFGS(), SGD(lr=0.3, momentum=0.5)),
    ],
)
def test_a_cell_keeps_the_other_settings(
    before: OptimizerSettings, after: OptimizerSettings
) -> None:
    config = replace(OVERLAPPING, optimizer=before, zero_grad=False)
    assert with_rates(config, 0.3, 0.5) == replace(config, optimizer=after)


def test_a_cell_takes_what_sgd_takes() -> None:
    nesterov = replace(OVERLAPPING, optimizer=SGD(nesterov=True))
    assert with_rates(nesterov, 0.3, 0.0).optimizer == SGD(lr=0.3, momentum=0.0)
    for lr, momentum in ((0.0, 0.5), (11.0, 0.5), (0.1, 1.0), (math.nan, 0.0)):
        with pytest.raises(SettingsError):
            with_rates(OVERLAPPING, lr, momentum)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.52, 0.9])
def test_below_the_limit_runs_settle_at_the_minimum_and_above_they_do_not(
    momentum: float, nesterov: bool
) -> None:
    config = replace(
        OVERLAPPING,
        l2=0.1,
        target_accuracy=1.0,
        max_iterations=1000,
        optimizer=SGD(momentum=0.9, nesterov=nesterov),
    )
    # Farther off, momentum can keep it swinging: no formula tells of that.
    config = near_the_minimum(config)
    limits = stable_rates(Run(config), momenta=(momentum,))
    assert limits is not None
    assert limits.at_minimum
    [limit] = limits.rates
    rest = {}
    for share in (0.95, 1.05):
        cell = with_rates(config, share * limit, momentum)
        run = Run(cell)
        run.extend(seconds=60)
        weights = torch.from_numpy(run.columns(900).weights)
        rest[share] = (weights - weights[-1]).abs().max().item()
    assert rest[0.95] < 1e-4
    assert rest[1.05] > 1e-2


def test_without_a_minimum_the_limit_is_that_of_the_start() -> None:
    config = RunConfig(initial_weights=(0.0, 0.0, 0.0))
    limits = stable_rates(Run(config), momenta=(0.0, 0.5))
    assert limits is not None
    assert not limits.at_minimum
    x = torch.cat([Run(config).data.x, torch.ones(200, 1)], 1).double()
    steepest = torch.linalg.eigvalsh(x.T @ x / 4 / 200)[-1].item()  # p (1 - p) is 1/4 everywhere
    assert limits.steepest == pytest.approx(steepest)
    assert limits.rates == pytest.approx((2 / steepest, 3 / steepest))


def test_nothing_is_known_of_gradients_that_add_up() -> None:
    assert stable_rates(Run(CONFIGS["without zero_grad"])) is None


@pytest.mark.parametrize("loss", LOSSES)
def test_it_leaves_the_run_and_the_number_of_threads_alone(loss: str) -> None:
    run = Run(replace(OVERLAPPING, loss=loss, max_iterations=20))
    before = (len(run), torch.get_num_threads())
    list(rate_map(run))
    with one_thread():
        list(rate_map(run))
    assert (len(run), torch.get_num_threads()) == before
