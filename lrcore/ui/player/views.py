"""What a view may ask Python for: ADD A VIEW'S QUESTION HERE.

Each entry is a function of the run, with what was found of it, and the numbers that the view sends.
It gives plain data, which the browser's view reads in `take`; None where the numbers do not fit, or
`LATER` where it is computed in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lrcore.figures.scene import View
from lrcore.settings import SettingsError
from lrcore.training import TrainingError
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.coach import coach
from lrcore.ui.player.decks import all_decks, right_answer
from lrcore.ui.player.home import taken_home
from lrcore.ui.player.protocol import Grid, Numbers, Probe
from lrcore.ui.player.race import race_card
from lrcore.ui.player.rates import rates
from lrcore.ui.player.scene import grid_over
from lrcore.ui.player.step import one_step
from lrcore.ui.player.weights import arrows, landscape


def _grid(atlas: Atlas, view: Numbers) -> Grid | None:
    if len(view) != 4 or not (view[0] < view[1] and view[2] < view[3]):
        return None
    return grid_over(atlas.run, View(*view))


def _probe(atlas: Atlas, weights: Numbers) -> Probe | None:
    try:
        _, _, _, *measured = atlas.run.evaluate(weights)
    except (SettingsError, TrainingError):  # of another run, or too large: nothing to show
        return None
    return Probe(weights, tuple(value for value in measured if value is not None))


VIEWS: Mapping[str, Callable[[Atlas, Numbers], object]] = MappingProxyType(
    {
        "grid": _grid,
        "probe": _probe,
        "landscape": landscape,
        "arrows": arrows,
        "step": one_step,
        "rates": rates,
        "home": taken_home,
        "race": race_card,
        "decks": all_decks,
        "answer": right_answer,
        "coach": coach,
    }
)
