"""Feature maps against formulas in numpy, and what a basis takes from the training points."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import FEATURES, Blobs, Cubic, Linear, Quadratic, Radial, Run, RunConfig, Sine
from lrcore.features import Basis, FeatureMap
from tests.by_hand import phi, run_to

MAPS = (
    Linear(),
    Quadratic(),
    Cubic(),
    Sine(),
    Sine(frequency=1.0),
    Sine(frequency=0.7),
    Radial(),
    Radial(per_side=2, width=0.2),
    Radial(per_side=5, width=2.0),
)
POWERS = {"": 1, "²": 2, "³": 3}

every_map = pytest.mark.parametrize("features", MAPS, ids=repr)
coordinates = st.integers(-800, 800).map(lambda hundredths: hundredths / 100)
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=20)
few = settings(max_examples=10, deadline=None)


def tensor(x: list[tuple[float, float]]) -> torch.Tensor:
    return torch.tensor(x, dtype=torch.float32)  # (n, 2)


def cloud(count: int = 60) -> torch.Tensor:
    return 3 + 2 * torch.randn(count, 2, generator=torch.Generator().manual_seed(4))


def by_name(name: str, u: float, v: float) -> float:
    """The value of a feature as its name says, such as x₀²x₁ or sin 2x₀."""
    coordinate = {"x₀": u, "x₁": v}
    wave = re.fullmatch(r"sin ([\d.]*)(x[₀₁])", name)
    if wave:
        return np.sin(float(wave[1] or 1) * coordinate[wave[2]])
    factors = re.findall(r"(x[₀₁])([²³]?)", name)
    assert "".join(letter + power for letter, power in factors) == name
    return np.prod([coordinate[letter] ** POWERS[power] for letter, power in factors])


def test_every_map_is_tested() -> None:
    assert {type(features) for features in MAPS} == set(FEATURES.values())


@every_map
@few
@given(x=points)
def test_features_are_those_of_the_formulas(
    features: FeatureMap, x: list[tuple[float, float]]
) -> None:
    training = cloud().double()
    low, high = training.min(0).values, training.max(0).values
    expected = phi(features, tensor(x).double().numpy(), training.numpy())
    exact = features.expand(tensor(x).double(), low, high)
    np.testing.assert_allclose(exact.numpy(), expected, rtol=1e-12, atol=1e-12)
    single = features.expand(tensor(x), low.float(), high.float())
    assert (exact.dtype, single.dtype) == (torch.float64, torch.float32)
    np.testing.assert_allclose(single.numpy(), expected, rtol=1e-5, atol=2e-6)


@every_map
def test_dimension_and_names_are_of_the_columns(features: FeatureMap) -> None:
    x = cloud(7).double()
    names = features.names("x₀", "x₁")
    columns = features.expand(x, x.min(0).values, x.max(0).values).T
    assert len(names) == len(set(names)) == features.dimension == len(columns)
    if not isinstance(features, Radial):
        for name, column in zip(names, columns, strict=True):
            expected = [by_name(name, *point) for point in x.tolist()]
            np.testing.assert_allclose(column.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("per_side", [2, 3, 5])
@pytest.mark.parametrize("width", [0.5, 1.0])
def test_bumps_stand_on_the_corners_and_between(per_side: int, width: float) -> None:
    low, high = torch.tensor([-1.0, 4.0]), torch.tensor([2.0, 5.0])
    bumps = Radial(per_side=per_side, width=width)
    across, up = (high - low) / (per_side - 1) * torch.eye(2)
    places = torch.stack([low, low + across, low + up, high])  # (4, 2)
    numbers = [0, 1, per_side, per_side**2 - 1]
    values = bumps.expand(places, low, high)[:, numbers]  # (4, 4)
    np.testing.assert_allclose(values.diagonal(), 1, rtol=1e-6)
    one_apart = np.exp(-0.5 / width**2)
    np.testing.assert_allclose(values[0, [1, 2]], one_apart, rtol=1e-5)
    assert bumps.names("u", "v")[:2] == ("φ₀", "φ₁")
    assert bumps.names("u", "v")[-1] == {2: "φ₃", 3: "φ₈", 5: "φ₂₄"}[per_side]


@settings(max_examples=60, deadline=None)
@given(x=points)
def test_standardised_training_points_have_mean_0_and_deviation_1(
    x: list[tuple[float, float]],
) -> None:
    basis = Basis.fit(Linear(), tensor(x), standardise=True)
    standardised = basis(tensor(x)).double().numpy()
    varies = tensor(x).double().numpy().std(0) > 0
    # Rounding of the mean counts in deviations, which may be a hundredth of the mean or less.
    np.testing.assert_allclose(standardised.mean(0), 0, atol=1e-3)
    np.testing.assert_allclose(standardised.std(0), varies, atol=1e-3)
    assert (basis.scale.numpy()[~varies] == 1).all()


FEW_POINTS = (
    torch.empty(0, 2),
    torch.tensor([[3.0, -2.0]]),
    torch.tensor([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]]),  # one column is constant
)


@every_map
@pytest.mark.parametrize("standardise", [False, True])
def test_basis_of_few_points_is_finite_everywhere(features: FeatureMap, standardise: bool) -> None:
    for x in FEW_POINTS:
        basis = Basis.fit(features, x, standardise=standardise)
        assert basis(x).shape == (len(x), features.dimension), x
        assert torch.isfinite(basis(torch.cat([x, cloud()]))).all(), x


@every_map
@pytest.mark.parametrize("standardise", [False, True])
def test_basis_is_the_same_function_on_grid_and_points(
    features: FeatureMap, standardise: bool
) -> None:
    x = cloud()
    basis = Basis.fit(features, x, standardise=standardise)
    side = torch.linspace(-2, 8, 15)
    grid = torch.cartesian_prod(side, side)
    together = basis(torch.cat([grid, x]))
    np.testing.assert_allclose(basis(x), together[len(grid) :], rtol=1e-6, atol=1e-7)
    alone = torch.cat([basis(point[None]) for point in grid])
    np.testing.assert_allclose(alone, together[: len(grid)], rtol=1e-6, atol=1e-7)
    points = x.double().numpy()
    if standardise:
        points = (points - points.mean(0)) / points.std(0)
    np.testing.assert_allclose(basis(x), phi(features, points, points), rtol=1e-4, atol=1e-5)


@every_map
@pytest.mark.parametrize("standardise", [False, True])
def test_run_takes_its_basis_from_the_training_points_alone(
    features: FeatureMap, standardise: bool
) -> None:
    config = RunConfig(
        data=Blobs(samples_per_class=20, mean=0.7),
        features=features,
        standardise=standardise,
        test_share=0.4,
        target_accuracy=1.0,
    )
    run = run_to(config, 10)
    x = run.data.x.double().numpy()
    training = x[~run.is_test.numpy()]
    if standardise:
        shift, scale = training.mean(0), training.std(0)
        x, training = (x - shift) / scale, (training - shift) / scale
        np.testing.assert_allclose(run.basis.shift, shift, rtol=1e-6)
        np.testing.assert_allclose(run.basis.scale, scale, rtol=1e-6)
    np.testing.assert_allclose(run.basis.low, training.min(0), rtol=1e-5)
    np.testing.assert_allclose(run.basis.high, training.max(0), rtol=1e-5)
    expected = phi(features, x, training)
    np.testing.assert_allclose(run.basis(run.data.x), expected, rtol=1e-4, atol=1e-5)

    step = run.step(10)
    with torch.no_grad():
        p = run.model(10)(run.basis(run.data.x)).squeeze(1)
    z = expected @ np.array(step.weights) + step.bias
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-z)), rtol=1e-4)


@pytest.mark.parametrize("standardise", [False, True])
def test_names_tell_standardised_coordinates_apart(standardise: bool) -> None:
    basis = Run(RunConfig(features=Quadratic(), standardise=standardise)).basis
    plain = ("x₀", "x₁", "x₀²", "x₁²", "x₀x₁")
    assert basis.names == (("x̃₀", "x̃₁", "x̃₀²", "x̃₁²", "x̃₀x̃₁") if standardise else plain)


@every_map
def test_run_starts_from_the_weights_of_nn_linear(features: FeatureMap) -> None:
    for init_seed in (0, 7):
        with torch.random.fork_rng():
            torch.manual_seed(init_seed)
            linear = torch.nn.Linear(features.dimension, 1)
        config = RunConfig(features=features, init_seed=init_seed)
        step = Run(config).step(0)
        assert list(step.weights) == linear.weight.flatten().tolist(), init_seed
        assert step.bias == linear.bias.item(), init_seed
    typed = tuple(k / 4 for k in range(features.dimension + 1))
    step = Run(replace(config, initial_weights=typed)).step(0)
    assert (*step.weights, step.bias) == typed
