"""What a rule says."""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.training import RunConfig


@dataclass(frozen=True)
class Try:
    """Settings to go on with.

    Args:
        at: the moment to branch at; where the settings are of those that are fixed in a run, 0, and
            another run begins.
        config: the settings.
        label: what they try, in a word or three.
    """

    at: int
    config: RunConfig
    label: str


@dataclass(frozen=True)
class Advice:
    """What is certain of a run at a moment.

    Args:
        sentence: with its numbers, rounded.
        show: a moment in which it is seen, or None.
        attempt: what could be done, or None.
        rule: who says so, see `lrcore.coach.RULES`.
    """

    sentence: str
    show: int | None = None
    attempt: Try | None = None
    rule: str = ""
