"""What a page remembers apart from the values of its controls: one object a browser session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

import streamlit as st

from lrcore.data import Placed, Uploaded
from lrcore.data.table import Table
from lrcore.settings import Value
from lrcore.training import Run, RunConfig, Segment
from lrcore.ui.player.film import Film

_KEY = "session"


class OwnPoints(NamedTuple):
    """The text of the control, the points in force, and what the browser may yet say instead.

    A text that a click or a button has replaced comes back with whatever the browser sends before
    it knows: such an echo is no edit. fresh: the browser has not been told of the text.
    """

    text: str
    placed: Placed
    echoes: frozenset[str] = frozenset()
    fresh: bool = False


class Upload(NamedTuple):
    """A file, and what can be chosen from it; values: of the column of labels."""

    name: str
    table: Table
    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[str, ...]


class Chosen(NamedTuple):
    """What was chosen from which table, what is said of it, and the points in force."""

    table: Table
    choice: tuple[str, ...]
    data: Uploaded
    sentence: str
    problem: str


class Opening(NamedTuple):
    """What a link says of a run beside its settings, as it stands there."""

    changes: str = ""
    pins: str = ""


class Sentence(NamedTuple):
    """What is said in a corner of the page."""

    text: str
    icon: str


@dataclass
class Session:
    """Streamlit keeps the value of a control only while it is drawn; this stays.

    Args:
        film: the run of the training page.
        problem: what was last said to keep it from its settings.
        page: the one that was drawn last.
        arrives: the training page has come again, and does not know its film yet.
        sentences: what is yet to be said, or may not have arrived: when each was first told, in
            seconds, or None. One that is said again keeps its place.
        opening: the changes in the link that the page is being opened with, and the pins; None once
            it is open.
        opened: the run that this link describes.
        stale: what the controls said before a button, a link or the hand on the boundary told them
            more. The browser says it until it knows better: that is no change.
        leads: the film has had settings that the controls did not say.
        own_stops: values from a link that lie between two positions of their control, by key.
        points: placed by hand. upload, chosen: of a CSV file.
        file_seen: which file was read last, whether or not it could be.
        lab_run: what "The graph of this run" shows where there is no film.
    """

    film: Film | None = None
    problem: str | None = None
    page: str = ""
    arrives: bool = False
    sentences: dict[Sentence, float | None] = field(default_factory=dict)
    opening: Opening | None = None
    opened: tuple[Segment, ...] = ()
    stale: frozenset[RunConfig] = frozenset()
    leads: bool = False
    own_stops: dict[str, Value] = field(default_factory=dict)
    points: OwnPoints | None = None
    upload: Upload | None = None
    file_seen: str = ""
    chosen: Chosen | None = None
    lab_run: Run | None = None


def session() -> Session:
    """The session of the page that is drawn now."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    found: Session = st.session_state[_KEY]
    return found


def control_values() -> Mapping[str, Value]:
    """The values of the controls by key, as Streamlit has them now."""
    return cast("Mapping[str, Value]", st.session_state)
