"""What the player's commands do to the film, and that the controls follow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lrcore.data import DataError, Placed
from lrcore.insight import with_rates
from lrcore.settings import SettingsError
from lrcore.training import RunConfig, Segment, TrainingError
from lrcore.ui.changes import segments_of
from lrcore.ui.controls import read
from lrcore.ui.links import described_by, expected_values
from lrcore.ui.own_points import place_points
from lrcore.ui.pins import pins_of, pins_text
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
from lrcore.ui.sentences import say, say_of_link
from lrcore.ui.session import Opening, session


def carry_out(command: Command, film: Film) -> None:
    """Do what the player asks for; a sentence in the corner says why not."""
    match command:
        case Place(points=points) if isinstance(film.run.config.data, Placed):
            place_points(points)
        case StartFrom(weights=weights) if len(weights) == len(film.run.basis.names) + 1:
            _lead(film, partial(film.start_from, tuple(weights)))
        case Restart():
            film.restart()
        case TryRates(lr=lr, momentum=momentum):
            with suppress(SettingsError):  # a page asks for what SGD can take
                _lead(film, partial(film.begin_with, with_rates(film.wanted, lr, momentum)))
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


def said_settings() -> RunConfig | str:
    """What the controls say, or what is wrong with it."""
    try:
        return read(expected_values())
    except (SettingsError, DataError) as error:
        return str(error)


def follow(film: Film, *said: RunConfig | str) -> None:
    """Have the controls, which say so now or may do so soon, say what the film does."""
    outdate(*said)
    session().stale -= {film.wanted}
    session().leads |= bool(session().stale)


def outdate(*said: RunConfig | str) -> None:
    """The controls are to say something else. The browser says this until it knows."""
    session().stale |= {one for one in said if isinstance(one, RunConfig)}


def pin_again(film: Film, wanted: RunConfig, pins: str) -> None:
    """Have the film keep those runs that the link names."""
    if pins_text(film.ghosts.segments, wanted) == pins:
        return
    film.ghosts.clear()
    try:
        for segments in pins_of(wanted, pins):
            film.ghosts.pin(segments)
    except (SettingsError, TrainingError) as error:
        say_of_link(f"In the link, the pinned runs: {error}. They are left out.")


def _open(link: str, film: Film) -> None:
    """Show the run of a link in this page, as if it had been opened with that."""
    try:
        found = described_by(link)
    except (SettingsError, DataError) as error:
        raise TrainingError(str(error)) from error
    segments = segments_in(found.config, found.opening)
    film.open(segments, found.at)
    session().opened = segments
    pin_again(film, found.config, found.opening.pins)


def segments_in(wanted: RunConfig, link: Opening) -> tuple[Segment, ...]:
    """Which settings hold from which iteration on; a sentence says if the link cannot be read."""
    try:
        return segments_of(wanted, link.changes)
    except SettingsError as error:
        say_of_link(f"In the link, {error}. The run goes without changes.")
        return (Segment(0, wanted),)


def _lead(film: Film, act: Callable[[], None]) -> None:
    """Change the settings of the film. The controls follow: the browser may yet send what they said
    before, and that is no change."""
    before = (said_settings(), film.wanted)
    if _tried(act):
        follow(film, *before)


def _tried(act: Callable[[], None]) -> bool:
    """Whether that could be done; a toast says why not."""
    try:
        act()
    except TrainingError as error:
        say(str(error))
        return False
    return True
