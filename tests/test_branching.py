"""A branch is what torch's own optimiser would have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import LBFGS, LOSSES, SGD, Adagrad, Blobs, Quadratic, Run, RunConfig, Segment, Status
from lrcore.optim import OptimizerSettings
from lrcore.settings import SettingsError
from lrcore.training.engine import Snapshot
from tests import by_hand
from tests.by_hand import assert_as_by_hand, changed, rows, run_to

ENDLESS = RunConfig(data=Blobs(samples_per_class=20), target_accuracy=1.0, max_iterations=100_000)

rates = st.sampled_from([0.0001, 0.01, 0.05, 0.3])
configs = st.builds(
    replace,
    st.just(ENDLESS),
    optimizer=st.one_of(
        st.builds(SGD, lr=rates, momentum=st.sampled_from([0.0, 0.5, 0.9])),
        st.sampled_from([one for one in by_hand.OPTIMIZERS if not isinstance(one, LBFGS)]),
    ),
    loss=st.sampled_from(sorted(LOSSES)),
    zero_grad=st.booleans(),
    l2=st.sampled_from([0.0, 0.1]),
    mini_batches=st.booleans(),
    batch_size=st.sampled_from([7, 20]),
    shuffle_seed=st.integers(0, 1),
)
few = settings(max_examples=12, deadline=None)
every_optimizer = pytest.mark.parametrize("optimizer", by_hand.OPTIMIZERS, ids=repr)


@pytest.fixture(scope="module")
def short_chunks() -> Iterator[None]:
    """Snapshots every 16 moments, so that a short run has several of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lrcore.training.engine._LONGEST_CHUNK", 16)
        yield


over_short_chunks = pytest.mark.usefixtures("short_chunks")


@over_short_chunks
@few
@given(config=configs, chunks=st.lists(st.integers(1, 20), min_size=1, max_size=6), data=st.data())
def test_branch_with_nothing_changed_repeats_the_rows(
    config: RunConfig, chunks: list[int], data: st.DataObject
) -> None:
    last = sum(chunks)
    expected = rows(run_to(config, last).columns())
    run = Run(config)
    for chunk in chunks:
        run.extend(seconds=60, iterations=chunk)
    assert np.array_equal(rows(run.columns()), expected)
    iteration = data.draw(st.integers(0, last))
    run.branch(iteration)
    assert len(run) == iteration + 1
    run.extend(seconds=60, iterations=last - iteration)
    assert np.array_equal(rows(run.columns()), expected)
    assert run.segments == (Segment(0, config),)


@over_short_chunks
@settings(max_examples=25, deadline=None)
@given(before=configs, after=configs, iteration=st.integers(0, 40), extra=st.integers(0, 40))
def test_branch_is_what_torch_does_with_changed_settings(
    before: RunConfig, after: RunConfig, iteration: int, extra: int
) -> None:
    run = run_to(before, iteration + extra)
    segments = [(0, before), changed(run, iteration, after)]
    run.extend(seconds=60, iterations=20)
    assert_as_by_hand(run, segments)


@over_short_chunks
@few
@given(first=configs, others=st.lists(configs, min_size=2, max_size=3), data=st.data())
def test_nested_branches_are_what_torch_does(
    first: RunConfig, others: list[RunConfig], data: st.DataObject
) -> None:
    run = run_to(first, 40)
    segments = [(0, first)]
    for config in others:
        iteration = data.draw(st.integers(0, len(run) - 1))
        segments = [pair for pair in segments if pair[0] < iteration]
        segments.append(changed(run, iteration, config))
        run.extend(seconds=60, iterations=20)
    assert_as_by_hand(run, segments)


@over_short_chunks
@few
@given(first=configs, second=configs, cut=st.integers(0, 30), data=st.data())
def test_branch_in_the_last_of_several_segments_repeats_the_rows(
    first: RunConfig, second: RunConfig, cut: int, data: st.DataObject
) -> None:
    run = run_to(first, 30)
    changed(run, cut, second)
    run.extend(seconds=60, iterations=60)
    expected = rows(run.columns())
    run.branch(data.draw(st.integers(cut, cut + 60)))
    run.extend(seconds=60, iterations=cut + 61 - len(run))
    assert np.array_equal(rows(run.columns()), expected)


@over_short_chunks
@few
@given(before=configs, after=configs)
def test_branch_at_zero_is_a_fresh_run(before: RunConfig, after: RunConfig) -> None:
    run = run_to(before, 20)
    changed(run, 0, after)
    run.extend(seconds=60, iterations=30)
    assert np.array_equal(rows(run.columns()), rows(run_to(after, 30).columns()))
    assert run.segments == (Segment(0, after),)


