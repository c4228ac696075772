"""The table of claims, and settings that several of them use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from lrcore import DATASETS, LBFGS, OPTIMIZERS, Blobs, RunConfig
from lrcore.data import DataSettings
from lrcore.limits import bayes_accuracy
from lrcore.settings import Settings
from tests.story_runs import Played, played

Claim = Callable[[type[Settings]], None]
PROMISES: dict[str, Claim] = {}

# No line separates these clouds, and the weights come to rest.
OVERLAPPING = RunConfig(data=Blobs(mean=0.8), target_accuracy=1.0)
# The line has a long way to go, and swings.
SWINGING = replace(OVERLAPPING, data=Blobs(seed=4, mean=1.2, bias=2.0))
# A few steps to the lowest point.
NEWTON = replace(OVERLAPPING, optimizer=LBFGS(), l2=0.01, max_iterations=30)


def promised_by(*keys: str) -> Callable[[Claim], Claim]:
    """Of which settings the text promises what the claim asserts of their class.

    A key is "Class.field"; "*.field" stands for all data sets and optimisers with that field.
    """

    def note(claim: Claim) -> Claim:
        for key in keys:
            PROMISES.update(dict.fromkeys(_meant(key), claim))
        return claim

    return note


def _meant(key: str) -> list[str]:
    if not key.startswith("*."):
        return [key]
    classes = [*DATASETS.values(), *OPTIMIZERS.values()]
    field = key.removeprefix("*.")
    return [f"{cls.__name__}.{field}" for cls in classes if field in cls.__dataclass_fields__]


def falls(values: Sequence[float]) -> bool:
    return all(b < a for a, b in pairwise(values))


def on(data: DataSettings, config: RunConfig = NEWTON) -> Played:
    return played(replace(config, data=data))


def bayes(data: DataSettings) -> float:
    population = data.population()
    assert population is not None
    return bayes_accuracy(population)


def swing(run: Played) -> float:
    """How far the line goes past the points' mean, once it has reached it."""
    passed = np.flatnonzero(np.diff(np.sign(run.side)))
    return float(np.abs(run.side[passed[0] + 1 :]).max()) if len(passed) else 0.0
