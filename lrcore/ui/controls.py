"""Which controls there are, what they are called in links, and the settings that they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from lrcore.data import DATASETS, Blobs, Placed
from lrcore.features import FEATURES, Linear
from lrcore.optim import OPTIMIZERS, SGD
from lrcore.settings import (
    Choice,
    Entry,
    Need,
    Registry,
    Setting,
    Settings,
    SettingsError,
    Value,
    default_of,
    described,
)
from lrcore.training import TRAINING, WEIGHT, RunConfig, weight_names
from lrcore.ui.own_data import OWN_DATA

# Keys without the entry's name in front, as the first links had them. They stay for ever; a new
# setting has the name of its entry in its key.
_SHORT_KEYS = {
    "blobs": (
        "samples_per_class",
        "mean",
        "bias",
        "std",
        "seed",
        "imbalance",
        "correlation",
        "std_ratio",
        "label_noise",
    ),
    "SGD": ("lr", "momentum", "nesterov", "weight_decay"),
}


class Control(NamedTuple):
    """One widget: its key in the session state and in links, and what it sets."""

    key: str
    spec: Setting
    default: Value

    @property
    def is_bound(self) -> bool:
        """Whether Streamlit may keep it in the address: it writes what is shown, which for a choice
        is the title where a link must hold the name, and it takes any text."""
        choices = self.spec.choices
        if choices is None:
            return self.spec.kind is not str
        return all(name == title for name, title in choices().items())


@dataclass(frozen=True)
class Group:
    """A heading that selects from a registry; the settings of the run that name it stand below.

    Args:
        key: of the control, and the name of the run's setting that it selects.
        default: name of the entry that a run has by default.
    """

    key: str
    registry: Registry[type[Entry]]
    default: str

    @property
    def label(self) -> str:
        """What the group is called."""
        return self.selector.spec.label

    @property
    def selector(self) -> Control:
        """The control that selects the entry."""
        choice: Choice = RunConfig.__dataclass_fields__[self.key].metadata["entry"]
        return Control(self.key, Setting(*choice, str, choices=self.registry.titles), self.default)

    def entry_controls(self, name: str) -> list[Control]:
        """The controls of an entry's own settings."""
        cls = self.registry[name]
        return [Control(key_of(name, f), spec, default_of(cls, f)) for f, spec in described(cls)]


GROUPS = (
    Group("data", DATASETS, Blobs.name),
    Group("features", FEATURES, Linear.name),
    Group("optimizer", OPTIMIZERS, SGD.name),
)
# The field of `lrcore.ui.own_data` that holds points placed by hand.
PLACED_POINTS = "placed_points"
SEED, ZEROS, TYPED = "seed", "zeros", "typed"
START = Control(
    "start",
    Setting(
        "Initial weights",
        "seed: torch's random default. zeros: no boundary yet. typed: your own line; or drag the "
        "boundary in the plot.",
        str,
        narrow=True,
        advanced=True,
        group="features",
        choices=lambda: {name: name for name in (SEED, ZEROS, TYPED)},
    ),
    SEED,
)
WEIGHTS = Control(
    "weights",
    Setting(
        "Weights",
        "w₀, w₁, … and b, such as 0.5, -1, 0.25: where training starts.",
        str,
        advanced=True,
        group="features",
        needs=Need("start", lambda start: start == TYPED),
    ),
    "",
)


def key_of(entry: str, field: str) -> str:
    """The key of an entry's setting."""
    return field if field in _SHORT_KEYS.get(entry, ()) else f"{entry}_{field}"


def of_group(group: str) -> list[Control]:
    """The controls of the run's own settings in a group."""
    found = [
        Control(name, spec, default_of(RunConfig, name))
        for name, spec in described(RunConfig)
        if spec.group == group
    ]
    # First, because others need the value of START.
    return [control for control in (START, WEIGHTS) if control.spec.group == group] + found


def all_controls() -> Iterator[Control]:
    """Every control of the page, drawn or not."""
    for name in dict.fromkeys(spec.group for _, spec in described(RunConfig)):
        yield from of_group(name)
    for group in GROUPS:
        yield group.selector
        for entry in group.registry:
            yield from group.entry_controls(entry)


def controls_by_key() -> dict[str, Control]:
    """The same by their keys."""
    return {control.key: control for control in all_controls()}


