"""What the player is told when PyTorch fails, and what is kept."""

from __future__ import annotations

import inspect
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
import torch

from lrcore import LBFGS, SGD, Blobs, Cubic, Run, RunConfig, Segment, TrainingError
from lrcore.data import Placed, Uploaded
from lrcore.settings import Settings
from lrcore.training.engine import Engine
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Answer, Request
from tests.films import ENDLESS, ask, filmed, recorded, rows_of, with_rate


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is never cut short by the clock."""
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 60.0)


def answer_while_torch_fails(film: Film) -> Answer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "advance", Mock(side_effect=RuntimeError("out of memory")))
        return respond(film)


def assert_kept(answer: Answer) -> None:
    assert answer.state.problem is not None
    assert "out of memory. The run is kept" in answer.state.problem


def test_failure_is_told_and_the_next_answer_goes_on() -> None:
    film, _ = filmed()
    film.take(Request(knows=ask(film).version, rows=(120, 220)))
    answer = answer_while_torch_fails(film)
    assert_kept(answer)
    assert (answer.first, len(rows_of(answer)), answer.state.ended) == (120, 0, False)
    later = respond(film)
    assert later.state.problem is None
    expected = Run(ENDLESS)
    expected.extend(seconds=60, iterations=219)
    assert np.array_equal(rows_of(later), recorded(expected, 120))


@pytest.mark.parametrize("at", [0, 40])
def test_failure_of_a_change_keeps_the_run_and_the_change_is_placed_later(at: int) -> None:
    film, _ = filmed()
    first = ask(film, at=at)
    before = recorded(film.run)
    film.set(with_rate(0.5))
    assert_kept(answer_while_torch_fails(film))
    assert np.array_equal(recorded(film.run), before)
    answer = respond(film)
    assert (answer.state.problem, answer.version.branch, answer.first) == (None, 1, at)
    assert film.run.segments[-1] == Segment(at, with_rate(0.5))
    assert first.marks == ()


def test_failure_of_a_restart_is_made_good_by_the_next_answer() -> None:
    film, _ = filmed()
    ask(film, at=40)
    film.set(with_rate(0.5))
    respond(film)
    film.restart()
    assert_kept(answer_while_torch_fails(film))
    assert len(film.run.segments) == 2
    assert respond(film).state.problem is None
    assert film.run.segments == (Segment(0, with_rate(0.5)),)


def test_failure_of_a_run_that_the_player_does_not_know_yet() -> None:
    film, _ = filmed()
    seen = ask(film, rows=(120, 520))
    film.set(replace(ENDLESS, data=Blobs(seed=8)))
    film.take(Request(knows=seen.version, rows=(520, 620)))
    answer = answer_while_torch_fails(film)
    assert_kept(answer)
    assert answer.first == 0
    assert np.array_equal(rows_of(answer), recorded(film.run))
    assert answer.scene is not None


def test_new_run_that_cannot_start_leaves_the_present_one() -> None:
    film, _ = filmed()
    first = ask(film)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "advance", Mock(side_effect=RuntimeError("out of memory")))
        with pytest.raises(TrainingError, match="out of memory"):
            film.set(replace(ENDLESS, data=Blobs(seed=8)))
    assert respond(film) == first


# A finite loss, and a gradient that is not: torch's line search compares numbers that are none.
NO_STEP = RunConfig(
    data=Placed("1,2,0"),
    features=Cubic(),
    optimizer=LBFGS(),
    l1=0.5,
    initial_weights=(0.0, 1e15, 0.0, 0.0, 0.0, 1e26, -1e9, 0.0, 0.0, 0.0),
    standardise=True,
    mini_batches=True,
)


def test_a_link_from_which_no_step_leads_shows_its_first_moment() -> None:
    film = Film(NO_STEP)
    for _ in range(2):
        answer = respond(film)
        assert (len(film.run), answer.state.ended) == (1, False)
        assert answer.state.problem is not None
        assert answer.state.problem.startswith("The optimiser finds no step from here")
    film.set(replace(NO_STEP, optimizer=SGD()))
    assert respond(film).state.problem is None


@pytest.mark.parametrize("mini_batches", [False, True])
@pytest.mark.parametrize("data", [Placed(""), Uploaded()])
def test_no_points_and_a_line_search_are_no_failure(data: Settings, mini_batches: bool) -> None:
    config = RunConfig(data=data, optimizer=LBFGS(), l2=0.5, mini_batches=mini_batches)
    state = respond(Film(config)).state
    assert state.problem is None
    assert state.sentence.startswith("There are no points yet")


@pytest.mark.parametrize(
    "error", [IndexError(), ZeroDivisionError(), OverflowError(), ValueError(), AssertionError()]
)
def test_what_an_optimiser_raises_keeps_the_moments_before(error: Exception) -> None:
    step = Mock(side_effect=inspect.unwrap(torch.optim.SGD.step))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", lambda *given: step(*given))  # noqa: PLW0108 (a method)
        film, _ = filmed()
        film.take(Request(knows=ask(film).version, rows=(120, 220)))
        step.side_effect = error
        problems = [respond(film).state.problem for _ in range(2)]
    assert all("finds no step" in problem for problem in problems if problem is not None)
    assert None not in problems
    assert len(film.run) == 121
    assert respond(film).state.problem is None
    expected = Run(ENDLESS)
    expected.extend(seconds=60, iterations=219)
    assert np.array_equal(recorded(film.run), recorded(expected))
