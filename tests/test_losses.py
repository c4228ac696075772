"""Losses and penalties against finite differences and closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from lrcore import LOSSES, SGD, Blobs, Linear, Quadratic, RunConfig
from lrcore.model import negative_margins, penalty
from tests.by_hand import rows, run_to, training_sample

CONFIG = RunConfig(
    data=Blobs(samples_per_class=20, mean=0.7),
    features=Quadratic(),
    optimizer=SGD(lr=0.05, momentum=0.0),
    target_accuracy=1.0,
    max_iterations=100_000,
)


def slopes(function: Callable[[torch.Tensor], torch.Tensor], at: torch.Tensor) -> torch.Tensor:
    """Central differences, exact to about 1e-9 in float64."""
    steps = 1e-5 * torch.eye(len(at), dtype=torch.float64)
    return torch.stack([(function(at + step) - function(at - step)) / 2e-5 for step in steps])


def gradient(function: Callable[[torch.Tensor], torch.Tensor], at: torch.Tensor) -> torch.Tensor:
    at = at.clone().requires_grad_()
    return torch.autograd.grad(function(at), at)[0]


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_of_a_loss_is_its_slope(name: str) -> None:
    logits = torch.tensor([-4.0, -0.3, 0.0, 0.9, 3.0, 8.0], dtype=torch.float64)
    y = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0], dtype=torch.float64)

    def loss(z: torch.Tensor) -> torch.Tensor:
        return LOSSES[name].function(negative_margins(z, y), y)

    found = gradient(loss, logits)
    torch.testing.assert_close(found, slopes(loss, logits), rtol=0, atol=1e-8)
    p = 1 / (1 + torch.exp(-logits))
    closed = 2 * (p - y) * p * (1 - p) if name == "mse" else p - y
    torch.testing.assert_close(found, closed / len(y), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", [*LOSSES, "from outside"])
def test_slopes_are_those_of_backward_to_the_last_digits(name: str) -> None:
    """In float32, where probabilities round to 0 and 1, and for many models at once."""
    outside = replace(LOSSES["bce"], slope=None)
    loss = outside if name == "from outside" else LOSSES[name]
    negative = torch.linspace(-110, 110, 2 * 881).view(2, 881)
    y = torch.arange(881).remainder(2).float()
    expected = torch.stack([gradient(lambda m: loss.function(m, y), row) for row in negative])
    torch.testing.assert_close(loss.slopes(negative, y), 881 * expected, rtol=2e-5, atol=1e-30)


def test_mse_is_right_in_both_tails() -> None:
    """Each point alone in float32, against torch's own line and finite differences in float64."""
    for z in (-20.0, -17.0, -16.0, -2.0, 2.0, 16.0, 17.0, 20.0):
        for label in (0.0, 1.0):
            y = torch.tensor([label])
            found = gradient(
                lambda at, y=y: LOSSES["mse"].function(negative_margins(at, y), y),
                torch.tensor([z]),
            )

            def exact(at: torch.Tensor, y: torch.Tensor = y) -> torch.Tensor:
                return nn.MSELoss()(torch.sigmoid(at), y.double())

            at = torch.tensor([z], dtype=torch.float64)
            assert found.item() == pytest.approx(gradient(exact, at).item(), rel=1e-5), (z, label)
            # Around a value near 1 or 0.5, a difference is right to about 1e-11.
            assert found.item() == pytest.approx(slopes(exact, at).item(), rel=1e-3, abs=2e-11)


@pytest.mark.parametrize("name", LOSSES)
def test_loss_of_logits_that_are_no_numbers_is_none(name: str) -> None:
    y = torch.tensor([0.0, 1.0])
    assert torch.isnan(LOSSES[name].function(torch.tensor([0.0, torch.nan]), y))
    assert not torch.isnan(LOSSES[name].function(torch.tensor([0.0, 1e38]), y))


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.7), (0.3, 0.0), (0.3, 0.7)])
def test_penalty_is_that_of_the_closed_form_and_leaves_the_bias_free(l1: float, l2: float) -> None:
    parameters = torch.tensor([1.5, -2.0, 0.25, 9.0], dtype=torch.float64)
    w = np.array([1.5, -2.0, 0.25])
    value = penalty(parameters, l1, l2)
    assert value.item() == pytest.approx(l1 * np.abs(w).sum() + l2 / 2 * (w**2).sum())
    found = gradient(lambda at: penalty(at, l1, l2), parameters)
    np.testing.assert_allclose(found[:-1], l1 * np.sign(w) + l2 * w, rtol=1e-12)
    assert found[-1] == 0
    expected = slopes(lambda at: penalty(at, l1, l2), parameters)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_penalty_moves_the_weights_alone_and_is_not_recorded(loss: str) -> None:
    config = replace(CONFIG, loss=loss)
    free = rows(run_to(config, 1).columns())
    w = free[0, :5]
    for l1, l2 in ((0.0, 0.5), (0.2, 0.0), (0.2, 0.5)):
        held = rows(run_to(replace(config, l1=l1, l2=l2), 1).columns())
        assert np.array_equal(held[0], free[0]), (l1, l2)
        expected = -0.05 * (l1 * np.sign(w) + l2 * w)
        np.testing.assert_allclose((held - free)[1, :5], expected, atol=1e-6, err_msg=f"{l1} {l2}")
        assert held[1, 5] == free[1, 5], (l1, l2)


def test_minimum_under_the_l2_penalty_is_that_of_newtons_method() -> None:
    config = replace(CONFIG, l2=0.3, features=Linear(), standardise=True)
    last = run_to(replace(config, optimizer=SGD(lr=0.5)), 400).step(400)
    x, y = (part.double().numpy() for part in training_sample(config))
    design = np.column_stack([x, np.ones(len(y))])  # (n, 3)
    weight = np.diag([0.3, 0.3, 0.0])
    theta = np.zeros(3)
    for _ in range(20):
        p = 1 / (1 + np.exp(-design @ theta))
        slope = design.T @ (p - y) / len(y) + weight @ theta
        curvature = design.T @ (design * (p * (1 - p))[:, None]) / len(y) + weight  # (3, 3)
        theta = theta - np.linalg.solve(curvature, slope)
    np.testing.assert_allclose([*last.weights, last.bias], theta, atol=1e-4)


def test_l1_penalty_takes_weights_to_0() -> None:
    config = replace(CONFIG, standardise=True)
    free = np.abs(rows(run_to(config, 2000).columns())[-1, :5])
    held = np.abs(rows(run_to(replace(config, l1=0.1), 2000).columns())[-1, :5])
    # Subgradient steps swing about 0 within lr * l1.
    assert (free > 0.02).all()
    assert (held < 0.01).sum() >= 2
