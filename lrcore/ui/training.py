"""The training page: controls beside the player."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import streamlit as st

from lrcore.data import DataError, Placed
from lrcore.insight import with_rates
from lrcore.settings import SettingsError
from lrcore.training import RunConfig, Segment, TrainingError
from lrcore.ui.changes import segments_of, text_of
from lrcore.ui.controls import PLACED_POINTS, query, read
from lrcore.ui.echo import by_default, is_echo
from lrcore.ui.links import (
    described_by,
    expected_values,
    forget,
    has_settings,
    opening_in_link,
    place_in_link,
    show,
    start_again_with,
    take_link,
)
from lrcore.ui.own_data import OWN_DATA
from lrcore.ui.own_points import place_points
from lrcore.ui.pins import pins_of, pins_text
from lrcore.ui.player import asked, player
from lrcore.ui.player.answers import respond
from lrcore.ui.player.coach import offered
from lrcore.ui.player.commands import (
    Command,
    Open,
    Pin,
    Place,
    Race,
    Restart,
    StartFrom,
    Try,
    TryRates,
    Undo,
    Unpin,
)
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
    said = _said()
    if is_echo(said, film.wanted, stale):
        show(film.wanted)
    elif said == film.wanted:
        session().stale = frozenset()


def _expected() -> RunConfig | str:
    """The settings that the controls say, or are to say, or what is wrong with them.

    The player is drawn before the controls, so that its answer comes first. Where drawing them
    brings other settings, the page is drawn again.
    """
    film, said = session().film, _said()
    if film is None or session().opening is not None:
        return said
    return film.wanted if is_echo(said, film.wanted, session().stale) else said


def _said() -> RunConfig | str:
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
        _follow(film, wanted)
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
    segments = _segments(wanted, link)
    session().opening = link._replace(changes=text_of(segments, wanted))
    if film is None or segments not in (film.segments, session().opened):
        done = 0 if film is None else film.done
        film = _new_film(segments[0].config, segments[1:])
        film.done = done  # a command that has been carried out may come once more
    session().opened = segments
    session().stale = frozenset()
    _pin_again(film, wanted, link.pins)
    _follow(film, wanted)
    return film


def _pin_again(film: Film, wanted: RunConfig, pins: str) -> None:
    """Have the film keep those runs that the link names."""
    if pins_text(film.ghosts.segments, wanted) == pins:
        return
    film.ghosts.clear()
    try:
        for segments in pins_of(wanted, pins):
            film.ghosts.pin(segments)
    except (SettingsError, TrainingError) as error:
        say_of_link(f"In the link, the pinned runs: {error}. They are left out.")


def _follow(film: Film, *said: RunConfig | str) -> None:
    """Have the controls, which say so now or may do so soon, say what the film does."""
    stale = {one for one in said if isinstance(one, RunConfig)}
    session().stale = (session().stale | stale) - {film.wanted}
    session().leads |= bool(session().stale)


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
            _carry_out(command, film)


def _keep_settings(film: Film) -> None:
    """Have the film go on as it was in a page that is put up anew.

    Streamlit may do so after a dropped connection. The controls then say their defaults, with this
    question or a later one, until they are told better.
    """
    _follow(film, _said(), by_default())
    for own in OWN_DATA.values():
        own.keep()


def _carry_out(command: Command, film: Film) -> None:
    match command:
        case Place(points=points) if isinstance(film.run.config.data, Placed):
            place_points(points)
        case StartFrom(weights=weights) if len(weights) == len(film.run.basis.names) + 1:
            _lead(film, partial(film.start_from, tuple(weights)))
        case Restart():
            film.restart()
        case TryRates(lr=lr, momentum=momentum):
            with suppress(SettingsError):  # a page asks for what SGD can take
                _begin_with(with_rates(film.wanted, lr, momentum), film)
        case Try(moment=moment):
            attempt = offered(film.atlas, moment)
            if attempt is not None:
                _lead(film, partial(film.branch, attempt.at, attempt.config))
        case Undo():
            _lead(film, film.undo)
        case Race(card=card):
            _lead(film, partial(film.race, card))
        case Open(link=link):
            _lead(film, partial(_open, link, film))
        case Pin():
            _tried(film.pin)
        case Unpin(ghost=number):
            film.ghosts.remove(number)


def _open(link: str, film: Film) -> None:
    """Show the run of a link in this page, as if it had been opened with that."""
    try:
        found = described_by(link)
    except (SettingsError, DataError) as error:
        raise TrainingError(str(error)) from error
    segments = _segments(found.config, found.opening)
    film.open(segments, found.at)
    session().opened = segments
    _pin_again(film, found.config, found.opening.pins)


def _segments(wanted: RunConfig, link: Opening) -> tuple[Segment, ...]:
    """Which settings hold from which iteration on; a sentence says if the link cannot be read."""
    try:
        return segments_of(wanted, link.changes)
    except SettingsError as error:
        say_of_link(f"In the link, {error}. The run goes without changes.")
        return (Segment(0, wanted),)


def _begin_with(config: RunConfig, film: Film) -> None:
    """Start again under these settings."""
    _lead(film, partial(film.begin_with, config))


def _lead(film: Film, act: Callable[[], None]) -> None:
    """Change the settings of the film. The controls follow: the browser may yet send what they said
    before, and that is no change."""
    before = (_said(), film.wanted)
    if _tried(act):
        _follow(film, *before)


def _tried(act: Callable[[], None]) -> bool:
    """Whether that could be done; a toast says why not."""
    try:
        act()
    except TrainingError as error:
        say(str(error))
        return False
    return True
