"""Random runs, each with a moment, many such that a rule of the coach may have a say."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from lrcore import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Blobs,
    Circles,
    Cubic,
    Iris,
    Linear,
    Moons,
    Quadratic,
    Radial,
    RMSprop,
    Run,
    RunConfig,
    Sine,
    Xor,
)
from lrcore.landscape import Minimum, curvature, lowest, objective_of
from lrcore.optim import OptimizerSettings


def config_of(chance: random.Random) -> RunConfig:
    """Settings of many kinds, most of them such that a rule may have something to say."""
    pick = chance.choice
    n = pick((10, 20, 30))
    data = pick(
        (
            Blobs(
                samples_per_class=n,
                mean=round(chance.uniform(0, 3), 1),
                bias=pick((0.0, 1.0, 1.0, 5.0, -5.0)),
                std=pick((0.3, 1.0, 1.0, 2.0)),
                imbalance=pick((1.0, 1.0, 1.0, 5.0, 20.0)),
                correlation=pick((0.0, 0.0, 0.8)),
                seed=chance.randrange(1000),
            ),
            Blobs(samples_per_class=n, mean=1.6, seed=chance.randrange(1000)),
            Moons(samples_per_class=n, seed=chance.randrange(1000)),
            Circles(samples_per_class=n, seed=chance.randrange(1000)),
            Xor(samples_per_class=n, seed=chance.randrange(1000)),
            Iris(),
        )
    )
    rate = 10 ** chance.uniform(-4, 1)
    optimizer = optimizer_of(chance, rate)
    test_share = pick((0.0, 0.0, 0.4))
    initial = None
    features = pick((Linear(), Linear(), Linear(), Quadratic(), Cubic(), Sine(), Radial()))
    if chance.random() < 0.15:
        initial = tuple(chance.uniform(-8, 8) for _ in range(features.dimension + 1))
    return RunConfig(
        data=data,
        features=features,
        standardise=chance.random() < 0.3,
        test_share=test_share,
        loss=pick(("bce_logits", "bce_logits", "bce", "mse")),
        l2=pick((0.0, 0.0, 0.0, 0.1, 1.0)),
        l1=pick((0.0, 0.0, 0.0, 0.0, 0.05)),
        optimizer=optimizer,
        zero_grad=chance.random() < 0.85,
        mini_batches=chance.random() < 0.15,
        init_seed=chance.randrange(1000),
        initial_weights=initial,
        target_accuracy=pick((0.8, 0.9, 0.99, 1.0)),
        max_iterations=pick((30, 300, 1000, 3000)),
    )


def optimizer_of(chance: random.Random, rate: float) -> OptimizerSettings:
    pick = chance.choice
    decay = pick((0.0, 0.0, 0.0, 0.05))
    momentum = pick((0.0, 0.5, 0.9, 0.98))
    return pick(
        (
            SGD(lr=rate, momentum=0.0, weight_decay=decay),
            SGD(lr=rate, momentum=0.0),
            SGD(lr=rate, momentum=momentum, weight_decay=decay),
            SGD(lr=rate, momentum=momentum, nesterov=momentum > 0),
            SGD(lr=rate, momentum=momentum),
            Adam(lr=min(rate, 1.0), weight_decay=decay),
            AdamW(lr=min(rate, 1.0)),
            RMSprop(lr=min(rate, 1.0)),
            Adagrad(lr=rate),
            LBFGS(),
        )
    )


def case(number: int) -> tuple[Run, int]:
    """A run, perhaps with a change on the way, and a moment of it."""
    chance = random.Random(f"coach {number}")
    config = config_of(chance)
    if isinstance(config.optimizer, SGD) and chance.random() < 0.4:
        config = near_the_edge(config, chance)
    run = Run(config)
    run.extend(seconds=60, iterations=chance.choice((3, 30, 150, 400)))
    if chance.random() < 0.2:
        other = config_of(chance)
        try:
            run.branch(
                chance.randrange(len(run)),
                optimizer=other.optimizer,
                l2=other.l2,
                zero_grad=other.zero_grad,
            )
            run.extend(seconds=60, iterations=chance.choice((3, 30, 150)))
        except RuntimeError:
            pass
    loss = run.columns().loss
    rises = np.flatnonzero((loss[2:] > loss[1:-1]) & (loss[1:-1] > loss[:-2])) + 2
    if len(rises) and chance.random() < 0.6:
        return run, int(chance.choice(rises))
    last = len(run) - 1
    return run, last if chance.random() < 0.7 else chance.randint(0, last)


def near_the_edge(config: RunConfig, chance: random.Random) -> RunConfig:
    """The same with a rate about as large as the valley allows, without what hides that."""
    config = replace(config, mini_batches=False, zero_grad=True, l1=0.0, max_iterations=3000)
    objective, _ = objective_of(Run(config))
    place = objective.design.new_zeros(objective.design.shape[1])
    goal = lowest(objective)
    if isinstance(goal, Minimum):
        place = goal.parameters
    steepest = curvature(objective, place).eigenvalues[-1].item()
    rate = min(10.0, max(1e-4, chance.choice((0.3, 0.8, 1.5, 1.8, 3)) / max(steepest, 1e-3)))
    return replace(config, optimizer=replace(config.optimizer, lr=rate))
