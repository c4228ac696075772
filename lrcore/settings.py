"""The one place where a parameter is described: its default, bounds, label and help.

A settings class is a frozen dataclass whose fields are made by `setting`. The same description
gives validation, the widget on the page, the key in the URL and the parametrised tests.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from numbers import Integral, Real
from typing import ClassVar, NamedTuple, Protocol, TypeVar, cast

Value = bool | int | float | str
V = TypeVar("V", bool, int, float, str)
E = TypeVar("E")

# Ten stops a decade, the steps of a control with a logarithmic scale.
_STOPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


class Need(NamedTuple):
    """A setting has an effect only where the value of the control `key` is `fitting`."""

    key: str
    fitting: Callable[[Value], bool]


class SettingsError(ValueError):
    """A value that a setting cannot take; the message names field, bounds and value."""

    def __init__(self, name: str, expected: str, value: object) -> None:
        self.name = name
        super().__init__(f"{name} must be {expected}; got {_SHOWN.repr(value)}")


# What a person typed may be of any length.
_SHOWN = reprlib.Repr()
_SHOWN.maxstring = _SHOWN.maxother = 60


@dataclass(frozen=True)
class Setting:
    """What one field may hold, and how a person meets it.

    Args:
        label: two or three words for the control.
        help: one sentence that says what to watch.
        minimum, maximum: inclusive bounds of a number.
        step: distance between two positions of the control.
        log: the control has a logarithmic scale.
        narrow: two such controls in a row share a line.
        advanced: the control stands behind a button.
        choices: gives the allowed names, each with the title that a person reads.
        group: which group of controls a setting of the run stands in.
        needs: another control, and whether its value lets this one have an effect.
        redraws: a button beside the control takes the next value, to draw anew.
    """

    label: str
    help: str
    kind: type
    minimum: float = -math.inf
    maximum: float = math.inf
    step: float | None = None
    log: bool = False
    narrow: bool = False
    advanced: bool = False
    choices: Callable[[], Mapping[str, str]] | None = None
    group: str = ""
    needs: Need | None = None
    redraws: bool = False

    @property
    def expected(self) -> str:
        """The allowed values in words."""
        if self.choices is not None:
            return "one of " + ", ".join(map(repr, self.choices()))
        if self.kind is bool:
            return "True or False"
        if self.kind is str:
            return "a text"
        noun = "a whole number" if self.kind is int else "a number"
        return f"{noun} from {self.minimum:.12g} to {self.maximum:.12g}"

    def check(self, name: str, value: object) -> Value:
        """Return `value` as a plain Python value.

        Raises:
            SettingsError: the type is wrong, or the value is not finite or out of bounds.
        """
        if self.choices is not None:
            if isinstance(value, str) and value in self.choices():
                return value
        elif self.kind in (bool, str):
            if isinstance(value, self.kind):
                return value
        elif isinstance(value, Integral if self.kind is int else Real) and (
            not isinstance(value, bool)
        ):
            number = cast("float", value)
            if self.minimum <= number <= self.maximum:  # false for nan
                return int(number) if self.kind is int else float(number)
        raise SettingsError(f"{name} ({self.label.lower()})", self.expected, value)

    def parse(self, name: str, text: str) -> Value:
        """Read a value as it stands in a URL; a choice may stand there by name or by title.

        Raises:
            SettingsError: the text is not a value that the setting can take.
        """
        if self.choices is not None:
            names = {title: name for name, title in self.choices().items()}
            return self.check(name, names.get(text, text))
        if self.kind is bool:
            return self.check(name, {"true": True, "false": False}.get(text.lower(), text))
        try:
            number = self.kind(text)
        except (ValueError, OverflowError):
            return self.check(name, text)
        return self.check(name, number)

    def stops(self) -> tuple[int | float, ...]:
        """The positions of a control with a logarithmic scale, bounds included."""
        low, high = math.floor(math.log10(self.minimum)), math.ceil(math.log10(self.maximum))
        grid = (float(f"{stop}e{decade}") for decade in range(low, high + 1) for stop in _STOPS)
        inside = {self.kind(x) for x in grid if self.minimum <= x <= self.maximum}
        return tuple(sorted(inside | {self.kind(self.minimum), self.kind(self.maximum)}))


def setting(
    default: V,
    label: str,
    help: str,  # noqa: A002
    *,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    step: float | None = None,
    log: bool = False,
    narrow: bool = False,
    advanced: bool = False,
    choices: Callable[[], Mapping[str, str]] | None = None,
    group: str = "",
    needs: Need | None = None,
    redraws: bool = False,
    fixed: bool = False,
) -> V:
    """Make a dataclass field that carries its own description; see `Setting`.

    Args:
        fixed: a run keeps this setting from its start to its end; to change it is to start another.
    """
    spec = Setting(
        label,
        help,
        type(default),
        minimum,
        maximum,
        step,
        log,
        narrow,
        advanced,
        choices,
        group,
        needs,
        redraws,
    )
    made: V = field(default=default, metadata={"setting": spec, "fixed": fixed})
    return made


class Choice(NamedTuple):
    """How a person meets a field that holds an entry of a registry, see `entry`."""

    label: str
    help: str


def entry(
    make: Callable[[], E],
    label: str,
    help: str,  # noqa: A002
    *,
    fixed: bool = False,
) -> E:
    """Make a dataclass field that holds an entry of a registry; the other arguments as above.

    Args:
        make: the default entry.
    """
    made: E = field(default_factory=make, metadata={"entry": Choice(label, help), "fixed": fixed})
    return made


def label_of(item: Field[object]) -> str:
    """What the control of a described field is called."""
    spec: Setting | Choice = item.metadata.get("setting") or item.metadata["entry"]
    return spec.label


@dataclass(frozen=True)
class Settings:
    """Base of every settings class: its fields are validated when it is made.

    Raises:
        SettingsError: a field made by `setting` has a value it cannot take.
    """

    def __post_init__(self) -> None:
        for name, spec in described(type(self)):
            object.__setattr__(self, name, spec.check(name, getattr(self, name)))


def described(cls: type[Settings]) -> Iterator[tuple[str, Setting]]:
    """Yield the name and description of each field of `cls` made by `setting`."""
    for item in fields(cls):
        if "setting" in item.metadata:
            yield item.name, item.metadata["setting"]


def default_of(cls: type[Settings], name: str) -> Value:
    """The default of one described field."""
    default = cls.__dataclass_fields__[name].default
    if default is MISSING:
        raise TypeError(f"{cls.__name__}.{name} has no default")
    return cast("Value", default)


@dataclass(frozen=True)
class Entry(Settings):
    """Base of the settings classes that stand in a registry, see `Named`."""

    name: ClassVar[str]
    title: ClassVar[str]


class Named(Protocol):
    """What stands in a registry: `name` is stable, for links and code; `title` is shown."""

    @property
    def name(self) -> str:
        """Never changes."""

    @property
    def title(self) -> str:
        """For a person."""


N_co = TypeVar("N_co", bound=Named, covariant=True)


class Registry(Mapping[str, N_co]):
    """Entries by name, in the order in which they are shown.

    Args:
        entries: no two of the same name.
    """

    def __init__(self, *entries: N_co) -> None:
        self._entries = {entry.name: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise ValueError(f"two entries have one name: {[entry.name for entry in entries]}")

    def __getitem__(self, name: str) -> N_co:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def titles(self) -> dict[str, str]:
        """Each name with its title."""
        return {name: entry.title for name, entry in self.items()}
