"""What is reachable: closed forms, Monte Carlo and brute force against `lrcore.limits.theory`."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore.data import Blobs, Mixture, Population
from lrcore.limits import (
    MOST_POINTS_SWEPT,
    BestLine,
    bayes_accuracy,
    best_line,
    linearly_separable,
)

LabelledPoints = list[tuple[int, int, bool]]
phi = NormalDist().cdf
ROUND = [[1.0, 0.0], [0.0, 1.0]]
OBLIQUE = [[2.0, 0.9], [0.9, 0.5]]
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


def mixture(means: object, covariance: object = ROUND, factor: float = 1.0) -> Mixture:
    return Mixture(
        torch.as_tensor(means, dtype=torch.float64).reshape(-1, 2),
        factor * torch.tensor(covariance, dtype=torch.float64),
    )


def spiral(turn: float, std: float) -> Mixture:
    angle = np.linspace(1, 9, 20)
    arm = angle * np.exp(1j * (angle + turn)) / 4
    return mixture(np.stack([arm.real, arm.imag], 1), ROUND, std**2)


UNEQUAL = (mixture([0, 0]), mixture([1, 0.5], OBLIQUE))
CHECKERS = (mixture([[1, 1], [-1, -1]], OBLIQUE, 0.5), mixture([[1, -1], [-1, 1]], ROUND, 0.5))
ONE_AMONG_MANY = (mixture([0, 0]), spiral(0.0, 0.02))
SPIRALS = (spiral(0.0, 0.3), spiral(math.pi, 0.3))
POPULATIONS = [
    Population(UNEQUAL),
    Population((mixture([0, 0], OBLIQUE), mixture([1, -0.5], OBLIQUE)), share_1=0.4),
    Population(UNEQUAL, share_1=0.9),
    Population(UNEQUAL, share_1=0.3, label_noise=0.2),
    Population(CHECKERS, share_1=0.4),
    Population(ONE_AMONG_MANY, share_1=0.6, label_noise=0.1),
    Population(SPIRALS),
    Population(SPIRALS, label_noise=0.5),
]


def density(distribution: Mixture, x: np.ndarray) -> np.ndarray:
    """Of a Gaussian mixture at points (n, 2), straight from its definition. Returns (n,)."""
    covariance = distribution.covariance.numpy()
    offset = x[:, None] - distribution.means.numpy()  # (n, m, 2)
    square = np.einsum("nmi,ij,nmj->nm", offset, np.linalg.inv(covariance), offset)
    return np.exp(-square / 2).mean(1) / (2 * math.pi * math.sqrt(np.linalg.det(covariance)))


def monte_carlo(population: Population, count: int) -> tuple[float, float]:
    """The share of drawn points that the Bayes classifier gets right, and its standard error."""
    rng = np.random.default_rng(0)
    right = np.empty(0, bool)
    for value, distribution in enumerate(population.classes):
        drawn = round(count * (population.share_1 if value else 1 - population.share_1))
        means = distribution.means.numpy()
        x = rng.choice(means, drawn) + rng.multivariate_normal(
            (0, 0), distribution.covariance.numpy(), drawn
        )
        likely = population.share_1 * density(population.classes[1], x) > (
            1 - population.share_1
        ) * density(population.classes[0], x)
        flipped = rng.random(drawn) < population.label_noise
        right = np.concatenate([right, likely == (flipped ^ bool(value))])
    return right.mean(), right.std() / math.sqrt(count)


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


def test_accuracy_of_the_blobs_of_the_course() -> None:
    assert bayes_accuracy(Blobs().population()) == pytest.approx(phi(1.6 * math.sqrt(2)), abs=1e-12)
    assert bayes_accuracy(Blobs().population()) == pytest.approx(0.98817, abs=1e-5)


@pytest.mark.parametrize("share_1", [0.01, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("distance", [0.0, 1e-9, 0.5, 3.0])
def test_two_gaussians_of_equal_covariance(distance: float, share_1: float) -> None:
    """The best threshold on the one coordinate that tells the classes apart, by a fine grid."""
    classes = (mixture([0, 5], factor=4.0), mixture([2 * distance, 5], factor=4.0))
    threshold = np.append(np.linspace(-60, 60, 200_001), np.inf)
    cdf = np.vectorize(phi)(np.stack([threshold, threshold - distance]))
    best = ((1 - share_1) * cdf[0] + share_1 * (1 - cdf[1])).max()
    best = max(best, share_1)
    assert bayes_accuracy(Population(classes, share_1)) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("share_1", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("ratio", [1.1, 2.0, 30.0])
def test_round_gaussians_about_the_same_centre(ratio: float, share_1: float) -> None:
    """Squared distances are exponential; inside a circle the narrow class is the likely one."""
    square = 2 * math.log((1 - share_1) / share_1 * ratio**2) / (1 - ratio**-2)
    square = max(square, 0.0)
    narrow, wide = 1 - math.exp(-square / 2), math.exp(-square / 2 / ratio**2)
    classes = (mixture([7, -7], factor=0.01), mixture([7, -7], factor=0.01 * ratio**2))
    expected = (1 - share_1) * narrow + share_1 * wide
    assert bayes_accuracy(Population(classes, share_1)) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("gap", [0.001, 0.015, 0.1])
@pytest.mark.parametrize("count", [1, 2, 300, 1000])
def test_parallel_narrow_curves(count: int, gap: float) -> None:
    """Means that differ by the gap alone: the classes differ in one coordinate only."""
    x = np.linspace(-5, 5, count)
    classes = [mixture(np.stack([x, 0 * x + y], 1), factor=1e-4) for y in (0, gap)]
    assert bayes_accuracy(Population(tuple(classes))) == pytest.approx(phi(gap / 0.02), abs=2e-4)


@pytest.mark.parametrize("population", POPULATIONS)
def test_accuracy_against_monte_carlo(population: Population) -> None:
    mean, error = monte_carlo(population, 100_000)
    assert bayes_accuracy(population) == pytest.approx(mean, abs=4 * error + 2e-4)


@pytest.mark.parametrize("population", [POPULATIONS[i] for i in (0, 1, 4, 6)])
def test_accuracy_against_a_fine_grid(population: Population) -> None:
    axis = np.arange(-8, 8, 0.05)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    shares = (1 - population.share_1, population.share_1)
    parts = np.stack(
        [share * density(c, grid) for share, c in zip(shares, population.classes, strict=True)]
    )
    assert parts.sum() * 0.05**2 == pytest.approx(1, abs=1e-4)
    expected = parts.max(0).sum() * 0.05**2
    assert bayes_accuracy(population) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("share_1", [0.0, 0.999, 1.0])
def test_accuracy_lies_within_its_bounds(share_1: float, noise: float) -> None:
    least = max(share_1, 1 - share_1)
    accuracy = bayes_accuracy(
        Population((mixture([0, 0]), mixture([0, 0.1], OBLIQUE)), share_1, noise)
    )
    assert (1 - noise) * least + noise * (1 - least) <= accuracy <= 1 - noise + 1e-12


def test_bayes_accuracy_repeats_and_leaves_the_global_random_state_alone() -> None:
    before = torch.get_rng_state()
    accuracy = bayes_accuracy(POPULATIONS[0])
    torch.rand(1)
    assert bayes_accuracy(POPULATIONS[0]) == accuracy
    torch.set_rng_state(before)
    bayes_accuracy(POPULATIONS[0])
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("values", "name"),
    [((-0.1, 0), "share_1"), ((math.nan, 0), "share_1"), ((0.5, 0.6), "label_noise")],
)
def test_population_out_of_bounds_is_refused(values: tuple[float, float], name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be a number from 0"):
        bayes_accuracy(Population(UNEQUAL, *values))


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
