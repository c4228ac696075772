"""Points of one's own in the sidebar: placed by clicks, or read from a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from streamlit.delta_generator import DeltaGenerator

from lrcore.data import Placed, Uploaded
from lrcore.settings import Entry
from lrcore.ui.own_file import draw_file, keep_file, read_file
from lrcore.ui.own_points import draw_placed, keep_placed, read_placed


class OwnData(NamedTuple):
    """How the sidebar shows a data set of one's own, and the settings that follow from it.

    draw: is given the place for what is shown on demand.
    keep: has the controls say what is in force, whatever they say now.
    """

    draw: Callable[[DeltaGenerator], None]
    read: Callable[[], Entry]
    keep: Callable[[], None]


OWN_DATA: Mapping[str, OwnData] = MappingProxyType(
    {
        Placed.name: OwnData(draw_placed, read_placed, keep_placed),
        Uploaded.name: OwnData(draw_file, read_file, keep_file),
    }
)
