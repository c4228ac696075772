"""Claims of `lrcore.stories.overfitting`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore.limits import bayes_accuracy
from tests.story_runs import BY_NAME, Played, end_of, played


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


def more_points(run: Played) -> None:
    config, few = (BY_NAME[name].config for name in ("more-points", "overfitting"))
    assert config == replace(few, data=replace(few.data, samples_per_class=1000))
    assert run.test_loss[-1] < 1.05 * run.test_loss.min()


def label_noise(run: Played) -> None:
    config = BY_NAME["label-noise"].config
    clean = played(replace(config, data=replace(config.data, label_noise=0.0)))
    assert np.array_equal(run.x, clean.x)
    assert (run.y != clean.y).mean() == pytest.approx(0.1, abs=0.02)
    assert np.ptp(run.parameters[300:, :2], axis=0).max() < 0.001
    assert (np.diff(clean.size[300:]) > 0).all()


CLAIMS = (
    five_points,
    many_points,
    overfitting,
    overfitting_held,
    more_points,
    weights_grow,
    weights_held,
    label_noise,
    l1_useless,
    l2_useless,
)
