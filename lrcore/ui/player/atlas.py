"""What is kept of a run while a page shows it, for the views that ask."""

from __future__ import annotations

from concurrent.futures import Future
from typing import NamedTuple

from lrcore.coach import Advice
from lrcore.insight import Entrant, RateMap, StableRates
from lrcore.landscape import AtInfinity, Minimum, Objective, Sample
from lrcore.training import Run, RunConfig
from lrcore.ui.player.ghosts import Ghosts
from lrcore.ui.player.limits import LimitsOfRun
from lrcore.ui.player.protocol import Numbers
from lrcore.ui.player.slices import Slices
from lrcore.ui.player.view_data import Landscape


class Ground(NamedTuple):
    """What a run lowers, on which points, and where that is lowest."""

    objective: Objective
    sample: Sample
    lowest: Minimum | AtInfinity


class Filling(NamedTuple):
    """A map of rates as far as it is filled, and theory's limits once they are known, if any."""

    map: RateMap
    limits: StableRates | None


class Preparation(NamedTuple):
    """A race under way: its number, what was asked for, and how far it is."""

    card: int
    asked: Numbers
    entrants: Slices[tuple[Entrant, ...]]


class Coached(NamedTuple):
    """What the coach says, once it is known, and of what."""

    key: object
    advice: Future[Advice | None]


class Atlas:
    """A run with its ghosts, and what has been found of it.

    Attributes:
        maps: of its loss, by question. grounds: by settings. fillings: maps of rates, by settings.
        race: the one that was asked for last. answers: to questions, by story. coached: what the
            coach has found. limits: of the run.
        wanted: what the controls say; the run need not have it yet.
    """

    def __init__(self, run: Run, ghosts: Ghosts | None = None) -> None:
        self.run = run
        self.ghosts = Ghosts() if ghosts is None else ghosts
        self.maps: dict[Numbers, Future[Landscape | None]] = {}
        self.grounds: dict[object, Ground] = {}
        self.fillings: dict[RunConfig, Slices[Filling]] = {}
        self.race: Preparation | None = None
        self.answers: dict[str, Slices[int | None]] = {}
        self.coached: Coached | None = None
        self.limits = LimitsOfRun(run)
        self.wanted = run.config
