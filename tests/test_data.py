"""What holds for every data set, and the clouds against the course's script."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import DATASETS, Blobs, Circles, Moons, Spirals, Xor
from lrcore.data import Dataset, DataSettings, Mixture
from lrcore.settings import described
from tests.strategies import allowed_values

GOLDEN = json.loads((Path(__file__).parent / "data" / "course_runs.json").read_text("utf-8"))
SEEDED = [name for name, cls in DATASETS.items() if "seed" in dict(described(cls))]
MANY = 100_000
DRAWN_FROM_A_POPULATION = [
    Blobs(samples_per_class=MANY),
    Blobs(samples_per_class=MANY, imbalance=5.0, correlation=-0.7, std_ratio=3.0, label_noise=0.2),
    Moons(samples_per_class=MANY),
    Moons(samples_per_class=MANY, depth=-0.5, noise=1.0),
    Circles(samples_per_class=MANY),
    Circles(samples_per_class=MANY, inner_radius=0.8, noise=0.1),
    Xor(samples_per_class=MANY),
    Xor(samples_per_class=MANY, noise=2.0),
    Spirals(samples_per_class=MANY),
    Spirals(samples_per_class=MANY, turns=2.5, noise=0.05),
]
each_population = pytest.mark.parametrize("data", DRAWN_FROM_A_POPULATION, ids=repr)


@cache
def sampled(data: DataSettings) -> Dataset:
    return data.sample()


def clouds(data: DataSettings) -> list[np.ndarray]:
    """The points by the class they had before labels were flipped."""
    x = sampled(data).x.double().numpy()
    return [x[: data.samples_per_class], x[data.samples_per_class :]]


def points_of_the_course(
    seed: int, count: int, mean: float, bias: float, std: float
) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        n_data = torch.ones(count, 2)
        x0 = torch.normal(mean * n_data, std) + bias
        x1 = torch.normal(-mean * n_data, std) + bias
        return torch.cat([x0, x1]), torch.cat([torch.zeros(count), torch.ones(count)])


@pytest.mark.parametrize(
    ("count", "mean", "bias", "std"),
    [(100, 1.6, 1.0, 1.0), (100, 0.0, -5.0, 2.5), (3, 3.0, 1.0, 0.1), (1000, 1.7, 0.3, 5.0)],
)
def test_points_are_those_of_the_course(count: int, mean: float, bias: float, std: float) -> None:
    for seed in (0, 2, 3, 17, 1234, 2**31 - 1):
        sample = Blobs(samples_per_class=count, mean=mean, bias=bias, std=std, seed=seed).sample()
        x, y = points_of_the_course(seed, count, mean, bias, std)
        assert torch.equal(sample.x, x), seed
        assert torch.equal(sample.y, y), seed
        assert (sample.x.dtype, sample.y.dtype) == (torch.float32, torch.float32), seed


@pytest.mark.parametrize("run", GOLDEN["runs"], ids=lambda run: f"seed {run['data_seed']}")
def test_first_and_last_points_are_the_recorded_ones(run: dict[str, object]) -> None:
    """To rounding: the last bits of torch's normal numbers depend on the processor."""
    x = Blobs(seed=run["data_seed"]).sample().x
    recorded = torch.tensor([*run["first_points"], run["last_point"]])
    few_bits = 4 * torch.finfo(torch.float32).eps
    torch.testing.assert_close(x[[0, 1, 2, -1]], recorded, rtol=few_bits, atol=few_bits)


@pytest.mark.parametrize("name", SEEDED)
def test_generator_that_is_given_draws_the_points(name: str) -> None:
    generator = torch.Generator().manual_seed(17)
    data = DATASETS[name](seed=3)
    assert torch.equal(data.sample(generator).x, replace(data, seed=17).sample().x)
    assert not torch.equal(data.sample(generator).x, replace(data, seed=17).sample().x)


@pytest.mark.parametrize("name", DATASETS)
def test_sampling_repeats_and_leaves_the_global_random_state_alone(name: str) -> None:
    data = DATASETS[name]()
    before = torch.get_rng_state()
    first = data.sample()
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(1)
    again = data.sample()
    assert torch.equal(first.x, again.x)
    assert torch.equal(first.y, again.y)
    # Without a file there is no point.
    assert set(first.y.tolist()) == (set() if name == "csv" else {0.0, 1.0})


@pytest.mark.parametrize("name", SEEDED)
def test_every_seed_draws_other_points(name: str) -> None:
    data = DATASETS[name]()
    assert not torch.equal(data.sample().x, replace(data, seed=data.seed + 1).sample().x)


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=30, deadline=None)
@given(draw=st.data())
def test_any_settings_give_points_and_a_population_that_can_be_used(
    name: str, draw: st.DataObject
) -> None:
    cls = DATASETS[name]
    values = {key: draw.draw(allowed_values(spec), key) for key, spec in described(cls)}
    if "samples_per_class" in values:
        values["samples_per_class"] = min(values["samples_per_class"], 200)
    data = cls(**values)
    points, population = data.sample(), data.population()
    assert points.x.shape == (len(points.y), 2)
    assert (points.x.dtype, points.y.dtype) == (torch.float32, torch.float32)
    assert points.x.isfinite().all()
    assert set(points.y.tolist()) <= {0.0, 1.0}
    assert (points.x.device, points.y.device) == (torch.device("cpu"),) * 2
    for mixture in population.classes if population else ():
        assert mixture.means.shape == (len(mixture.means), 2)
        assert (mixture.means.dtype, mixture.covariance.dtype) == (torch.float64, torch.float64)
        assert torch.equal(mixture.covariance, mixture.covariance.T)
        assert np.linalg.eigvalsh(mixture.covariance.numpy()).min() > 0
    assert population is None or 0 < population.share_1 < 1


