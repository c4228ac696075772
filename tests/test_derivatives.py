"""Derivatives as curves, against formulas and finite differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lrcore.autograd.derivatives import derivatives
from lrcore.autograd.exercises.own_expression import compiled
from lrcore.autograd.program import Program
from lrcore.figures.derivatives import derivative_curves


def program(text: str) -> Program:
    return compiled(text, ("x",))


def test_the_courses_derivatives() -> None:
    result = derivatives(program("x**2"), 3.0, 4)
    assert result.values == (9.0, 6.0, 2.0, 0.0, 0.0)
    assert result.last_order == 3


def test_derivatives_of_sin_are_known() -> None:
    result = derivatives(program("sin(x)"), 1.25, 4)
    s, c = math.sin(1.25), math.cos(1.25)
    assert result.values == pytest.approx((s, c, -s, -c, s), rel=1e-12)
    assert result.differences == pytest.approx((c, -s, -c, s), rel=1e-8)
    expected = np.stack([np.sin(result.axis + order * np.pi / 2) for order in range(5)])
    assert result.curves == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["exp(x) * cos(x)", "tanh(x)", "sigmoid(2 * x)", "1 / (2 + x**2)", "relu(x) * x"]
)
def test_finite_differences_agree(text: str) -> None:
    result = derivatives(program(text), 0.7, 4)
    assert result.differences == pytest.approx(result.values[1:], rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "at", "kink"),
    [
        ("relu(x)", 0.0, 0),
        ("x * relu(x)", 0.0, 1),
        ("relu(x - 1) + x**3", 1.0, 0),
        ("relu(x)", 0.5, None),
        ("exp(3 * x)", 4.0, None),
        ("1 / x", 0.01, None),
        ("sin(9 * x)", 3.0, None),
        ("1000000 * x**2", 0.0, None),
        ("log(x)", -2.0, None),
    ],
)
def test_kinks_are_told_from_steep_curves(text: str, at: float, kink: int | None) -> None:
    assert derivatives(program(text), at, 2).kink == kink


def test_curves_outside_the_domain_leave_gaps() -> None:
    result = derivatives(program("log(x)"), -1.0, 2)
    figure = derivative_curves(result.axis, result.curves, -1.0, result.values, "#000000")
    assert [trace.name for trace in figure.data] == ["f", "f′", "f″"]
    assert np.isnan(figure.data[0].y[0])


@pytest.mark.parametrize("text", ["1 / x", "1 / (x - 0.013)", "1 / sin(x)", "1 / x**3"])
def test_no_line_is_drawn_across_a_pole(text: str) -> None:
    result = derivatives(program(text), 3.0, 2)
    figure = derivative_curves(result.axis, result.curves, 3.0, result.values, "#000000")
    for curve in figure.data[:3]:
        y = np.array(curve.y)
        drawn = np.isfinite(y[:-1]) & np.isfinite(y[1:])
        assert not (drawn & (np.sign(y[:-1]) * np.sign(y[1:]) < 0) & (abs(y[1:]) > 1)).any()


@pytest.mark.parametrize(("text", "gaps"), [("relu(x)", 1), ("sin(9 * x)", 0), ("tanh(9 * x)", 0)])
def test_only_a_jump_leaves_a_gap(text: str, gaps: int) -> None:
    assert np.isnan(derivatives(program(text), 3.0, 2).curves).sum() == gaps


@pytest.mark.parametrize("text", ["x**2", "exp(x**2)", "x"])
def test_curves_are_smooth_and_show_their_point(text: str) -> None:
    result = derivatives(program(text), 3.0, 1)
    figure = derivative_curves(result.axis, result.curves, 3.0, result.values, "#000000")
    assert not any(trace.line.simplify for trace in figure.data[:2])
    low, high = figure.layout.yaxis.range
    assert low < result.values[0] < high


def test_the_tangent_touches_with_the_right_slope() -> None:
    result = derivatives(program("x**2"), 3.0, 1)
    figure = derivative_curves(result.axis, result.curves, 3.0, result.values, "#000000")
    tangent = next(trace for trace in figure.data if trace.name == "tangent")
    assert np.diff(tangent.y)[0] / np.diff(tangent.x)[0] == pytest.approx(6.0)
    assert np.mean(tangent.y) == pytest.approx(9.0)
