"""The shapes against their equations, written a second time in numpy.

Two samples that differ in `noise` alone have the same places and the same directions of noise, so
that a straight line through two such points leads back to the point without noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lrcore import Circles, Moons, Spirals, Xor

Shape = Circles | Moons | Spirals | Xor
MANY = 20_000


def taken_apart(data: Shape) -> tuple[np.ndarray, np.ndarray]:
    """The points without noise, and the noise in units of `noise`; (2, n, 2) by class."""
    less, more = (replace(data, noise=noise).sample() for noise in (0.25, 1.25))
    low, high = (points.x.double().numpy().reshape(2, -1, 2) for points in (less, more))
    unit = high - low
    return low - 0.25 * unit, unit


def angle(points: np.ndarray) -> np.ndarray:
    """From 0 to 2 pi."""
    return np.arctan2(points[:, 1], points[:, 0]) % (2 * math.pi)


def distance_of_distributions(values: np.ndarray, distribution: Callable) -> float:
    """Kolmogorov's largest distance, times the root of the number of values."""
    ordered = np.sort(values)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    expected = distribution(ordered)
    gap = max(abs(steps[1:] - expected).max(), abs(steps[:-1] - expected).max())
    return gap * math.sqrt(len(ordered))


# Passed by one true hypothesis in 1,500: Kolmogorov's distribution at 1.95 is 1 - 2 exp(-2 1.95^2).
LIMIT = 1.95


def assert_uniform(values: np.ndarray) -> None:
    """Between 0 and 1."""
    assert distance_of_distributions(values, lambda v: v) < LIMIT


ALL = [
    Circles(samples_per_class=MANY),
    Moons(samples_per_class=MANY),
    Spirals(samples_per_class=MANY),
    Xor(samples_per_class=MANY),
]
every_shape = pytest.mark.parametrize("data", ALL, ids=lambda data: type(data).__name__)


@every_shape
def test_class_0_comes_first_and_both_have_all_their_points(data: Shape) -> None:
    assert data.sample().y.tolist() == [0.0] * MANY + [1.0] * MANY


@every_shape
def test_noise_is_gaussian_and_the_same_in_all_directions(data: Shape) -> None:
    for noise in taken_apart(data)[1]:
        # The squared length of a plane Gaussian is chi-squared with 2 degrees of freedom.
        squared = (noise**2).sum(1)
        assert distance_of_distributions(squared, lambda v: 1 - np.exp(-v / 2)) < LIMIT
        assert_uniform(angle(noise) / (2 * math.pi))


@every_shape
def test_default_points_fit_the_frame(data: Shape) -> None:
    points = replace(data).sample()
    x0, x1, y0, y1 = points.frame
    x, y = points.x.unbind(1)
    assert ((x0 < x) & (x < x1) & (y0 < y) & (y < y1)).double().mean() > 0.995
    assert points.x.abs().max() > 0.6 * x1


@pytest.mark.parametrize("inner_radius", [0.1, 0.5, 0.9])
def test_circles_are_circles(inner_radius: float) -> None:
    clean, _ = taken_apart(Circles(samples_per_class=MANY, inner_radius=inner_radius))
    for circle, radius in zip(clean, (2.5, 2.5 * inner_radius), strict=True):
        np.testing.assert_allclose(np.hypot(*circle.T), radius, atol=1e-5)
        assert_uniform(angle(circle) / (2 * math.pi))


@pytest.mark.parametrize("depth", [-1.0, 0.0, 1.0, 1.5])
def test_moons_are_half_circles(depth: float) -> None:
    clean, _ = taken_apart(Moons(samples_per_class=MANY, depth=depth))
    for sign, moon in zip((1, -1), clean, strict=True):
        arc = sign * moon + [1.0, depth / 2]
        np.testing.assert_allclose(np.hypot(*arc.T), 2.0, atol=1e-5)
        assert arc[:, 1].min() > -1e-5
        assert_uniform((np.arctan2(arc[:, 1], arc[:, 0]) / math.pi).clip(0, 1))


