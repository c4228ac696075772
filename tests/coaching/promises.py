"""What each try of the coach promises, and whether it does so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from lrcore import Columns, Run, Status
from lrcore.coach import Advice
from tests.coaching.facts import Facts

HORIZON = 200  # iterations after which a try is judged


class Tried(NamedTuple):
    """What became of a try, and of the run without it, from the same moment on."""

    facts: Facts
    place: int
    was: np.ndarray  # what is lowered, at each moment without it
    now: np.ndarray  # the same with it
    reached: bool
    others: Columns
    tried: Columns

    @property
    def last(self) -> int:
        """The last moment that both have."""
        return min(len(self.was), len(self.now)) - 1


def _falls(one: Tried) -> bool:
    return one.reached or bool(one.now[-1] < one.now[0])


def _settles(one: Tried) -> bool:
    """The loss is lower, or as low as it gets."""
    low = one.facts.loss(one.facts.minimum()).item()
    return _falls(one) or bool(one.now[-1] - low < 1e-4)


def _goes_straight(one: Tried) -> bool:
    steps = Facts.parameters(one.tried).diff(dim=0)
    return _falls(one) and not bool(((steps[1:] * steps[:-1]).sum(1) < 0)[10:].all())


def _stays_down(one: Tried) -> bool:
    k = one.facts.at - one.place
    return bool((one.now[1 : k + 1] <= one.now[0] * (1 + 1e-6)).all())


def _is_faster(one: Tried) -> bool:
    """It falls at least twice as far in as many steps."""
    back = min(one.last, one.facts.at - one.facts.start, 100)
    return one.reached or bool(one.now[0] - one.now[back] > 2 * (one.was[0] - one.was[back]))


def _gets_lower(one: Tried) -> bool:
    sooner = one.reached and len(one.now) < len(one.was)
    return sooner or bool(one.now[one.last] < one.was[one.last])


def _tests_better(one: Tried) -> bool:
    assert one.tried.test_loss is not None
    assert one.others.test_loss is not None
    return bool(one.tried.test_loss[one.last] < one.others.test_loss[one.last])


def _stays_short(one: Tried) -> bool:
    ends = [Facts.parameters(columns)[one.last].norm() for columns in (one.tried, one.others)]
    return bool(ends[0] < ends[1])


PROMISES: Mapping[str, Callable[[Tried], bool]] = {
    "gradients_add_up": _falls,
    "saturated": _falls,
    "rate_too_large": _settles,
    "target_out_of_reach": lambda one: one.reached,
    "overshoots": _stays_down,
    "oscillates": _goes_straight,
    "overfits": _tests_better,
    "unscaled": _gets_lower,
    "crawls": _is_faster,
    "separable_without_penalty": _stays_short,
}


def keeps_its_word(run: Run, at: int, advice: Advice) -> bool:
    """Go on as the advice says, and see whether that does what it says; the run is changed."""
    attempt = advice.attempt
    assert attempt is not None
    place, facts = attempt.at, Facts(run, at)
    horizon = max(HORIZON, at - place)
    run.extend(seconds=60, iterations=max(0, place + horizon - len(run) + 1))
    others = run.columns(place, place + horizon + 1)
    if attempt.config.standardise != run.config.standardise:
        run = Run(attempt.config)
    else:
        run.branch(place, **vars(attempt.config))
    run.extend(seconds=60, iterations=horizon)
    tried = run.columns(place, place + horizon + 1)
    after = Facts(run, len(run) - 1)
    was = facts.losses(facts.parameters(others))
    now = after.losses(after.parameters(tried))
    reached = run.status is Status.REACHED
    return PROMISES[advice.rule](Tried(facts, place, was, now, reached, others, tried))
