"""Claims of `lrcore.stories.learning`."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lrcore import Quadratic, Status
from lrcore.limits import bayes_accuracy
from tests.story_runs import BY_NAME, Played, end_of, played


def best_of_many_lines(run: Played) -> float:
    """The highest accuracy of all lines in 1800 directions, about that of the best line."""
    angles = np.arange(1800) * math.tau / 1800
    height = run.x @ np.stack([np.cos(angles), np.sin(angles)])  # (n, 1800)
    is_1 = run.y[height.argsort(0)]  # (n, 1800), from the lowest point to the highest
    correct = (1 - is_1).cumsum(0) + is_1.sum(0) - is_1.cumsum(0)
    return float(correct.max()) / len(run.y)


def out_of_reach(run: Played) -> None:
    best = best_of_many_lines(run)
    assert best == pytest.approx(0.96, abs=1e-9)
    assert run.status is Status.EXHAUSTED
    assert run.accuracy.max() < best
    assert np.ptp(run.accuracy[-200:]) <= 0.005
    assert run.accuracy[-1] == pytest.approx(0.95, abs=1e-9)


def rare_class(run: Played) -> None:
    rare = run.y == 1
    assert rare.sum() * 10 == (~rare).sum()
    found = (run.logits[:, rare] > 0).mean(1)
    assert run.accuracy[found == 0].max() > 0.9
    assert run.status is Status.REACHED
    assert run.accuracy[-1] > 0.94
    assert found[-1] < 0.5


def circles_line(run: Played) -> None:
    assert np.array_equal(run.x, end_of("circles-quadratic").x)
    assert run.status is Status.EXHAUSTED
    assert run.accuracy.max() < 0.6
    assert best_of_many_lines(run) > 0.7


def circles_quadratic(run: Played) -> None:
    assert isinstance(BY_NAME["circles-quadratic"].config.features, Quadratic)
    assert run.status is Status.REACHED
    w0, w1, w00, w11, w01, b = run.parameters[-1]
    form, slope = np.array([[w00, w01 / 2], [w01 / 2, w11]]), np.array([w0, w1])
    assert (np.linalg.eigvalsh(form) < 0).all()  # a closed curve, class 1 inside
    centre = -np.linalg.solve(form, slope) / 2
    assert np.abs(centre).max() < 0.3
    assert b + slope @ centre / 2 > 0


def xor_line(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    assert run.accuracy[-1] == pytest.approx(0.56, abs=0.005)
    assert best_of_many_lines(run) > 0.75


def xor_quadratic(run: Played) -> None:
    assert np.array_equal(run.x, end_of("xor-line").x)
    assert run.status is Status.REACHED
    *others, product = np.abs(run.parameters[-1, :5])
    assert product > 8 * max(others)


def spread_line(run: Played) -> None:
    spread = [run.x[run.y == label].std() for label in (0, 1)]
    assert spread[1] == pytest.approx(3 * spread[0], rel=0.1)
    assert run.accuracy[-1] == pytest.approx(0.65, abs=0.005)


def spread_quadratic(run: Played) -> None:
    assert run.accuracy[-100:].min() > 0.8
    w0, w1, w00, w11, w01, b = run.parameters[-1]
    form, slope = np.array([[w00, w01 / 2], [w01 / 2, w11]]), np.array([w0, w1])
    assert (np.linalg.eigvalsh(form) > 0).all()  # a closed curve, class 0 inside
    centre = -np.linalg.solve(form, slope) / 2
    narrow = run.x[run.y == 0]
    assert np.abs(centre - narrow.mean(0)).max() < 0.5
    assert b + slope @ centre / 2 < 0


def weights_grow(run: Played) -> None:
    assert run.accuracy[100:].min() == 1
    assert (np.diff(run.size[::10])[1:] > 0).all()
    assert run.size[-1] > 1.1 * run.size[500]


def weights_held(run: Played) -> None:
    without = end_of("weights-grow")
    assert np.array_equal(run.x, without.x)
    assert np.ptp(run.size[500:]) < 0.03
    assert run.size[-1] < 0.5 * without.size[-1]
    b = run.parameters[:, 2]
    assert b[-1] - b[500] > 0.2


def l1_useless(run: Played) -> None:
    free = played(replace(BY_NAME["l1-useless"].config, l1=0.0)).parameters[-1, 2:5]
    last = run.parameters[-100:, 2:5]
    assert np.abs(free).min() > 0.05
    assert np.abs(last).max() < 0.02
    assert (np.ptp(last, axis=0) > 0).any()  # they tremble
    assert (np.abs(run.parameters[-1, :2]) > 1).all()


def l2_useless(run: Played) -> None:
    free = played(replace(BY_NAME["l2-useless"].config, l2=0.0)).parameters[-1, :5]
    assert (np.abs(run.parameters[-1, :5]) < np.abs(free)).all()
    assert run.parameters[-200:, 3] == pytest.approx(-0.07, abs=0.005)


def overfitting(run: Played) -> None:
    assert run.accuracy[-1] == 1
    assert (np.diff(run.loss) < 0).all()
    lowest = run.test_loss.argmin()
    assert lowest < 100
    assert run.test_loss[-1] > 4 * run.test_loss[lowest]
    # However the points are split.
    for seed in range(1, 6):
        other = played(replace(BY_NAME["overfitting"].config, split_seed=seed))
        assert other.test_loss[-1] > 1.1 * other.test_loss.min(), seed


def overfitting_held(run: Played) -> None:
    without = BY_NAME["overfitting"].config
    assert BY_NAME["overfitting-held"].config == replace(without, l2=0.01)
    assert run.test_loss[-1] < 1.05 * run.test_loss.min()


def five_points(run: Played) -> None:
    config = BY_NAME["five-points"].config
    ends = [
        played(replace(config, data=replace(config.data, seed=seed))).accuracy[-1]
        for seed in range(10)
    ]
    assert sum(end == 1 for end in ends) > 5
    assert run.accuracy[-1] == 1
    assert np.mean(ends) > bayes_accuracy(config.data.population()) + 0.03


def many_points(run: Played) -> None:
    config = BY_NAME["many-points"].config
    few = BY_NAME["five-points"].config.data
    assert config.data == replace(few, samples_per_class=10_000)
    bayes = bayes_accuracy(config.data.population())
    assert bayes == pytest.approx(0.92, abs=0.005)
    for seed in (3, 4, 5):
        other = played(replace(config, data=replace(config.data, seed=seed)))
        assert other.accuracy[-1] == pytest.approx(bayes, abs=0.006)


def iris_setosa(run: Played) -> None:
    assert run.status is Status.REACHED
    assert (len(run.y), run.accuracy[-1]) == (100, 1)


def iris_virginica(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    best = best_of_many_lines(run)
    assert round(len(run.y) * (1 - best)) == 3
    assert 0.9 < run.accuracy[-1] <= best


def iris_raw(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.iterations == pytest.approx(1000, abs=50)
    assert (run.x.mean(0) > 1.5).all()


def iris_standardised(run: Played) -> None:
    raw = BY_NAME["iris-raw"].config
    assert BY_NAME["iris-standardised"].config == replace(raw, standardise=True)
    assert run.status is Status.REACHED
    assert run.iterations < 40


CLAIMS = (
    iris_setosa,
    iris_virginica,
    iris_raw,
    iris_standardised,
    out_of_reach,
    rare_class,
    circles_line,
    circles_quadratic,
    xor_line,
    xor_quadratic,
    spread_line,
    spread_quadratic,
    weights_grow,
    weights_held,
    l1_useless,
    l2_useless,
    overfitting,
    overfitting_held,
    five_points,
    many_points,
)
