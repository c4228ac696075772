"""Settings classes as widgets in the sidebar, each bound to the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.data import DATASETS, MAX_SEED
from lrcore.features import FEATURES, Radial
from lrcore.optim import OPTIMIZERS
from lrcore.settings import Setting, Settings, SettingsError, Value, default_of, described
from lrcore.training import TRAINING, WEIGHT, RunConfig, weight_names
from lrcore.ui.own_data import OWN_DATA

_OWN_STOP = "own stop of "
_STARTS = {name: name for name in ("seed", "zeros", "typed")}


class Control(NamedTuple):
    """One widget: its key in the session state and in the URL, and what it sets."""

    key: str
    spec: Setting
    default: Value


_START = Control(
    "start",
    Setting(
        "Initial weights",
        "seed: torch's random default. zeros: no boundary yet. typed: your own line; or drag the "
        "boundary in the plot.",
        str,
        narrow=True,
        choices=lambda: _STARTS,
    ),
    "seed",
)


class Group(NamedTuple):
    """A heading that selects from a registry, with the settings of the run that belong to it."""

    key: str
    label: str
    help: str
    registry: Mapping[str, type[Settings]]
    run_settings: tuple[str, ...]


_DATA = Group(
    "data",
    "Data",
    "Which points to learn from: watch which of them a straight line can part.",
    DATASETS,
    ("standardise", "test_share", "target_on", "split_seed"),
)
_MODEL = Group(
    "features",
    "Features",
    "What the model sees of a point: watch the boundary bend with more of them.",
    FEATURES,
    ("loss", "l2", "l1", "init_seed"),
)
_OPTIMIZER = Group(
    "optimizer",
    "Optimiser",
    "How the gradient becomes a step; a change keeps the weights: watch the pace.",
    OPTIMIZERS,
    ("zero_grad", "mini_batches", "batch_size", "shuffle_seed", "device"),
)
_GROUPS = (_DATA, _MODEL, _OPTIMIZER)
_TARGET = ("target_accuracy", "max_iterations")


def sidebar() -> None:
    """Draw all controls."""
    with st.sidebar:
        for group in _GROUPS:
            _draw_group(group)
        _draw(_of_run(_TARGET))


def read(state: Mapping[str, Value]) -> RunConfig:
    """The settings that the controls say, from Streamlit's session state.

    Raises:
        SettingsError: the values do not make a run.
    """
    parts = {group.key: _read(group, state) for group in _GROUPS}
    names = weight_names(parts["features"])
    weights = None
    if state["start"] != "seed":
        typed = state["start"] == "typed"
        weights = tuple(state.get(name, 0.0) if typed else 0.0 for name in names)
    values = {name: state[name] for name, _ in described(RunConfig) if name in state}
    if values.get("test_share") == 0:
        values["target_on"] = TRAINING
    return RunConfig(**parts, **values, initial_weights=weights)


def _selected(group: Group, state: Mapping[str, Value]) -> str:
    return state.get(group.key, next(iter(group.registry)))


def _read(group: Group, state: Mapping[str, Value]) -> Settings:
    name = _selected(group, state)
    if name in OWN_DATA:
        return OWN_DATA[name].read()
    cls = group.registry[name]
    keys = {field: _key(group, name, field) for field, _ in described(cls)}
    return cls(**{field: state[key] for field, key in keys.items() if key in state})


def _key(group: Group, name: str, field: str) -> str:
    """Fields of a registry's first entry have their own names; others carry the entry's name."""
    return field if name == next(iter(group.registry)) else f"{name}_{field}"


def _of_entry(group: Group, name: str) -> list[Control]:
    cls = group.registry[name]
    return [
        Control(_key(group, name, field), spec, default_of(cls, field))
        for field, spec in described(cls)
    ]


def _of_run(names: Sequence[str]) -> list[Control]:
    specs = dict(described(RunConfig))
    return [Control(name, specs[name], default_of(RunConfig, name)) for name in names]


def _draw_group(group: Group) -> None:
    """A select box over the registry, and the entry's controls: the advanced ones on demand."""
    left, right = st.columns([0.82, 0.18])
    common = {"key": group.key, "help": group.help, "bind": "query-params"}
    left.selectbox(f"**{group.label}**", list(group.registry), **common)
    more = right.popover("", icon=":material/tune:", help=f"More about {group.label.lower()}.")
    name = _selected(group, st.session_state)
    if name in OWN_DATA:
        OWN_DATA[name].draw()
    controls = [*_of_entry(group, name), *_of_run(group.run_settings)]
    if group is _MODEL:
        controls.append(_START)
    _draw([control for control in controls if not control.spec.advanced])
    with more:
        _draw([control for control in controls if control.spec.advanced])
        if group is _MODEL and st.session_state["start"] == "typed":
            _draw_weights(weight_names(_read(group, st.session_state)))


