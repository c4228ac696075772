"""The training page: controls beside the player."""

from __future__ import annotations

import time

import streamlit as st

from lrcore.data import DataError, Placed
from lrcore.settings import SettingsError
from lrcore.training import RunConfig, TrainingError
from lrcore.ui.controls import read
from lrcore.ui.links import (
    expected_values,
    forget,
    has_settings,
    place_in_link,
    start_again_with,
    start_from,
    take_link,
)
from lrcore.ui.own_data import place_points
from lrcore.ui.plain import plain
from lrcore.ui.player import asked, player
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Command, Place, Restart, StartFrom
from lrcore.ui.session import session
from lrcore.ui.shared import SHARED
from lrcore.ui.sidebar import sidebar

_NAME = "training"


def page() -> None:
    """Draw the training page."""
    with SHARED.turn() as pages:
        _draw(pages)


def _draw(pages: int) -> None:
    if session().page != _NAME:
        _arrive()
        session().page = _NAME
    expected = _expected()
    _draw_player(expected, pages)
    sidebar()
    if _expected() != expected:
        st.rerun()


def _arrive() -> None:
    """Take the settings from the link; the run of before goes on if there are none in it."""
    film = session().film
    if film is not None and not has_settings():
        start_again_with(film.wanted)
    forget()
    for problem in take_link():
        st.toast(plain(problem), icon=":material/link_off:", duration="infinite")


def _expected() -> RunConfig | str:
    """The settings that the controls say, or what is wrong with them.

    The player is drawn before the controls, so that its answer comes first. Where drawing them
    brings other settings, the page is drawn again.
    """
    try:
        return read(expected_values())
    except (SettingsError, DataError) as error:
        return str(error)


def _draw_player(wanted: RunConfig | str, pages: int) -> None:
    """The player with the film that the controls ask for.

    Not a fragment: where a control and a fragment report at the same moment, Streamlit reruns the
    fragment alone and warns in the browser's console.
    """
    problem, film = None, session().film
    busy = st.container(key="busy")
    try:
        if isinstance(wanted, str):
            problem = wanted
        elif wanted != (film and film.wanted):
            with busy, st.spinner("Preparing the data ..."):
                film = _taken(film, wanted)
    except TrainingError as error:
        problem = str(error)
    if problem and problem != session().problem:
        st.toast(plain(problem), icon=":material/error:", duration="infinite")
    session().problem = problem
    session().film = film = film or _new_film(RunConfig())
    player(film.respond(pages, SHARED.complaint(film)), _take_request)


def _taken(film: Film | None, wanted: RunConfig) -> Film:
    """The film with these settings."""
    if film is None:
        return _new_film(wanted)
    film.set(wanted)
    return film


def _new_film(config: RunConfig) -> Film:
    film = Film(config, at=place_in_link(), number=time.time_ns() // 1_000_000)
    SHARED.admit(film)
    return film


def _take_request() -> None:
    """Take the player's question, and carry out the commands in it that are new."""
    request, film = asked(), session().film
    if request is None or film is None:
        return
    film.take(request)
    for command in request.do:
        if command.number > film.done:
            film.done = command.number
            _carry_out(command, film)


def _carry_out(command: Command, film: Film) -> None:
    match command:
        case Place(points=points) if isinstance(film.run.config.data, Placed):
            place_points(points)
        case StartFrom(weights=weights) if len(weights) == len(film.run.basis.names) + 1:
            start_from(weights)
        case Restart():
            film.restart()
