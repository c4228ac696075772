"""The page as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from lrcore import DATASETS, FEATURES, OPTIMIZERS, SGD, RunConfig
from lrcore.settings import default_of, described
from lrcore.ui.player.film import Film

APP = Path(__file__).parent.parent / "app.py"
CONTROLS = ("slider", "select_slider", "number_input", "selectbox", "toggle")
SETTINGS = [
    pytest.param(cls, name, id=f"{cls.__name__}.{name}")
    for cls in (RunConfig, next(iter(DATASETS.values())), next(iter(OPTIMIZERS.values())))
    for name, _ in described(cls)
]
# Every other entry of a registry: its group, its name, a field, and the key of its control.
OTHERS = [
    pytest.param(group, name, field, id=f"{name}_{field}")
    for group, registry in (("data", DATASETS), ("features", FEATURES), ("optimizer", OPTIMIZERS))
    for name in list(registry)[1:]
    for field, _ in described(registry[name])
]


def opened(**query: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=30)
    for key, text in query.items():
        page.query_params[key] = text
    page.run()
    assert not page.exception
    return page


@pytest.fixture(scope="module")
def fresh() -> AppTest:
    """The page as it opens; for tests that only look."""
    return opened()


def config_of(page: AppTest) -> RunConfig:
    """What the page has told its film to show."""
    assert not page.exception
    film = page.session_state["film"]
    assert isinstance(film, Film)
    return film.wanted


def elements(block: Block) -> Iterator[Element]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield from elements(child)
        else:
            yield child


def controls(page: AppTest) -> dict[str, Element]:
    return {widget.key: widget for kind in CONTROLS for widget in page.get(kind)}


def player(page: AppTest) -> dict[str, object]:
    """The data of the player's component."""
    found = [item.proto for item in elements(page.main) if item.type == "bidi_component"]
    assert [proto.component_name for proto in found] == ["lrcore_preload", "lrcore_player"]
    return json.loads(found[1].json)


def toasts(page: AppTest) -> list[str]:
    return [toast.value for toast in page.toast]


def test_first_visit_shows_the_player_and_no_message(fresh: AppTest) -> None:
    assert config_of(fresh) == RunConfig()
    assert player(fresh)["first"] == 0
    assert toasts(fresh) == []
    assert not fresh.error
    assert not fresh.warning


@pytest.mark.parametrize(("cls", "name"), SETTINGS)
def test_every_setting_has_a_control_with_help(
    fresh: AppTest, cls: type[RunConfig], name: str
) -> None:
    control = controls(fresh)[name]
    spec = dict(described(cls))[name]
    assert (control.label, control.help) == (spec.label, spec.help)
    assert control.value == default_of(cls, name)


@pytest.mark.parametrize(("group", "name", "field"), OTHERS)
def test_every_setting_of_every_entry_has_a_control_with_help(
    group: str, name: str, field: str
) -> None:
    page = opened(**{group: name})
    cls = type(getattr(config_of(page), group))
    control, spec = controls(page)[f"{name}_{field}"], dict(described(cls))[field]
    assert (control.label, control.help) == (spec.label, spec.help)
    assert control.value == default_of(cls, field)
    assert toasts(page) == []


def test_every_control_has_help(fresh: AppTest) -> None:
    for widget in [*controls(fresh).values(), *fresh.button]:
        assert widget.help.endswith("."), widget.label


def test_sliders_change_the_film() -> None:
    page = opened()
    page.select_slider(key="lr").set_value(0.5)
    page.slider(key="momentum").set_value(0.5)
    page.slider(key="target_accuracy").set_value(0.95)
    page.select_slider(key="max_iterations").set_value(2000)
    page.run()
    config = config_of(page)
    assert (config.optimizer.lr, config.optimizer.momentum) == (0.5, 0.5)
    assert (config.target_accuracy, config.max_iterations) == (0.95, 2000)
    assert player(page)["version"]["run"] == 1


def test_live_settings_branch_the_run_and_data_starts_a_new_one() -> None:
    page = opened()
    page.toggle(key="zero_grad").set_value(False).run()
    page.selectbox(key="loss").set_value("bce").run()
    assert (config_of(page).zero_grad, config_of(page).loss) == (False, "bce")
    assert page.session_state["film"].run.config == config_of(page)
    page.slider(key="std").set_value(2.0).run()
    assert page.session_state["film"].run.config == config_of(page)
    assert config_of(page).data.std == 2.0
    assert player(page)["version"]["run"] == 2


def test_new_sample_takes_the_next_seed() -> None:
    page = opened(seed="41")
    page.button[0].click().run()
    assert config_of(page).data.seed == 42
    assert page.number_input(key="seed").value == 42


def test_new_sample_after_the_last_seed_is_the_first() -> None:
    page = opened(seed=str(2**31 - 1))
    page.button[0].click().run()
    assert config_of(page).data.seed == 0


