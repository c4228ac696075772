"""The training page: controls beside the player."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lrcore.data import DataError, Placed
from lrcore.settings import SettingsError
from lrcore.training import RunConfig, TrainingError
from lrcore.ui.controls import forget, problems_in_link, read, sidebar, start_from
from lrcore.ui.own_data import place_points
from lrcore.ui.player import asked, player, preload
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Command, Place, Restart, StartFrom

_CSS = Path(__file__).with_name("page.css")


def page() -> None:
    """Draw the training page."""
    preload()
    st.html(_CSS)
    from_menu = st.session_state.pop("menu_drawn", False) and len(st.query_params) > 0
    if from_menu:
        forget()
    if from_menu or "film" not in st.session_state:
        for problem in problems_in_link():
            st.toast(problem, icon=":material/link_off:", duration="infinite")
    sidebar()
    _player()


def _player() -> None:
    """The player with the film that the controls ask for.

    Not a fragment: where a control and a fragment report at the same moment, Streamlit reruns the
    fragment alone and warns in the browser's console.
    """
    problem = None
    try:
        config = read(st.session_state)
        if "film" in st.session_state:
            st.session_state["film"].set(config)
        else:
            st.session_state["film"] = Film(config)
    except (SettingsError, DataError, TrainingError) as error:
        problem = str(error)
    if problem and problem != st.session_state.get("problem"):
        st.toast(problem, icon=":material/error:", duration="infinite")
    st.session_state["problem"] = problem
    if "film" not in st.session_state:
        st.session_state["film"] = Film(RunConfig())
    player(st.session_state["film"].respond(), _take_request)


def _take_request() -> None:
    """Take the player's question, and carry out the commands in it that are new."""
    request = asked()
    if request is None:
        return
    film = st.session_state["film"]
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
