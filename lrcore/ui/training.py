"""The training page: controls beside the player."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lrcore.training import RunConfig, Segment, TrainingError
from lrcore.ui.carry_out import carry_out, follow, pin_again, said_settings, segments_in
from lrcore.ui.changes import text_of
from lrcore.ui.controls import PLACED_POINTS, query
from lrcore.ui.echo import by_default, is_echo
from lrcore.ui.links import (
    forget,
    has_settings,
    opening_in_link,
    place_in_link,
    show,
    start_again_with,
    take_link,
)
from lrcore.ui.own_data import OWN_DATA
from lrcore.ui.pins import pins_text
from lrcore.ui.player import asked, player
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Answer
from lrcore.ui.sentences import say, say_of_link, tell
from lrcore.ui.session import Opening, session
from lrcore.ui.shared import SHARED
from lrcore.ui.sidebar import sidebar

_NAME = "training"


def page() -> None:
    """Draw the training page."""
    began = time.monotonic()
    with SHARED.turn() as pages:
        _draw(pages)
        tell(began)


def _draw(pages: int) -> None:
    if session().page != _NAME:
        _arrive()
        session().page = _NAME
    _let_controls_follow()
    expected = _expected()
    _draw_player(expected, pages)
    sidebar()
    if _expected() != expected:
        st.rerun()
    session().opening = None


def _arrive() -> None:
    """Take the settings from the link; the run of before goes on if there are none in it."""
    film = session().film
    if film is not None and not has_settings():
        start_again_with(film)
    session().arrives = film is not None
    forget()
    take_link()
    session().opening, session().opened = opening_in_link(), ()


def _let_controls_follow() -> None:
    """The controls say what the film does, once the player has been drawn, and they with it."""
    film, stale = session().film, session().stale
    if not stale or film is None or not film.is_known:
        return
    said = said_settings()
    if is_echo(said, film.wanted, stale):
        show(film.wanted)
    elif said == film.wanted:
        session().stale = frozenset()


def _expected() -> RunConfig | str:
    """The settings that the controls say, or are to say, or what is wrong with them.

    The player is drawn before the controls, so that its answer comes first. Where drawing them
    brings other settings, the page is drawn again.
    """
    film, said = session().film, said_settings()
    if film is None or session().opening is not None:
        return said
    return film.wanted if is_echo(said, film.wanted, session().stale) else said


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
        elif session().opening is not None:
            with busy, st.spinner("Preparing the data ..."):
                film = _opened(film, wanted, session().opening or Opening())
        elif wanted != (film and film.wanted):
            with busy, st.spinner("Preparing the data ..."):
                film = _taken(film, wanted)
    except TrainingError as error:
        problem = str(error)
    if problem and problem != session().problem:
        say(problem)
    session().problem = problem
    session().film = film = film or _new_film(RunConfig())
    answer = respond(film, pages, SHARED.complaint(film))
    if film.left_out:
        say_of_link(film.left_out)
        film.left_out = ""
        follow(film, wanted)
    player(_with_link(answer, film), _take_request)


def _with_link(answer: Answer, film: Film) -> Answer:
    """An answer with what it says of the page's address."""
    settings = query(film.wanted) if session().leads else {}
    settings.pop(PLACED_POINTS, None)  # many signs, which their control keeps there
    return replace(
        answer,
        changes=text_of(film.segments, film.wanted),
        pins=pins_text(film.ghosts.segments, film.wanted),
        settings=settings,
    )


def _opened(film: Film | None, wanted: RunConfig, link: Opening) -> Film:
    """The film of the run that the address describes: that of before, where it shows this run."""
    segments = segments_in(wanted, link)
    session().opening = link._replace(changes=text_of(segments, wanted))
    if film is None or segments not in (film.segments, session().opened):
        done = 0 if film is None else film.done
        film = _new_film(segments[0].config, segments[1:])
        film.done = done  # a command that has been carried out may come once more
    session().opened = segments
    session().stale = frozenset()
    pin_again(film, wanted, link.pins)
    follow(film, wanted)
    return film


def _taken(film: Film | None, wanted: RunConfig) -> Film:
    """The film with these settings."""
    if film is None:
        return _new_film(wanted)
    film.set(wanted)
    return film


def _new_film(config: RunConfig, changes: Sequence[Segment] = ()) -> Film:
    number = time.time_ns() // 1_000_000
    film = Film(config, changes=changes, at=place_in_link(), number=number)
    SHARED.admit(film)
    return film


def _take_request() -> None:
    """Take the player's question, and carry out the commands in it that are new.

    Those to a film that a link still opens rest: the controls would undo them. They come again.
    """
    request, film = asked(), session().film
    if request is None or film is None:
        return
    film.take(request)
    if session().opening is not None:
        return
    if request.knows.film:
        session().arrives = False
    elif not session().arrives:
        _keep_settings(film)
    for command in request.do:
        if command.number > film.done:
            film.done = command.number
            carry_out(command, film)


def _keep_settings(film: Film) -> None:
    """Have the film go on as it was in a page that is put up anew.

    Streamlit may do so after a dropped connection. The controls then say their defaults, with this
    question or a later one, until they are told better.
    """
    follow(film, said_settings(), by_default())
    for own in OWN_DATA.values():
        own.keep()
