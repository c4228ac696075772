"""Planes through the space of weights, and what of them to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

_MARGIN = 0.15
_SMALLEST = 1.0  # a path of one moment has no size


class Window(NamedTuple):
    """A rectangle of a plane, in its coordinates u and v."""

    u0: float
    u1: float
    v0: float
    v1: float


@dataclass(frozen=True, eq=False)
class Plane:
    """Parameters are origin + u * directions[0] + v * directions[1].

    Args:
        names: of the two axes.
        origin: (d + 1,) float64.
        directions: (2, d + 1) float64, orthonormal.
        share: how much of the variance of a path lies along them, from 0 to 1; None where they
            were not made for a path.
    """

    names: tuple[str, str]
    origin: Tensor
    directions: Tensor
    share: float | None = None

    @property
    def leaves_b(self) -> bool:
        """Whether b is the same everywhere, and so free to be chosen anew at each place."""
        return not self.directions[:, -1].any()

    def coordinates(self, parameters: Tensor) -> Tensor:
        """Where parameters (..., d + 1) are seen, (..., 2): the nearest place of the plane."""
        return (parameters.double() - self.origin) @ self.directions.T

    def parameters(self, coordinates: Tensor) -> Tensor:
        """The parameters (..., d + 1) at (..., 2)."""
        return self.origin + coordinates.double() @ self.directions


def plane_of_two(present: Tensor, first: int = 0, second: int = 1) -> Plane:
    """Two of the parameters against each other, the others as they are.

    Args:
        present: (d + 1,), b last.
        first, second: their indices; the coordinates are the parameters themselves.

    Raises:
        IndexError: there is no such parameter.
        ValueError: they are the same one.
    """
    if first == second:
        raise ValueError(f"a plane needs two parameters; got {first} twice")
    axes = torch.eye(len(present), dtype=torch.float64)
    names = [f"w{k}" for k in range(len(present) - 1)] + ["b"]
    directions = axes[[first, second]]
    origin = present.double() * (1 - directions.sum(0))
    return Plane((names[first], names[second]), origin, directions)


def principal_plane(path: Tensor, present: Tensor) -> Plane:
    """The plane through present parameters along the two principal directions of a path.

    Source: Li, Xu, Taylor, Studer and Goldstein, Visualizing the Loss Landscape of Neural Nets,
    2018, section 7.2: random directions show almost nothing of a path.

    Args:
        path: (k, d + 1) with k >= 1; moments that are not finite are left out.
        present: (d + 1,), in the middle of the coordinates.
    """
    path = path.double()
    path = path[path.isfinite().all(1)]
    centred = path - path.mean(0) if len(path) else torch.zeros_like(present.double())[None]
    # With zeros below, there are two directions however short the path is.
    padded = torch.cat([centred, centred.new_zeros(2, centred.shape[1])])
    _, lengths, axes = torch.linalg.svd(padded, full_matrices=False)
    variance = lengths.square()
    total = variance.sum().item()
    directions = axes[:2]
    # An axis has no sign; kept to one, the picture does not flip from path to path.
    largest = directions.abs().argmax(1, keepdim=True)
    directions = directions * directions.gather(1, largest).sign()
    share = variance[:2].sum().item() / total if total > 0 else 1.0
    return Plane(("1st direction", "2nd direction"), present.double(), directions, share)


def window_around(places: Tensor) -> Window:
    """A rectangle with a margin around places (k, 2), those left out that are not finite.

    The places are a path and, where there is one, the minimum.
    """
    places = places[places.isfinite().all(1)]
    if not len(places):
        places = torch.zeros(1, 2)
    low, high = places.min(0).values, places.max(0).values
    middle = (low + high) / 2
    half = ((high - low) * (0.5 + _MARGIN)).clamp(min=_SMALLEST / 2)
    (u0, v0), (u1, v1) = (middle - half).tolist(), (middle + half).tolist()
    return Window(u0, u1, v0, v1)
