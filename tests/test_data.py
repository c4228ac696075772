"""The data sets against the course's script."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lrcore import DATASETS, Blobs

GOLDEN = json.loads((Path(__file__).parent / "data" / "course_runs.json").read_text("utf-8"))


def points_of_the_course(
    seed: int, count: int, mean: float, bias: float, std: float
) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        n_data = torch.ones(count, 2)
        x0 = torch.normal(mean * n_data, std) + bias
        x1 = torch.normal(-mean * n_data, std) + bias
        return torch.cat([x0, x1]), torch.cat([torch.zeros(count), torch.ones(count)])


@pytest.mark.parametrize("seed", [0, 2, 3, 17, 1234, 2**31 - 1])
@pytest.mark.parametrize(
    ("count", "mean", "bias", "std"),
    [(100, 1.6, 1.0, 1.0), (100, 0.0, -5.0, 2.5), (3, 3.0, 1.0, 0.1), (1000, 1.7, 0.3, 5.0)],
)
def test_points_are_those_of_the_course(
    seed: int, count: int, mean: float, bias: float, std: float
) -> None:
    sample = Blobs(samples_per_class=count, mean=mean, bias=bias, std=std, seed=seed).sample()
    x, y = points_of_the_course(seed, count, mean, bias, std)
    assert torch.equal(sample.x, x)
    assert torch.equal(sample.y, y)
    assert (sample.x.dtype, sample.y.dtype) == (torch.float32, torch.float32)


@pytest.mark.parametrize("run", GOLDEN["runs"], ids=lambda run: f"seed {run['data_seed']}")
def test_first_and_last_points_are_the_recorded_ones(run: dict[str, object]) -> None:
    x = Blobs(seed=run["data_seed"]).sample().x
    assert x[:3].tolist() == run["first_points"]
    assert x[-1].tolist() == run["last_point"]


def test_generator_that_is_given_draws_the_points() -> None:
    generator = torch.Generator().manual_seed(17)
    blobs = Blobs(seed=3)
    assert torch.equal(blobs.sample(generator).x, replace(blobs, seed=17).sample().x)
    assert not torch.equal(blobs.sample(generator).x, replace(blobs, seed=17).sample().x)


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
    assert set(first.y.tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("name", DATASETS)
def test_every_seed_draws_other_points(name: str) -> None:
    data = DATASETS[name]()
    assert not torch.equal(data.sample().x, replace(data, seed=data.seed + 1).sample().x)
