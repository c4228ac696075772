"""A branch is what torch's own optimiser would have done."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lrcore import SGD, Blobs, Run, RunConfig, Segment, Status
from lrcore.history import Columns
from lrcore.settings import SettingsError

ENDLESS = RunConfig(data=Blobs(samples_per_class=20), target_accuracy=1.0, max_iterations=100_000)

rates = st.sampled_from([0.0001, 0.01, 0.05, 0.3])
configs = st.builds(
    replace,
    st.just(ENDLESS),
    optimizer=st.builds(SGD, lr=rates, momentum=st.sampled_from([0.0, 0.5, 0.9])),
    loss=st.sampled_from(["bce", "bce_logits"]),
    zero_grad=st.booleans(),
)
few = settings(max_examples=12, deadline=None)


def rows(columns: Columns) -> np.ndarray:
    return np.column_stack([columns.weights, columns.bias, columns.loss, columns.accuracy])


def run_to(config: RunConfig, last: int) -> Run:
    run = Run(config)
    run.extend(seconds=60, iterations=last)
    return run


def by_hand(segments: list[tuple[int, RunConfig]], last: int) -> np.ndarray:
    """w0, w1, b, loss of each moment, with torch's parts and each segment's settings."""
    first = segments[0][1]
    data = first.data.sample()
    with torch.random.fork_rng():
        torch.manual_seed(first.init_seed)
        linear = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(linear.parameters(), lr=1.0, momentum=0.9)
    found = []
    for iteration in range(last + 1):
        config = [config for start, config in segments if start <= iteration][-1]
        for group in optimizer.param_groups:
            group["lr"] = config.optimizer.lr
            group["momentum"] = config.optimizer.momentum
        z = linear(data.x).squeeze(1)
        if config.loss == "bce":
            loss = nn.BCELoss()(torch.sigmoid(z), data.y)
        else:
            loss = nn.BCEWithLogitsLoss()(z, data.y)
        weights = linear.weight.detach().flatten().tolist()
        found.append([*weights, linear.bias.item(), loss.item()])
        if config.zero_grad:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(found)


@few
@given(config=configs, chunks=st.lists(st.integers(1, 120), min_size=1, max_size=6), data=st.data())
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


@settings(max_examples=25, deadline=None)
@given(before=configs, after=configs, iteration=st.integers(0, 60), extra=st.integers(0, 300))
def test_branch_is_what_torch_does_with_changed_settings(
    before: RunConfig, after: RunConfig, iteration: int, extra: int
) -> None:
    run = run_to(before, iteration + extra)
    run.branch(iteration, optimizer=after.optimizer, loss=after.loss, zero_grad=after.zero_grad)
    run.extend(seconds=60, iterations=30)
    last = min(len(run) - 1, iteration + 30)
    expected = by_hand([(0, before), (iteration, after)], last)
    # Rounding grows where gradients add up: rows are compared at the scale of their column.
    scale = np.abs(expected).max(0)
    np.testing.assert_allclose(
        rows(run.columns())[:, :4] / scale, expected / scale, rtol=1e-4, atol=1e-4
    )


@few
@given(first=configs, others=st.lists(configs, min_size=2, max_size=3), data=st.data())
def test_nested_branches_are_what_torch_does(
    first: RunConfig, others: list[RunConfig], data: st.DataObject
) -> None:
    run = run_to(first, 40)
    segments = [(0, first)]
    for config in others:
        iteration = data.draw(st.integers(0, len(run) - 1))
        run.branch(
            iteration, optimizer=config.optimizer, loss=config.loss, zero_grad=config.zero_grad
        )
        run.extend(seconds=60, iterations=20)
        segments = [pair for pair in segments if pair[0] < iteration] + [(iteration, config)]
    expected = by_hand(segments, len(run) - 1)
    scale = np.abs(expected).max(0)
    np.testing.assert_allclose(
        rows(run.columns())[:, :4] / scale, expected / scale, rtol=1e-4, atol=1e-4
    )


@few
@given(first=configs, second=configs, cut=st.integers(0, 100), data=st.data())
def test_branch_in_the_last_of_several_segments_repeats_the_rows(
    first: RunConfig, second: RunConfig, cut: int, data: st.DataObject
) -> None:
    run = run_to(first, 100)
    run.branch(cut, optimizer=second.optimizer, loss=second.loss, zero_grad=second.zero_grad)
    run.extend(seconds=60, iterations=300)
    expected = rows(run.columns())
    run.branch(data.draw(st.integers(cut, cut + 300)))
    run.extend(seconds=60, iterations=cut + 301 - len(run))
    assert np.array_equal(rows(run.columns()), expected)


@few
@given(before=configs, after=configs)
def test_branch_at_zero_is_a_fresh_run(before: RunConfig, after: RunConfig) -> None:
    run = run_to(before, 50)
    run.branch(0, optimizer=after.optimizer, loss=after.loss, zero_grad=after.zero_grad)
    run.extend(seconds=60, iterations=50)
    assert np.array_equal(rows(run.columns()), rows(run_to(after, 50).columns()))
    assert run.segments == (Segment(0, after),)


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
        (301, {}, "iteration"),
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
    run.extend(seconds=60, iterations=300)
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
    monkeypatch.setattr("lrcore.engine._LONGEST_CHUNK", 4)
    monkeypatch.setattr("lrcore.training._MOST_SNAPSHOTS", 8)
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
