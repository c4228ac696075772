"""What every data set has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lrcore.settings import Entry, setting

MAX_SEED = 2**31 - 1
POINTS_FILE = "points.csv"
MOST_IN_CODE = 500
# The axes of the course's plots: x0, x1, y0, y1.
COURSE_FRAME = (-5.0, 7.0, -7.0, 7.0)


class DataError(ValueError):
    """Data that cannot be used; the message says what was wrong and where."""


class Dataset(NamedTuple):
    """Points and their classes, on the CPU.

    x: (n, 2) float32, the coordinates. y: (n,) float32, 0 or 1. axes, classes: their names.
    frame: x0, x1, y0, y1 of the axes that this data is meant to be shown in; None: fit the points.
    """

    x: torch.Tensor
    y: torch.Tensor
    axes: tuple[str, str] = ("x₀", "x₁")
    classes: tuple[str, str] = ("class 0", "class 1")
    frame: tuple[float, float, float, float] | None = None

    def take(self, which: torch.Tensor) -> Dataset:
        """Some of the points, by their indices or by a mask (n,)."""
        return self._replace(x=self.x[which], y=self.y[which])


class Mixture(NamedTuple):
    """The distribution of one class: Gaussians of equal weight and equal covariance.

    means: (m, 2) float64. covariance: (2, 2) float64, positive definite.
    """

    means: torch.Tensor
    covariance: torch.Tensor


class Population(NamedTuple):
    """What a sample is drawn from.

    classes: the distributions of class 0 and class 1, before labels are flipped. share_1: fraction
    of class 1 before labels are flipped. label_noise: the chance that a label is the wrong one,
    from 0 to 0.5, the same for both classes.
    """

    classes: tuple[Mixture, Mixture]
    share_1: float = 0.5
    label_noise: float = 0.0


@dataclass(frozen=True)
class DataSettings(Entry, ABC):
    """Base of the data sets: the fields decide the points."""

    @abstractmethod
    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """Draw the points; the same settings give the same points."""

    def code(self) -> tuple[str, ...]:
        """Lines of torch that make x and y as `sample` does, bit for bit.

        Where no lines draw the points, they stand in them as numbers, or are read from
        `POINTS_FILE` where there are more than `MOST_IN_CODE`.
        """
        data = self.sample()
        if len(data.y) <= MOST_IN_CODE:
            return (f"x = torch.tensor({data.x.tolist()})", f"y = torch.tensor({data.y.tolist()})")
        return (
            f'with open("{POINTS_FILE}") as file:',
            '    rows = [list(map(float, line.split(","))) for line in file.readlines()[1:]]',
            "points = torch.tensor(rows)  # x0, x1, class",
            "x, y = points[:, :2].contiguous(), points[:, 2].contiguous()",
        )

    @abstractmethod
    def population(self) -> Population | None:
        """What the points are drawn from; None where nobody knows, as for measured data."""


def samples_per_class_setting() -> int:
    """The field `samples_per_class` of the data sets that are drawn at random."""
    return setting(
        100,
        "Points per class",
        "With more points the boundary depends less on luck: press New sample.",
        minimum=1,
        maximum=500_000,
        log=True,
        narrow=True,
    )


def seed_setting() -> int:
    """The field `seed` of the data sets that are drawn at random."""
    return setting(
        3,
        "Seed",
        "The same seed draws the same points: watch how much of a result is luck.",
        minimum=0,
        maximum=MAX_SEED,
        narrow=True,
        redraws=True,
    )


def stacked(class_0: torch.Tensor, class_1: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The points of class 0, then those of class 1, and their classes.

    Args:
        class_0: (k, 2). class_1: (m, 2).

    Returns:
        x (k + m, 2) and y (k + m,), both of the type of the points.
    """
    y = torch.cat([class_0.new_zeros(len(class_0)), class_1.new_ones(len(class_1))])
    return torch.cat([class_0, class_1]), y
