"""Two Gaussian clouds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from lrcore.data.base import MAX_SEED, Dataset, Mixture, Population
from lrcore.settings import Settings, setting

# The axes of the course's plots.
_COURSE_FRAME = (-5.0, 7.0, -7.0, 7.0)


@dataclass(frozen=True)
class Blobs(Settings):
    """Two Gaussian clouds, as the course draws them.

    Class 0 has its centre at (bias + mean, bias + mean), class 1 at (bias - mean, bias - mean).

    Raises:
        SettingsError: a field is out of its bounds.
    """

    title: ClassVar[str] = "Two Gaussian clouds"

    samples_per_class: int = setting(
        100,
        "Points per class",
        "More points make the loss smoother and the boundary steadier.",
        minimum=1,
        maximum=500_000,
        log=True,
    )
    mean: float = setting(
        1.6,
        "Distance between classes",
        "Each class centre lies this far from the middle, in both coordinates: "
        "watch the best accuracy fall as the clouds meet.",
        minimum=0.0,
        maximum=5.0,
        step=0.1,
    )
    bias: float = setting(
        1.0,
        "Centre",
        "Moves both clouds together: watch how much longer b takes to follow than the weights.",
        minimum=-5.0,
        maximum=5.0,
        step=0.1,
        narrow=True,
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
    seed: int = setting(
        3,
        "Seed",
        "The same seed draws the same points: watch how much of a result is luck.",
        minimum=0,
        maximum=MAX_SEED,
        narrow=True,
    )

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """Draw `samples_per_class` points of class 0, then as many of class 1.

        With the course's numbers these are the points of the course's script under
        `torch.manual_seed(seed)`. torch's global random state is neither read nor changed.

        Args:
            generator: draws the numbers; one seeded with `seed` if left out.
        """
        if generator is None:
            generator = torch.Generator().manual_seed(self.seed)
        centre = torch.full((self.samples_per_class, 2), self.mean)  # (n/2, 2)
        class_0 = torch.normal(centre, self.std, generator=generator) + self.bias
        class_1 = torch.normal(-centre, self.std, generator=generator) + self.bias
        y = torch.cat([torch.zeros(len(class_0)), torch.ones(len(class_1))])
        return Dataset(torch.cat([class_0, class_1]), y, frame=_COURSE_FRAME)

    def population(self) -> Population:
        """Two Gaussians of equal covariance and equal share."""
        covariance = self.std**2 * torch.eye(2, dtype=torch.float64)
        centre = torch.full((1, 2), self.mean, dtype=torch.float64)
        return Population(
            (Mixture(self.bias + centre, covariance), Mixture(self.bias - centre, covariance))
        )
