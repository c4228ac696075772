"""Predict, then reveal: a question about the next value, with choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; ``answer`` is one of the choices, and what the real run gave."""

    question: str
    answer: str
    choices: tuple[str, ...]


def ask_number(question: str, answer: str, others: Sequence[str]) -> Ask:
    """A question whose wrong choices are the numbers that one may confuse the answer with."""
    near = [other.strip("()") for other in others if other.strip("()") != answer]
    choices = list(dict.fromkeys([answer, *near]))[:4]
    wrong = ["0", "1", "−1"]
    while len(choices) < 3:
        candidate = wrong.pop(0)
        if candidate not in choices:
            choices.append(candidate)
    return Ask(question, answer, tuple(sorted(choices)))
