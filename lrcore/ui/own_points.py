"""Points placed by hand: their controls in the sidebar.

The points are kept in the session: what Streamlit keeps for a control is lost where the control is
not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.data import DataError, Placed
from lrcore.data.own import place, undo
from lrcore.settings import SettingsError
from lrcore.ui.sentences import say
from lrcore.ui.session import OwnPoints, session

_MARKERS = ("● class 0", "◆ class 1")


def place_points(places: Iterable[Sequence[float]]) -> None:
    """Add a point of the chosen class at each place (x₀, x₁); a toast says if one cannot."""
    state = st.session_state
    points = read_placed().points
    try:
        for x, y in places:
            points = place(points, x, y, state.get("placed_class", 0))
    except (DataError, SettingsError) as error:
        say(f"Not placed: {error}.")
    _replace(points)


def replace_points(text: str) -> None:
    """Have the points of a link in place of what was there; a sentence says if it has none."""
    try:
        Placed(text)
    except SettingsError as error:
        say(f"The points of the link are not used: {error}.")
        return
    _replace(text)


def begin_with_points(text: str) -> None:
    """Have the points of the page's link at once; the control says what is wrong with them."""
    with suppress(SettingsError):
        session().points = OwnPoints(text, Placed(text))


def keep_placed() -> None:
    """Have the control say what is in force; what it says now is no edit."""
    state, points = st.session_state, session().points
    if points is not None and "placed_points" in state:
        said = {state["placed_points"], Placed().points}
        echoes = (points.echoes | said) - {points.text}
        session().points = points._replace(echoes=echoes, fresh=True)


def draw_placed(on_demand: DeltaGenerator) -> None:
    """The controls; the text stands where things are shown on demand."""
    state = st.session_state
    points = session().points
    is_echo = points is not None and state.get("placed_points", points.text) in points.echoes
    if points is not None and (is_echo or "placed_points" not in state):
        state["placed_points"] = points.text
    st.segmented_control(
        "A click places",
        range(len(_MARKERS)),
        default=0,
        required=True,
        format_func=_MARKERS.__getitem__,
        key="placed_class",
        help="The class of the points that you place: click on the plot.",
        width="stretch",
        persist_state="session",
    )
    left, right = st.columns(2, gap="small")
    left.button("Undo", on_click=_undo, help="Takes the last point away.", width="stretch")
    right.button("Clear", on_click=_clear, help="Takes all points away.", width="stretch")
    text = on_demand.text_area(
        "Points",
        Placed().points,
        height=98,
        key="placed_points",
        help="Each point as x₀, x₁ and class (0 or 1), with semicolons between points. "
        "The link of this page carries them.",
        bind="query-params",
    )
    _take_text(text, is_echo)


def read_placed() -> Placed:
    """The points in force."""
    points = session().points
    return Placed() if points is None else points.placed


def _undo() -> None:
    _replace(undo(read_placed().points))


def _clear() -> None:
    _replace("")


def _replace(text: str) -> None:
    before = session().points or OwnPoints("", Placed(""))
    echoes = (before.echoes | {before.text}) - {text}
    session().points = OwnPoints(text, Placed(text), echoes, fresh=True)
    st.session_state["placed_points"] = text


def _take_text(text: str, is_echo: bool) -> None:
    """What the control says; is_echo: the browser said something that was replaced before."""
    before = session().points
    if before is not None and text in before.echoes:
        return  # the address does, to which Streamlit returns after a dropped connection
    if before is not None and text == before.text:
        echoes = before.echoes if is_echo or before.fresh else frozenset()
        session().points = before._replace(echoes=echoes, fresh=False)
        return
    try:
        placed = Placed(text)
    except SettingsError as error:
        say(f"The text is not used: {error}.")
        placed = before.placed if before is not None else Placed()
    session().points = OwnPoints(text, placed)
