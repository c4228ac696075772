"""Settings classes as widgets in the sidebar, each bound to the URL."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lrcore.config import WEIGHT, RunConfig
from lrcore.data import DATASETS, MAX_SEED
from lrcore.optim import OPTIMIZERS
from lrcore.settings import Setting, Settings, SettingsError, Value, default_of, described

_STARTS = {"seed": "By seed", "typed": "Typed"}
_START = Setting(
    "Initial weights",
    "By seed: torch's random default. Typed: start from your own line.",
    str,
    choices=lambda: _STARTS,
)
_WEIGHT_NAMES = ("w0", "w1", "b")


def sidebar() -> RunConfig:
    """Draw all controls and return what they say.

    Raises:
        SettingsError: the values do not make a run.
    """
    with st.sidebar:
        st.markdown("##### Data")
        data = _chosen(DATASETS, "data", "Data set")
        st.button(
            "New sample",
            icon=":material/casino:",
            on_click=_next_seed,
            help="Draws other points from the same clouds (the next seed).",
            width="stretch",
        )
        st.markdown("##### Optimiser")
        optimizer = _chosen(OPTIMIZERS, "optimizer", "Optimiser")
        st.markdown("##### Training")
        values = {
            name: _widget(name, spec, default_of(RunConfig, name))
            for name, spec in described(RunConfig)
            if name != "init_seed"
        }
        return RunConfig(data=data, optimizer=optimizer, **values, **_initial_weights())


def _chosen(registry: Mapping[str, type[Settings]], key: str, label: str) -> Settings:
    """A select box over a registry, left out where it has one entry, and the entry's controls."""
    name = next(iter(registry))
    if len(registry) > 1:
        titles = {name: cls.title for name, cls in registry.items()}
        name = st.selectbox(label, titles, format_func=titles.get, key=key, bind="query-params")
    cls = registry[name]
    return cls(
        **{name: _widget(name, spec, default_of(cls, name)) for name, spec in described(cls)}
    )


def _initial_weights() -> dict[str, object]:
    start = _widget("start", _START, "seed")
    if start == "seed":
        spec = dict(described(RunConfig))["init_seed"]
        return {"init_seed": _widget("init_seed", spec, default_of(RunConfig, "init_seed"))}
    columns = st.columns(3, gap="small")
    weights = []
    for name, column in zip(_WEIGHT_NAMES, columns, strict=True):
        with column:
            weights.append(_widget(name, WEIGHT, 0.0))
    return {"initial_weights": tuple(weights)}


def _widget(name: str, spec: Setting, default: Value) -> Value:
    """The control that fits a setting."""
    common = {"key": name, "help": spec.help, "bind": "query-params"}
    if spec.choices is not None:
        labels = spec.choices()
        return st.selectbox(spec.label, list(labels), format_func=labels.get, **common)
    if spec.kind is bool:
        return st.toggle(spec.label, default, **common)
    if spec.log:
        return st.select_slider(
            spec.label, spec.stops(), default, format_func=lambda x: f"{x:g}", **common
        )
    if spec.step is None or name in _WEIGHT_NAMES:
        label = name if name in _WEIGHT_NAMES else spec.label
        return st.number_input(
            label, spec.minimum, spec.maximum, default, step=spec.step and spec.step, **common
        )
    return st.slider(spec.label, spec.minimum, spec.maximum, default, spec.step, **common)


def _next_seed() -> None:
    st.session_state["seed"] = (st.session_state["seed"] + 1) % (MAX_SEED + 1)


def problems_in_link() -> list[str]:
    """One sentence for each setting in the URL that cannot be used as it stands.

    A value between two positions of a control moves to the nearest one. To be called once a
    session, before the controls are drawn.
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
            problems.append(f"The link has a value that cannot be used: {error}.")
            continue
        if spec.log and value not in spec.stops():
            nearest = min(spec.stops(), key=lambda stop: abs(stop - value))
            st.session_state[key] = nearest
            problems.append(f"{spec.label} {value:g} became {nearest:g}, the nearest position.")
    return problems


def _all_settings() -> list[tuple[str, Setting]]:
    classes = (RunConfig, *DATASETS.values(), *OPTIMIZERS.values())
    found = [pair for cls in classes for pair in described(cls)]
    return [*found, ("start", _START), *((name, WEIGHT) for name in _WEIGHT_NAMES)]
