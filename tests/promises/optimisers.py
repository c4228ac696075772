"""Promises of the optimisers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import LBFGS, SGD, Adagrad, Adam, Moons, Quadratic, Run, RunConfig
from lrcore.optim import OptimizerSettings, RMSprop
from tests.promises.table import OVERLAPPING, SWINGING, falls, promised_by, swing
from tests.story_runs import Played, played


def under(optimizer: OptimizerSettings, config: RunConfig = OVERLAPPING) -> Played:
    return played(replace(config, optimizer=optimizer))


@promised_by("RunConfig.optimizer")
def pace_changes_and_weights_stay(_: type) -> None:
    run = Run(OVERLAPPING)
    run.extend(60, 50)
    before = run.step(50)
    run.branch(50, optimizer=Adam(lr=0.1))
    assert run.step(50) == before
    run.extend(60, 5)
    columns = run.columns()
    strides = np.abs(np.diff(columns.weights, axis=0)).max(1)
    assert strides[50] > 10 * strides[49]


@promised_by("SGD.lr", "Adam.lr", "AdamW.lr", "RMSprop.lr", "Adagrad.lr")
def boundary_crawls_or_jumps(cls: type[OptimizerSettings]) -> None:
    """In the first fifty steps, by its distance from the points' mean."""
    short = replace(OVERLAPPING, max_iterations=50)
    small, large = (np.abs(np.diff(under(cls(lr=lr), short).side)) for lr in (1e-4, 10.0))
    assert small.max() < 0.02
    assert large.max() > 0.2


@promised_by("SGD.momentum", "RMSprop.momentum")
def boundary_swings_past_its_place(cls: type[SGD | RMSprop]) -> None:
    low, high = (under(cls(lr=0.01, momentum=momentum), SWINGING) for momentum in (0.0, 0.99))
    assert high.crossings() > 5
    assert low.crossings() <= 1
    assert swing(high) > 0.5


@promised_by("SGD.nesterov")
def nesterov_overshoots_less(_: type) -> None:
    without, with_it = (
        under(SGD(momentum=0.95, nesterov=nesterov), SWINGING) for nesterov in (False, True)
    )
    assert without.rises() > 0
    assert with_it.rises() == 0
    assert swing(with_it) < swing(without)


@promised_by("*.weight_decay")
def boundary_grows_softer(cls: type[OptimizerSettings]) -> None:
    sizes = [under(cls(lr=0.05, weight_decay=decay)).size[-1] for decay in (0.0, 0.1, 0.5)]
    assert falls(sizes)
    biases = [under(cls(lr=0.05, weight_decay=decay)).parameters[-1, 2] for decay in (0.0, 0.5)]
    assert falls(np.abs(biases).tolist())


@promised_by("Adam.beta1", "AdamW.beta1")
def adam_swings_as_with_momentum(cls: type[Adam]) -> None:
    low, high = (under(cls(lr=0.05, beta1=beta1), SWINGING) for beta1 in (0.9, 0.99))
    assert high.crossings() > 2 * low.crossings()


@promised_by("Adam.beta2", "AdamW.beta2")
def some_steps_leap(cls: type[Adam]) -> None:
    for lr in (0.001, 0.01):
        short, long = (under(cls(lr=lr, beta2=beta2)) for beta2 in (0.0, 0.999))
        assert short.strides().max() > 20 * np.median(short.strides())
        assert long.strides().max() < 10 * lr


@promised_by("RMSprop.alpha")
def first_step_is_ten_times_as_long(_: type) -> None:
    for lr in (0.01, 0.1):
        assert under(RMSprop(lr=lr, alpha=0.0)).strides() == pytest.approx(lr, rel=1e-3)
        assert under(RMSprop(lr=lr, alpha=0.99)).strides()[0] == pytest.approx(10 * lr, rel=1e-3)


@promised_by("Adagrad.lr_decay")
def steps_get_smaller(_: type) -> None:
    later = [under(Adagrad(lr=0.1, lr_decay=decay)).strides()[100] for decay in (0.0, 0.1, 0.99)]
    assert falls(later)
    assert under(Adagrad(lr=0.1, lr_decay=0.1)).strides()[500] < later[1]


@promised_by("LBFGS.history_size")
def longer_memory_often_saves_steps(_: type) -> None:
    moons = replace(OVERLAPPING, data=Moons(), features=Quadratic(), l2=0.01)
    for config in (SWINGING, moons):
        steps = []
        for size in (10, 1):
            loss = under(LBFGS(history_size=size), replace(config, max_iterations=60)).loss
            steps.append(int(np.flatnonzero(loss < loss.min() + 1e-5)[0]))
        assert steps[0] < 0.7 * steps[1]


@promised_by("LBFGS.line_search")
def without_line_search_the_loss_climbs(_: type) -> None:
    short = replace(OVERLAPPING, max_iterations=20)
    searched, fixed = (under(LBFGS(lr=10.0, line_search=on), short).loss for on in (True, False))
    assert (np.diff(searched) <= 1e-6).all()
    assert fixed.max() > 100 * fixed[0]
