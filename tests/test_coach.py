"""The coach: what it says is true, what it would try works, and Python carries that out."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from lrcore import SGD, Blobs, Run, RunConfig
from lrcore.coach import RULES, advise
from lrcore.ui.player.coach import coach, offered
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import LATER
from lrcore.ui.player.view_data import Coaching
from tests.by_hand import run_to
from tests.coaching import look_at
from tests.coaching.promises import PROMISES
from tests.coaching.runs import case
from tests.coaching.sentences import SAYS
from tests.films import ask, recorded

# `COACH_CASES=2000` looks at as many as the coach is held to; so does `tests.coaching`.
CASES = int(os.environ.get("COACH_CASES", "60"))
TOO_FAST = RunConfig(
    data=Blobs(mean=0.6),
    optimizer=SGD(lr=8.0, momentum=0.0),
    l2=0.5,
    target_accuracy=0.8,
    max_iterations=300,
)
# A case in which each rule speaks, as `tests.coaching` finds them: with AVX512, with AVX2 and with
# neither, as processors round sums otherwise (ATEN_CPU_CAPABILITY).
SPEAKS = {
    "gradients_add_up": 4,
    "target_out_of_reach": 0,
    "overshoots": 6,
    "overfits": 250,
    "rare_class": 49,
    "converged": 16,
    "separable_without_penalty": 83,
    "rate_too_large": 22,
    "saturated": 22,
    "unscaled": 234,
    "crawls": 20,
    "oscillates": 779,
}


def test_every_rule_is_held_to_its_numbers_and_its_try() -> None:
    assert {*SAYS} == {*RULES}
    assert {*PROMISES} == {*RULES} - {"rare_class", "converged"}  # these try nothing


def test_nothing_is_said_that_other_ways_of_computing_it_contradict() -> None:
    count = look_at(range(CASES))
    assert count.kept.total() >= 0.95 * count.offered.total(), count.broken
    if CASES >= 1000:
        for rule, tries in count.offered.items():
            assert count.kept[rule] >= 0.95 * tries, (rule, count.broken[rule])


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_speaks_and_what_it_says_is_true(rule: str) -> None:
    count = look_at([SPEAKS[rule]])
    assert count.said[rule] == 1
    assert not count.broken


def test_what_comes_later_is_not_looked_at() -> None:
    for number in range(12):
        run, at = case(number)
        run.extend(seconds=60, iterations=at + 20)
        alone = run_to(run.segments[0].config, at) if len(run.segments) == 1 else None
        if alone is not None and run.passed != at and len(alone) == at + 1 < len(run):
            assert advise(run, at) == advise(alone, at)


def said(film: Film, moment: int) -> Coaching | None:
    """The answer, once it is there."""
    film.limits.wait(20)
    for _ in range(1000):
        found = coach(film.atlas, (moment, 0.0))
        if found is not LATER:
            assert found is None or isinstance(found, Coaching)
            return found
        time.sleep(0.01)
    raise TimeoutError


def test_python_carries_out_what_it_has_offered() -> None:
    film = Film(TOO_FAST)
    first = ask(film)
    found = said(film, 20)
    assert found is not None
    assert (found.label, found.at) == ("rate 0.3", 0)
    assert found.sets == "From iteration 0 on: Learning rate 8 → 0.3"
    attempt = offered(film.atlas, 20)
    assert attempt is not None
    assert offered(film.atlas, 21) is None
    film.branch(attempt.at, attempt.config)
    answer = ask(film, first, at=0, rows=(1, 120))
    assert (answer.first, answer.version.branch) == (0, first.version.branch + 1)
    alone = run_to(attempt.config, len(film.run) - 1)
    assert (recorded(film.run) == recorded(alone)).all()
    assert offered(film.atlas, 20) is None  # of the run as it was


def test_a_try_in_the_middle_keeps_what_was_before() -> None:
    film = Film(TOO_FAST)
    first = ask(film)
    before = recorded(film.run)[:31]
    film.branch(30, replace(TOO_FAST, optimizer=SGD(lr=0.1, momentum=0.0)))
    answer = ask(film, first, at=90, rows=(31, 120))
    assert answer.first == 30
    assert [mark.iteration for mark in answer.marks] == [30]
    assert (recorded(film.run)[:31] == before).all()


def test_a_silent_moment_says_nothing() -> None:
    film = Film(RunConfig())
    ask(film)
    assert said(film, 5) is None
    assert coach(film.atlas, (10**6, 0.0)) is None
    assert coach(film.atlas, ()) is None


def test_no_points_no_advice() -> None:
    from lrcore.data import Placed

    assert advise(Run(RunConfig(data=Placed(points=""))), 0) is None
