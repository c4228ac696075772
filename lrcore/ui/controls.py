"""Settings classes as widgets in the sidebar, each bound to the URL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.config import WEIGHT, RunConfig
from lrcore.data import DATASETS, MAX_SEED
from lrcore.optim import OPTIMIZERS
from lrcore.settings import Setting, Settings, SettingsError, Value, default_of, described

_OWN_STOP = "own stop of "
_STARTS = {"seed": "seed", "typed": "typed"}
_START = Setting(
    "Initial weights",
    "seed: torch's random default. typed: start from your own line.",
    str,
    choices=lambda: _STARTS,
)
_WEIGHTS = {name: replace(WEIGHT, label=name) for name in ("w0", "w1", "b")}


def sidebar() -> None:
    """Draw all controls."""
    with st.sidebar:
        st.markdown("**Data**")
        _group(DATASETS, "data", "Data set")
        st.markdown("**Optimiser**")
        _group(OPTIMIZERS, "optimizer", "Optimiser")
        st.markdown("**Training**")
        _widgets(RunConfig, without=("init_seed",))
        _initial_weights()


def read(state: Mapping[str, Value]) -> RunConfig:
    """The settings that the controls say, from Streamlit's session state.

    Raises:
        SettingsError: the values do not make a run.
    """
    weights = None
    if state["start"] == "typed":
        weights = tuple(state.get(name, 0.0) for name in _WEIGHTS)
    return RunConfig(
        data=_read(_selected(DATASETS, "data", state), state),
        optimizer=_read(_selected(OPTIMIZERS, "optimizer", state), state),
        initial_weights=weights,
        **_values(RunConfig, state),
    )


def _selected(
    registry: Mapping[str, type[Settings]], key: str, state: Mapping[str, Value]
) -> type[Settings]:
    return registry[state.get(key, next(iter(registry)))]


def _read(cls: type[Settings], state: Mapping[str, Value]) -> Settings:
    return cls(**_values(cls, state))


def _values(cls: type[Settings], state: Mapping[str, Value]) -> dict[str, Value]:
    return {name: state[name] for name, _ in described(cls) if name in state}


def _group(registry: Mapping[str, type[Settings]], key: str, label: str) -> None:
    """A select box over a registry, left out where it has one entry, and the entry's controls."""
    if len(registry) > 1:
        titles = {name: cls.title for name, cls in registry.items()}
        st.selectbox(label, titles, format_func=titles.get, key=key, bind="query-params")
    _widgets(_selected(registry, key, st.session_state))


def _widgets(cls: type[Settings], without: Collection[str] = ()) -> None:
    """Controls one below the other, narrow ones two to a line."""
    line: list[DeltaGenerator] = []
    for name, spec in described(cls):
        if name in without:
            continue
        if not spec.narrow:
            line = []
            _widget(name, spec, default_of(cls, name))
            continue
        line = line or list(st.columns(2, gap="small"))
        with line.pop(0):
            _widget(name, spec, default_of(cls, name))
        if name == "seed":
            line = line or list(st.columns(2, gap="small"))
            with line.pop(0):
                _new_sample_button()


def _new_sample_button() -> None:
    st.button(
        "New sample",
        on_click=_next_seed,
        help="Draws other points from the same clouds: the next seed.",
        width="stretch",
    )


def _initial_weights() -> None:
    left, right = st.columns(2, gap="small")
    with left:
        _widget("start", _START, "seed")
    if st.session_state["start"] == "seed":
        with right:
            spec = dict(described(RunConfig))["init_seed"]
            _widget("init_seed", spec, default_of(RunConfig, "init_seed"))
        return
    for name, column in zip(_WEIGHTS, st.columns(3, gap="small"), strict=True):
        with column:
            _widget(name, _WEIGHTS[name], 0.0)


def _widget(name: str, spec: Setting, default: Value) -> None:
    """The control that fits a setting; its value is in the session state under its name."""
    common = {"key": name, "help": spec.help, "bind": "query-params"}
    if spec.choices is not None:
        labels = spec.choices()
        index = list(labels).index(default)
        st.selectbox(spec.label, list(labels), index, format_func=labels.get, **common)
    elif spec.kind is bool:
        st.toggle(spec.label, default, **common)
    elif spec.log:
        stops = sorted({*spec.stops(), st.session_state.get(_OWN_STOP + name, default)})
        st.select_slider(spec.label, stops, default, format_func="{:.12g}".format, **common)
    elif spec.step is None or spec.maximum > 1e9:
        st.number_input(spec.label, spec.minimum, spec.maximum, default, step=spec.step, **common)
    else:
        st.slider(spec.label, spec.minimum, spec.maximum, default, spec.step, **common)


def _next_seed() -> None:
    st.session_state["seed"] = (st.session_state["seed"] + 1) % (MAX_SEED + 1)


def problems_in_link() -> list[str]:
    """One sentence for each setting in the URL that cannot be used as it stands.

    A value between two positions of a control becomes a position of its own. To be called once
    a session, before the controls are drawn.
    """
    settings = dict(_all_settings())
    problems = []
    for key in st.query_params:
        text = st.query_params[key]
        if key not in settings:
            continue
        spec = settings[key]
        try:
            value = spec.parse(key, text)
        except SettingsError as error:
            problems.append(f"In the link, {error}. The control shows the value used instead.")
            continue
        if spec.log:
            st.session_state[_OWN_STOP + key] = value
    return problems


def _all_settings() -> list[tuple[str, Setting]]:
    classes = (RunConfig, *DATASETS.values(), *OPTIMIZERS.values())
    found = [pair for cls in classes for pair in described(cls)]
    return [*found, ("start", _START), *_WEIGHTS.items()]