def _draw(controls: Sequence[Control]) -> None:
    """Controls one below the other, narrow ones two to a line."""
    line: list[DeltaGenerator] = []
    for control in controls:
        if not control.spec.narrow:
            line = []
            _widget(*control)
            continue
        line = line or list(st.columns(2, gap="small"))
        with line.pop(0):
            _widget(*control)
        if control.spec.label == "Seed":
            line = line or list(st.columns(2, gap="small"))
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


def _draw_weights(names: Sequence[str]) -> None:
    columns = st.columns(3, gap="small")
    for k, name in enumerate(names):
        with columns[k % 3]:
            _widget(name, replace(WEIGHT, label=name), 0.0)


def _without_effect(key: str) -> bool:
    """Whether another control makes this one meaningless at present."""
    state = st.session_state
    return (
        (key == "init_seed" and state["start"] != "seed")
        or (key in ("target_on", "split_seed") and not state["test_share"])
        or (key in ("batch_size", "shuffle_seed") and not state["mini_batches"])
    )


def _widget(key: str, spec: Setting, default: Value) -> None:
    """The control that fits a setting; its value is in the session state under its key."""
    disabled = _without_effect(key)
    common = {"key": key, "help": spec.help, "disabled": disabled, "bind": "query-params"}
    if spec.choices is not None:
        labels = spec.choices()
        index = list(labels).index(default)
        st.selectbox(spec.label, list(labels), index, format_func=labels.get, **common)
    elif spec.kind is bool:
        st.toggle(spec.label, default, **common)
    elif spec.log:
        stops = sorted({*spec.stops(), st.session_state.get(_OWN_STOP + key, default)})
        st.select_slider(spec.label, stops, default, format_func="{:.12g}".format, **common)
    elif spec.step is None or spec.maximum > 1e9:
        st.number_input(spec.label, spec.minimum, spec.maximum, default, step=spec.step, **common)
    else:
        st.slider(spec.label, spec.minimum, spec.maximum, default, spec.step, **common)


def start_from(weights: Sequence[float]) -> None:
    """Put weights into the controls, the bias last. To be called before they are drawn."""
    names = [*(f"w{k}" for k in range(len(weights) - 1)), "b"]
    values = dict(zip(names, weights, strict=True))
    if st.session_state["start"] != "typed":  # Streamlit puts only drawn controls into the URL
        st.query_params.update({name: str(weight) for name, weight in values.items()})
    st.session_state.update(values, start="typed")


def problems_in_link() -> list[str]:
    """One sentence for each setting in the URL that cannot be used as it stands.

    A value between two positions of a control becomes a position of its own. To be called once
    a session, before the controls are drawn.
    """
    controls = {control.key: control.spec for control in _all_controls()}
    problems = []
    for key in st.query_params:
        text = st.query_params[key]
        if key not in controls:
            continue
        spec = controls[key]
        try:
            value = spec.parse(key, text)
        except SettingsError as error:
            problems.append(f"In the link, {error}. The control shows the value used instead.")
            continue
        if spec.log:
            st.session_state[_OWN_STOP + key] = value
    return problems


def _all_controls() -> Iterator[Control]:
    yield from _of_run([name for name, _ in described(RunConfig)])
    yield _START
    for group in _GROUPS:
        names = {name: name for name in group.registry}
        choice = Setting(group.label, group.help, str, choices=lambda names=names: names)
        yield Control(group.key, choice, next(iter(names)))
        for name in names:
            yield from _of_entry(group, name)
    for name in weight_names(Radial(per_side=5)):  # no feature map has more
        yield Control(name, replace(WEIGHT, label=name), 0.0)


def forget() -> None:
    """Put every control back to what the link says, or to its default; before they are drawn."""
    for control in _all_controls():
        for key in (control.key, _OWN_STOP + control.key):
            if key in st.session_state:
                del st.session_state[key]


def query(config: RunConfig) -> dict[str, str]:
    """The URL parameters that make the controls say `config`; what is at its default is left out.

    A number on a logarithmic scale keeps twelve digits, as its control does.
    """
    values: dict[str, Value] = {name: getattr(config, name) for name, _ in described(RunConfig)}
    for group in _GROUPS:
        entry = getattr(config, group.key)
        name = next(name for name, cls in group.registry.items() if cls is type(entry))
        values[group.key] = name
        values |= {
            _key(group, name, field): getattr(entry, field) for field, _ in described(type(entry))
        }
    if config.initial_weights is not None:
        values["start"] = "typed" if any(config.initial_weights) else "zeros"
        names = weight_names(config.features)
        values |= dict(zip(names, config.initial_weights, strict=True))
    controls = {control.key: control for control in _all_controls()}
    return {
        key: _as_text(controls[key].spec, value)
        for key, value in values.items()
        if value != controls[key].default
    }


def _as_text(spec: Setting, value: Value) -> str:
    """A value as its control puts it into the URL."""
    if spec.choices is not None:
        return spec.choices()[value]
    if spec.kind is bool:
        return str(value).lower()
    return f"{value:.12g}" if spec.log else str(value)