def read(state: Mapping[str, Value]) -> RunConfig:
    """The settings that the controls say.

    Args:
        state: values of controls by key; what is not drawn may be missing.

    Raises:
        SettingsError: the values do not make a run.
    """
    parts: dict[str, object] = {group.key: read_entry(group, state) for group in GROUPS}
    values: dict[str, object] = {
        name: state[name] for name, _ in described(RunConfig) if name in state
    }
    if values.get("test_share") == 0:
        values["target_on"] = TRAINING
    whole: Callable[..., RunConfig] = RunConfig
    make = partial(whole, **parts, **values)
    config = make()
    if state[START.key] == SEED:
        return config
    text = str(state.get(WEIGHTS.key, "")) if state[START.key] == TYPED else ""
    weights = fitted(parse_weights(text), len(weight_names(config.features)))
    return make(initial_weights=weights)


def selected(group: Group, state: Mapping[str, Value]) -> str:
    """The name of the entry that a group's control selects."""
    return str(state.get(group.key, group.default))


def read_entry(group: Group, state: Mapping[str, Value]) -> Settings:
    """The entry that a group's controls say, with its own settings."""
    name = selected(group, state)
    if name in OWN_DATA:
        return OWN_DATA[name].read()
    cls = group.registry[name]
    keys = {field: key_of(name, field) for field, _ in described(cls)}
    return cls(**{field: state[key] for field, key in keys.items() if key in state})


def parse_weights(text: str) -> tuple[float, ...]:
    """Weights from text, the bias last; blanks do not count, and no text is no weights.

    Raises:
        SettingsError: it is not numbers with commas between them.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    try:
        return tuple(float(WEIGHT.parse(WEIGHTS.key, part)) for part in parts)
    except SettingsError as error:
        raise SettingsError(WEIGHTS.key, "numbers such as 0.5, -1, 0.25", text[:60]) from error


def fitted(weights: tuple[float, ...], count: int) -> tuple[float, ...]:
    """`count` numbers: weights that are missing are 0, and the bias stays last."""
    if not weights:
        return (0.0,) * count
    *slopes, bias = weights
    return (*slopes[: count - 1], *[0.0] * (count - 1 - len(slopes)), bias)


def query(config: RunConfig) -> dict[str, str]:
    """The link that makes the controls say `config`; what is at its default is left out.

    A number on a logarithmic scale keeps twelve digits, as its control does.
    """
    values, controls = values_of(config), controls_by_key()
    link = {
        key: as_text(controls[key].spec, value)
        for key, value in values.items()
        if value != controls[key].default
    }
    if isinstance(config.data, Placed) and config.data != Placed():
        link[PLACED_POINTS] = config.data.points
    return link


def default_values() -> dict[str, Value]:
    """What the controls say before they are told anything, by key."""
    return {control.key: control.default for control in all_controls()}


def values_of(config: RunConfig) -> dict[str, Value]:
    """What the controls say of `config`, by key."""
    values: dict[str, Value] = {name: getattr(config, name) for name, _ in described(RunConfig)}
    for group in GROUPS:
        entry: Entry = getattr(config, group.key)
        name = values[group.key] = entry.name
        values |= {
            key_of(name, field): getattr(entry, field) for field, _ in described(type(entry))
        }
    weights = config.initial_weights or ()
    values[START.key] = SEED if config.initial_weights is None else TYPED if any(weights) else ZEROS
    values[WEIGHTS.key] = weights_text(weights) if any(weights) else ""
    return values


def weights_text(weights: tuple[float, ...]) -> str:
    """Weights as their control and their link write them."""
    return ",".join(repr(float(weight)).removesuffix(".0") for weight in weights)


def parsed(control: Control, text: str) -> Value:
    """What a link says of a control.

    Raises:
        SettingsError: the control cannot take it.
    """
    if control.key == WEIGHTS.key:
        return weights_text(parse_weights(text))
    value = control.spec.parse(control.key, text)
    if control.spec.log and isinstance(value, float):
        return float(as_text(control.spec, value))  # what a copy of the page's link would say
    return value


def as_text(spec: Setting, value: Value) -> str:
    """A value as it stands in a link."""
    if spec.kind is bool:
        return str(value).lower()
    return f"{value:.12g}" if spec.log else str(value)
