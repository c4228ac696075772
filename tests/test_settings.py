"""Every setting of every settings class: bounds, choices, messages, text and positions."""

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

CLASSES = (RunConfig, *DATASETS.values(), *FEATURES.values(), *OPTIMIZERS.values())
# What else must be set for a value to make sense.
COMPANIONS = {"target_on": {"test_share": 0.25}}
ALL = [
    pytest.param(cls, name, spec, id=f"{cls.__name__}.{name}")
    for cls in CLASSES
    for name, spec in described(cls)
]
NUMBERS = [case for case in ALL if case.values[2].kind in (int, float)]
CHOICES = [case for case in ALL if case.values[2].choices is not None]
LOGARITHMIC = [case for case in ALL if case.values[2].log]

every_setting = pytest.mark.parametrize(("cls", "name", "spec"), ALL)
every_number = pytest.mark.parametrize(("cls", "name", "spec"), NUMBERS)


def complaint(cls: type[Settings], name: str, value: object) -> str:
    with pytest.raises(SettingsError) as caught:
        cls(**{name: value})
    return str(caught.value)


def allowed_values(spec: Setting) -> st.SearchStrategy[Value]:
    if spec.choices is not None:
        return st.sampled_from(sorted(spec.choices()))
    if spec.kind is bool:
        return st.booleans()
    if spec.kind is int:
        return st.integers(int(spec.minimum), int(spec.maximum))
    return st.floats(spec.minimum, spec.maximum)


@every_setting
def test_default_is_valid_and_described(cls: type[Settings], name: str, spec: Setting) -> None:
    default = default_of(cls, name)
    assert spec.check(name, default) == default
    assert getattr(cls(), name) == default
    assert spec.label
    assert spec.help.endswith(".")


@every_number
def test_number_has_finite_bounds(cls: type[Settings], name: str, spec: Setting) -> None:
    assert -math.inf < spec.minimum < spec.maximum < math.inf


@every_number
@pytest.mark.parametrize("beyond", [-1, 1])
def test_number_beyond_a_bound_is_refused(
    cls: type[Settings], name: str, spec: Setting, beyond: int
) -> None:
    bound = spec.maximum if beyond > 0 else spec.minimum
    value = int(bound) + beyond if spec.kind is int else math.nextafter(bound, beyond * math.inf)
    message = complaint(cls, name, value)
    assert message.startswith(name)
    assert f"from {spec.minimum:.12g} to {spec.maximum:.12g}" in message
    assert message.endswith(f"got {value!r}")


@every_number
@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, 10**400, -(10**400), "1", None, True, (1,), 1j],
    ids=lambda value: f"{value!r:.8}",
)
def test_what_is_no_finite_number_is_refused(
    cls: type[Settings], name: str, spec: Setting, value: object
) -> None:
    message = complaint(cls, name, value)
    assert message.startswith(name)
    assert f"from {spec.minimum:.12g} to {spec.maximum:.12g}" in message
    assert message.endswith(f"got {value!r}")


@every_number
def test_bounds_belong_to_the_range(cls: type[Settings], name: str, spec: Setting) -> None:
    for bound in (spec.minimum, spec.maximum):
        assert getattr(cls(**{name: spec.kind(bound)}), name) == bound


@pytest.mark.parametrize(
    ("cls", "name", "spec"), [case for case in NUMBERS if case.values[2].kind is int]
)
def test_fraction_is_no_whole_number(cls: type[Settings], name: str, spec: Setting) -> None:
    value = spec.minimum + 0.5
    assert "a whole number" in complaint(cls, name, value)


@pytest.mark.parametrize(("cls", "name", "spec"), CHOICES)
@pytest.mark.parametrize("value", ["nothing of the kind", "", None, 0, ["cpu"]])
def test_unknown_choice_is_refused_with_a_list(
    cls: type[Settings], name: str, spec: Setting, value: object
) -> None:
    message = complaint(cls, name, value)
    assert message.startswith(name)
    assert all(repr(choice) in message for choice in spec.choices())
    assert message.endswith(f"got {value!r}")


@pytest.mark.parametrize("value", [0, 1, "true", None, math.nan])
def test_switch_takes_nothing_but_true_and_false(value: object) -> None:
    message = complaint(RunConfig, "zero_grad", value)
    assert re.fullmatch(rf"zero_grad.* must be True or False; got {value!r}", message)


