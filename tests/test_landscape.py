"""The loss as a landscape, against float64 autograd, finite differences and brute force."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from lrcore import LOSSES, SGD, Adam, AdamW, Blobs, Linear, Quadratic, Run, RunConfig
from lrcore.data import Placed
from lrcore.landscape import (
    AtInfinity,
    Minimum,
    Mode,
    Objective,
    Window,
    contour_levels,
    curvature,
    largest_stable_rate,
    lowest,
    objective_of,
    plane_of_two,
    principal_plane,
    surface,
    window_around,
)
from tests import by_hand
from tests.by_hand import one_thread, run_to, training_sample

CONFIG = RunConfig(
    data=Blobs(samples_per_class=30, mean=0.5), target_accuracy=1.0, max_iterations=100_000
)
PENALISED = replace(CONFIG, features=Quadratic(), l1=0.02, l2=0.1, optimizer=SGD(weight_decay=0.05))
# Here Newton's last steps leave the loss as it is, each a little shorter than the one before.
CREEPING = replace(PENALISED, data=Blobs(mean=0.8), features=Linear())
SEPARABLE = replace(CONFIG, data=Blobs(samples_per_class=30, mean=3.0))
every_loss = pytest.mark.parametrize("loss", LOSSES)


points = cache(training_sample)


@pytest.fixture(scope="module", autouse=True)
def alone() -> Iterator[None]:
    with one_thread():
        yield


def reference(config: RunConfig, theta: torch.Tensor) -> torch.Tensor:
    """What training lowers, from torch's own losses in float64."""
    x, y = points(config)
    z = x.double() @ theta[:-1] + theta[-1]
    w, decay = theta[:-1], getattr(config.optimizer, "weight_decay", 0.0)
    name = "bce_logits" if config.loss == "bce" else config.loss
    extra = config.l1 * w.abs().sum() + config.l2 / 2 * (w**2).sum() + decay / 2 * (theta**2).sum()
    return by_hand.LOSSES[name](z, y.double()) + extra


def objective(config: RunConfig) -> Objective:
    return objective_of(run_to(config, 1))[0]


