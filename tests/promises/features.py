"""Promises of the feature maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from lrcore import Circles, Linear, Moons, Radial, Run, RunConfig, Spirals
from lrcore.features import FEATURES, Sine
from tests.promises.table import NEWTON, falls, promised_by
from tests.story_runs import played


def sides(config: RunConfig) -> np.ndarray:
    """Which class the trained model gives to a grid over the points, (80, 80) bool."""
    run = Run(config)
    run.extend(60)
    axis = torch.linspace(-4, 4, 80)
    x = torch.cartesian_prod(axis, axis)
    last = run.step(len(run) - 1)
    logits = run.basis(x) @ torch.tensor(last.weights) + last.bias
    return (logits > 0).reshape(80, 80).numpy()


def length_of_boundary(config: RunConfig) -> int:
    """How many neighbours on the grid lie on different sides."""
    found = sides(config)
    return int((found[1:] != found[:-1]).sum() + (found[:, 1:] != found[:, :-1]).sum())


@promised_by("RunConfig.features")
def boundary_bends(_: type) -> None:
    """Sine waves do so on moons, all others on circles as well."""
    for features in [cls() for cls in FEATURES.values() if cls is not Linear]:
        data = Moons() if isinstance(features, Sine) else Circles(noise=0.2)
        straight = replace(NEWTON, data=data, l2=0.001)
        bent = replace(straight, features=features)
        assert played(bent).accuracy[-1] > played(straight).accuracy[-1]
        assert length_of_boundary(bent) > 1.5 * length_of_boundary(straight)


@promised_by("Sine.frequency")
def boundary_breaks_into_pieces(_: type) -> None:
    def broken(frequency: float) -> int:
        config = replace(NEWTON, data=Circles(), features=Sine(frequency=frequency))
        return pieces(sides(config))

    assert broken(8.0) > 10 * broken(2.0)


@promised_by("Radial.per_side")
def more_shapes_become_possible(_: type) -> None:
    config = replace(NEWTON, data=Spirals(), l2=0.001, max_iterations=60)
    ends = [played(replace(config, features=Radial(per_side=n))).accuracy[-1] for n in (5, 4, 3, 2)]
    assert ends[0] > 0.9
    assert falls(ends)


@promised_by("Radial.width")
def narrow_bumps_make_islands(_: type) -> None:
    def islands(width: float) -> int:
        config = replace(NEWTON, data=Spirals(), features=Radial(per_side=5, width=width))
        return pieces(sides(config))

    assert islands(0.2) > 4 * islands(2.0)


def pieces(found: np.ndarray) -> int:
    """How many connected pieces class 1 has on a grid."""
    left = {(int(i), int(j)) for i, j in zip(*np.nonzero(found), strict=True)}
    count = 0
    while left:
        count += 1
        border = [left.pop()]
        while border:
            i, j = border.pop()
            near = {(i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)} & left
            left -= near
            border += near
    return count
