"""What the coach says of random runs, and what becomes of what it would try.

`python -m tests.coaching 2000` looks at so many and counts. A case is made from its number alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from unittest.mock import patch

from lrcore import Run
from lrcore.coach import RULES, Advice, Evidence, advise
from tests.by_hand import one_thread
from tests.coaching.promises import keeps_its_word
from tests.coaching.runs import case
from tests.coaching.sentences import assert_true


@dataclass
class Count:
    """How often each rule spoke, had something to try, and was right about that."""

    said: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    broken: dict[str, list[int]] = field(default_factory=dict)


def look_at(numbers: Iterable[int]) -> Count:
    """What each rule says of these cases by itself, and what became of what the coach would try.

    Raises:
        AssertionError: a sentence is false.
    """
    count = Count()
    with one_thread(), patch("lrcore.limits.bayes_accuracy", lambda population: 1.0):
        for number in numbers:
            run, at = case(number)
            for name, advice in spoken(run, at):
                count.said[name] += 1
                try:
                    assert_true(run, at, replace(advice, rule=name))
                except AssertionError as error:
                    error.add_note(f"case {number}: {advice}")
                    raise
            heard = advise(run, at)
            if heard is not None and heard.attempt is not None:
                count.offered[heard.rule] += 1
                if keeps_its_word(run, at, heard):
                    count.kept[heard.rule] += 1
                else:
                    count.broken.setdefault(heard.rule, []).append(number)
    return count


def spoken(run: Run, at: int) -> Iterator[tuple[str, Advice]]:
    """What each rule says that says something, not the first one alone."""
    seen = Evidence(run, at)
    for name, rule in RULES.items():
        advice = rule(seen) if seen.is_finite or name == "rate_too_large" else None
        if advice is not None:
            yield name, advice
