"""The page as Streamlit runs it, without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lrcore import DATASETS, FEATURES, OPTIMIZERS, SGD, RunConfig
from lrcore.settings import Settings, default_of, described
from lrcore.ui.controls import all_controls, key_of, parse_weights
from lrcore.ui.player.protocol import Request
from tests.pages import config_of, controls, film_of, new_sample, opened, player, toasts

REGISTRIES = {"data": DATASETS, "features": FEATURES, "optimizer": OPTIMIZERS}
ENTRIES = [(group, name) for group, registry in REGISTRIES.items() for name in registry]


@pytest.fixture(scope="module")
def fresh() -> AppTest:
    """The page as it opens; for tests that only look."""
    return opened()


def test_first_visit_shows_the_player_and_no_message(fresh: AppTest) -> None:
    assert config_of(fresh) == RunConfig()
    assert player(fresh)["first"] == 0
    assert toasts(fresh) == []
    assert not fresh.error
    assert not fresh.warning


def assert_shown(page: AppTest, cls: type[Settings], key_of: Callable[[str], str]) -> None:
    """Each setting of a class has its control, with its words and at its default."""
    for name, spec in described(cls):
        control = controls(page)[key_of(name)]
        assert control.label == spec.label, name
        assert control.help.startswith(spec.help), name
        assert control.value == default_of(cls, name), name


def test_every_setting_of_a_run_has_a_control(fresh: AppTest) -> None:
    assert_shown(fresh, RunConfig, lambda name: name)


@pytest.mark.parametrize(("group", "name"), ENTRIES)
def test_every_setting_of_every_entry_has_a_control(group: str, name: str) -> None:
    page = opened(**{group: name})
    cls = type(getattr(config_of(page), group))
    assert cls is REGISTRIES[group][name]
    assert_shown(page, cls, lambda field: key_of(name, field))
    assert toasts(page) == []


def test_every_control_has_help(fresh: AppTest) -> None:
    for widget in [*controls(fresh).values(), *fresh.button]:
        assert widget.help.endswith("."), widget.label


def test_sliders_change_the_film() -> None:
    page = opened()
    before = player(page)["version"]["run"]
    page.select_slider(key="lr").set_value(0.5)
    page.slider(key="momentum").set_value(0.5)
    page.slider(key="target_accuracy").set_value(0.95)
    page.select_slider(key="max_iterations").set_value(2000)
    page.run()
    config = config_of(page)
    assert (config.optimizer.lr, config.optimizer.momentum) == (0.5, 0.5)
    assert (config.target_accuracy, config.max_iterations) == (0.95, 2000)
    assert player(page)["version"]["run"] == before


def test_live_settings_branch_the_run_and_data_starts_a_new_one() -> None:
    page = opened()
    before = player(page)["version"]["run"]
    page.toggle(key="zero_grad").set_value(False).run()
    page.selectbox(key="loss").set_value("bce").run()
    assert (config_of(page).zero_grad, config_of(page).loss) == (False, "bce")
    assert film_of(page).run.config == config_of(page)
    page.slider(key="std").set_value(2.0).run()
    assert film_of(page).run.config == config_of(page)
    assert config_of(page).data.std == 2.0
    assert player(page)["version"]["run"] == before + 1


def test_new_sample_takes_the_next_seed() -> None:
    page = opened(seed="41")
    new_sample(page).click().run()
    assert config_of(page).data.seed == 42
    assert page.number_input(key="seed").value == 42


def test_new_sample_after_the_last_seed_is_the_first() -> None:
    page = opened(seed=str(2**31 - 1))
    new_sample(page).click().run()
    assert config_of(page).data.seed == 0


def test_typed_weights_start_the_run() -> None:
    page = opened()
    page.selectbox(key="start").set_value("typed").run()
    assert config_of(page).initial_weights == (0.0, 0.0, 0.0)
    assert controls(page)["init_seed"].disabled
    page.text_input(key="weights").set_value(" 1.5, -2,0.25").run()
    assert config_of(page).initial_weights == (1.5, -2.0, 0.25)
    step = film_of(page).run.step(0)
    assert (step.weights, step.bias) == ((1.5, -2.0), 0.25)
    page.text_input(key="weights").set_value("1.5, -2; 3").run()
    [told] = toasts(page)
    assert "weights must be numbers such as 0.5, -1, 0.25; got '1.5, -2; 3'" in told
    assert config_of(page).initial_weights == (1.5, -2.0, 0.25)
    page.selectbox(key="start").set_value("seed").run()
    assert config_of(page).initial_weights is None
    assert controls(page)["weights"].disabled


def test_typed_weights_fit_other_features_and_their_bias_stays_last() -> None:
    page = opened(start="typed", weights="1.5,-2,0.25")
    page.selectbox(key="features").set_value("quadratic").run()
    assert config_of(page).initial_weights == (1.5, -2.0, 0.0, 0.0, 0.0, 0.25)
    page.selectbox(key="features").set_value("linear").run()
    assert config_of(page).initial_weights == (1.5, -2.0, 0.25)
    assert toasts(page) == []


def test_a_boundary_dropped_twice_starts_there_however_the_controls_stood() -> None:
    page = AppTest.from_function(page_after_drops, default_timeout=30)
    page.session_state["drops"] = []
    page.run()
    for drops in ([(0.5, -1.0, 0.25), (0.75, -1.0, 0.25)], [(1e-7, 2.0, 3.0)]):
        page.session_state["drops"] = drops
        page.run()
        assert config_of(page).initial_weights == drops[-1]
        film = film_of(page)
        page.session_state["drops"] = []
        for _ in range(2):  # the controls follow when the player knows of it
            film.take(Request(knows=film.version))
            page.run()
        assert film_of(page).run is film.run
        assert config_of(page).initial_weights == drops[-1]
        assert page.query_params["start"] in ("typed", ["typed"])
        assert parse_weights("".join(page.query_params["weights"])) == drops[-1]


def test_a_late_question_of_a_page_that_was_left_is_none() -> None:
    page = AppTest.from_function(page_with_a_late_question, default_timeout=30).run()
    assert not page.exception
    assert page.markdown[0].value == "None"


def page_with_a_late_question() -> None:
    """Another page, where Streamlit has forgotten the player and still calls for its question."""
    import streamlit as st

    from lrcore.ui.player import asked

    st.markdown(str(asked()))


def page_after_drops() -> None:
    """The training page, after its player has let the boundary go."""
    import streamlit as st

    from lrcore.ui import training
    from lrcore.ui.carry_out import carry_out
    from lrcore.ui.player.commands import StartFrom
    from lrcore.ui.session import session

    for number, weights in enumerate(st.session_state["drops"]):
        carry_out(StartFrom(number, weights), session().film)
    training.page()


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
            {"start": "typed", "weights": "1.5,-2,0.3"},
            lambda config: config.initial_weights == (1.5, -2.0, 0.3),
        ),
    ],
    ids=lambda value: "&".join(value) if isinstance(value, dict) else "",
)
def test_link_sets_the_controls(query: dict[str, str], read: Callable[[RunConfig], bool]) -> None:
    page = opened(**query)
    assert read(config_of(page))
    assert film_of(page).run.config == config_of(page)
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
        ("seed", "1e400"),
        ("init_seed", "inf"),
        ("split_seed", "-inf"),
        ("shuffle_seed", "1e400"),
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


@pytest.mark.parametrize("text", ["1,x", "1e39,0,0", "nan,0,0", ",", "1;2;3"])
def test_bad_weights_are_told(text: str) -> None:
    page = opened(start="typed", weights=text)
    assert config_of(page).initial_weights == (0.0, 0.0, 0.0)
    [message] = toasts(page)
    assert "weights must be numbers such as 0.5, -1, 0.25" in message


def test_bad_weight_of_an_old_link_is_told() -> None:
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
    keys = [control.key for control in all_controls() if control.key != "placed_points"]
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
