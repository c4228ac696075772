"""The controls as widgets in the sidebar."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.data import DATASETS, MAX_SEED
from lrcore.settings import Setting, Value
from lrcore.ui.controls import GROUPS, Control, Group, of_group, selected
from lrcore.ui.links import expected_values, write_link
from lrcore.ui.own_data import OWN_DATA
from lrcore.ui.session import control_values, session
from lrcore.ui.thumbnails import thumbnail

_ONLY = "There is nothing else to choose here: torch finds only this one on this machine."


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
            _choice(group.selector)
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
            _widget(control)
            continue
        line = [] if control.spec.redraws else line
        line = line or list(st.columns(2, gap="small"))
        with line.pop(0):
            _widget(control)
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
    st.session_state[key] = (st.session_state[key] + 1) % (MAX_SEED + 1)


def _is_disabled(spec: Setting) -> bool:
    """Whether another control makes this one meaningless at present."""
    return spec.needs is not None and not spec.needs.fitting(control_values()[spec.needs.key])


def _widget(control: Control) -> None:
    """The control that fits a setting; its value is in the session state under its key."""
    spec = control.spec
    if spec.choices is not None:
        _choice(control)
    elif spec.kind is bool:
        st.toggle(
            spec.label,
            bool(control.default),
            key=control.key,
            help=spec.help,
            disabled=_is_disabled(spec),
            bind="query-params",
        )
    elif spec.kind is str:
        _text(control)
    else:
        _number(control)


def _text(control: Control) -> None:
    spec, disabled = control.spec, _is_disabled(control.spec)
    text = st.text_input(
        spec.label,
        str(control.default),
        key=control.key,
        help=spec.help,
        disabled=disabled,
        persist_state="session",
    )
    write_link(control, control.default if disabled else text or "")


def _choice(control: Control) -> None:
    spec = control.spec
    titles = spec.choices() if spec.choices is not None else {}
    is_only = len(titles) == 1
    chosen = st.selectbox(
        spec.label,
        list(titles),
        list(titles).index(str(control.default)),
        format_func=titles.__getitem__,
        key=control.key,
        help=f"{spec.help} {_ONLY}" if is_only else spec.help,
        disabled=is_only or _is_disabled(spec),
        bind="query-params" if control.is_bound else None,
        persist_state=None if control.is_bound else "session",
    )
    if not control.is_bound:
        write_link(control, chosen)


def _number(control: Control) -> None:
    key, spec, default = control
    disabled = _is_disabled(spec)
    if spec.log:
        stops: list[Value] = sorted({*spec.stops(), session().own_stops.get(key, default)})
        st.select_slider(
            spec.label,
            stops,
            default,
            format_func="{:.12g}".format,
            key=key,
            help=spec.help,
            disabled=disabled,
            bind="query-params",
        )
        return
    kind = int if spec.kind is int else float
    draw = st.number_input if spec.step is None or spec.maximum > 1e9 else st.slider
    draw(
        spec.label,
        kind(spec.minimum),
        kind(spec.maximum),
        kind(default),
        step=spec.step,
        key=key,
        help=spec.help,
        disabled=disabled,
        bind="query-params",
    )
