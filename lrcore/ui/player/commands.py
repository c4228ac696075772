"""What a player asks to be done; each is carried out once, however often it comes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Add points of one's own.

    Args:
        number: counts the commands of a page; each is carried out once, however often it comes.
        points: x₀ and x₁ of each.
    """

    number: int
    points: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class StartFrom:
    """Start again from these weights, the bias last; `number` as in `Place`."""

    number: int
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Restart:
    """Go back to the start under the present settings alone; `number` as in `Place`."""

    number: int


@dataclass(frozen=True)
class Undo:
    """Bring back the run from before `StartFrom`; `number` as in `Place`."""

    number: int


@dataclass(frozen=True)
class Pin:
    """Keep the present run as a ghost; `number` as in `Place`."""

    number: int


@dataclass(frozen=True)
class Unpin:
    """Let a ghost go, by its number; `number` as in `Place`."""

    number: int
    ghost: int


@dataclass(frozen=True)
class TryRates:
    """Start again with SGD of this rate and momentum; `number` as in `Place`."""

    number: int
    lr: float
    momentum: float


@dataclass(frozen=True)
class Race:
    """Start the race that was prepared as `card`; `number` as in `Place`."""

    number: int
    card: int


@dataclass(frozen=True)
class Open:
    """Show the run that a link describes, a query without "?"; `number` as in `Place`."""

    number: int
    link: str


@dataclass(frozen=True)
class Try:
    """Go on as the coach has said that one could at a `moment`; `number` as in `Place`."""

    number: int
    moment: int


Command = Place | StartFrom | Restart | Undo | Pin | Unpin | TryRates | Race | Open | Try
