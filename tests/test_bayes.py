"""The Bayes accuracy: closed forms, Monte Carlo and fine grids against `lrcore.limits`."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
import torch

from lrcore.data import Blobs, Mixture, Population
from lrcore.limits import bayes_accuracy

phi = NormalDist().cdf
ROUND = [[1.0, 0.0], [0.0, 1.0]]
OBLIQUE = [[2.0, 0.9], [0.9, 0.5]]


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
