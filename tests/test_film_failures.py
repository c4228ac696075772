"""What the player is told when PyTorch fails, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from lrcore import Blobs, Run, Segment, TrainingError
from lrcore.training.engine import Engine
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
        return film.respond()


def assert_kept(answer: Answer) -> None:
    assert answer.state.problem is not None
    assert "out of memory. The run is kept" in answer.state.problem


def test_failure_is_told_and_the_next_answer_goes_on() -> None:
    film, _ = filmed()
    film.take(Request(knows=ask(film).version, rows=(120, 220)))
    answer = answer_while_torch_fails(film)
    assert_kept(answer)
    assert (answer.first, len(rows_of(answer)), answer.state.ended) == (120, 0, False)
    later = film.respond()
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
    answer = film.respond()
    assert (answer.state.problem, answer.version.branch, answer.first) == (None, 1, at)
    assert film.run.segments[-1] == Segment(at, with_rate(0.5))
    assert first.marks == ()


def test_failure_of_a_restart_is_made_good_by_the_next_answer() -> None:
    film, _ = filmed()
    ask(film, at=40)
    film.set(with_rate(0.5))
    film.respond()
    film.restart()
    assert_kept(answer_while_torch_fails(film))
    assert len(film.run.segments) == 2
    assert film.respond().state.problem is None
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
    assert film.respond() == first