@every_setting
@settings(max_examples=25, deadline=None)
@given(draw=st.data())
def test_allowed_value_is_taken_and_read_back_from_text(
    cls: type[Settings], name: str, spec: Setting, draw: st.DataObject
) -> None:
    value = draw.draw(allowed_values(spec))
    taken = getattr(cls(**{name: value}, **COMPANIONS.get(name, {})), name)
    assert taken == value
    assert type(taken) is spec.kind
    assert spec.parse(name, str(taken)) == taken


@every_setting
@settings(max_examples=25, deadline=None)
@given(text=st.text())
def test_any_text_gives_an_allowed_value_or_a_message(
    cls: type[Settings], name: str, spec: Setting, text: str
) -> None:
    try:
        value = spec.parse(name, text)
    except SettingsError as error:
        message = str(error)
        value = default_of(cls, name)
    else:
        message = name
    assert message.startswith(name)
    assert spec.check(name, value) == value


@pytest.mark.parametrize(("cls", "name", "spec"), CHOICES)
def test_choice_is_read_by_its_label_too(cls: type[Settings], name: str, spec: Setting) -> None:
    for choice, label in spec.choices().items():
        assert spec.parse(name, label) == choice


@pytest.mark.parametrize(
    ("cls", "name", "spec"),
    [case for case in ALL if case.values[2].kind is bool],
)
@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("TRUE", True)])
def test_switch_is_read_in_any_case(
    cls: type[Settings], name: str, spec: Setting, text: str, value: bool
) -> None:
    assert spec.parse(name, text) is value


@every_number
@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "", "abc", "1,5", "0x1"])
def test_text_that_is_no_finite_number_is_refused(
    cls: type[Settings], name: str, spec: Setting, text: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{name}"):
        spec.parse(name, text)


@pytest.mark.parametrize(("cls", "name", "spec"), LOGARITHMIC)
def test_stops_are_sorted_within_the_bounds_and_hold_the_default(
    cls: type[Settings], name: str, spec: Setting
) -> None:
    stops = spec.stops()
    assert list(stops) == sorted(set(stops))
    assert (stops[0], stops[-1]) == (spec.minimum, spec.maximum)
    assert default_of(cls, name) in stops
    assert {type(stop) for stop in stops} == {spec.kind}
    assert max(b / a for a, b in pairwise(stops)) <= 2


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), Fraction(1, 2)])
def test_numbers_of_other_libraries_become_plain(number: object) -> None:
    taken = OPTIMIZERS["SGD"](lr=number).lr
    assert taken == 0.5
    assert type(taken) is float


def test_initial_weights_become_a_tuple_of_floats() -> None:
    assert RunConfig(initial_weights=[1, np.float32(0.5), -2.0]).initial_weights == (1.0, 0.5, -2.0)


@pytest.mark.parametrize("weights", [(), (1.0, 2.0), (0.0,) * 4, "abc", b"abc", 1.0, {1.0}])
def test_initial_weights_of_a_wrong_shape_are_refused(weights: object) -> None:
    message = complaint(RunConfig, "initial_weights", weights)
    assert message.startswith("initial_weights must be 3 numbers (w0, w1, b)")
    assert message.endswith(f"got {weights!r}")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1.1e38, "1", None, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_initial_weight_that_is_no_finite_number_is_refused(place: int, value: object) -> None:
    weights = [0.0, 0.0, 0.0]
    weights[place] = value
    message = complaint(RunConfig, "initial_weights", weights)
    assert message.startswith(f"initial_weights[{place}]")
    assert "from -1e+38 to 1e+38" in message
    assert message.endswith(f"got {value!r}")


@pytest.mark.parametrize("name", ["data", "features", "optimizer"])
@pytest.mark.parametrize("value", [None, "blobs", "SGD", {}, RunConfig])
def test_data_and_optimizer_must_come_from_the_registries(name: str, value: object) -> None:
    message = complaint(RunConfig, name, value)
    assert message.startswith(f"{name} must be")
    assert message.endswith(f"got {value!r}")


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


@pytest.mark.parametrize("cls", CLASSES)
def test_settings_are_frozen_and_comparable(cls: type[Settings]) -> None:
    made = cls()
    for name, _ in described(cls):
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, default_of(cls, name))
    assert made == cls()
    assert hash(made) == hash(cls())
