"""The controls as widgets in the sidebar."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.data import DATASETS, MAX_SEED
from lrcore.ui.carry_out import outdate, said_settings
from lrcore.ui.controls import GROUPS, Control, Group, of_group, selected
from lrcore.ui.links import expected_values, write_link
from lrcore.ui.own_data import OWN_DATA
from lrcore.ui.session import control_values
from lrcore.ui.thumbnails import thumbnail
from lrcore.ui.widgets import choice, widget


def sidebar() -> None:
    """Draw all controls."""
    with st.sidebar:
        for group in GROUPS:
            _draw_group(group)
        _draw(of_group("target"))


def _draw_group(group: Group) -> None:
    """The choice of an entry, and its controls: the advanced ones on demand.

    What is on demand opens below, where it covers nothing; page.css puts its button beside the
    heading.
    """
    with st.container(key=f"group_{group.key}"):
        if group.registry is DATASETS:
            _pictures(group.selector)
        else:
            choice(group.selector)
        open_, on_demand = st.container(), st.expander("More", key=f"more_{group.key}")
    name = selected(group, control_values())
    with open_:
        if name in OWN_DATA:
            OWN_DATA[name].draw(on_demand)
        controls = [*group.entry_controls(name), *of_group(group.key)]
        _draw([control for control in controls if not control.spec.advanced])
    with on_demand:
        _draw([control for control in controls if control.spec.advanced])


def _pictures(control: Control) -> None:
    """A choice between pictures; the heading names the one that is chosen."""
    values = control_values()
    values = values if control.key in values else expected_values()
    chosen = str(values[control.key])
    chosen = st.segmented_control(
        f"{control.spec.label}: {DATASETS[chosen].title}",
        list(DATASETS),
        default=str(control.default),
        required=True,
        format_func=lambda name: thumbnail(DATASETS[name]),
        key=control.key,
        help=control.spec.help,
        width="stretch",
        persist_state="session",
    )
    write_link(control, chosen)


def _draw(controls: Iterable[Control]) -> None:
    """Controls one below the other, narrow ones two to a line."""
    line: list[DeltaGenerator] = []
    # A control with a button beside it has a line of its own, after those that share theirs.
    for control in sorted(controls, key=lambda control: control.spec.redraws):
        if not control.spec.narrow:
            line = []
            _draw_one(control)
            continue
        line = [] if control.spec.redraws else line
        line = line or list(st.columns(2, gap="small"))
        with line.pop(0):
            _draw_one(control)
        if control.spec.redraws:
            with line.pop(0):
                _new_sample_button(control.key)


def _new_sample_button(key: str) -> None:
    st.button(
        "New sample",
        on_click=_next_seed,
        args=(key,),
        help="Draws other points in the same way: the next seed.",
        width="stretch",
    )


def _next_seed(key: str) -> None:
    outdate(said_settings())
    st.session_state[key] = (st.session_state[key] + 1) % (MAX_SEED + 1)


def _draw_one(control: Control) -> None:
    needs = control.spec.needs
    # Another control may make this one meaningless at present.
    disabled = needs is not None and not needs.fitting(control_values()[needs.key])
    widget(control, disabled=disabled)
