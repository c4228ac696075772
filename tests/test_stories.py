"""Every story plays to its end and shows what its sentence says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from lrcore import Quadratic, RunConfig, Status
from lrcore.stories import STORIES, Story
from tests.story_runs import BY_NAME, Played, end_of, every_story, played


def course_run(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.iterations < 300
    assert run.accuracy[-1] > 0.99 >= run.accuracy[:-1].max()


def zero_grad_forgotten(run: Played) -> None:
    kept = played(replace(BY_NAME["zero-grad-forgotten"].config, zero_grad=True))
    assert run.crossings() >= 5 * max(1, kept.crossings())
    assert run.loss[-1] > 10 * run.loss[0] > 10 * kept.loss[-1]


def rate_too_small(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 600)
    assert run.accuracy[-1] == pytest.approx(0.5, abs=0.05)
    assert run.strides().max() < 0.02 * end_of("rate-right").strides().max()


def rate_right(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.rises() == 0
    assert run.accuracy[-1] > 0.92


def rate_too_large(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    assert run.rises() == pytest.approx(0.5, abs=0.02)
    assert run.crossings() > 0.95 * run.iterations
    assert run.accuracy.max() < 0.9


def momentum_none(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 1000)
    assert (np.diff(np.abs(run.side[500:])) < 0).all()
    assert np.abs(run.side[-1]) > 10 * np.abs(end_of("momentum-overshoots").side[-1])


def momentum_overshoots(run: Played) -> None:
    assert run.status is Status.REACHED
    assert run.iterations < 500
    swings = np.split(run.side, np.flatnonzero(np.diff(np.sign(run.side))) + 1)
    widths = [np.abs(swing).max() for swing in swings]
    assert len(swings) > 4
    assert max(widths[2:]) > 0.5
    assert widths[-1] < 0.2


def best_of_many_lines(run: Played) -> float:
    """The highest accuracy of all lines in 1800 directions, about that of the best line."""
    angles = np.arange(1800) * math.tau / 1800
    height = run.x @ np.stack([np.cos(angles), np.sin(angles)])  # (n, 1800)
    is_1 = run.y[height.argsort(0)]  # (n, 1800), from the lowest point to the highest
    correct = (1 - is_1).cumsum(0) + is_1.sum(0) - is_1.cumsum(0)
    return float(correct.max()) / len(run.y)


def out_of_reach(run: Played) -> None:
    best = best_of_many_lines(run)
    assert best == pytest.approx(0.96, abs=0.006)
    assert run.status is Status.EXHAUSTED
    assert run.accuracy.max() <= best + 0.005 < 0.99
    assert np.ptp(run.accuracy[-200:]) <= 0.005
    assert run.accuracy[-1] == pytest.approx(0.96, abs=0.011)


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


def circles_quadratic(run: Played) -> None:
    assert isinstance(BY_NAME["circles-quadratic"].config.features, Quadratic)
    assert run.status is Status.REACHED
    w0, w1, w00, w11, w01, b = run.parameters[-1]
    form, slope = np.array([[w00, w01 / 2], [w01 / 2, w11]]), np.array([w0, w1])
    assert (np.linalg.eigvalsh(form) < 0).all()  # a closed curve, class 1 inside
    centre = -np.linalg.solve(form, slope) / 2
    assert np.abs(centre).max() < 0.3
    assert b + slope @ centre / 2 > 0


def weights_grow(run: Played) -> None:
    assert run.accuracy[100:].min() == 1
    assert (np.diff(run.size[::10])[1:] > 0).all()
    assert run.size[-1] > 1.1 * run.size[500]


def weights_held(run: Played) -> None:
    without = end_of("weights-grow")
    assert np.array_equal(run.x, without.x)
    assert np.ptp(run.size[500:]) < 0.03
    assert run.size[-1] < 0.5 * without.size[-1]


def iris_setosa(run: Played) -> None:
    assert run.status is Status.REACHED
    assert (len(run.y), run.accuracy[-1]) == (100, 1)


def iris_virginica(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    best = best_of_many_lines(run)
    assert round(len(run.y) * (1 - best)) == 3
    assert 0.9 < run.accuracy[-1] <= best


def bce_stalls(run: Played) -> None:
    with np.errstate(over="ignore"):
        p = 1 / (1 + np.exp(-run.logits[0].astype(np.float32)))  # as exact as the model's own
    wrong = (p > 0.5) != run.y
    assert ((p == 1) | (p < 1e-12))[wrong].mean() > 0.5
    assert run.status is Status.EXHAUSTED
    assert run.accuracy[-1] < run.accuracy[0] + 0.05
    assert run.loss[-1] > 0.9 * run.loss[0]


def bce_logits_arrives(run: Played) -> None:
    assert np.array_equal(run.parameters[0], end_of("bce-stalls").parameters[0])
    assert run.status is Status.REACHED
    assert run.accuracy[-1] > 0.99
    turned = run.parameters[-1, :2] @ run.parameters[0, :2]
    assert turned < 0


def mse_slow(run: Played) -> None:
    assert run.status is Status.REACHED
    waited = np.flatnonzero(run.loss < 0.75 * run.loss[0])[0]
    other = end_of("mse-compared").loss
    assert waited > 300 > 10 * np.flatnonzero(other < 0.75 * other[0])[0]


def mse_compared(run: Played) -> None:
    slow = end_of("mse-slow")
    assert np.array_equal(run.parameters[0], slow.parameters[0])
    assert run.status is Status.REACHED
    assert run.iterations < slow.iterations / 2


def adam_default(run: Played) -> None:
    assert (run.status, run.iterations) == (Status.EXHAUSTED, 1000)
    assert run.strides().max() < 0.001 * 1.01
    assert run.accuracy[-1] < 0.05


def adam_faster(run: Played) -> None:
    slow = end_of("adam-default")
    assert np.array_equal(run.parameters[0], slow.parameters[0])
    assert run.strides()[:5] == pytest.approx(10 * slow.strides()[:5], rel=0.05)
    assert run.status is Status.REACHED
    assert run.iterations < 400


def sgd_compared(run: Played) -> None:
    assert np.array_equal(run.parameters[0], end_of("adam-default").parameters[0])
    assert run.status is Status.REACHED
    assert run.strides()[:100].max() > 20 * run.strides()[-100:].max()


CLAIMS: dict[str, Callable[[Played], None]] = {
    claim.__name__.replace("_", "-"): claim
    for claim in (
        course_run,
        zero_grad_forgotten,
        rate_too_small,
        rate_right,
        rate_too_large,
        momentum_none,
        momentum_overshoots,
        out_of_reach,
        rare_class,
        circles_line,
        circles_quadratic,
        weights_grow,
        weights_held,
        iris_setosa,
        iris_virginica,
        bce_stalls,
        bce_logits_arrives,
        mse_slow,
        mse_compared,
        adam_default,
        adam_faster,
        sgd_compared,
    )
}


def test_every_story_has_a_claim() -> None:
    assert list(CLAIMS) == list(BY_NAME)


@every_story
def test_story_shows_what_its_sentence_says(story: Story) -> None:
    CLAIMS[story.name](played(story.config))


@every_story
def test_story_is_neither_too_short_nor_too_long(story: Story) -> None:
    assert 2 < played(story.config).iterations / 60 < 20


def test_stories_differ_and_none_is_what_opens_anyway() -> None:
    assert len(BY_NAME) == len({story.config for story in STORIES}) == len(STORIES)
    assert RunConfig() not in {story.config for story in STORIES}


@every_story
def test_story_is_one_short_sentence(story: Story) -> None:
    assert story.watch.endswith(".")
    assert ". " not in story.watch
    assert len(story.watch) <= 88  # one line of the player at 1280 px
    assert "—" not in story.title + story.watch


def test_stories_of_a_chapter_stand_together() -> None:
    chapters = [story.chapter for story in STORIES]
    changes = sum(a != b for a, b in pairwise(chapters))
    assert changes == len(set(chapters)) - 1
