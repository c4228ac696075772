"""Best line and separability: brute force and shapes that are known against `lrcore.limits`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from lrcore import Cubic, Linear, Quadratic, Radial, Sine
from lrcore.features import Basis, FeatureMap
from lrcore.limits import MOST_POINTS_SWEPT, BestLine, best_line, linearly_separable, separable

LabelledPoints = list[tuple[int, int, bool]]
# On a small grid points share places and lines again and again.
labelled_grids = st.lists(
    st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.booleans()), max_size=10
)

# Turns, mirrors and very flat squeezes without a rounding error.
EXACT_MAPS = (
    [[1, 0], [0, -1]],
    [[0, 1], [1, 0]],
    [[2, 0.5], [-4, 1]],
    [[1, 0], [0, 2**-36]],
    [[1, 3], [2**-36, 2**-36]],
)


def most_correct(x: np.ndarray, y: np.ndarray) -> int:
    """Brute force, O(n³ log n): sort the points along every direction that orders them anew.

    Those are the normals of all lines through two points, turned a little either way. Integers up
    to 1e3 stay exact.
    """
    best = max((y == 1).sum(), (y == 0).sum(), 0)
    for first, second in zip(*np.triu_indices(len(x), 1), strict=True):
        (dx, dy), turn = x[second] - x[first], 2.0**26
        for sign in (-1, 1):
            height = x @ np.array([sign * dx - turn * dy, sign * dy + turn * dx])
            order = np.argsort(height)
            right = (y == 0).sum() + np.cumsum(2 * y[order] - 1)
            whole = np.diff(height[order], append=np.inf) > 0  # all of a place is on one side
            best = max(best, right[whole].max(), (len(y) - right[whole]).max())
    return int(best)


def attained(line: BestLine, x: torch.Tensor, y: torch.Tensor) -> int:
    """Points that the line itself gets right."""
    z = line.w0 * x[:, 0].double() + line.w1 * x[:, 1].double() + line.b
    return int(((z >= 0) == (y == 1)).sum())


def tensors(points: LabelledPoints) -> tuple[torch.Tensor, torch.Tensor]:
    table = torch.tensor(points, dtype=torch.float32).reshape(-1, 3)
    return table[:, :2], table[:, 2]


def cloud(count: int, seed: int, share_1: float = 0.5) -> tuple[torch.Tensor, torch.Tensor]:
    """Points whose classes overlap."""
    generator = torch.Generator().manual_seed(seed)
    y = (torch.rand(count, generator=generator) < share_1).float()
    return torch.randn(count, 2, generator=generator) + 0.7 * y[:, None], y


@settings(max_examples=300, deadline=None)
@given(labelled_grids)
def test_best_line_on_a_small_grid(points: LabelledPoints) -> None:
    x, y = tensors(points)
    line = best_line(x, y)
    assert line.correct == most_correct(x.double().numpy(), y.int().numpy())
    assert line.total == len(points)
    assert attained(line, x, y) == line.correct


@pytest.mark.parametrize("share_1", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("count", "seed"), [(3, 0), (12, 1), (25, 2), (40, 3)])
def test_best_line_on_random_points(count: int, seed: int, share_1: float) -> None:
    x, y = cloud(count, seed, share_1)
    assert best_line(x, y).correct == most_correct(x.double().numpy(), y.int().numpy())


@pytest.mark.parametrize(
    "place",
    [lambda x: x, lambda x: 1e-3 * x + 1, lambda x: (4 * x).round(), lambda x: x * x.new([1, 0])],
    ids=["spread", "narrow", "grid", "on a line"],
)
def test_line_gets_as_many_right_as_it_says(place: Callable[[torch.Tensor], torch.Tensor]) -> None:
    x, y = cloud(MOST_POINTS_SWEPT, 0)
    line = best_line(place(x), y)
    assert attained(line, place(x), y) == line.correct
    assert line.accuracy == line.correct / MOST_POINTS_SWEPT
    assert 0.6 < line.accuracy < 0.8


@settings(max_examples=200, deadline=None)
@given(labelled_grids, st.sampled_from(EXACT_MAPS))
def test_nothing_depends_on_the_coordinates(
    points: LabelledPoints, columns: list[list[float]]
) -> None:
    x, y = tensors(points)
    mapped = x.double() @ torch.tensor(columns, dtype=torch.float64)
    correct = best_line(x, y).correct
    assert best_line(mapped, y).correct == correct
    assert best_line(mapped, 1 - y).correct == correct
    assert linearly_separable(mapped, y) is (correct == len(points))


@pytest.mark.parametrize(
    ("points", "correct"),
    [
        ([], 0),
        ([(1, 1, True)], 1),
        ([(1, 1, False)], 1),
        ([(1, 1, True), (1, 1, False)], 1),
        ([(1, 1, True), (2, 1, False)], 2),
        ([(0, 0, True), (1, 0, False), (2, 0, True)], 2),
        ([(0, 0, True), (1, 1, True), (1, 0, False), (0, 1, False)], 3),
    ],
)
def test_best_line_through_few_points(points: LabelledPoints, correct: int) -> None:
    x, y = tensors(points)
    line = best_line(x, y)
    assert (line.correct, line.total, attained(line, x, y)) == (correct, len(points), correct)
    assert line.accuracy == (correct / len(points) if points else 1.0)


def test_best_line_refuses_more_points_than_it_sweeps() -> None:
    x, y = cloud(MOST_POINTS_SWEPT + 1, 0)
    with pytest.raises(ValueError, match="at most 2000 points; got 2001 points"):
        best_line(x, y)


@settings(max_examples=300, deadline=None)
@given(labelled_grids)
def test_separable_on_a_small_grid(points: LabelledPoints) -> None:
    x, y = tensors(points)
    best = most_correct(x.double().numpy(), y.int().numpy())
    assert linearly_separable(x, y) is (best == len(points))


@pytest.mark.parametrize("angle", np.linspace(0, math.tau, 9))
@pytest.mark.parametrize("margin", [1e-3, 0.1, 2.0])
def test_strip_without_points_separates(angle: float, margin: float) -> None:
    x, _ = cloud(5000, 7)
    normal = torch.tensor([math.cos(angle), math.sin(angle)])
    y = (x @ normal > 0.3).float()
    assert linearly_separable(x + margin * (2 * y[:, None] - 1) * normal, y)


@pytest.mark.parametrize("seed", range(5))
def test_copy_of_the_points_is_separable_only_beyond_their_width(seed: int) -> None:
    x = (64 * cloud(1000, seed)[0]).round()  # so that the shifts are exact
    shift = x.new([1, 2])
    y = torch.cat([torch.zeros(len(x)), torch.ones(len(x))])
    assert not linearly_separable(torch.cat([x, x]), y)
    assert not linearly_separable(torch.cat([x, x + shift]), y)
    assert linearly_separable(torch.cat([x, x + 1000 * shift]), y)


@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (3, 1), (-8, 5), (-30, 11)])
@pytest.mark.parametrize("scale", [2.0**-40, 1.0, 3e5])
@pytest.mark.parametrize(
    ("lift", "start"), [(0, (0, 0)), (0, (7, 3)), (2.0**-49, (0, 0)), (2.0**-20, (7, 3))]
)
def test_touching_hulls_are_not_separable(
    direction: tuple[int, int], scale: float, lift: float, start: tuple[int, int]
) -> None:
    """A corner of class 1 on an edge of class 0 or on its end, or a little above."""
    along = np.array(direction, float)
    up = np.array([-along[1], along[0]])
    for corner in (0 * along, 4 * along):
        above = [corner + lift * up, corner + 5 * up + along]
        x = torch.tensor(scale * (np.array([-3 * up, -2 * along, 4 * along, *above]) + start))
        y = torch.tensor([0, 0, 0, 1, 1])
        assert linearly_separable(x, y) is (lift > 0)
        assert linearly_separable(x, 1 - y) is (lift > 0)


@pytest.mark.parametrize("gap", [-1e-4, 1e-4])
def test_rings_side_by_side(gap: float) -> None:
    angle = torch.linspace(0, math.tau, 100_001, dtype=torch.float64)
    ring = torch.stack([angle.cos(), angle.sin()], 1)
    beside = ring + ring.new([0.6, 0.8]) * (2 + gap)
    y = torch.cat([torch.zeros(len(ring)), torch.ones(len(ring))])
    assert linearly_separable(torch.cat([ring, beside]).float(), y) is (gap > 0)
    assert not linearly_separable(torch.cat([ring, ring / 2]).float(), y)


@pytest.mark.parametrize("y", [torch.zeros(3), torch.ones(3)])
def test_one_class_alone_is_separable(y: torch.Tensor) -> None:
    assert linearly_separable(torch.zeros(3, 2), y)


def test_million_points_agree_with_their_extremes() -> None:
    x, _ = cloud(1_000_000, 9)
    y = (x @ x.new([1, -1]) > 0).float()
    apart = x + (2 * y[:, None] - 1) * x.new([1e-3, -1e-3])
    assert linearly_separable(apart, y)
    y[12345] = 1 - y[12345]
    assert not linearly_separable(apart, y)


@pytest.mark.parametrize("judge", [best_line, linearly_separable])
@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (torch.zeros(3, 3), torch.zeros(3), r"shape \(n, 2\).*got \(3, 3\) and \(3,\)"),
        (torch.zeros(3, 2), torch.zeros(2), r"got \(3, 2\) and \(2,\)"),
        (torch.full((1, 2), math.nan), torch.zeros(1), "x must hold finite numbers only"),
        (torch.zeros(1, 2), torch.full((1,), 2.0), "y must hold 0 and 1 only"),
    ],
)
def test_points_of_a_wrong_kind_are_refused(
    judge: Callable[[torch.Tensor, torch.Tensor], object],
    x: torch.Tensor,
    y: torch.Tensor,
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        judge(x, y)


def test_two_points_in_one_place_cannot_be_told_apart() -> None:
    x = torch.tensor([(1.0, -1.0), (-1.0, -1.0), (2.0, -1.0), (0.0, -1.0), (1.0, -1.0)])
    phi = Basis.fit(Radial(), x, standardise=False)(x)
    assert separable(phi, torch.tensor([0.0, 0, 0, 0, 1])) is False


@settings(max_examples=150, deadline=None)
@given(
    labelled_grids,
    st.sampled_from([Linear(), Quadratic(), Cubic(), Sine(), Radial(), Radial(per_side=5)]),
)
def test_separable_by_features_on_a_small_grid_against_a_linear_program(
    points: LabelledPoints, features: FeatureMap
) -> None:
    x, y = tensors(points)
    phi = Basis.fit(features, x, standardise=False)(x)
    found = separable(phi, y)
    if isinstance(features, Linear):
        assert found is linearly_separable(x, y)
    sign = np.where(y.numpy() == 1, 1.0, -1.0)
    rows = np.column_stack([phi.double().numpy(), np.ones(len(x))]) * sign[:, None]
    free = [(None, None)] * rows.shape[1]
    oracle = linprog(np.zeros(rows.shape[1]), -rows, -np.ones(len(x)), bounds=free)
    if found is None:  # allowed only where it turns on digits that float32 has not
        lengths = np.linalg.svd(rows, compute_uv=False)
        assert ((lengths > 1e-14 * lengths[0]) & (lengths < 1e-8 * lengths[0])).any()
    else:
        assert found is (oracle.status == 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("gap", "answer"), [(-1e-3, False), (0.0, False), (1e-5, True)])
def test_parabola_that_just_separates(seed: int, gap: float, answer: bool) -> None:
    """Points on both sides of x₁ = x₀², two of each class on it where the gap is 0."""
    u = torch.rand(500, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 4 - 2
    away = torch.linspace(0, 2, 500, dtype=torch.float64) + gap
    y = torch.arange(500).remainder(2).float()
    away[:2], u[0], u[1] = gap, 1.0, 1.0
    x = torch.stack([u, u**2 + (2 * y - 1) * away], 1)
    assert separable(torch.cat([x, x**2, x[:, :1] * x[:, 1:]], 1), y) is answer


def test_numbers_too_large_for_features_are_not_decided() -> None:
    assert separable(torch.tensor([[torch.inf], [0.0]]), torch.tensor([0.0, 1.0])) is None
