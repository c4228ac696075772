"""The settings of a page in its address: read once a session, then kept up to date.

Streamlit keeps most controls in the address by itself; the others, see `Control.is_bound`, are read
and written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qs

import streamlit as st

from lrcore.settings import Setting, SettingsError, Value
from lrcore.training import WEIGHT, RunConfig
from lrcore.ui.changes import CHANGES, text_of
from lrcore.ui.controls import (
    PLACED_POINTS,
    WEIGHTS,
    Control,
    all_controls,
    as_text,
    controls_by_key,
    default_values,
    parsed,
    query,
    read,
    values_of,
    weights_text,
)
from lrcore.ui.own_points import begin_with_points, replace_points
from lrcore.ui.pins import PINS, pins_text
from lrcore.ui.player.film import Film
from lrcore.ui.sentences import say_of_link
from lrcore.ui.session import Opening, session

# The playhead: the player keeps it in the address.
AT = "at"
# A page of this is shown.
_DECK = "deck"
_PLACE = Setting("Iteration", "The moment to show.", int, minimum=0, maximum=1_000_000)


def take_link() -> None:
    """Put the link of this page into the controls; to be called before they are drawn.

    A value between two positions of a control becomes a position of its own. One that cannot be
    used is taken out of the link, and the page starts anew: Streamlit gives controls what the link
    said when the page started, and a control may not bear it. The session has one more sentence to
    tell for each setting in the link that could not be used as it stood.
    """
    _take_old_weights()
    bad = []
    if AT in st.query_params:
        try:
            _PLACE.parse(AT, st.query_params[AT])
        except SettingsError as error:
            say_of_link(f"In the link, {error}. The run starts at iteration 0.")
            bad.append(AT)
    for control, value in _values_in(st.query_params):
        if value is None:
            bad.append(control.key)
            continue
        if control.spec.log:
            session().own_stops[control.key] = value
        if not control.is_bound:
            st.session_state[control.key] = value
    if PLACED_POINTS in st.query_params:
        begin_with_points(st.query_params[PLACED_POINTS])
    if bad:
        for key in bad:
            del st.query_params[key]
        st.rerun()


def _values_in(said: Mapping[str, str]) -> Iterator[tuple[Control, Value | None]]:
    """Each control that a link names, with its value; None, and a sentence, where it has none."""
    for control in all_controls():
        if control.key not in said:
            continue
        try:
            yield control, parsed(control, said[control.key])
        except SettingsError as error:
            say_of_link(_not_used(error))
            yield control, None


class Described(NamedTuple):
    """What a link says: the settings, what else it says of the run, and the moment to show."""

    config: RunConfig
    opening: Opening
    at: int


def described_by(link: str) -> Described:
    """The run of a link, a query without "?"; a sentence is told of what cannot be used.

    Raises:
        SettingsError: the settings do not make a run.
        DataError: its points cannot be had.
    """
    said = {key: texts[-1] for key, texts in parse_qs(link, keep_blank_values=True).items()}
    values = default_values()
    values |= {control.key: value for control, value in _values_in(said) if value is not None}
    if PLACED_POINTS in said:
        replace_points(said[PLACED_POINTS])
    return Described(read(values), _opening_in(said), _place_in(said))


def has_settings() -> bool:
    """Whether the link says anything of the run; a page of a deck may be the default run."""
    known = {CHANGES, PINS, _DECK, *controls_by_key()}
    return any(key in known or _is_old_weight(key) for key in st.query_params)


def place_in_link() -> int:
    """The moment that the link names as `at`; 0 where it names none that can be."""
    return _place_in(st.query_params)


def _place_in(said: Mapping[str, str]) -> int:
    try:
        return int(_PLACE.parse(AT, said.get(AT, "0")))
    except SettingsError:
        return 0


def opening_in_link() -> Opening:
    """What the link says of the run beside its settings."""
    return _opening_in(st.query_params)


def _opening_in(said: Mapping[str, str]) -> Opening:
    return Opening(said.get(CHANGES, ""), said.get(PINS, ""))


def start_again_with(film: Film) -> None:
    """Put a run into an address that says nothing of any, and have the page start from that.

    Streamlit gives controls what the address said when the page started.
    """
    link = query(film.wanted)
    if changes := text_of(film.segments, film.wanted):
        link[CHANGES] = changes
    if pins := pins_text(film.ghosts.segments, film.wanted):
        link[PINS] = pins
    if link:
        st.query_params.from_dict(link)
        st.rerun()


def show(config: RunConfig) -> None:
    """Have the controls say these settings; to be called before they are drawn.

    On its first drawing, a control that Streamlit keeps in the address says what stood there.
    """
    controls = controls_by_key()
    for key, value in values_of(config).items():
        if key in controls:
            if controls[key].spec.log:
                session().own_stops[key] = value
            st.session_state[key] = value


def expected_values() -> dict[str, Value]:
    """What each control says, or will say when it is drawn: what the link says, or its default."""
    values = default_values()
    for control in all_controls():
        if control.key in st.session_state:
            values[control.key] = st.session_state[control.key]
        elif control.key in st.query_params:
            with suppress(SettingsError):
                values[control.key] = parsed(control, st.query_params[control.key])
    return values


def _not_used(error: SettingsError) -> str:
    return f"In the link, {error}. The control shows the value used instead."


def _take_old_weights() -> None:
    """Links from before the key `weights` have one for each: w0, w1, ... and b."""
    old = {name: st.query_params[name] for name in st.query_params if _is_old_weight(name)}
    if not old or WEIGHTS.key in st.query_params:
        return
    weights = dict.fromkeys(old, 0.0)
    for name, text in old.items():
        try:
            weights[name] = float(WEIGHT.parse(name, text))
        except SettingsError as error:
            say_of_link(_not_used(error))
        del st.query_params[name]
    bias = weights.pop("b", 0.0)
    last = max((int(name[1:]) for name in weights), default=-1)
    slopes = [weights.get(f"w{k}", 0.0) for k in range(last + 1)]
    st.session_state[WEIGHTS.key] = weights_text((*slopes, bias))


def _is_old_weight(name: str) -> bool:
    """No old link has more than 25 weights and b."""
    return name == "b" or (name[:1] == "w" and name[1:] in map(str, range(25)))


def write_link(control: Control, value: Value) -> None:
    """Keep a control that Streamlit does not bind in the address, unless it is at its default."""
    text = as_text(control.spec, value)
    if value != control.default and st.query_params.get(control.key) != text:
        st.query_params[control.key] = text
    elif value == control.default and control.key in st.query_params:
        del st.query_params[control.key]


def forget() -> None:
    """Put every control back to what the link says, or to its default; before they are drawn."""
    session().own_stops.clear()
    for control in all_controls():
        st.session_state.pop(control.key, None)
    if PLACED_POINTS in st.query_params:
        st.session_state.pop(PLACED_POINTS, None)
        session().points = None
