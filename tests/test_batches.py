"""Mini-batches: every point once an epoch, and the same ones again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import SGD, Adam, Blobs, RunConfig
from lrcore.training.batches import Batches
from tests.by_hand import assert_as_by_hand, changed, rows, run_to

CONFIG = RunConfig(
    data=Blobs(samples_per_class=20, mean=0.7),
    optimizer=SGD(lr=0.1),
    mini_batches=True,
    batch_size=9,  # epochs of 9, 9, 9, 9 and 4 points
    target_accuracy=1.0,
    max_iterations=100_000,
)

sizes = st.lists(st.integers(1, 50), min_size=1, max_size=12)
few = settings(max_examples=40, deadline=None)


@few
@given(points=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 2**31 - 1))
def test_epoch_goes_once_through_all_points(points: int, size: int, seed: int) -> None:
    batches = Batches(points, seed)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(3):
        epoch = [batches.next(size) for _ in range(-(-points // size))]
        assert {len(batch) for batch in epoch[:-1]} <= {size}
        assert torch.equal(torch.cat(epoch), torch.randperm(points, generator=generator))


@few
@given(points=st.integers(1, 40), before=sizes, after=sizes)
def test_state_goes_on_with_the_same_batches(
    points: int, before: list[int], after: list[int]
) -> None:
    batches = Batches(points, 7)
    for size in before:
        batches.next(size)
    state = batches.state
    expected = [batches.next(size).tolist() for size in after]
    for _ in range(2):  # a state is a value: going on from it does not change it
        again = Batches.at(points, state)
        assert [again.next(size).tolist() for size in after] == expected
    assert again.state.seed == batches.state.seed
    assert again.state.used == batches.state.used
    assert torch.equal(again.state.generator_state, batches.state.generator_state)


def test_seeds_and_epochs_have_orders_of_their_own() -> None:
    batches, other = Batches(50, 0), Batches(50, 1)
    orders = [batches.next(50).tolist(), batches.next(50).tolist(), other.next(50).tolist()]
    assert len({tuple(order) for order in orders}) == 3


def test_global_random_state_is_left_alone() -> None:
    before = torch.get_rng_state()
    run_to(CONFIG, 12).branch(3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("batch_size", [1, 9, 20, 39, 40, 41, 10_000])
def test_batches_of_any_size_are_those_by_hand(batch_size: int) -> None:
    config = replace(CONFIG, batch_size=batch_size)
    assert_as_by_hand(run_to(config, 45), [(0, config)])


def test_loss_and_accuracy_are_of_all_training_points() -> None:
    run, whole = run_to(CONFIG, 1), run_to(replace(CONFIG, mini_batches=False), 1)
    assert run.step(0) == whole.step(0)
    assert run.step(1).weights != whole.step(1).weights


# Moment 10 stands between two epochs, 12 within one.
@pytest.mark.parametrize(
    ("change", "iteration"),
    [
        *(
            (change, iteration)
            for change in (
                {"batch_size": 4},
                {"batch_size": 40},
                {"shuffle_seed": 8},
                {"mini_batches": False},
            )
            for iteration in (0, 10, 12)
        ),
        # What leaves the batches alone can change anywhere.
        ({"zero_grad": False}, 10),
        ({"zero_grad": False}, 12),
        ({"l2": 0.5}, 10),
        ({"l1": 0.1}, 12),
        ({"loss": "mse"}, 0),
        ({"loss": "mse"}, 12),
        ({"optimizer": Adam(lr=0.05)}, 0),
        ({"optimizer": Adam(lr=0.05)}, 12),
    ],
    ids=str,
)
def test_change_in_mid_run_is_the_one_by_hand(change: dict[str, object], iteration: int) -> None:
    run, after = run_to(CONFIG, 20), replace(CONFIG, **change)
    segments = [(0, CONFIG), changed(run, iteration, after)]
    run.extend(seconds=60, iterations=18)
    assert_as_by_hand(run, segments)
    plain = rows(run_to(CONFIG, len(run) - 1).columns())
    assert not np.allclose(rows(run.columns())[iteration + 3 :, :3], plain[iteration + 3 :, :3])


@pytest.mark.parametrize("pause", [{"mini_batches": False}, {"shuffle_seed": 8}], ids=str)
def test_batches_go_on_after_a_pause_and_start_again_after_another_seed(
    pause: dict[str, object],
) -> None:
    run = run_to(CONFIG, 12)
    segments = [(0, CONFIG), changed(run, 12, replace(CONFIG, **pause))]
    run.extend(seconds=60, iterations=4)
    segments.append(changed(run, 16, CONFIG))
    run.extend(seconds=60, iterations=14)
    assert_as_by_hand(run, segments)
    run.branch(0, mini_batches=False)
    run.extend(seconds=60, iterations=3)
    run.branch(3, mini_batches=True)
    run.extend(seconds=60, iterations=9)
    assert_as_by_hand(run, [(0, replace(CONFIG, mini_batches=False)), (3, CONFIG)])
