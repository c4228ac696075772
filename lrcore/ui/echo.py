"""What the browser may say before it has heard what its controls are to say."""

from __future__ import annotations

from collections.abc import Iterable

from lrcore.training import RunConfig
from lrcore.ui.controls import default_values, read, values_of
from lrcore.ui.own_data import OWN_DATA


def by_default() -> RunConfig:
    """The settings by controls that have not been told anything."""
    return read(default_values())


def is_echo(said: RunConfig | str, wanted: RunConfig, before: Iterable[RunConfig]) -> bool:
    """Whether that is no change by the user: each control says what it is to say, or did before.

    The browser hears of one control after the other, so a few may be ahead of the rest.

    Args:
        said: the settings by the controls, or what is wrong with them.
        wanted: what they are to say.
        before: what they said before.
    """
    old = tuple(before)
    if isinstance(said, str) or not old:
        return False
    if said.data.name in OWN_DATA and said.data not in (wanted.data, *(one.data for one in old)):
        return False  # points have come, which no control says
    known = [set(values_of(one).items()) for one in (wanted, *old)]
    return said != wanted and set(values_of(said).items()) <= set().union(*known)
