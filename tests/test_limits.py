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

from lrcore import SGD, Blobs, Quadratic, Run, RunConfig
from lrcore.limits import BestLine, Limits, limits_of
from lrcore.ui.player.limits import LimitsOfRun
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
            assert f"no straight line gets above {best:.4f}" in warning
            assert warning.endswith(f"must pass {target:g}.")


def test_target_of_one_cannot_be_passed() -> None:
    assert said(replace(APART, target_accuracy=1.0)).warning == (
        "Out of reach: no accuracy is above 1."
    )


@pytest.mark.parametrize(
    ("changes", "here"),
    [
        ({}, "The weights grow for ever."),
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
        here.startswith("The weights")
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


def test_luck_is_named_where_the_sample_is_kinder_than_its_source() -> None:
    found = row(RunConfig(), "Bayes accuracy")
    assert found[:3] == ("Bayes accuracy", "0.988", "Best on average; 0.99 is luck.")
    lower = row(RunConfig(target_accuracy=0.9), "Bayes accuracy")
    assert lower.here == "No rule is better on average."


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
    assert "0.9000" in limits.words(APART).warning


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
