"""Data that no straight line separates: moons, circles, XOR and spirals."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lrcore.data.base import (
    Dataset,
    DataSettings,
    Mixture,
    Population,
    samples_per_class_setting,
    seed_setting,
    stacked,
)
from lrcore.settings import setting

_FRAME = (-4.0, 4.0, -4.0, 4.0)


@dataclass(frozen=True)
class Shape(DataSettings):
    """Base of the data sets that are a shape in the plane plus Gaussian noise.

    A point of class c lies at `centres(t, c)`, t uniform from 0 to 1, plus noise of standard
    deviation `noise` in both coordinates.

    Raises:
        SettingsError: a field is out of its bounds.
    """

    # So many that the density of `population` is right to 2 % for the least noise too.
    components: ClassVar[int] = 500

    samples_per_class: int = samples_per_class_setting()
    noise: float = setting(
        0.3,
        "Noise",
        "The standard deviation of each point around its shape: watch the classes mix.",
        minimum=0.05,
        maximum=2.0,
        step=0.05,
        narrow=True,
    )
    seed: int = seed_setting()

    @abstractmethod
    def centres(self, t: Tensor, label: int) -> Tensor:
        """Where the points of a class lie without noise.

        Args:
            t: (n,) floats from 0 to 1, the place along the shape.
            label: the class, 0 or 1.

        Returns:
            (n, 2) of the type of `t`.
        """

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """Draw `samples_per_class` points of class 0, then as many of class 1.

        torch's global random state is neither read nor changed.

        Args:
            generator: draws the numbers; one seeded with `seed` if left out.
        """
        generator = generator or torch.Generator().manual_seed(self.seed)
        x, y = stacked(self._points(0, generator), self._points(1, generator))
        return Dataset(x, y, frame=_FRAME)

    @abstractmethod
    def centres_code(self) -> tuple[str, ...]:
        """What `centres` does, as the lines of a function of t and label."""

    def code(self) -> tuple[str, ...]:
        """See `DataSettings.code`."""
        n = self.samples_per_class
        return (
            f"generator = torch.Generator().manual_seed({self.seed})",
            "",
            "def centres(t, label):",
            *(f"    {line}" for line in self.centres_code()),
            "",
            "def drawn(label):",
            f"    t = torch.rand({n}, generator=generator)",
            f"    return torch.normal(centres(t, label), {self.noise}, generator=generator)",
            "",
            "x = torch.cat([drawn(0), drawn(1)])",
            f"y = torch.cat([torch.zeros({n}), torch.ones({n})])",
        )

    def population(self) -> Population:
        """Gaussians of covariance noise² I, their centres at equal steps of t."""
        t = (torch.arange(self.components, dtype=torch.float64) + 0.5) / self.components
        covariance = self.noise**2 * torch.eye(2, dtype=torch.float64)
        return Population(
            (Mixture(self.centres(t, 0), covariance), Mixture(self.centres(t, 1), covariance))
        )

    def _points(self, label: int, generator: torch.Generator) -> Tensor:
        t = torch.rand(self.samples_per_class, generator=generator)
        return torch.normal(self.centres(t, label), self.noise, generator=generator)


def _polar(radius: float | Tensor, angle: Tensor) -> Tensor:
    """(n, 2) from angles (n,) in radians."""
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1)


@dataclass(frozen=True)
class Moons(Shape):
    """Two half circles of radius 2; class 1 is class 0 turned by 180 degrees about the origin.

    With the default depth these are the moons of scikit-learn's `make_moons`, centred and twice
    as large.
    """

    name: ClassVar[str] = "moons"
    title: ClassVar[str] = "Two moons"

    depth: float = setting(
        1.0,
        "Depth",
        "How far each moon reaches into the other: watch a straight line nearly suffice below 0.",
        minimum=-1.0,
        maximum=1.5,
        step=0.1,
    )

    def centres(self, t: Tensor, label: int) -> Tensor:
        """See `Shape.centres`; t runs along the half circle."""
        arc = _polar(2.0, math.pi * t) - t.new_tensor([1.0, self.depth / 2])
        return -arc if label else arc

    def centres_code(self) -> tuple[str, ...]:
        """See `Shape.centres_code`."""
        return (
            "angle = math.pi * t",
            "arc = torch.stack([2.0 * angle.cos(), 2.0 * angle.sin()], 1) "
            f"- torch.tensor([1.0, {self.depth / 2}])",
            "return -arc if label else arc",
        )


@dataclass(frozen=True)
class Circles(Shape):
    """A circle of radius 2.5 and a smaller one inside, which is class 1; both about the origin."""

    name: ClassVar[str] = "circles"
    title: ClassVar[str] = "Two circles"

    inner_radius: float = setting(
        0.5,
        "Inner radius",
        "The radius of the inner circle as a share of the outer one: watch the room between the "
        "classes close.",
        minimum=0.0,
        maximum=0.9,
        step=0.05,
    )

    def centres(self, t: Tensor, label: int) -> Tensor:
        """See `Shape.centres`; t runs around the circle."""
        return _polar(2.5 * self.inner_radius if label else 2.5, 2 * math.pi * t)

    def centres_code(self) -> tuple[str, ...]:
        """See `Shape.centres_code`."""
        return (
            "angle = 2 * math.pi * t",
            f"radius = {2.5 * self.inner_radius} if label else 2.5",
            "return torch.stack([radius * angle.cos(), radius * angle.sin()], 1)",
        )


@dataclass(frozen=True)
class Xor(Shape):
    """Four Gaussian clouds at (±1.5, ±1.5); class 1 where the signs of x₀ and x₁ differ."""

    name: ClassVar[str] = "xor"
    title: ClassVar[str] = "XOR"
    components: ClassVar[int] = 2

    def centres(self, t: Tensor, label: int) -> Tensor:
        """See `Shape.centres`; the first half of t is the cloud on the left."""
        x0 = torch.where(t < 0.5, -1.5, 1.5).to(t)
        return torch.stack([x0, -x0 if label else x0], 1)

    def centres_code(self) -> tuple[str, ...]:
        """See `Shape.centres_code`."""
        return (
            "x0 = torch.where(t < 0.5, -1.5, 1.5)",
            "return torch.stack([x0, -x0 if label else x0], 1)",
        )


@dataclass(frozen=True)
class Spirals(Shape):
    """Two arms of an Archimedean spiral; class 1 is class 0 turned by 180 degrees.

    The radius grows from 0.5 to 3 in proportion to the angle. Uniform in the squared radius, so
    that the points lie about equally dense along an arm.
    """

    name: ClassVar[str] = "spirals"
    title: ClassVar[str] = "Two spirals"

    turns: float = setting(
        1.0,
        "Turns",
        "How often each arm winds around the middle: watch more features become necessary.",
        minimum=0.25,
        maximum=3.0,
        step=0.25,
    )

    def centres(self, t: Tensor, label: int) -> Tensor:
        """See `Shape.centres`; t runs outwards along the arm."""
        inner, outer = 0.5, 3.0
        radius = torch.sqrt(inner**2 + (outer**2 - inner**2) * t)
        arm = _polar(radius, 2 * math.pi * self.turns * (radius - inner) / (outer - inner))
        return -arm if label else arm

    def centres_code(self) -> tuple[str, ...]:
        """See `Shape.centres_code`."""
        return (
            "radius = torch.sqrt(0.25 + 8.75 * t)",
            f"angle = {2 * math.pi * self.turns} * (radius - 0.5) / 2.5",
            "arm = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)",
            "return -arm if label else arm",
        )
