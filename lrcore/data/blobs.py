"""Two Gaussian clouds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch

from lrcore.data.base import (
    COURSE_FRAME,
    Dataset,
    DataSettings,
    Mixture,
    Population,
    samples_per_class_setting,
    seed_setting,
    stacked,
)
from lrcore.settings import setting


@dataclass(frozen=True)
class Blobs(DataSettings):
    """Two Gaussian clouds, as the course draws them.

    Class 0 has its centre at (bias + mean, bias + mean), class 1 at (bias - mean, bias - mean).

    Raises:
        SettingsError: a field is out of its bounds.
    """

    name: ClassVar[str] = "blobs"
    title: ClassVar[str] = "Two Gaussian clouds"

    samples_per_class: int = samples_per_class_setting()
    mean: float = setting(
        1.6,
        "Distance",
        "Each class centre lies this far from the middle, in both coordinates: "
        "watch the best accuracy fall as the clouds meet.",
        minimum=0.0,
        maximum=5.0,
        step=0.1,
        narrow=True,
    )
    bias: float = setting(
        1.0,
        "Centre",
        "Moves both clouds away from 0: watch training take longer. Standardise takes that back.",
        minimum=-5.0,
        maximum=5.0,
        step=0.1,
        advanced=True,
    )
    std: float = setting(
        1.0,
        "Spread",
        "The standard deviation of each cloud: watch more points end on the wrong side.",
        minimum=0.1,
        maximum=5.0,
        step=0.1,
        narrow=True,
    )
    seed: int = seed_setting()
    imbalance: float = setting(
        1.0,
        "Class imbalance",
        "How many points of class 0 there are for one of class 1: watch the boundary move "
        "towards the rare class.",
        minimum=1.0,
        maximum=100.0,
        log=True,
        advanced=True,
    )
    correlation: float = setting(
        0.0,
        "Correlation",
        "How closely x₁ follows x₀ within each cloud: above 0 watch the clouds stretch into each "
        "other, below 0 watch them move apart.",
        minimum=-0.95,
        maximum=0.95,
        step=0.05,
        advanced=True,
    )
    std_ratio: float = setting(
        1.0,
        "Spread ratio",
        "The spread of class 1 divided by that of class 0: watch the straight boundary miss the "
        "best one, which bends around the smaller cloud.",
        minimum=0.2,
        maximum=5.0,
        log=True,
        advanced=True,
    )
    label_noise: float = setting(
        0.0,
        "Label noise",
        "The chance that a point carries the wrong label: watch the model become less sure.",
        minimum=0.0,
        maximum=0.5,
        step=0.01,
        advanced=True,
    )

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """Draw the points of class 0, then those of class 1, then which labels are flipped.

        With the course's numbers these are the points of the course's script under
        `torch.manual_seed(seed)`. torch's global random state is neither read nor changed.

        Args:
            generator: draws the numbers; one seeded with `seed` if left out.
        """
        generator = generator or torch.Generator().manual_seed(self.seed)
        count_0, count_1 = self._counts()
        std_0, std_1 = self._stds()
        x, y = stacked(
            self._cloud(count_0, self.mean, std_0, generator),
            self._cloud(count_1, -self.mean, std_1, generator),
        )
        flipped = torch.rand(len(y), generator=generator) < self.label_noise
        return Dataset(x, torch.where(flipped, 1 - y, y), frame=COURSE_FRAME)

    def code(self) -> tuple[str, ...]:
        """See `DataSettings.code`."""
        (count_0, count_1), (std_0, std_1) = self._counts(), self._stds()
        rest = math.sqrt(1 - self.correlation**2)
        turned = (
            "    first, second = points.unbind(1)",
            f"    second = {self.correlation} * first + {rest} * second",
            "    points = torch.stack([first, second], 1)",
        )
        flips = (
            f"flipped = torch.rand(len(y), generator=generator) < {self.label_noise}",
            "y = torch.where(flipped, 1 - y, y)",
        )
        return (
            f"generator = torch.Generator().manual_seed({self.seed})",
            "",
            "def cloud(count, mean, std):",
            "    points = torch.normal(torch.zeros(count, 2), std, generator=generator)",
            *(turned if self.correlation else ()),
            f"    return points + mean + {self.bias}",
            "",
            f"x = torch.cat([cloud({count_0}, {self.mean}, {std_0}), "
            f"cloud({count_1}, {-self.mean}, {std_1})])",
            f"y = torch.cat([torch.zeros({count_0}), torch.ones({count_1})])",
            *(flips if self.label_noise else ()),
        )

    def population(self) -> Population:
        """A Gaussian a class."""
        count_0, count_1 = self._counts()
        centre = torch.full((1, 2), self.mean, dtype=torch.float64)
        shape = torch.eye(2, dtype=torch.float64)
        shape[0, 1] = shape[1, 0] = self.correlation
        std_0, std_1 = self._stds()
        return Population(
            (
                Mixture(self.bias + centre, std_0**2 * shape),
                Mixture(self.bias - centre, std_1**2 * shape),
            ),
            share_1=count_1 / (count_0 + count_1),
            label_noise=self.label_noise,
        )

    def _counts(self) -> tuple[int, int]:
        return self.samples_per_class, max(1, round(self.samples_per_class / self.imbalance))

    def _stds(self) -> tuple[float, float]:
        return self.std, self.std * self.std_ratio

    def _cloud(
        self, count: int, mean: float, std: float, generator: torch.Generator
    ) -> torch.Tensor:
        """(count, 2); correlated by the Cholesky factor, Bishop, PRML, section 11.1.1."""
        spread = torch.normal(torch.zeros(count, 2), std, generator=generator)
        first, second = spread.unbind(1)
        second = self.correlation * first + math.sqrt(1 - self.correlation**2) * second
        # Two sums as in the course's script: one sum would round to other points.
        return torch.stack([first, second], 1) + mean + self.bias