def full_config(optimizer: OptimizerSettings) -> RunConfig:
    """Everything in use at once: 30 training points in epochs of 7, 7, 7, 7 and 2."""
    return replace(
        ENDLESS,
        data=Blobs(samples_per_class=20, mean=0.7),
        optimizer=optimizer,
        features=Quadratic(),
        standardise=True,
        test_share=0.25,
        mini_batches=True,
        batch_size=7,
        l1=0.01,
        l2=0.05,
    )


@pytest.mark.parametrize(
    ("optimizer", "change"),
    [
        *((optimizer, {}) for optimizer in by_hand.OPTIMIZERS),
        # Every kind of optimiser meets both changes, in one variant or another.
        *((by_hand.OPTIMIZERS[k], {"mini_batches": False}) for k in (0, 2, 3, 4, 6, 9)),
        *((by_hand.OPTIMIZERS[k], {"zero_grad": False}) for k in (1, 2, 3, 5, 6, 8)),
    ],
    ids=str,
)
def test_every_optimizer_repeats_its_rows_to_the_bit(
    monkeypatch: pytest.MonkeyPatch, optimizer: OptimizerSettings, change: dict[str, bool]
) -> None:
    config = replace(full_config(optimizer), **change)
    expected = rows(run_to(config, 26).columns())
    monkeypatch.setattr("lrcore.training.engine._LONGEST_CHUNK", 8)
    run = run_to(config, 26)
    last = len(run) - 1  # without zero_grad LBFGS may leave the finite numbers before 26
    assert last >= 20
    # 20 stands between two epochs, 16 is a snapshot.
    for iteration in (last, 20, 17, 16, 9, 0):
        run.branch(iteration)
        run.extend(seconds=60, iterations=last - iteration)
        assert np.array_equal(rows(run.columns()), expected, equal_nan=True)


@every_optimizer
def test_rows_after_a_change_of_optimizer_repeat_too(
    monkeypatch: pytest.MonkeyPatch, optimizer: OptimizerSettings
) -> None:
    monkeypatch.setattr("lrcore.training.engine._LONGEST_CHUNK", 8)
    run = run_to(full_config(LBFGS(max_iter=2)), 13)
    changed(run, 13, full_config(optimizer))
    run.extend(seconds=60, iterations=10)
    changed(run, 23, full_config(LBFGS(history_size=3)))
    run.extend(seconds=60, iterations=10)
    expected = rows(run.columns())
    for iteration in (33, 25, 23):
        run.branch(iteration)
        run.extend(seconds=60, iterations=33 - iteration)
        assert np.array_equal(rows(run.columns()), expected)


@every_optimizer
def test_change_taken_back_at_the_same_moment_leaves_no_trace(
    optimizer: OptimizerSettings,
) -> None:
    config = full_config(optimizer)
    run = run_to(config, 30)
    expected = rows(run.columns())
    other = Adagrad() if isinstance(optimizer, LBFGS) else LBFGS(history_size=50)
    run.branch(20, optimizer=other, mini_batches=False)
    changed(run, 20, config)
    run.extend(seconds=60, iterations=10)
    assert np.array_equal(rows(run.columns()), expected)
    assert run.segments == (Segment(0, config),)


def plain(value: object) -> object:
    """Tensors as lists, so that nested states can be compared."""
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def snapshot_in_chunks(config: RunConfig, chunks: list[int]) -> Snapshot:
    run = Run(config)  # stands at moment 1
    for chunk in chunks:
        run._engine.advance(chunk)
    return run._engine.snapshot(1 + sum(chunks))


@every_optimizer
def test_snapshots_do_not_depend_on_the_chunks(optimizer: OptimizerSettings) -> None:
    config = full_config(optimizer)
    one = plain(vars(snapshot_in_chunks(config, [22])))
    assert plain(vars(snapshot_in_chunks(config, [1, 5, 2, 14]))) == one
    assert plain(vars(snapshot_in_chunks(config, [21]))) != one


def test_large_sample_repeats_its_rows_too() -> None:
    config = replace(ENDLESS, data=Blobs(samples_per_class=30_000))
    expected = rows(run_to(config, 40).columns())
    run = run_to(config, 40)
    run.branch(17)
    run.extend(seconds=60, iterations=23)
    assert np.array_equal(rows(run.columns()), expected)


