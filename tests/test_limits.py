"""What is said of the limits of a run, and when."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from threading import enumerate as enumerate_threads

import numpy as np
import pytest

from lrcore import (
    SGD,
    Blobs,
    Circles,
    Cubic,
    Linear,
    Moons,
    Quadratic,
    Radial,
    Run,
    RunConfig,
    Spirals,
    Xor,
)
from lrcore.data import DataSettings
from lrcore.features import FeatureMap
from lrcore.limits import BestLine, Limits, limits_of
from lrcore.ui.player.limits import LimitsOfRun, _rounded_down
from lrcore.ui.player.protocol import LimitRow, LimitWords

OVERLAPPING = RunConfig(data=Blobs(mean=0.5))
APART = RunConfig(data=Blobs(mean=4.0))


def said(config: RunConfig, started: RunConfig | None = None) -> LimitWords:
    limits = LimitsOfRun(Run(started or config))
    limits.wait(20)
    words = limits.words(config)
    assert words is not None
    return words


def row(config: RunConfig, name: str) -> LimitRow:
    return {row.name: row for row in said(config).rows}[name]


@pytest.mark.parametrize("seed", range(5))
def test_no_run_does_better_than_the_best_line(seed: int) -> None:
    config = RunConfig(data=Blobs(mean=0.8, seed=seed), target_accuracy=1.0, max_iterations=2000)
    run = Run(config)
    run.extend(60)
    best = limits_of(run).line.accuracy
    assert run.columns().accuracy.max() <= best
    assert best < 1
    # Training minimises a loss, not the mistakes, so it may miss the best line, but not by far.
    assert run.columns().accuracy.max() > best - 0.05


def test_course_is_out_of_reach_by_its_bayes_accuracy() -> None:
    assert limits_of(Run(RunConfig())).bayes == pytest.approx(0.98817, abs=5e-6)


def test_limits_are_those_of_the_points_the_target_is_measured_on() -> None:
    config = replace(OVERLAPPING, test_share=0.5)
    trained = limits_of(Run(config)).line
    tested = limits_of(Run(replace(config, target_on="test"))).line
    assert trained.total == tested.total == 100
    run = Run(config)
    x, y = run.data.x[run.is_test].numpy(), run.data.y[run.is_test].numpy()
    z = x.astype(np.float64) @ np.array([tested.w0, tested.w1]) + tested.b
    assert ((z >= 0) == y).sum() == tested.correct


def test_many_points_and_curved_boundaries_have_no_best_line() -> None:
    large = replace(OVERLAPPING, data=Blobs(mean=0.5, samples_per_class=1001))
    assert row(large, "Best line")[:3] == ("Best line", "–", "Only up to 2,000 points.")
    curved = replace(OVERLAPPING, features=Quadratic())
    assert row(curved, "Best line").here == "Not for a boundary that bends."
    for config in (large, curved):
        assert said(config).warning == ""
        assert limits_of(Run(config)).line is None


def test_target_above_the_best_line_is_told() -> None:
    best = limits_of(Run(OVERLAPPING)).line.accuracy
    for target, told in ((best - 0.005, False), (best, True), (best + 0.005, True)):
        warning = said(replace(OVERLAPPING, target_accuracy=target)).warning
        assert bool(warning) == told
        if told:
            assert f"more than {round(200 * best)} of 200 right" in warning
            assert warning.endswith(f"must pass {target:g}.")


def test_target_of_one_cannot_be_passed() -> None:
    assert said(replace(APART, target_accuracy=1.0)).warning == (
        "Out of reach: no accuracy is above 1."
    )


@pytest.mark.parametrize(
    ("changes", "here"),
    [
        ({}, "No finite weights are best."),
        ({"l2": 0.1}, "A penalty holds the weights."),
        ({"l1": 0.1}, "A penalty holds the weights."),
        ({"optimizer": SGD(weight_decay=0.1)}, "A penalty holds the weights."),
    ],
)
def test_separable_data_and_what_it_does_to_the_weights(
    changes: dict[str, object], here: str
) -> None:
    config = replace(APART, **changes)
    assert row(config, "Separable")[:3] == ("Separable", "yes", here)
    run = Run(replace(config, target_accuracy=1.0, max_iterations=3000))
    run.extend(60)
    sizes = np.linalg.norm(run.columns().weights, axis=1)[[30, 300, 3000]]
    assert (sizes[1] > 1.1 * sizes[0] and sizes[2] > 1.1 * sizes[1]) == (
        here.startswith("No finite")
    )


def test_overlapping_data_is_not_separable() -> None:
    assert row(OVERLAPPING, "Separable")[:3] == (
        "Separable",
        "no",
        "No line separates the classes.",
    )


def test_words_follow_the_settings_of_the_moment() -> None:
    assert said(replace(APART, l2=0.5), started=APART).rows[2].here == (
        "A penalty holds the weights."
    )


def test_new_points_are_told_from_these_points() -> None:
    found = row(RunConfig(), "Bayes accuracy")
    assert found[:3] == (
        "Bayes accuracy",
        "0.988",
        "No rule averages more on new points; these points may allow 0.99.",
    )
    lower = row(RunConfig(target_accuracy=0.9), "Bayes accuracy")
    assert lower.here == "On new points no rule averages more."


def test_no_number_is_rounded_up_to_1() -> None:
    nearly = RunConfig(data=Blobs(samples_per_class=1000, mean=2.4, seed=2))
    assert row(nearly, "Best line")[1:3] == (
        "0.999",
        "Misses 1 of 2,000. Training lowers the loss and may miss more.",
    )
    assert row(nearly, "Separable").value == "no"
    assert row(APART, "Best line")[1:3] == ("1.000", "Some line gets all of them right.")
    # The next accuracy below 1 of many points, and one that float64 holds a little too low.
    assert [_rounded_down(a) for a in (0.9999999, 0.29, 0.995, 1.0)] == [
        "0.999",
        "0.290",
        "0.995",
        "1.000",
    ]


@pytest.mark.parametrize("data", [Circles(noise=0.2), Xor()])
def test_training_misses_more_than_the_best_line(data: DataSettings) -> None:
    run = Run(RunConfig(data=data, target_accuracy=1.0, max_iterations=600))
    run.extend(60)
    assert run.columns().accuracy[100:].max() < limits_of(run).line.accuracy - 0.1


@pytest.mark.parametrize(
    ("data", "features"),
    [
        (Circles(noise=0.2), Quadratic()),
        (Xor(), Quadratic()),
        (Xor(), Radial()),
        (Moons(noise=0.15), Cubic()),
        (Spirals(noise=0.1), Radial(per_side=5)),
    ],
)
def test_separable_speaks_of_the_features_that_the_model_sees(
    data: DataSettings, features: FeatureMap
) -> None:
    config = RunConfig(data=data, features=features)
    assert row(config, "Separable")[1:3] == ("yes", "No finite weights are best.")
    assert row(replace(config, features=Linear()), "Separable")[1:3] == (
        "no",
        "No line separates the classes.",
    )
    noisy = replace(config, data=replace(data, noise=2.0))
    assert row(noisy, "Separable")[1:3] == (
        "no",
        "No boundary of these features separates the classes.",
    )


def test_of_many_points_only_a_no_is_decided() -> None:
    many = RunConfig(data=Blobs(samples_per_class=20_000, mean=4.0), features=Quadratic())
    assert row(many, "Separable")[1:3] == ("–", "Not decided.")
    mixed = replace(many, data=Blobs(samples_per_class=20_000, mean=1.0))
    assert row(mixed, "Separable").value == "no"


def test_float32_leaves_weights_as_they_are_where_the_loss_is_small() -> None:
    """Why nothing is said to grow for ever, of data that a line separates."""
    far = RunConfig(
        data=Blobs(mean=2.5),
        optimizer=SGD(lr=0.1, momentum=0.0),
        target_accuracy=1.0,
        initial_weights=(-6.0, -6.0, 12.0),
        max_iterations=5000,
    )
    run = Run(far)
    run.extend(60)
    assert row(far, "Separable").here == "No finite weights are best."
    assert (np.diff(run.columns().weights, axis=0) == 0).all()


def test_nothing_is_said_until_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Event()

    def slow(run: Run) -> Limits:
        known.wait(20)
        return Limits(None, BestLine(9, 10, 0.0, 0.0, 0.0), separable=False)

    monkeypatch.setattr("lrcore.ui.player.limits.limits_of", slow)
    limits = LimitsOfRun(Run(APART))
    assert limits.words(APART) is None
    known.set()
    limits.wait(20)
    assert "9 of 10" in limits.words(APART).warning


@pytest.mark.parametrize("error", [MemoryError("no room"), KeyError("a bug"), SystemExit(1)])
def test_failure_of_any_kind_says_nothing_and_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fails(run: Run) -> Limits:
        raise error

    logged = SimpleQueue()
    log = logging.Handler()
    monkeypatch.setattr(log, "emit", logged.put)
    monkeypatch.setattr(logging.getLogger("lrcore.ui.player.limits"), "handlers", [log])
    monkeypatch.setattr("lrcore.ui.player.limits.limits_of", fails)
    limits = LimitsOfRun(Run(APART))
    assert logged.get(timeout=20).exc_info[1] is error
    for _ in range(3):
        assert limits.words(APART) == LimitWords()
    assert logged.empty()


def test_all_pages_share_few_threads_and_pages_that_went_on_cost_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on, computed = Event(), []

    def slow(run: Run) -> Limits:
        computed.append(run.config.data.seed)
        go_on.wait(20)
        return Limits(None, None, separable=True)

    monkeypatch.setattr("lrcore.ui.player.limits.limits_of", slow)
    kept = [LimitsOfRun(Run(RunConfig(data=Blobs(seed=seed)))) for seed in range(20)]
    del kept[5:15]
    gc.collect()
    assert sum(thread.name.startswith("limits") for thread in enumerate_threads()) <= 2
    go_on.set()
    for limits in kept:
        limits.wait(20)
        assert limits.words(APART).rows
    assert sorted(computed) == [*range(5), *range(15, 20)]


AT_EXIT = """
from lrcore import Run, RunConfig
from lrcore.ui.player import limits
def slow(run):
    print("begins", flush=True)
    time.sleep(0.3)
    print("ends", flush=True)
import time
limits.limits_of = slow
page = limits.LimitsOfRun(Run(RunConfig()))
"""


def test_interpreter_waits_for_a_computation_and_then_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_EXIT],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["begins", "ends"]