def somewhere(dimension: int, seed: int = 0, scale: float = 1.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(dimension, generator=generator, dtype=torch.float64)


@every_loss
def test_curve_of_a_loss_is_that_of_its_function(loss: str) -> None:
    curve, function = LOSSES[loss].curve, LOSSES[loss].function
    u = torch.linspace(-6, 6, 41, dtype=torch.float64)
    torch.testing.assert_close(curve.value(u).mean(), function(u, torch.zeros(41).double()))
    h = 1e-4
    slopes = (curve.value(u + h) - curve.value(u - h)) / (2 * h)
    bends = (curve.slope(u + h) - curve.slope(u - h)) / (2 * h)
    torch.testing.assert_close(curve.slope(u), slopes, rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(curve.curvature(u), bends, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("side", [-1, 1])
def test_curvature_of_bce_is_right_where_the_model_is_sure(side: int) -> None:
    found = LOSSES["bce"].curve.curvature(torch.tensor([40.0 * side], dtype=torch.float64))
    assert found.item() == pytest.approx(math.exp(-40), rel=1e-12)


@every_loss
@pytest.mark.parametrize("seed", range(3))
def test_loss_gradient_and_hessian_are_those_of_autograd(loss: str, seed: int) -> None:
    config = replace(PENALISED, loss=loss)
    found, theta = objective(config), somewhere(6, seed)
    at = theta.clone().requires_grad_()
    value = reference(config, at)
    (gradient,) = torch.autograd.grad(value, at)
    hessian = torch.autograd.functional.hessian(lambda t: reference(config, t), theta)
    torch.testing.assert_close(found.loss(theta), value.detach(), rtol=1e-6, atol=0)
    torch.testing.assert_close(found.gradient(theta), gradient, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(found.hessian(theta), hessian, rtol=1e-5, atol=1e-6)
    many = torch.stack([theta, 2 * theta])
    torch.testing.assert_close(found.loss(many)[0], found.loss(theta))


def test_decoupled_decay_is_no_part_of_the_loss() -> None:
    assert objective(replace(CONFIG, optimizer=Adam(weight_decay=0.1))).ridge.tolist() == [0.1] * 3
    assert not objective(replace(CONFIG, optimizer=AdamW(weight_decay=0.1))).ridge.any()


def test_many_points_are_looked_at_in_part_and_it_says_so() -> None:
    config = replace(CONFIG, data=Blobs(samples_per_class=3000), test_share=0.5)
    run = run_to(config, 1)
    found, sample = objective_of(run)
    assert (sample.is_partial, sample.training_points) == (True, 3000)
    assert len(sample.indices) == len(found.design) == 2000
    assert not run.is_test[sample.indices].any()
    assert run.data.y[sample.indices].mean() == 0.5
    assert not objective_of(run_to(CONFIG, 1))[1].is_partial


def test_run_without_points_has_no_loss() -> None:
    with pytest.raises(ValueError, match="no loss"):
        objective_of(Run(replace(CONFIG, data=Placed(points=""))))


def test_plane_of_two_has_the_parameters_as_coordinates() -> None:
    present = somewhere(6)
    plane = plane_of_two(present, 3, 5)
    assert (plane.names, plane.leaves_b) == (("w3", "b"), False)
    torch.testing.assert_close(plane.coordinates(present), present[[3, 5]])
    moved = plane.parameters(torch.tensor([7.0, 8.0]))
    assert moved[[3, 5]].tolist() == [7, 8]
    assert torch.equal(moved[[0, 1, 2, 4]], present[[0, 1, 2, 4]])
    with pytest.raises(ValueError, match="twice"):
        plane_of_two(present, 2, 2)


def test_principal_plane_is_that_of_the_covariance() -> None:
    path = torch.stack([somewhere(6, seed) for seed in range(40)])
    path *= torch.tensor([3.0, 1, 2, 0.1, 0.2, 0.1])
    plane = principal_plane(torch.cat([path, torch.full((1, 6), torch.nan)]), path[-1])
    values, vectors = np.linalg.eigh(np.cov(path.T.numpy()))
    assert plane.share == pytest.approx(values[-2:].sum() / values.sum())
    for direction, expected in zip(plane.directions, vectors.T[[-1, -2]], strict=True):
        assert abs(float(direction @ torch.from_numpy(expected.copy()))) == pytest.approx(1)
        assert direction[direction.abs().argmax()] > 0
    assert plane.coordinates(path[-1]).tolist() == [0, 0]
    inside = plane.parameters(plane.coordinates(path))
    left = ((path - path.mean(0)) - (inside - inside.mean(0))).square().sum().item()
    total = (path - path.mean(0)).square().sum().item()
    assert left == pytest.approx((1 - plane.share) * total)


@pytest.mark.parametrize("moments", [0, 1, 2])
def test_short_paths_have_a_plane_and_a_window_too(moments: int) -> None:
    path = torch.stack([somewhere(6, seed) for seed in range(2)])[:moments]
    plane = principal_plane(path, somewhere(6))
    torch.testing.assert_close(plane.directions @ plane.directions.T, torch.eye(2).double())
    assert plane.share == pytest.approx(1)
    window = window_around(plane.coordinates(path))
    assert window.u1 - window.u0 >= 1
    assert window.v1 - window.v0 >= 1


def test_window_holds_all_places_with_a_margin() -> None:
    places = torch.tensor([[0.0, 0.0], [10.0, 4.0], [math.nan, 0.0], [math.inf, 1.0]])
    assert window_around(places) == pytest.approx(Window(-1.5, 11.5, -0.6, 4.6))


@every_loss
def test_slice_is_the_loss_at_each_corner(loss: str) -> None:
    config = replace(PENALISED, loss=loss)
    plane = principal_plane(torch.stack([somewhere(6, k) for k in range(5)]), somewhere(6))
    found = surface(objective(config), plane, Window(-1, 2, -3, 0), Mode.SLICE, size=4)
    assert found.b is None
    for row, v in enumerate((-3, -2, -1, 0)):
        for column, u in enumerate((-1, 0, 1, 2)):
            theta = plane.parameters(torch.tensor([u, v]))
            expected = reference(config, theta).item()
            assert found.losses[row, column].item() == pytest.approx(expected, rel=1e-6)


@every_loss
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("scale", [3.0, 60.0])
def test_lowest_over_b_is_that_of_all_b(loss: str, decay: float, scale: float) -> None:
    config = replace(CONFIG, loss=loss, l2=0.01, optimizer=SGD(weight_decay=decay))
    found = objective(config)
    plane = plane_of_two(torch.tensor([0.0, 0.0, 99.0]))
    window = Window(-scale, scale, -scale, scale)
    staircase = loss == "mse" and scale > 10
    profile = surface(found, plane, window, Mode.LOWEST_OVER_B, size=5)
    assert profile.b is not None
    tried = torch.linspace(-10 * scale, 10 * scale, 4001, dtype=torch.float64)
    grid = torch.linspace(-scale, scale, 5, dtype=torch.float64)
    for row, v in enumerate(grid):
        for column, u in enumerate(grid):
            all_b = torch.stack([u.expand(len(tried)), v.expand(len(tried)), tried], 1)
            brute = found.loss(all_b).min().item()
            assert profile.losses[row, column].item() <= brute + (0.02 if staircase else 1e-9)
            theta = torch.stack([u, v, profile.b[row, column]])
            assert profile.losses[row, column].item() == pytest.approx(found.loss(theta).item())


def test_lowest_over_b_needs_a_b_to_choose() -> None:
    plane = plane_of_two(torch.zeros(3), 0, 2)
    with pytest.raises(ValueError, match="nothing to choose"):
        surface(objective(CONFIG), plane, Window(-1, 1, -1, 1), Mode.LOWEST_OVER_B)


def test_contours_are_spaced_geometrically_and_fill_the_valley() -> None:
    found = objective(CONFIG)
    minimum = lowest(found)
    assert isinstance(minimum, Minimum)
    plane = plane_of_two(minimum.parameters)
    losses = surface(found, plane, Window(-8, 8, -8, 8), Mode.LOWEST_OVER_B).losses
    levels = np.array(contour_levels(losses, minimum.loss))
    gaps = levels - minimum.loss
    np.testing.assert_allclose(gaps[1:] / gaps[:-1], gaps[1] / gaps[0])
    enclosed = [(losses < level).double().mean().item() for level in levels]
    assert enclosed[0] > 0.004
    assert enclosed[-1] < 1
    assert (np.diff(enclosed) > 0).all()
    assert contour_levels(torch.ones(5, 5), 1.0) == ()


@pytest.mark.parametrize("optimizer", [SGD(momentum=0.0), SGD(), SGD(momentum=0.8, nesterov=True)])
def test_sgd_settles_below_the_largest_stable_rate_alone(optimizer: SGD) -> None:
    config = replace(CONFIG, l2=0.1)
    found = objective(config)
    minimum = lowest(found)
    assert isinstance(minimum, Minimum)
    bent = curvature(found, minimum.parameters)
    limit = bent.stable_rate(optimizer)
    assert limit == largest_stable_rate(
        bent.eigenvalues[-1].item(), optimizer.momentum, nesterov=optimizer.nesterov
    )
    assert bent.stable_rate(Adam()) is None
    for share, settles in ((0.97, True), (1.03, False)):
        theta = (minimum.parameters + 1e-3).requires_grad_()
        steps = torch.optim.SGD(
            [theta], lr=share * limit, momentum=optimizer.momentum, nesterov=optimizer.nesterov
        )
        for _ in range(400):
            steps.zero_grad()
            reference(config, theta).backward()
            steps.step()
        assert ((theta - minimum.parameters).norm() < 1e-4).item() is settles


@pytest.mark.parametrize("mode", Mode)
def test_ellipse_is_where_the_loss_has_risen(mode: Mode) -> None:
    found = objective(replace(CONFIG, l2=0.1))
    minimum = lowest(found)
    assert isinstance(minimum, Minimum)
    plane, rise = plane_of_two(minimum.parameters), 1e-6
    ellipse = curvature(found, minimum.parameters).ellipse(plane, rise, mode)
    assert ellipse.half_axes[0] >= ellipse.half_axes[1]
    middle = plane.coordinates(minimum.parameters)
    for angle in (0.0, 0.9, 2.0, 4.0):
        turned = torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64)
        u, v = (middle + (turned * ellipse.half_axes) @ ellipse.directions).tolist()
        there = surface(found, plane, Window(u, u, v, v), mode, size=1)
        assert there.losses.item() - minimum.loss == pytest.approx(rise, rel=0.02)


@every_loss
@pytest.mark.parametrize("config", [CONFIG, PENALISED, CREEPING, replace(CONFIG, l1=0.2)])
def test_minimum_has_no_slope(config: RunConfig, loss: str) -> None:
    config = replace(config, loss=loss)
    minimum = lowest(objective(config))
    assert isinstance(minimum, Minimum)
    theta = minimum.parameters.clone().requires_grad_()
    value = reference(replace(config, l1=0.0), theta)
    value.backward()
    slope, at = theta.grad[:-1], minimum.parameters[:-1]
    assert abs(theta.grad[-1]) < 1e-6
    gone = at.abs() < 1e-9
    assert (slope[gone].abs() <= config.l1 + 1e-6).all()
    torch.testing.assert_close(slope[~gone], -config.l1 * at[~gone].sign(), rtol=0, atol=1e-6)
    for seed in range(20):
        beside = minimum.parameters + somewhere(len(theta), seed, 0.1)
        assert reference(config, beside).item() > minimum.loss - 1e-9


def test_minimum_with_l2_is_that_of_scikit_learn() -> None:
    config = replace(SEPARABLE, l2=0.05, features=Quadratic())
    minimum = lowest(objective(config))
    assert isinstance(minimum, Minimum)
    x, y = training_sample(config)
    theirs = LogisticRegression(C=1 / (0.05 * len(y)), tol=1e-10, max_iter=10_000)
    theirs.fit(x.double().numpy(), y.numpy())
    expected = [*theirs.coef_[0], *theirs.intercept_]
    assert minimum.parameters.tolist() == pytest.approx(expected, rel=1e-3, abs=1e-4)


@every_loss
def test_separable_data_has_its_minimum_at_infinity_in_the_direction_of_the_widest_margin(
    loss: str,
) -> None:
    found = objective(replace(SEPARABLE, loss=loss))
    end = lowest(found)
    assert isinstance(end, AtInfinity)
    assert end.loss == 0
    assert end.direction.norm().item() == pytest.approx(1)
    margin = (-found.design @ end.direction).min()
    assert margin > 0
    for seed in range(2000):
        other = end.direction + somewhere(3, seed, 10.0 ** -(seed % 4))
        assert (-found.design @ (other / other.norm())).min() <= margin + 1e-12
    far = [found.loss(t * end.direction).item() for t in (10.0, 100.0, 1000.0)]
    assert far == sorted(far, reverse=True)
    assert isinstance(lowest(objective(replace(SEPARABLE, loss=loss, l2=0.01))), Minimum)


@pytest.mark.parametrize("seed", range(8))
def test_line_that_meets_points_of_both_classes_leaves_no_minimum(seed: int) -> None:
    """Quasi-complete separation (Albert and Anderson, 1984): the loss falls, but not to 0."""
    chance = np.random.default_rng(seed)
    x = np.round(chance.normal(size=(40, 2)), 2)
    x[:8, 0] = 0.0
    y = np.where(x[:, 0] > 0, 1.0, 0.0)
    y[:8] = np.arange(8) % 2  # mixed along the line x0 = 0
    end = lowest(Objective.of(CONFIG, torch.tensor(x), torch.tensor(y)))
    assert isinstance(end, AtInfinity)
    assert end.direction[0] > 0.99
    assert end.loss > 0.05


@pytest.mark.parametrize(
    "points",
    [
        ((-1.0, 0.0, 0), (0.0, 0.0, 0), (0.0, 0.0, 1), (1.0, 0.0, 1)),  # touching: no strict line
        ((-1.0, 0.0, 1), (1.0, 0.5, 1)),  # one class: b alone does it
    ],
)
def test_no_minimum_without_a_strict_line_either(points: tuple[tuple[float, ...], ...]) -> None:
    x = torch.tensor([point[:2] for point in points])
    y = torch.tensor([float(point[2]) for point in points])
    found = Objective.of(CONFIG, x, y)
    end = lowest(found)
    assert isinstance(end, AtInfinity)
    away = [found.loss(t * end.direction).item() for t in (1.0, 10.0, 30.0)]
    assert away == sorted(away, reverse=True)
