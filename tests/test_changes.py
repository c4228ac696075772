"""The changes of a run in its link: `changes=100:lr=0.15` and what may stand there instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import LBFGS, OPTIMIZERS, SGD, Adam, Blobs, Run, RunConfig, Segment
from lrcore.data import Placed
from lrcore.settings import SettingsError, described
from lrcore.training import FIXED_IN_A_RUN
from lrcore.training.engine import Engine
from lrcore.ui.changes import CHANGES, changeable, segments_of, text_of
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Mark, Request
from tests.films import ENDLESS, ask, recorded, rows_of, with_rate
from tests.pages import config_of, controls, film_of, opened, player, session_of, toasts
from tests.strategies import settings_of, values

WITH_TEST = RunConfig(test_share=0.25)


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    """Settings that differ only in what can change within a run."""
    chosen = {
        name: draw(values(spec))
        for name, spec in described(RunConfig)
        if name not in FIXED_IN_A_RUN and draw(st.booleans())
    }
    optimizer = draw(st.sampled_from(list(OPTIMIZERS.values())).flatmap(settings_of))
    return replace(WITH_TEST, optimizer=optimizer, **chosen)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Segment, ...]:
    """The segments of any run: from one to the next, something changes."""
    starts = sorted(draw(st.sets(st.integers(1, 1_000_000), max_size=6)))
    found = [Segment(0, draw(configs()))]
    for start in starts:
        config = draw(configs())
        if config != found[-1].config:
            found.append(Segment(start, config))
    return tuple(found)


@settings(max_examples=200, deadline=None)
@given(runs())
def test_a_link_says_any_changes(segments: tuple[Segment, ...]) -> None:
    shown = segments[-1].config
    assert segments_of(shown, text_of(segments, shown)) == segments


@settings(max_examples=50, deadline=None)
@given(runs(), configs())
def test_a_link_says_the_run_also_where_the_controls_are_ahead_of_it(
    segments: tuple[Segment, ...], shown: RunConfig
) -> None:
    assert segments_of(shown, text_of(segments, shown)) == segments


def test_the_text_says_what_differs_alone() -> None:
    slow, fast = with_rate(0.04), replace(with_rate(0.15), zero_grad=False)
    assert text_of((Segment(0, slow),), slow) == ""
    said = text_of((Segment(0, slow), Segment(100, fast)), fast)
    assert said == "0:zero_grad=true,lr=0.04;100:zero_grad=false,lr=0.15"
    adam = replace(slow, optimizer=Adam(lr=0.02))
    back = (Segment(0, slow), Segment(7, adam), Segment(9, slow))
    assert text_of(back, slow) == "7:optimizer=Adam,Adam_lr=0.02;9:optimizer=SGD"


def test_a_text_by_hand_starts_from_the_address() -> None:
    config = with_rate(0.04)
    assert segments_of(config, "") == (Segment(0, config),)
    assert segments_of(config, "100:lr=0.15") == (Segment(0, config), Segment(100, with_rate(0.15)))
    assert segments_of(config, "0:lr=0.15") == (Segment(0, with_rate(0.15)),)
    assert segments_of(config, "100:lr=0.04") == (Segment(0, config),)


def test_nothing_that_is_fixed_in_a_run_can_be_said() -> None:
    assert {"lr", "Adam_lr", "optimizer", "loss", "max_iterations"} <= changeable().keys()
    fixed = {"seed", "data", "features", "start", "weights", "init_seed", *FIXED_IN_A_RUN}
    assert not fixed & changeable().keys()


BAD = {
    "100": "changes must be entries such as 100:lr=0.15",
    "100:": "changes must be entries",
    ":lr=1": "changes must be entries",
    "lr=1": "changes must be entries",
    "100:lr=0.1;": "changes must be entries",
    "1.5:lr=0.1": "changes must be entries",
    "-1:lr=0.1": "changes must be entries",
    "٣:lr=0.1": "changes must be entries",
    "1_0:lr=0.1": "changes must be entries",
    "1000001:lr=0.1": "at rising iterations from 0 to 1,000,000; got '1000001:lr=0.1'",
    f"{'9' * 5000}:lr=0.1": "at rising iterations",
    "7:lr=0.1;7:lr=0.2": "at rising iterations",
    "7:lr=0.1;6:lr=0.2": "at rising iterations",
    "7:lr=50": "lr at iteration 7 (learning rate) must be a number from 0.0001 to 10; got 50.0",
    "7:lr": "lr at iteration 7",
    "7:lr=nan": "lr at iteration 7",
    "1000:zero_grad=maybe": "zero_grad at iteration 1,000",
    "7:optimizer=Newton": "optimizer at iteration 7",
    "7:seed=4": "that can change within a run (at iteration 7); got 'seed'",
    "7:nothing=4": "got 'nothing'",
    "7:<b>=4": "got '<b>'",
    "7:target_on=test": "target_on must be 'training'",
    "7:momentum=0,nesterov=true": "nesterov",
    ";".join(f"{k}:lr=0.1" for k in range(1001)): "at most 1000 entries",
    "x" * 10**6: "at most 1000 entries",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_a_bad_text_gives_one_short_sentence(text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        segments_of(RunConfig(), text)
    assert BAD[text] in str(raised.value)
    assert len(str(raised.value)) < 400


# Films


def film_of_link(segments: Sequence[Segment]) -> Film:
    first, *changes = segments
    return Film(first.config, changes=changes)


def played(film: Film, until: int) -> int:
    """Ask until moment `until - 1` is there or the run has ended; how many answers that took."""
    answer = respond(film)
    for asked in range(1, 10_000):
        if len(film.run) >= until or answer.state.ended:
            return asked
        answer = ask(film, answer, rows=(len(film.run), until), playing=True, speed=60.0)
    raise AssertionError(f"only {len(film.run)} of {until} moments")


LIVELY = (
    Segment(0, ENDLESS),
    Segment(3, with_rate(0.3)),
    Segment(130, replace(with_rate(0.3), zero_grad=False)),
    Segment(131, replace(ENDLESS, optimizer=Adam())),
    Segment(300, replace(ENDLESS, optimizer=LBFGS())),
    Segment(310, replace(ENDLESS, loss="mse", mini_batches=True, batch_size=7)),
    Segment(700, replace(ENDLESS, l1=0.01, optimizer=SGD(momentum=0.5))),
)


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_a_link_makes_the_run_that_it_was_copied_from(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    original = Run(ENDLESS)
    for start, config in ((segment.start, segment.config) for segment in LIVELY[1:]):
        original.extend(60, start + 40 - len(original))
        names = changeable_fields()
        original.branch(start, **{name: getattr(config, name) for name in names})
    original.extend(60, 900 - len(original))
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", seconds)
    shown = LIVELY[-1].config
    film = film_of_link(segments_of(shown, text_of(original.segments, shown)))
    assert film.segments == LIVELY
    played(film, 900)
    assert film.segments == film.run.segments == original.segments
    assert np.array_equal(recorded(film.run)[:900], recorded(original)[:900])


def changeable_fields() -> list[str]:
    return [name for name in RunConfig.__dataclass_fields__ if name not in FIXED_IN_A_RUN]


def test_the_player_is_told_the_moments_after_a_change_anew() -> None:
    film = film_of_link((Segment(0, ENDLESS), Segment(200, with_rate(0.5))))
    first = respond(film)
    assert (first.marks, first.state.waiting, len(rows_of(first))) == ((), False, 120)
    second = ask(film, first, rows=(120, 420), playing=True, speed=60.0)
    assert second.marks == (Mark(200, "Learning rate 0.01 → 0.5", breaks=False),)
    assert (second.version.branch, second.first) == (1, 120)
    table = np.concatenate([rows_of(first), rows_of(second)])
    assert np.array_equal(table, recorded(film.run))


def test_a_change_far_off_does_not_hold_up_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[int] = []
    advance = Engine.advance

    def counting(engine: Engine, steps: int) -> np.ndarray:
        trained.append(steps)
        return advance(engine, steps)

    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 0.0)
    endless = replace(ENDLESS, max_iterations=1_000_000)
    film = Film(endless, changes=(Segment(900_000, with_rate(0.5)),), at=900_010)
    monkeypatch.setattr(Engine, "advance", counting)
    answer = respond(film)
    for _ in range(5):
        before = len(trained)
        answer = ask(film, answer, rows=(len(film.run), 900_011))
        assert len(trained) == before + 1
    assert answer.marks == ()
    assert max(trained) <= 256


def test_many_changes_do_not_hold_up_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 0.0)
    rates = [with_rate(0.1 + 0.1 * (k % 2)) for k in range(50)]
    film = film_of_link([Segment(k, config) for k, config in enumerate(rates)])
    respond(film)
    assert len(film.run.segments) == 2
    assert played(film, 60) > 40
    assert film.run.segments == tuple(Segment(k, config) for k, config in enumerate(rates))


def test_a_change_beyond_the_end_is_left_out() -> None:
    film = film_of_link((Segment(0, RunConfig()), Segment(5000, RunConfig(zero_grad=False))))
    played(film, 2000)
    end = len(film.run) - 1
    assert film.left_out == (
        f"In the link, the change at iteration 5,000 is left out: the run ends at iteration {end}."
    )
    assert (film.wanted, film.segments) == (RunConfig(), (Segment(0, RunConfig()),))
    assert not respond(film).state.waiting
    film = film_of_link(
        (Segment(0, RunConfig()), Segment(5000, ENDLESS), Segment(6000, RunConfig()))
    )
    played(film, 2000)
    assert "the changes from iteration 5,000 on are left out" in film.left_out


def test_a_change_at_the_very_end_goes_on_from_there() -> None:
    run = Run(RunConfig())
    run.extend(60)
    end = len(run) - 1
    film = film_of_link((Segment(0, RunConfig()), Segment(end, RunConfig(target_accuracy=1.0))))
    played(film, end + 100)
    assert (film.left_out, len(film.run)) == ("", end + 100)


def test_a_change_by_hand_comes_before_those_of_the_link() -> None:
    film = film_of_link((Segment(0, ENDLESS), Segment(400, with_rate(0.5))))
    film.take(Request(knows=respond(film).version, at=30, rows=(120, 120)))
    film.set(replace(with_rate(0.5), zero_grad=False))
    answer = respond(film)
    assert [mark.iteration for mark in answer.marks] == [30]
    assert film.segments == film.run.segments
    assert film.run.config == replace(with_rate(0.5), zero_grad=False)


def test_restart_and_other_data_drop_the_changes() -> None:
    film = film_of_link((Segment(0, ENDLESS), Segment(400, with_rate(0.5))))
    respond(film)
    film.restart()
    assert (respond(film).marks, film.segments) == ((), (Segment(0, with_rate(0.5)),))
    film = film_of_link((Segment(0, ENDLESS), Segment(400, with_rate(0.5))))
    other = replace(with_rate(0.5), data=Blobs(seed=8))
    film.set(other)
    assert film.segments == (Segment(0, other),)


# Pages


def test_a_link_by_hand_opens_its_run_and_the_controls_follow() -> None:
    page = opened(lr="0.04", changes="20:lr=0.15,zero_grad=false")
    slow = RunConfig(optimizer=SGD(lr=0.04))
    fast = RunConfig(optimizer=SGD(lr=0.15), zero_grad=False)
    film = film_of(page)
    assert film.segments == (Segment(0, slow), Segment(20, fast))
    assert config_of(page) == fast
    assert player(page)["changes"] == "0:zero_grad=true,lr=0.04;20:zero_grad=false,lr=0.15"
    film.take(Request(knows=film.version, rows=(len(film.run), len(film.run))))
    page.run()
    assert film_of(page) is film
    assert [controls(page)[key].value for key in ("lr", "zero_grad")] == [0.15, False]
    assert page.query_params["lr"] == "0.15"
    # What a browser says that did not know of it when it asked.
    page.select_slider(key="lr").set_value(0.04)
    page.toggle(key="zero_grad").set_value(True)
    page.run()
    assert [controls(page)[key].value for key in ("lr", "zero_grad")] == [0.15, False]
    assert film.segments == (Segment(0, slow), Segment(20, fast))
    page.run()
    assert film.segments == (Segment(0, slow), Segment(20, fast))
    assert toasts(page) == []


@pytest.mark.parametrize("text", ["7:seed=4", "7:lr=50", "x" * 5000, "7:**bold**=1"])
def test_a_bad_text_is_explained_and_loses_nothing_else(text: str) -> None:
    page = opened(lr="0.04", mean="1.2", at="25", changes=text)
    [toast] = toasts(page)
    assert toast.startswith("In the link, ")
    assert toast.endswith("The run goes without changes.")
    assert config_of(page) == RunConfig(data=Blobs(mean=1.2), optimizer=SGD(lr=0.04))
    assert (player(page)["changes"], player(page)["at"]) == ("", 25)
    page.run()
    assert toasts(page) == []


def test_points_in_a_link_keep_their_changes() -> None:
    points = "1,2,0;3,4,1;2,2,0;4,4,1"
    page = opened(data="placed", placed_points=points, target_accuracy="1", changes="9:lr=0.15")
    film = film_of(page)
    assert film.run.config.data == Placed(points)
    assert [segment.start for segment in film.segments] == [0, 9]


def test_a_change_that_is_left_out_is_explained_once_and_the_controls_follow() -> None:
    page = opened(max_iterations="20", changes="400:lr=0.15")
    assert toasts(page) == [
        "In the link, the change at iteration 400 is left out: the run ends at iteration 20."
    ]
    assert config_of(page) == RunConfig(max_iterations=20)
    film = film_of(page)
    film.take(Request(knows=film.version))
    page.run()
    assert (toasts(page), film_of(page).segments) == ([], (Segment(0, film.wanted),))
    assert controls(page)["lr"].value == 0.01


def test_a_link_without_changes_opens_a_run_without() -> None:
    page = opened(lr="0.15", changes="0:lr=0.01;100:lr=0.15")
    film = film_of(page)
    session_of(page).page = "stories"
    del page.query_params[CHANGES]
    page.run()
    assert film_of(page) is not film
    assert film_of(page).segments == (Segment(0, RunConfig(optimizer=SGD(lr=0.15))),)
