"""A coach: one sentence about a run, where there is something certain to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from lrcore.coach.advice import Advice, Try
from lrcore.coach.cause import (
    gradients_add_up,
    out_of_reach,
    overfits,
    rare_class,
    saturated,
    separable_without_penalty,
    target_out_of_reach,
    unscaled,
)
from lrcore.coach.evidence import Evidence
from lrcore.coach.motion import converged, crawls, oscillates, overshoots, rate_too_large
from lrcore.limits import Limits
from lrcore.training import FIXED_IN_A_RUN, Run, ending_in

__all__ = ["RULES", "Advice", "Evidence", "Rule", "Try", "advise", "out_of_reach"]

Rule = Callable[[Evidence], Advice | None]

# ADD A RULE HERE: what matters most comes first, and the first that speaks is heard. Each doc says
# what is checked before it speaks. The target is last: the page warns of it at all times, and one
# of 1 may be meant to let a run go on.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            gradients_add_up,
            rate_too_large,
            saturated,
            rare_class,
            overshoots,
            oscillates,
            overfits,
            converged,
            unscaled,
            crawls,
            separable_without_penalty,
            target_out_of_reach,
        )
    }
)
# What can be said where a number is no longer finite.
_OF_WRECKS = frozenset({rate_too_large.__name__})


def advise(run: Run, at: int, limits: Limits | None = None) -> Advice | None:
    """What the first rule says that has something certain to say of a run at a moment.

    Moments after it are not looked at. A try that would end where it begins is left out.

    Args:
        run: to be looked at; it stays as it is.
        at: a recorded moment.
        limits: of the run, if they are known; else they are computed where a rule needs them.

    Raises:
        IndexError: the moment is not recorded.
    """
    if not 0 <= at < len(run):
        raise IndexError(f"iteration {at} is not recorded (0 to {len(run) - 1})")
    if not len(run.data.y) or bool(run.is_test.all()):
        return None
    seen = Evidence(run, at, limits)
    for name, rule in RULES.items():
        advice = rule(seen) if seen.is_finite or name in _OF_WRECKS else None
        if advice is not None:
            return replace(advice, rule=name, attempt=_possible(run, advice.attempt))
    return None


def _possible(run: Run, attempt: Try | None) -> Try | None:
    """None where a run would end at the very moment at which it goes on."""
    if attempt is None:
        return None
    if any(getattr(attempt.config, name) != getattr(run.config, name) for name in FIXED_IN_A_RUN):
        return attempt
    there = run.columns(attempt.at, attempt.at + 1)
    return None if ending_in(there, attempt.config) else attempt