@pytest.mark.parametrize("depth", [-1.0, 0.0, 1.0])
def test_moons_reach_so_deep_into_each_other(depth: float) -> None:
    upper, lower = taken_apart(Moons(samples_per_class=MANY, depth=depth))[0]
    assert lower[:, 1].max() - upper[:, 1].min() == pytest.approx(depth, abs=1e-3)


def test_moons_are_those_of_scikit_learn_centred_and_twice_as_large() -> None:
    data = Moons()
    means = [mixture.means.numpy() for mixture in data.population().classes]
    t = math.pi * (np.arange(len(means[0])) + 0.5) / len(means[0])
    outer = np.stack([np.cos(t), np.sin(t)], 1)
    inner = np.stack([1 - np.cos(t), 1 - np.sin(t) - 0.5], 1)
    np.testing.assert_allclose(means, [2 * (moon - [0.5, 0.25]) for moon in (outer, inner)])


def test_xor_has_its_classes_on_the_diagonals() -> None:
    clean, _ = taken_apart(Xor(samples_per_class=MANY))
    np.testing.assert_allclose(abs(clean), 1.5, atol=1e-5)
    for sign, cloud in zip((1, -1), clean, strict=True):
        assert (np.sign(cloud[:, 0] * cloud[:, 1]) == sign).all()
        # Four standard errors of a fair coin.
        assert (cloud[:, 0] > 0).mean() == pytest.approx(0.5, abs=2 / math.sqrt(MANY))


def test_population_of_xor_has_two_components_a_class() -> None:
    population = Xor(noise=0.4).population()
    corners = [[[-1.5, -1.5], [1.5, 1.5]], [[-1.5, 1.5], [1.5, -1.5]]]
    assert [mixture.means.tolist() for mixture in population.classes] == corners
    for mixture in population.classes:
        np.testing.assert_allclose(mixture.covariance, [[0.16, 0.0], [0.0, 0.16]])


@pytest.mark.parametrize("turns", [0.25, 1.0, 3.0])
def test_spirals_are_archimedean_and_turned_by_half_a_circle(turns: float) -> None:
    clean, _ = taken_apart(Spirals(samples_per_class=MANY, turns=turns))
    for half_circle, arm in zip((0.0, math.pi), clean, strict=True):
        radius = np.hypot(*arm.T)
        expected = 2 * math.pi * turns * (radius - 0.5) / 2.5 + half_circle
        np.testing.assert_allclose(np.cos(angle(arm) - expected), 1, atol=1e-6)
        assert (radius.min(), radius.max()) == pytest.approx((0.5, 3.0), abs=0.01)
        assert_uniform(((radius**2 - 0.25) / 8.75).clip(0, 1))


def fine_curve(data: Shape) -> np.ndarray:
    """Class 0 of a curve at 20,000 places, (20000, 2)."""
    t = (np.arange(20_000) + 0.5) / 20_000
    if isinstance(data, Circles):
        return 2.5 * np.stack([np.cos(2 * math.pi * t), np.sin(2 * math.pi * t)], 1)
    if isinstance(data, Moons):
        arc = 2 * np.stack([np.cos(math.pi * t), np.sin(math.pi * t)], 1)
        return arc - [1, data.depth / 2]
    radius = np.sqrt(0.25 + 8.75 * t)
    turned = 2 * math.pi * data.turns * (radius - 0.5) / 2.5
    return np.stack([radius * np.cos(turned), radius * np.sin(turned)], 1)


def density(x: np.ndarray, means: np.ndarray, std: float) -> np.ndarray:
    """Of Gaussians of equal weight at `means`, at the points x."""
    squared = ((x[:, None] - means) ** 2).sum(2)
    return np.exp(-squared / (2 * std**2)).mean(1) / (2 * math.pi * std**2)


@pytest.mark.parametrize(
    "data", [Circles(noise=0.05), Moons(noise=0.05), Spirals(noise=0.05, turns=3.0)], ids=repr
)
def test_components_lie_dense_enough_for_the_least_noise(data: Shape) -> None:
    """Past the ends of a curve the error is largest."""
    x = data.sample().x[: data.samples_per_class].double().numpy()
    coarse = density(x, data.population().classes[0].means.numpy(), 0.05)
    np.testing.assert_allclose(coarse, density(x, fine_curve(data), 0.05), rtol=0.02)
