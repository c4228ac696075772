"""The link of any settings, those of the stories above all, opens the page with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import DATASETS, FEATURES, OPTIMIZERS, RunConfig
from lrcore.features import FeatureMap
from lrcore.limits import Limits
from lrcore.settings import described
from lrcore.stories import STORIES, Story
from lrcore.ui.controls import query
from lrcore.ui.decks import story_link
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from tests.pages import config_of, controls, opened, player, toasts
from tests.story_runs import BY_NAME, every_story
from tests.strategies import settings_of, values


@pytest.fixture(autouse=True, scope="module")
def no_limits() -> Iterator[None]:
    """The limits are not computed: they would take time and nothing here looks at them."""
    with pytest.MonkeyPatch.context() as patch:
        unknown = Limits(None, None, separable=False)
        patch.setattr("lrcore.ui.player.limits.limits_of", lambda run: unknown)
        yield


def test_player_is_told_the_story_while_its_settings_hold() -> None:
    story = STORIES[0]
    film = Film(story.config)
    assert respond(film).state.story == story.watch
    film.set(replace(story.config, target_accuracy=0.98))
    assert respond(film).state.story == ""
    film.set(story.config)
    assert respond(film).state.story == story.watch


@every_story
def test_link_opens_the_story_without_a_message(story: Story) -> None:
    page = opened(deck="course", page="1", **story_link(story))
    assert config_of(page) == story.config
    assert player(page)["state"]["story"] == story.watch
    assert toasts(page) == []


def test_default_settings_need_no_parameters() -> None:
    assert query(RunConfig()) == {}


def weights(features: FeatureMap) -> st.SearchStrategy[tuple[float, ...] | None]:
    numbers = st.lists(
        st.floats(-1e6, 1e6), min_size=features.dimension + 1, max_size=features.dimension + 1
    )
    zeros = (0.0,) * (features.dimension + 1)
    return st.one_of(st.none(), st.just(zeros), numbers.map(tuple))


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    data, features, optimizer = (
        draw(st.sampled_from(list(registry.values())).flatmap(settings_of))
        for registry in (DATASETS, FEATURES, OPTIMIZERS)
    )
    if hasattr(data, "samples_per_class"):
        # Enough points for a test share of any size, few enough to be quick.
        data = replace(data, samples_per_class=min(max(data.samples_per_class, 50), 500))
    chosen = {name: draw(values(spec)) for name, spec in described(RunConfig)}
    if chosen["test_share"] == 0:
        chosen["target_on"] = "training"
    parts = {"data": data, "features": features, "optimizer": optimizer}
    return RunConfig(**parts, **chosen, initial_weights=draw(weights(features)))


@settings(max_examples=12, deadline=None)
@given(configs())
def test_link_says_any_settings(config: RunConfig) -> None:
    page = opened(**query(config))
    assert config_of(page) == config
    assert toasts(page) == []


def test_link_says_what_differs_alone() -> None:
    assert query(BY_NAME["momentum-overshoots"].config).keys() == {
        "mean",
        "bias",
        "seed",
        "momentum",
        "target_accuracy",
    }
    assert set(query(BY_NAME["adam-faster"].config)) <= set(
        controls(opened(optimizer="Adam", start="typed"))
    )


def test_link_of_a_story_brings_its_own_points_to_a_page_that_has_others() -> None:
    story = BY_NAME["outlier-bce"]
    page = opened(data="placed", placed_points="1,2,0;3,4,1")
    # What the menu does: the page goes on with the address of the story.
    page.session_state["session"].page = "stories"
    for key in list(page.query_params):
        del page.query_params[key]
    for key, text in query(story.config).items():
        page.query_params[key] = text
    page.run()
    assert config_of(page) == story.config
    assert toasts(page) == []
