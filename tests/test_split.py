"""Test points: drawn fairly, measured rightly, never trained on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import Blobs, Quadratic, Radial, Run, RunConfig, Status
from lrcore.data import Dataset
from lrcore.features import FeatureMap
from lrcore.optim import OptimizerSettings
from lrcore.training.split import held_out
from tests import by_hand
from tests.by_hand import phi, rows, run_to

CONFIG = RunConfig(
    data=Blobs(samples_per_class=30, mean=0.7),
    test_share=0.3,
    target_accuracy=1.0,
    max_iterations=100_000,
)

shares = st.integers(0, 16).map(lambda steps: Fraction(steps, 20))
seeds = st.integers(0, 2**31 - 1)


@settings(max_examples=60, deadline=None)
@given(y=st.lists(st.sampled_from([0.0, 1.0]), max_size=200), share=shares, seed=seeds)
def test_share_is_that_of_each_class_rounded_down(
    y: list[float], share: Fraction, seed: int
) -> None:
    mask = held_out(torch.tensor(y), float(share), seed)
    assert (mask.dtype, mask.shape) == (torch.bool, (len(y),))
    for label in (0, 1):
        drawn = [bool(test) for test, own in zip(mask, y, strict=True) if own == label]
        assert sum(drawn) == int(share * len(drawn))
    assert torch.equal(mask, held_out(torch.tensor(y), float(share), seed))


def test_share_counts_as_it_is_written() -> None:
    # 0.35 is stored as a little less than 7/20.
    assert held_out(torch.zeros(180), 0.35, 0).sum() == 63


def test_every_point_has_the_same_chance() -> None:
    y = torch.tensor([0.0, 1.0] * 10 + [1.0] * 20)
    draws = 2000
    count = sum(held_out(y, 0.3, seed).double() for seed in range(draws))
    # Five standard deviations of a binomial count.
    assert (count / draws - 0.3).abs().max() < 5 * (0.3 * 0.7 / draws) ** 0.5


def test_global_random_state_is_left_alone() -> None:
    before = torch.get_rng_state()
    held_out(torch.zeros(9), 0.5, 3)
    assert torch.equal(torch.get_rng_state(), before)


def test_without_a_share_there_are_no_test_points() -> None:
    run = Run(replace(CONFIG, test_share=0.0))
    assert not run.is_test.any()
    assert run.step(0)[5:] == (None, None)
    assert run.columns()[5:] == (None, None)


def moved(data: Dataset, mask: torch.Tensor) -> Dataset:
    """The points of `mask` elsewhere."""
    return data._replace(x=torch.where(mask[:, None], 50 - 3 * data.x, data.x))


@pytest.mark.parametrize("optimizer", by_hand.OPTIMIZERS[::2], ids=repr)
@pytest.mark.parametrize(
    ("features", "mini_batches"),
    [(Quadratic(), False), (Radial(), True)],
    ids=lambda value: f"{value!r:.9}",
)
def test_training_never_sees_a_test_point(
    monkeypatch: pytest.MonkeyPatch,
    optimizer: OptimizerSettings,
    features: FeatureMap,
    mini_batches: bool,
) -> None:
    config = replace(
        CONFIG,
        standardise=True,
        features=features,
        optimizer=optimizer,
        mini_batches=mini_batches,
    )
    run = run_to(config, 15)
    other_data = moved(run.data, run.is_test)
    monkeypatch.setattr(Blobs, "sample", lambda self: other_data)
    other = run_to(config, 15)
    d = features.dimension
    one, two = rows(run.columns()), rows(other.columns())
    assert np.array_equal(one[:, : d + 3], two[:, : d + 3])
    assert not np.isclose(one[:, d + 3], two[:, d + 3]).any()


@pytest.mark.parametrize("loss", ["bce", "bce_logits", "mse"])
@pytest.mark.parametrize("standardise", [False, True])
def test_both_parts_are_measured_as_in_numpy(loss: str, standardise: bool) -> None:
    config = replace(
        CONFIG, features=Quadratic(), loss=loss, l2=0.3, standardise=standardise, split_seed=5
    )
    run = run_to(config, 30)
    x, y, test = run.data.x.double().numpy(), run.data.y.numpy(), run.is_test.numpy()
    if standardise:
        x = (x - x[~test].mean(0)) / x[~test].std(0)
    features = phi(config.features, x, x[~test])
    for iteration in (0, 7, 30):
        step = run.step(iteration)
        z = features @ np.array(step.weights) + step.bias
        losses = (
            (1 / (1 + np.exp(-z)) - y) ** 2 if loss == "mse" else np.logaddexp(0, (1 - 2 * y) * z)
        )
        correct = (z >= 0) == (y == 1)
        assert step.loss == pytest.approx(losses[~test].mean(), rel=1e-4)
        assert step.test_loss == pytest.approx(losses[test].mean(), rel=1e-4)
        assert step.accuracy == pytest.approx(correct[~test].mean(), abs=1e-12)
        assert step.test_accuracy == pytest.approx(correct[test].mean(), abs=1e-12)
        assert step.accuracy != step.test_accuracy


def test_target_of_the_test_points_ends_the_run() -> None:
    endless = run_to(CONFIG, 300).columns()
    best = endless.test_accuracy.max()
    level = np.unique(endless.test_accuracy[endless.test_accuracy < best])[-1].item()
    ends = {}
    for part, accuracy in (("training", endless.accuracy), ("test", endless.test_accuracy)):
        run = run_to(replace(CONFIG, target_accuracy=level, target_on=part), 300)
        assert run.status is Status.REACHED
        assert len(run) - 1 == (accuracy > level).argmax()
        ends[part] = len(run)
    assert ends["training"] != ends["test"]


def test_target_of_no_test_points_is_never_reached() -> None:
    config = RunConfig(
        data=Blobs(samples_per_class=5), test_share=0.1, target_on="test", target_accuracy=0.0
    )
    run = run_to(config, 20)
    assert not run.is_test.any()
    assert (run.status, len(run)) == (Status.RUNNING, 21)


def test_target_can_move_from_one_part_to_the_other_in_mid_run() -> None:
    run = run_to(replace(CONFIG, target_accuracy=0.0, target_on="test"), 50)
    assert (run.status, len(run)) == (Status.REACHED, 1)
    run.branch(0, target_on="training", target_accuracy=1.0)
    assert run.status is Status.RUNNING
    run.extend(seconds=60, iterations=20)
    assert np.array_equal(rows(run.columns()), rows(run_to(CONFIG, 20).columns()))


@pytest.mark.parametrize("change", [{"split_seed": 1}, {"test_share": 0.5}], ids=str)
def test_test_points_stay_the_same_in_a_run(change: dict[str, float]) -> None:
    run = run_to(CONFIG, 5)
    with pytest.raises(ValueError, match=f"^{next(iter(change))} must be left as it is"):
        run.branch(2, **change)
