"""Settings classes as widgets in the sidebar, each bound to the URL."""

from __future__ import annotations

from collections.abc import Mapping
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


def sidebar() -> RunConfig:
    """Draw all controls and return what they say.

    Raises:
        SettingsError: the values do not make a run.
    """
    with st.sidebar:
        st.markdown("**Data**")
        data = _chosen(DATASETS, "data", "Data set")
        st.markdown("**Optimiser**")
        optimizer = _chosen(OPTIMIZERS, "optimizer", "Optimiser")
        st.markdown("**Training**")
        own = [pair for pair in described(RunConfig) if pair[0] != "init_seed"]
        values = _widgets(own, RunConfig)
        return RunConfig(data=data, optimizer=optimizer, **values, **_initial_weights())


def _chosen(registry: Mapping[str, type[Settings]], key: str, label: str) -> Settings:
    """A select box over a registry, left out where it has one entry, and the entry's controls."""
    name = next(iter(registry))
    if len(registry) > 1:
        titles = {name: cls.title for name, cls in registry.items()}
        name = st.selectbox(label, titles, format_func=titles.get, key=key, bind="query-params")
    cls = registry[name]
    return cls(**_widgets(list(described(cls)), cls))


def _widgets(settings: list[tuple[str, Setting]], cls: type[Settings]) -> dict[str, Value]:
    """Controls one below the other, narrow ones two to a line."""
    values: dict[str, Value] = {}
    line: list[DeltaGenerator] = []
    for name, spec in settings:
        if not spec.narrow:
            line = []
        elif not line:
            line = list(st.columns(2, gap="small"))
        with line.pop(0) if spec.narrow else st.container():
            values[name] = _widget(name, spec, default_of(cls, name))
        if name == "seed":
            with line.pop(0) if line else st.container():
                _new_sample_button()
    return values


def _new_sample_button() -> None:
    st.button(
        "New sample",
        on_click=_next_seed,
        help="Draws other points from the same clouds: the next seed.",
        width="stretch",
    )


def _initial_weights() -> dict[str, object]:
    left, right = st.columns(2, gap="small")
    with left:
        start = _widget("start", _START, "seed")
    if start == "seed":
        spec = dict(described(RunConfig))["init_seed"]
        with right:
            return {"init_seed": _widget("init_seed", spec, default_of(RunConfig, "init_seed"))}
    weights = []
    for name, column in zip(_WEIGHTS, st.columns(3, gap="small"), strict=True):
        with column:
            weights.append(_widget(name, _WEIGHTS[name], 0.0))
    return {"initial_weights": tuple(weights)}


def _widget(name: str, spec: Setting, default: Value) -> Value:
    """The control that fits a setting."""
    common = {"key": name, "help": spec.help, "bind": "query-params"}
    if spec.choices is not None:
        labels = spec.choices()
        return st.selectbox(
            spec.label, list(labels), list(labels).index(default), format_func=labels.get, **common
        )
    if spec.kind is bool:
        return st.toggle(spec.label, default, **common)
    if spec.log:
        own = st.session_state.get(_OWN_STOP + name, default)
        stops = sorted({*spec.stops(), own})
        return st.select_slider(
            spec.label, stops, default, format_func=lambda x: f"{x:.12g}", **common
        )
    if spec.step is None or spec.maximum > 1e9:
        return st.number_input(
            spec.label, spec.minimum, spec.maximum, default, step=spec.step, **common
        )
    return st.slider(spec.label, spec.minimum, spec.maximum, default, spec.step, **common)


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
        if spec.choices is not None:
            st.session_state[key] = value
        elif spec.log and value not in spec.stops():
            nearest = min(spec.stops(), key=lambda stop: abs(stop - value))
            st.session_state[key] = nearest
            problems.append(
                f"{spec.label} {value:.12g} became {nearest:.12g}, the nearest position."
            )
    return problems


def _all_settings() -> list[tuple[str, Setting]]:
    classes = (RunConfig, *DATASETS.values(), *OPTIMIZERS.values())
    found = [pair for cls in classes for pair in described(cls)]
    return [*found, ("start", _START), *_WEIGHTS.items()]