def test_every_population_is_tested() -> None:
    known = {cls for cls in DATASETS.values() if cls().population() is not None}
    assert {type(data) for data in DRAWN_FROM_A_POPULATION} == known


@each_population
def test_share_and_label_noise_of_the_population_are_those_of_the_sample(
    data: DataSettings,
) -> None:
    population, labels = data.population(), sampled(data).y.double()
    counts = [len(cloud) for cloud in clouds(data)]
    assert population.share_1 == pytest.approx(counts[1] / sum(counts), rel=1e-12)
    for part, label in zip(labels.split(counts), (0.0, 1.0), strict=True):
        noise = population.label_noise
        error = math.sqrt(noise * (1 - noise) / len(part))
        assert (part != label).double().mean() == pytest.approx(noise, abs=4 * error)


@each_population
def test_means_and_covariances_of_the_population_are_those_of_the_sample(
    data: DataSettings,
) -> None:
    for cloud, mixture in zip(clouds(data), data.population().classes, strict=True):
        means, noise = mixture.means.numpy(), mixture.covariance.numpy()
        total = noise + np.cov(means, rowvar=False, bias=True) if len(means) > 1 else noise
        spread = np.sqrt(np.diag(total))
        error = 5 / math.sqrt(len(cloud))
        np.testing.assert_array_less(abs(cloud.mean(0) - means.mean(0)) / spread, error)
        difference = np.cov(cloud, rowvar=False) - total
        # A Gaussian's sample covariance has at most this standard error; bounded shapes have less.
        np.testing.assert_array_less(
            abs(difference) / np.outer(spread, spread), error * math.sqrt(2)
        )


def characteristic_function(mixture: Mixture, k: np.ndarray) -> np.ndarray:
    """E[exp(i k x)] of a Gaussian mixture, in closed form, for k (f, 2)."""
    damping = np.exp(-0.5 * np.einsum("fi,ij,fj->f", k, mixture.covariance.numpy(), k))
    return np.exp(1j * k @ mixture.means.numpy().T).mean(1) * damping


@each_population
def test_characteristic_function_of_the_population_is_that_of_the_sample(
    data: DataSettings,
) -> None:
    k = np.random.default_rng(0).normal(scale=1.5, size=(20, 2))
    for cloud, mixture in zip(clouds(data), data.population().classes, strict=True):
        phases = cloud @ k.T
        measured = np.cos(phases).mean(0) + 1j * np.sin(phases).mean(0)  # faster than exp
        difference = abs(measured - characteristic_function(mixture, k))
        np.testing.assert_array_less(difference, 4 / math.sqrt(len(cloud)))


def test_clouds_are_shown_on_the_axes_of_the_course() -> None:
    assert Blobs().sample().frame == (-5.0, 7.0, -7.0, 7.0)


@pytest.mark.parametrize(
    ("count", "imbalance", "rare"),
    [
        (100, 1.0, 100),
        (100, 3.0, 33),
        (100, 6.0, 17),
        (100, 100.0, 1),
        (7, 2.1, 3),
        (5, 100.0, 1),
        (1, 50.0, 1),
    ],
)
def test_class_1_has_so_many_fewer_points(count: int, imbalance: float, rare: int) -> None:
    data = Blobs(samples_per_class=count, imbalance=imbalance)
    y = data.sample().y
    assert y.tolist() == [0.0] * count + [1.0] * rare
    assert data.population().share_1 == rare / (count + rare)


@pytest.mark.parametrize(
    ("correlation", "std_ratio"),
    [(-0.95, 0.2), (-0.95, 4.0), (-0.3, 1.0), (0.0, 4.0), (0.6, 0.2), (0.95, 1.0), (0.95, 4.0)],
)
def test_correlation_and_spread_are_those_that_were_asked_for(
    correlation: float, std_ratio: float
) -> None:
    data = Blobs(samples_per_class=40_000, std=1.3, correlation=correlation, std_ratio=std_ratio)
    for cloud, std in zip(clouds(data), (1.3, 1.3 * std_ratio), strict=True):
        assert np.corrcoef(cloud, rowvar=False)[0, 1] == pytest.approx(correlation, abs=0.02)
        np.testing.assert_allclose(cloud.std(0), std, rtol=0.02)


def test_label_noise_flips_labels_and_moves_no_point() -> None:
    clean = Blobs(samples_per_class=5000)
    noisy = replace(clean, label_noise=0.3).sample()
    assert torch.equal(noisy.x, clean.sample().x)
    assert (noisy.y != clean.sample().y).double().mean() == pytest.approx(0.3, abs=0.02)


def test_more_label_noise_leaves_wrong_labels_wrong() -> None:
    right = Blobs().sample().y
    wrong = [Blobs(label_noise=noise).sample().y != right for noise in (0.1, 0.2, 0.5)]
    assert all((less & ~more).sum() == 0 for less, more in pairwise(wrong))
    assert 0 < wrong[0].sum() < wrong[1].sum() < wrong[2].sum()
