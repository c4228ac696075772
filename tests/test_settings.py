"""Every setting of every settings class: bounds, choices, messages, text and positions.

One test goes through all settings of a class; what fails is named in its message.
"""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore.data import DATASETS
from lrcore.features import FEATURES, FeatureMap
from lrcore.optim import OPTIMIZERS, SGD
from lrcore.settings import Setting, Settings, SettingsError, Value, default_of, described
from lrcore.training import RunConfig
from tests.strategies import allowed_values

CLASSES = (RunConfig, *DATASETS.values(), *FEATURES.values(), *OPTIMIZERS.values())
# What else must be set for a value to make sense.
COMPANIONS = {"target_on": {"test_share": 0.25}}
NOT_A_FINITE_NUMBER = (
    *(math.nan, math.inf, -math.inf, 10**400, -(10**400)),
    *("1", None, True, (1,), 1j),
)
ALL = [(cls, name, spec) for cls in CLASSES for name, spec in described(cls)]


def numbers(cls: type[Settings]) -> dict[str, Setting]:
    found = dict(described(cls))
    return {name: found[name] for name in found if found[name].kind in (int, float)}


def choices(cls: type[Settings]) -> dict[str, Setting]:
    return {name: spec for name, spec in described(cls) if spec.choices is not None}


every_class = pytest.mark.parametrize("cls", CLASSES)
every_class_with_numbers = pytest.mark.parametrize("cls", [cls for cls in CLASSES if numbers(cls)])
every_class_with_choices = pytest.mark.parametrize("cls", [cls for cls in CLASSES if choices(cls)])


def complaint(cls: type[Settings], name: str, value: object) -> str:
    try:
        cls(**{name: value})
    except SettingsError as error:
        return str(error)
    pytest.fail(f"{cls.__name__} takes {name} = {value!r}")


def reading(name: str, spec: Setting, text: str) -> tuple[Value | None, str]:
    """The value that the text stands for, or else the message that says why there is none."""
    try:
        return spec.parse(name, text), name
    except SettingsError as error:
        return None, str(error)


def assert_out_of_range(cls: type[Settings], name: str, spec: Setting, value: object) -> None:
    message = complaint(cls, name, value)
    expected = f"from {spec.minimum:.12g} to {spec.maximum:.12g}; got {value!r:.15}"
    assert message.startswith(name), message
    assert expected in message, message
    assert len(message) < 200, message


def test_every_setting_is_a_number_a_choice_or_a_switch() -> None:
    for cls, name, spec in ALL:
        kinds = (name in numbers(cls), name in choices(cls), spec.kind is bool)
        assert sum(kinds) == 1, (cls, name)


@every_class
def test_defaults_are_valid_and_described(cls: type[Settings]) -> None:
    for name, spec in described(cls):
        default = default_of(cls, name)
        assert spec.check(name, default) == default, name
        assert getattr(cls(), name) == default, name
        assert spec.label, name
        assert spec.help.endswith("."), name


@every_class_with_numbers
def test_bounds_are_finite_and_belong_to_the_range(cls: type[Settings]) -> None:
    for name, spec in numbers(cls).items():
        assert -math.inf < spec.minimum < spec.maximum < math.inf, name
        for bound in (spec.minimum, spec.maximum):
            assert getattr(cls(**{name: spec.kind(bound)}), name) == bound, name


@every_class_with_numbers
def test_number_beyond_a_bound_is_refused(cls: type[Settings]) -> None:
    for name, spec in numbers(cls).items():
        for bound, away in ((spec.minimum, -1), (spec.maximum, 1)):
            whole = spec.kind is int
            value = int(bound) + away if whole else math.nextafter(bound, away * math.inf)
            assert_out_of_range(cls, name, spec, value)


@every_class_with_numbers
def test_what_is_no_finite_number_is_refused(cls: type[Settings]) -> None:
    for name, spec in numbers(cls).items():
        for value in NOT_A_FINITE_NUMBER:
            assert_out_of_range(cls, name, spec, value)
        if spec.kind is int:
            message = complaint(cls, name, spec.minimum + 0.5)
            assert "a whole number" in message, message


@every_class_with_numbers
def test_text_that_is_no_finite_number_is_refused(cls: type[Settings]) -> None:
    for name, spec in numbers(cls).items():
        for text in ("nan", "inf", "-inf", "1e999", "", "abc", "1,5", "0x1"):
            value, message = reading(name, spec, text)
            assert value is None, (name, text)
            assert message.startswith(name), message


@every_class_with_choices
def test_unknown_choice_is_refused_with_a_list(cls: type[Settings]) -> None:
    for name, spec in choices(cls).items():
        for value in ("nothing of the kind", "", None, 0, ["cpu"]):
            message = complaint(cls, name, value)
            assert message.startswith(name), message
            assert all(repr(choice) in message for choice in spec.choices()), message
            assert message.endswith(f"got {value!r}"), message


@every_class_with_choices
def test_choice_is_read_by_its_label_too(cls: type[Settings]) -> None:
    for name, spec in choices(cls).items():
        for choice, label in spec.choices().items():
            assert spec.parse(name, label) == choice, name