def test_typed_weights_start_the_run() -> None:
    page = opened()
    page.selectbox(key="start").set_value("typed").run()
    assert config_of(page).initial_weights == (0.0, 0.0, 0.0)
    assert controls(page)["init_seed"].disabled
    page.number_input(key="w0").set_value(1.5)
    page.number_input(key="w1").set_value(-2.0)
    page.number_input(key="b").set_value(0.25).run()
    assert config_of(page).initial_weights == (1.5, -2.0, 0.25)
    step = page.session_state["film"].run.step(0)
    assert (step.weights, step.bias) == ((1.5, -2.0), 0.25)
    page.selectbox(key="start").set_value("seed").run()
    assert config_of(page).initial_weights is None


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ({"lr": "0.5"}, lambda config: config.optimizer.lr == 0.5),
        ({"momentum": "0.25"}, lambda config: config.optimizer.momentum == 0.25),
        ({"samples_per_class": "2000"}, lambda config: config.data.samples_per_class == 2000),
        ({"mean": "2.5"}, lambda config: config.data.mean == 2.5),
        ({"bias": "-1.5"}, lambda config: config.data.bias == -1.5),
        ({"std": "0.4"}, lambda config: config.data.std == 0.4),
        ({"seed": "17"}, lambda config: config.data.seed == 17),
        ({"zero_grad": "false"}, lambda config: config.zero_grad is False),
        ({"loss": "bce"}, lambda config: config.loss == "bce"),
        ({"device": "cpu"}, lambda config: config.device == "cpu"),
        ({"target_accuracy": "0.9"}, lambda config: config.target_accuracy == 0.9),
        ({"max_iterations": "5000"}, lambda config: config.max_iterations == 5000),
        ({"init_seed": "5"}, lambda config: config.init_seed == 5),
        (
            {"start": "typed", "w0": "1.5", "w1": "-2", "b": "0.3"},
            lambda config: config.initial_weights == (1.5, -2.0, 0.3),
        ),
    ],
    ids=lambda value: "&".join(value) if isinstance(value, dict) else "",
)
def test_link_sets_the_controls(query: dict[str, str], read: Callable[[RunConfig], bool]) -> None:
    page = opened(**query)
    assert read(config_of(page))
    assert page.session_state["film"].run.config == config_of(page)
    assert toasts(page) == []


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("lr", "50"),
        ("lr", "abc"),
        ("lr", "nan"),
        ("lr", ""),
        ("mean", "nan"),
        ("mean", "-inf"),
        ("momentum", "1"),
        ("device", "cuda:9"),
        ("loss", "hinge"),
        ("seed", "-1"),
        ("seed", "99999999999999999999"),
        ("zero_grad", "maybe"),
        ("max_iterations", "0"),
        ("samples_per_class", "1e9"),
        ("start", "somewhere"),
    ],
)
def test_bad_link_is_told_and_the_rest_of_it_holds(key: str, text: str) -> None:
    page = opened(**{"std": "0.4", key: text})
    assert config_of(page).data.std == 0.4
    config, default = config_of(page), RunConfig()
    pairs = ((config, default), (config.data, default.data), (config.optimizer, default.optimizer))
    for now, before in pairs:
        assert getattr(now, key, None) == getattr(before, key, None)
    [message] = toasts(page)
    assert key in message
    assert f"got {text}" in message.replace("'", "")
    assert player(page)["state"]["problem"] is None


def test_bad_typed_weight_is_told() -> None:
    page = opened(start="typed", w0="1e39", w1="2")
    assert config_of(page).initial_weights == (0.0, 2.0, 0.0)
    [message] = toasts(page)
    assert "w0" in message


def test_unknown_key_in_a_link_does_no_harm() -> None:
    page = opened(rate="50", lr="0.5")
    assert config_of(page).optimizer.lr == 0.5
    assert toasts(page) == []


@pytest.mark.parametrize(
    ("key", "text"), [("lr", "0.0123"), ("lr", "7.2"), ("max_iterations", "1001")]
)
def test_value_between_two_positions_gets_one_of_its_own(key: str, text: str) -> None:
    page = opened(**{key: text})
    assert controls(page)[key].value == float(text)
    assert toasts(page) == []
    page.slider(key="momentum").set_value(0.5).run()
    assert controls(page)[key].value == float(text)


def test_message_comes_once() -> None:
    page = opened(lr="50")
    page.slider(key="momentum").set_value(0.5).run()
    assert toasts(page) == []


def test_link_with_all_settings_bad_still_opens() -> None:
    keys = [case.values[1] for case in SETTINGS if case.values[1] != "init_seed"]
    page = opened(**dict.fromkeys(keys, "?<script>"))
    assert config_of(page) == RunConfig()
    assert len(toasts(page)) == len(keys)


def test_settings_that_contradict_each_other_are_told_once_and_the_run_goes_on() -> None:
    page = opened(nesterov="true", momentum="0")
    told = "nesterov must be off where momentum is 0; got True"
    assert toasts(page) == [told]
    assert config_of(page) == RunConfig()
    page.run()
    assert toasts(page) == []
    page.slider(key="momentum").set_value(0.5).run()
    assert toasts(page) == []
    assert config_of(page).optimizer == SGD(momentum=0.5, nesterov=True)
    page.slider(key="momentum").set_value(0.0).run()
    assert toasts(page) == [told]
    assert config_of(page).optimizer == SGD(momentum=0.5, nesterov=True)
