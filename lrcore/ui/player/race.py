"""What the dialog of a race asks for, and what is said of its order."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import NamedTuple

from lrcore.insight import LADDER_BUDGET, RATE_LADDER, Entrant, race
from lrcore.optim import OPTIMIZERS, OptimizerSettings
from lrcore.training import Run, RunConfig, TrainingError
from lrcore.ui.player.atlas import Atlas, Preparation
from lrcore.ui.player.protocol import LATER, Later, Numbers
from lrcore.ui.player.slices import Slices
from lrcore.ui.player.view_data import Lane, RaceCard, Rung

_MOST_ENTRANTS = 4
_AXES = ("iterations", "evaluations of the loss", "milliseconds")
_LOG = logging.getLogger(__name__)


class Raced(NamedTuple):
    """The order of a race, for as long as the same runs are shown."""

    runs: object
    order: tuple[str, ...]


def race_card(atlas: Atlas, numbers: Numbers) -> RaceCard | Later | None:
    """How far a race is prepared.

    Args:
        numbers: number of the card, how many runs the page knows to be done, whether the race is
            fair, and which optimisers take part.
    """
    card, known, fair, *which = map(int, numbers) if len(numbers) >= 5 else (0, 0, 0)
    names = [*OPTIMIZERS]
    fits = 2 <= len(set(which)) == len(which) <= _MOST_ENTRANTS
    if not fits or not all(0 <= one < len(names) for one in which) or not len(atlas.run.data.y):
        return None
    asked = (fair, *which)
    preparation = atlas.race
    if preparation is None or (preparation.card, preparation.asked) != (card, asked):
        optimizers = [_settings(names[one], atlas.wanted) for one in which]
        entrants = Slices(race(atlas.wanted, optimizers, fair=bool(fair)))
        preparation = atlas.race = Preparation(card, asked, entrants)
    try:
        found = preparation.entrants.look()
    except (TrainingError, RuntimeError, MemoryError):  # too little memory, for example
        _LOG.exception("A race could not be prepared.")
        return None
    if _done(found) <= known:
        return LATER
    rungs = len(RATE_LADDER) if fair else 0
    budget = min(LADDER_BUDGET, atlas.wanted.max_iterations)
    return RaceCard(card, tuple(map(_lane, found)), _done(found), len(which) * (rungs + 1), budget)


def ready_runs(atlas: Atlas, card: int) -> list[Run]:
    """The runs of a race that is prepared, the one that takes longest at the end; else none."""
    preparation = atlas.race
    if preparation is None or preparation.card != card:
        return []
    entrants = preparation.entrants.look()
    runs = [one.run for one in entrants if one.run is not None]
    is_ready = len(runs) == len(entrants)
    return sorted(runs, key=lambda run: (_place(run, 0), len(run))) if is_ready else []


def order(runs: Sequence[Run]) -> tuple[str, ...]:
    """Along each axis, a sentence of the order in which runs pass the target."""
    return tuple(_order(runs, axis) for axis in range(len(_AXES)))


def _order(runs: Sequence[Run], axis: int) -> str:
    ranked = sorted(runs, key=lambda run: _place(run, axis))
    passed = [one for one in ranked if one.passed is not None]
    digits = 1 if axis == _AXES.index("milliseconds") else 0
    places = [f"{_title(one)} {_place(one, axis):,.{digits}f}" for one in passed]
    missed = [_title(one) for one in ranked if one.passed is None]
    parts = [f"by {_AXES[axis]}: {', '.join(places)}"] if places else []
    parts += [f"not reached by {', '.join(missed)}"] if missed else []
    return f"The race, {'; '.join(parts)}."


def _place(run: Run, axis: int) -> float:
    """How far along an axis a run passes the target; infinite if it does not."""
    at = run.passed
    if at is None:
        return math.inf
    return float(run.effort(at)[0, axis - 1]) if axis else float(at)


def _title(run: Run) -> str:
    return run.config.optimizer.title


def _settings(name: str, config: RunConfig) -> OptimizerSettings:
    """The present settings of the optimiser in use, the default ones of another."""
    return config.optimizer if config.optimizer.name == name else OPTIMIZERS[name]()


def _done(entrants: Sequence[Entrant]) -> int:
    return sum(len(one.ladder) + (one.run is not None) for one in entrants)


def _lane(entrant: Entrant) -> Lane:
    ladder = tuple(Rung(one.rate, one.passed) for one in entrant.ladder)
    is_whole = len(ladder) == len(RATE_LADDER)
    title = entrant.config.optimizer.title
    best = entrant.best if is_whole else None
    return Lane(title, ladder, best, entrant.run is not None, entrant.passed)
