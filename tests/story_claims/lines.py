"""Claims of `lrcore.stories.lines`."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import Quadratic, Status
from tests.story_runs import BY_NAME, Played, best_of_many_lines, end_of


def out_of_reach(run: Played) -> None:
    best = best_of_many_lines(run)
    assert best == pytest.approx(0.96, abs=1e-9)
    assert run.status is Status.EXHAUSTED
    assert run.accuracy.max() < best
    assert np.ptp(run.accuracy[-200:]) <= 0.005
    assert run.accuracy[-1] == pytest.approx(0.95, abs=1e-9)


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


def moons_line(run: Played) -> None:
    assert run.status is Status.EXHAUSTED
    assert run.accuracy[-200:] == pytest.approx(0.88, abs=0.005)


def moons_cubic(run: Played) -> None:
    assert np.array_equal(run.x, end_of("moons-line").x)
    assert run.status is Status.REACHED
    assert run.iterations < 50


def spirals_line(run: Played) -> None:
    assert run.accuracy[-100:].max() < 0.6


def spirals_cubic(run: Played) -> None:
    assert np.array_equal(run.x, end_of("spirals-line").x)
    assert run.parameters.shape[1] - 1 == 9
    assert run.accuracy[-100:].min() > 0.94


CLAIMS = (
    out_of_reach,
    circles_line,
    circles_quadratic,
    xor_line,
    xor_quadratic,
    spread_line,
    spread_quadratic,
    moons_line,
    moons_cubic,
    spirals_line,
    spirals_cubic,
)
