"""What the player's page gives to take home, as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lrcore.export import notebook, script
from lrcore.training.table import points_csv
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.offline import page
from lrcore.ui.player.protocol import Numbers
from lrcore.ui.player.view_data import Home

# By number, as `js/home.js` asks for them.
_KINDS: Sequence[Callable[[Atlas, int], str]] = (
    lambda of, until: script(of.run, until=until),
    lambda of, until: notebook(of.run, until=until),
    lambda of, until: of.run.to_csv(until),
    lambda of, _: points_csv(of.run.data),
    lambda of, until: page(of.run, until, ghosts=of.ghosts.told(of.run, {})),
)


def taken_home(atlas: Atlas, numbers: Numbers) -> Home | None:
    """The run up to a moment as text.

    Args:
        numbers: which kind of text, the moment, and a number that makes each question another one.
    """
    try:
        kind, until, _ = map(int, numbers)
        make = _KINDS[kind]
    except (ValueError, IndexError):
        return None
    if not 0 <= until < len(atlas.run) or not len(atlas.run.data.y) or kind < 0:
        return None
    return Home(kind, until, make(atlas, until))