def test_switch_takes_nothing_but_true_and_false() -> None:
    for cls, name, spec in ALL:
        if spec.kind is bool:
            for value in (0, 1, "true", None, math.nan):
                expected = rf"{name} .* must be True or False; got {value!r}"
                assert re.fullmatch(expected, complaint(cls, name, value))


def test_switch_is_read_in_any_case() -> None:
    for _, name, spec in ALL:
        if spec.kind is bool:
            for text, value in (("true", True), ("False", False), ("TRUE", True)):
                assert spec.parse(name, text) is value, (name, text)


@every_class
@settings(max_examples=25, deadline=None)
@given(draw=st.data())
def test_allowed_values_are_taken_and_read_back_from_text(
    cls: type[Settings], draw: st.DataObject
) -> None:
    for name, spec in described(cls):
        value = draw.draw(allowed_values(spec), label=name)
        taken = getattr(cls(**{name: value}, **COMPANIONS.get(name, {})), name)
        assert taken == value, name
        assert type(taken) is spec.kind, name
        assert spec.parse(name, str(taken)) == taken, name


TEXTS = st.text() | st.text("0123456789.,eE+-_infa ", max_size=8) | st.floats().map(repr)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_any_text_gives_an_allowed_value_or_a_message(text: str) -> None:
    for cls, name, spec in ALL:
        value, message = reading(name, spec, text)
        assert message.startswith(name), (cls, name)
        assert value is None or spec.check(name, value) == value, (cls, name)


def test_stops_are_sorted_within_the_bounds_and_hold_the_default() -> None:
    logarithmic = [setting for setting in ALL if setting[2].log]
    assert logarithmic
    for cls, name, spec in logarithmic:
        stops = spec.stops()
        assert list(stops) == sorted(set(stops)), (cls, name)
        assert (stops[0], stops[-1]) == (spec.minimum, spec.maximum), (cls, name)
        assert default_of(cls, name) in stops, (cls, name)
        assert {type(stop) for stop in stops} == {spec.kind}, (cls, name)
        assert max(b / a for a, b in pairwise(stops)) <= 2, (cls, name)


def test_label_that_is_not_the_name_stands_for_the_choice() -> None:
    spec = Setting(
        label="Colour", help="Watch it.", kind=str, choices=lambda: {"r": "Red", "g": "Green"}
    )
    for text, value in (("r", "r"), ("Red", "r"), ("Green", "g"), ("red", None), ("Blue", None)):
        assert reading("colour", spec, text)[0] == value, text


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), Fraction(1, 2)])
def test_numbers_of_other_libraries_become_plain(number: object) -> None:
    taken = OPTIMIZERS["SGD"](lr=number).lr
    assert taken == 0.5
    assert type(taken) is float


def test_initial_weights_become_a_tuple_of_floats() -> None:
    assert RunConfig(initial_weights=[1, np.float32(0.5), -2.0]).initial_weights == (1.0, 0.5, -2.0)


def test_initial_weights_of_a_wrong_shape_are_refused() -> None:
    for weights in ((), (1.0, 2.0), (0.0,) * 4, "abc", b"abc", 1.0, {1.0}):
        message = complaint(RunConfig, "initial_weights", weights)
        assert message.startswith("initial_weights must be 3 numbers (w0, w1, b)"), message
        assert message.endswith(f"got {weights!r}"), message


@pytest.mark.parametrize("place", [0, 1, 2])
def test_initial_weight_that_is_no_finite_number_is_refused(place: int) -> None:
    for value in (math.nan, math.inf, -math.inf, 1.1e38, "1", None, True):
        weights = [0.0, 0.0, 0.0]
        weights[place] = value
        message = complaint(RunConfig, "initial_weights", weights)
        assert message.startswith(f"initial_weights[{place}]"), message
        assert message.endswith(f"from -1e+38 to 1e+38; got {value!r}"), message


@pytest.mark.parametrize("name", ["data", "features", "optimizer"])
def test_data_and_optimizer_must_come_from_the_registries(name: str) -> None:
    for value in (None, "blobs", "SGD", {}, RunConfig):
        message = complaint(RunConfig, name, value)
        assert message.startswith(f"{name} must be"), message
        assert message.endswith(f"got {value!r}"), message


def test_target_of_the_test_points_needs_some() -> None:
    message = complaint(RunConfig, "target_on", "test")
    assert message == "target_on must be 'training' where test_share is 0; got 'test'"


def test_nesterov_needs_momentum() -> None:
    assert SGD(nesterov=True).nesterov
    with pytest.raises(
        SettingsError, match=r"^nesterov must be off where momentum is 0; got True$"
    ):
        SGD(nesterov=True, momentum=0.0)


@pytest.mark.parametrize("features", [cls() for cls in FEATURES.values()], ids=FEATURES)
def test_initial_weights_are_as_many_as_the_features(features: FeatureMap) -> None:
    count = features.dimension + 1
    config = RunConfig(features=features, initial_weights=(0.5,) * count)
    assert len(config.initial_weights) == count
    with pytest.raises(SettingsError, match=rf"^initial_weights must be {count} numbers \(w0, w1"):
        RunConfig(features=features, initial_weights=(0.5,) * (count + 1))


@every_class
def test_settings_are_frozen_and_comparable(cls: type[Settings]) -> None:
    made = cls()
    for name, _ in described(cls):
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, default_of(cls, name))
    assert made == cls()
    assert hash(made) == hash(cls())