def test_higher_target_goes_on_after_the_end() -> None:
    run = Run(RunConfig(target_accuracy=0.9))
    run.extend(seconds=60)
    assert run.status is Status.REACHED
    end = len(run) - 1
    run.branch(end, target_accuracy=0.99)
    assert run.status is Status.RUNNING
    run.extend(seconds=60)
    assert run.status is Status.REACHED
    whole = Run(RunConfig())
    whole.extend(seconds=60)
    assert np.array_equal(rows(run.columns()), rows(whole.columns()))


def test_more_iterations_go_on_after_the_end() -> None:
    run = Run(replace(ENDLESS, max_iterations=20))
    run.extend(seconds=60)
    assert run.status is Status.EXHAUSTED
    run.branch(20, max_iterations=50)
    run.extend(seconds=60)
    assert (run.status, len(run)) == (Status.EXHAUSTED, 51)
    assert np.array_equal(rows(run.columns()), rows(run_to(ENDLESS, 50).columns()))


@pytest.mark.parametrize("change", [{"max_iterations": 5}, {"target_accuracy": 0.0}])
def test_setting_that_ends_the_run_where_it_stands_leaves_one_moment(
    change: dict[str, float],
) -> None:
    run = run_to(ENDLESS, 40)
    run.branch(30, **change)
    assert len(run) == 31
    assert run.status is not Status.RUNNING
    assert run.extend(seconds=60) == 0


def test_segments_say_which_settings_applied_from_where() -> None:
    changed = [replace(ENDLESS, optimizer=SGD(lr=lr)) for lr in (0.1, 0.2, 0.3)]
    run = run_to(ENDLESS, 100)
    run.branch(50, optimizer=changed[0].optimizer)
    run.extend(seconds=60, iterations=50)
    run.branch(80, optimizer=changed[1].optimizer)
    expected = [Segment(0, ENDLESS), Segment(50, changed[0]), Segment(80, changed[1])]
    assert list(run.segments) == expected
    run.branch(80, optimizer=changed[2].optimizer)
    assert list(run.segments) == [*expected[:2], Segment(80, changed[2])]
    run.branch(80, optimizer=changed[0].optimizer)
    assert list(run.segments) == expected[:2]
    run.branch(20, optimizer=changed[0].optimizer)
    assert list(run.segments) == [Segment(0, ENDLESS), Segment(20, changed[0])]
    assert run.config == changed[0]
    assert all(a.start < b.start and a.config != b.config for a, b in pairwise(run.segments))


@pytest.mark.parametrize(
    ("iteration", "changes", "name"),
    [
        (-1, {}, "iteration"),
        (31, {}, "iteration"),
        (float("nan"), {}, "iteration"),
        (2.5, {}, "iteration"),
        ("3", {}, "iteration"),
        (10, {"loss": "hinge"}, "loss"),
        (10, {"device": "cuda:9"}, "device"),
        (10, {"target_accuracy": 2.0}, "target_accuracy"),
        (10, {"max_iterations": 0}, "max_iterations"),
        (10, {"optimizer": None}, "optimizer"),
        (10, {"data": Blobs(seed=9)}, "data"),
        (10, {"init_seed": 9}, "init_seed"),
        (10, {"initial_weights": (0.0, 0.0, 0.0)}, "initial_weights"),
        (10, {"rate": 1.0}, "rate"),
        (10, {"rate": None}, "rate"),
    ],
)
def test_bad_branch_is_refused_and_leaves_the_run_as_it_was(
    iteration: int, changes: dict[str, object], name: str
) -> None:
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=30)
    before = rows(run.columns())
    with pytest.raises(SettingsError, match=f"^{name}"):
        run.branch(iteration, **changes)
    assert np.array_equal(rows(run.columns()), before)
    assert run.config == ENDLESS
    assert run.extend(seconds=60, iterations=1) == 1


def test_branch_takes_every_field_that_stays_the_same() -> None:
    run = Run(ENDLESS)
    run.branch(0, **{item.name: getattr(ENDLESS, item.name) for item in fields(RunConfig)})
    assert run.segments[0].config == ENDLESS


def test_snapshots_stay_bounded_and_every_moment_can_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lrcore.training.engine._LONGEST_CHUNK", 4)
    monkeypatch.setattr("lrcore.training.snapshots._MOST_SNAPSHOTS", 8)
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=100)
    run.branch(100, optimizer=SGD(lr=0.5))
    run.extend(seconds=60, iterations=300)
    expected = rows(run.columns())
    assert len(run._snapshots) <= 8
    for iteration in (400, 333, 101, 100):
        run.branch(iteration)
        run.extend(seconds=60, iterations=400 - iteration)
        assert np.array_equal(rows(run.columns()), expected)
