"""Feature maps phi(x): the model is linear in phi, so its boundary in the plane may be a curve.

Source: Bishop, Pattern Recognition and Machine Learning, section 4.3.1 (fixed basis functions).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import torch
from torch import Tensor

from lrcore.settings import Entry, Registry, setting

_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"


@dataclass(frozen=True)
class FeatureMap(Entry):
    """Base of the feature maps, and the simplest: the coordinates themselves."""

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear"

    def names(self, x0: str, x1: str) -> tuple[str, ...]:
        """What each feature is called, for coordinates called `x0` and `x1`."""
        return (x0, x1)

    @property
    def dimension(self) -> int:
        """How many features there are, d."""
        return len(self.names("", ""))

    def expand(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """Features of points.

        Args:
            x: (n, 2).
            low, high: (2,), the corners of the box around the training points.

        Returns:
            (n, d), of the dtype of `x`.
        """
        del low, high
        return x

    def code(self) -> tuple[str, ...]:
        """What `expand` does, as lines of torch that change x, (n, 2); `fitted` are the points that
        the box is around, x of the training points."""
        return ()


@dataclass(frozen=True)
class Linear(FeatureMap):
    """x0, x1: the boundary is a straight line."""


@dataclass(frozen=True)
class Quadratic(FeatureMap):
    """All products of up to two coordinates: the boundary is a conic section."""

    name: ClassVar[str] = "quadratic"
    title: ClassVar[str] = "Quadratic"

    def names(self, x0: str, x1: str) -> tuple[str, ...]:
        """See `FeatureMap.names`."""
        return (x0, x1, f"{x0}²", f"{x1}²", f"{x0}{x1}")

    def expand(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """See `FeatureMap.expand`; d = 5."""
        del low, high
        return torch.cat([x, x**2, x[:, :1] * x[:, 1:]], 1)  # (n, 5)

    def code(self) -> tuple[str, ...]:
        """See `FeatureMap.code`."""
        return ("x = torch.cat([x, x**2, x[:, :1] * x[:, 1:]], 1)",)


@dataclass(frozen=True)
class Cubic(Quadratic):
    """All products of up to three coordinates."""

    name: ClassVar[str] = "cubic"
    title: ClassVar[str] = "Cubic"

    def names(self, x0: str, x1: str) -> tuple[str, ...]:
        """See `FeatureMap.names`."""
        return (*super().names(x0, x1), f"{x0}³", f"{x1}³", f"{x0}²{x1}", f"{x0}{x1}²")

    def expand(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """See `FeatureMap.expand`; d = 9."""
        return torch.cat([super().expand(x, low, high), x**3, x**2 * x.flip(1)], 1)  # (n, 9)

    def code(self) -> tuple[str, ...]:
        """See `FeatureMap.code`."""
        return ("x = torch.cat([x, x**2, x[:, :1] * x[:, 1:], x**3, x**2 * x.flip(1)], 1)",)


@dataclass(frozen=True)
class Sine(FeatureMap):
    """The coordinates and a sine wave along each."""

    name: ClassVar[str] = "sine"
    title: ClassVar[str] = "Sine"

    frequency: float = setting(
        2.0,
        "Frequency",
        "How fast the waves go up and down: on circles, watch the boundary break to pieces at 8.",
        minimum=0.1,
        maximum=10.0,
        step=0.1,
    )

    def names(self, x0: str, x1: str) -> tuple[str, ...]:
        """See `FeatureMap.names`."""
        factor = "" if self.frequency == 1 else f"{self.frequency:g}"
        return (x0, x1, f"sin {factor}{x0}", f"sin {factor}{x1}")

    def expand(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """See `FeatureMap.expand`; d = 4."""
        del low, high
        return torch.cat([x, torch.sin(self.frequency * x)], 1)  # (n, 4)

    def code(self) -> tuple[str, ...]:
        """See `FeatureMap.code`."""
        return (f"x = torch.cat([x, torch.sin({self.frequency} * x)], 1)",)


@dataclass(frozen=True)
class Radial(FeatureMap):
    """Gaussian bumps on a square grid of centres over the training points.

    A bump's width is `width` times the distance between two centres, along each axis
    (Bishop, Pattern Recognition and Machine Learning, section 3.1).
    """

    name: ClassVar[str] = "radial"
    title: ClassVar[str] = "Radial"

    per_side: int = setting(
        3,
        "Centres per side",
        "The bumps stand on a grid of this many by this many: watch what shapes become possible.",
        minimum=2,
        maximum=5,
        step=1,
        narrow=True,
    )
    width: float = setting(
        0.7,
        "Width",
        "How wide a bump is, in distances between centres: watch narrow bumps make islands.",
        minimum=0.2,
        maximum=2.0,
        step=0.1,
        narrow=True,
    )

    def names(self, x0: str, x1: str) -> tuple[str, ...]:
        """One name a bump, row by row from below."""
        del x0, x1
        digits = str.maketrans("0123456789", _SUBSCRIPTS)
        return tuple(f"φ{k}".translate(digits) for k in range(self.per_side**2))

    def expand(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """See `FeatureMap.expand`; d = per_side ** 2."""
        between = (high - low).clamp(min=1e-6) / (self.per_side - 1)
        steps = list(product(range(self.per_side), repeat=2))
        centres = low + between * torch.tensor(steps, dtype=x.dtype).flip(1)  # (d, 2)
        distance = (x[:, None] - centres) / (self.width * between)  # (n, d, 2)
        return torch.exp(-0.5 * distance.square().sum(2))

    def code(self) -> tuple[str, ...]:
        """See `FeatureMap.code`."""
        steps = f"torch.arange({self.per_side}.0)"
        return (
            "low, high = torch.aminmax(fitted, dim=0)",
            f"between = (high - low).clamp(min=1e-6) / {self.per_side - 1}",
            f"centres = low + between * torch.cartesian_prod({steps}, {steps}).flip(1)",
            f"distance = (x[:, None] - centres) / ({self.width} * between)",
            "x = torch.exp(-0.5 * distance.square().sum(2))",
        )


# ADD A FEATURE MAP HERE: control, link, page and tests follow.
FEATURES: Registry[type[FeatureMap]] = Registry(Linear, Quadratic, Cubic, Sine, Radial)


@dataclass(frozen=True, eq=False)
class Basis:
    """From points of the plane to what the model sees: standardise if asked, then expand.

    Args:
        features: the feature map.
        shift, scale: (2,), a coordinate is standardised to (x - shift) / scale.
        low, high: (2,), the corners of the box around the standardised training points.
        names: of the features.
    """

    features: FeatureMap
    shift: Tensor
    scale: Tensor
    low: Tensor
    high: Tensor
    names: tuple[str, ...]

    @classmethod
    def fit(cls, features: FeatureMap, x: Tensor, *, standardise: bool) -> Basis:
        """Take mean, standard deviation and box from the training points.

        Args:
            features: the feature map.
            x: (n, 2) float32, the training points; n may be 0.
            standardise: give each coordinate mean 0 and standard deviation 1.
        """
        x = x if len(x) else torch.zeros(1, 2)
        shift, scale = torch.zeros(2), torch.ones(2)
        if standardise:
            spread = x.double().std(0, correction=0).float()
            shift, scale = x.double().mean(0).float(), torch.where(spread > 0, spread, 1)
        low, high = torch.aminmax((x - shift) / scale, dim=0)
        names = features.names("x̃₀", "x̃₁") if standardise else features.names("x₀", "x₁")
        return cls(features, shift, scale, low, high, names)

    def __call__(self, x: Tensor) -> Tensor:
        """Features (n, d) of points (n, 2), float32."""
        return self.features.expand((x - self.shift) / self.scale, self.low, self.high)
