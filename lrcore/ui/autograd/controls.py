"""The controls of an exercise: a widget for each of its settings, in a row above the film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.autograd.exercises import Exercise
from lrcore.settings import SettingsError, Value, default_of, described
from lrcore.ui.controls import Control
from lrcore.ui.links import write_link
from lrcore.ui.session import control_values
from lrcore.ui.widgets import widget

_WIDTHS = {str: 220, float: 150, int: 150}
_TEXT = 250
_IN_A_STACK = 2


class Limit(NamedTuple):
    """The bound of a setting that depends on what is shown: its last value, and where it starts."""

    last: int
    start: int


def controls_of(cls: type[Exercise]) -> Iterator[tuple[str, Control]]:
    """The name of each setting with its control."""
    for name, spec in described(cls):
        yield name, Control(f"g_{name}", spec, default_of(cls, name))


def draw_controls(
    cls: type[Exercise], limits: Mapping[str, Limit]
) -> tuple[dict[str, Value], DeltaGenerator]:
    """Draw the controls that have an effect now, and read the settings by name.

    A control whose need is another one comes after that. The place beside the last of them is for
    remarks.
    """
    values: dict[str, Value] = {}
    stack: list[DeltaGenerator] = []
    with st.container(key="lab_controls", horizontal=True, vertical_alignment="bottom"):
        for name, control in controls_of(cls):
            needs = control.spec.needs
            if needs is not None and not needs.fitting(values[needs.key]):
                values[name] = control.default
                continue
            place = _place(control, stack)
            with place:
                values[name] = _drawn(control, limits.get(name))
        return values, st.container(key="lab_remarks")


def _place(control: Control, stack: list[DeltaGenerator]) -> DeltaGenerator:
    """Where a control stands; two switches in a row stand one above the other."""
    spec = control.spec
    if spec.kind is bool:
        if not stack:
            stack += [st.container(width="content")] * _IN_A_STACK
        return stack.pop()
    stack.clear()
    is_text = spec.kind is str and spec.choices is None
    return st.container(width=_TEXT if is_text else _WIDTHS[spec.kind])


def _drawn(control: Control, limit: Limit | None) -> Value:
    if limit is not None:
        return _limited(control, limit)
    key = control.key
    if not control.is_bound and key in st.query_params and key not in st.session_state:
        st.session_state[key] = st.query_params[key]
    widget(control)
    return control_values()[key]


def _limited(control: Control, limit: Limit) -> int:
    """A slider up to a bound that may be lower the next time.

    With another bound it is another widget: no value beyond the bound can come from the one before.
    The value stands in the link, and is cut there.
    """
    last, start = max(limit.last, 1), min(limit.start, limit.last)
    with suppress(SettingsError):
        text = st.query_params.get(control.key, str(start))
        start = min(int(control.spec.parse(control.key, text)), last)
    spec = control.spec
    value = st.slider(
        spec.label,
        0,
        last,
        start,
        key=f"{control.key}_of_{last}",
        help=spec.help,
        disabled=limit.last < 1,
    )
    write_link(Control(control.key, spec, limit.start), value)
    return value
