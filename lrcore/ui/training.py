"""The training page: controls beside the player."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lrcore.data import DataError, Placed
from lrcore.settings import SettingsError
from lrcore.training import RunConfig, TrainingError
from lrcore.ui.controls import read
from lrcore.ui.links import forget, start_from, take_link
from lrcore.ui.own_data import place_points
from lrcore.ui.plain import plain
from lrcore.ui.player import asked, player, preload
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Command, Place, Restart, StartFrom
from lrcore.ui.session import control_values, session
from lrcore.ui.sidebar import sidebar

_CSS = Path(__file__).with_name("page.css")


def page() -> None:
    """Draw the training page."""
    preload()
    st.html(_CSS)
    from_menu = session().menu_drawn and len(st.query_params) > 0
    session().menu_drawn = False
    if from_menu:
        forget()
    if from_menu or session().film is None or session().link_problems:
        for problem in take_link():
            st.toast(plain(problem), icon=":material/link_off:", duration="infinite")
    sidebar()
    _draw_player()


def _draw_player() -> None:
    """The player with the film that the controls ask for.

    Not a fragment: where a control and a fragment report at the same moment, Streamlit reruns the
    fragment alone and warns in the browser's console.
    """
    problem, film = None, session().film
    try:
        config = read(control_values())
        if film is None:
            film = Film(config)
        else:
            film.set(config)
    except (SettingsError, DataError, TrainingError) as error:
        problem = str(error)
    if problem and problem != session().problem:
        st.toast(plain(problem), icon=":material/error:", duration="infinite")
    session().problem = problem
    session().film = film = film or Film(RunConfig())
    player(film.respond(), _take_request)


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
