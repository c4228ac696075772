"""The widget that fits a control."""

from __future__ import annotations

import streamlit as st

from lrcore.settings import Value
from lrcore.ui.controls import Control
from lrcore.ui.links import write_link
from lrcore.ui.session import session

_ONLY = "There is nothing else to choose here: torch finds only this one on this machine."


def widget(control: Control, *, disabled: bool = False) -> None:
    """The control that fits a setting; its value is in the session state under its key."""
    spec = control.spec
    if spec.choices is not None:
        choice(control, disabled=disabled)
    elif spec.kind is bool:
        st.toggle(
            spec.label,
            bool(control.default),
            key=control.key,
            help=spec.help,
            disabled=disabled,
            bind="query-params",
        )
    elif spec.kind is str:
        _text(control, disabled=disabled)
    else:
        _number(control, disabled=disabled)


def _text(control: Control, *, disabled: bool) -> None:
    spec = control.spec
    text = st.text_input(
        spec.label,
        str(control.default),
        key=control.key,
        help=spec.help,
        disabled=disabled,
        persist_state="session",
    )
    write_link(control, control.default if disabled else text or "")


def choice(control: Control, *, disabled: bool = False) -> None:
    """A choice from a list."""
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
        disabled=is_only or disabled,
        bind="query-params" if control.is_bound else None,
        persist_state=None if control.is_bound else "session",
    )
    if not control.is_bound:
        write_link(control, chosen)


def _number(control: Control, *, disabled: bool) -> None:
    key, spec, default = control
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
