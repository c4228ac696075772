"""What a story asks is answered by its run, and by another run in another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from lrcore import RunConfig, Status
from lrcore.stories import STORIES, Question
from tests.story_runs import BY_NAME, Played, played, run_of

QUESTIONS = {story.name: story.question for story in STORIES if story.question is not None}


class Case(NamedTuple):
    """What holds of the story's run if `answer` is right, and the settings of a run that has
    another answer."""

    answer: str
    holds: Callable[[Played], bool]
    other: dict[str, object]


def optimizer(name: str, **changes: object) -> dict[str, object]:
    return {"optimizer": replace(BY_NAME[name].config.optimizer, **changes)}


def passed_at(run: Played) -> int:
    """The first iteration above the target of 0.99."""
    return int(np.flatnonzero(run.accuracy > 0.99)[0])


def wrong(run: Played) -> int:
    return int(((run.logits[-1] > 0) != run.y).sum())


def still(run: Played) -> bool:
    return bool(run.strides()[-50:].max() < 1e-5)


CASES = {
    "script-as-printed": Case(
        "From 100 to 199", lambda run: 100 <= passed_at(run) < 200, {"zero_grad": True}
    ),
    "course-run": Case(
        "From 200 on",
        lambda run: passed_at(run) >= 200,
        {"target_accuracy": 1.0, "max_iterations": 50},
    ),
    "zero-grad-forgotten": Case(
        "Higher", lambda run: run.loss[-1] > run.loss[0], {"zero_grad": True}
    ),
    "rate-too-small": Case(
        "About half", lambda run: 80 < wrong(run) < 120, optimizer("rate-too-small", lr=0.1)
    ),
    "rate-right": Case(
        "Never",
        lambda run: sorted(run.loss, reverse=True) == list(run.loss),
        optimizer("rate-right", lr=10.0),
    ),
    "rate-too-large": Case(
        "In about half of them",
        lambda run: 0.45 < run.rises() < 0.55,
        optimizer("rate-too-large", lr=0.1),
    ),
    "rate-below-limit": Case("Yes", still, optimizer("rate-below-limit", lr=3.2)),
    "rate-above-limit": Case(
        "No", lambda run: not still(run), optimizer("rate-above-limit", lr=2.0)
    ),
    "momentum-overshoots": Case(
        "More often",
        lambda run: run.crossings() > 5,
        optimizer("momentum-overshoots", momentum=0.5),
    ),
    "circles-line": Case(
        "Below 0.65",
        lambda run: wrong(run) > 0.35 * len(run.y),
        {"features": BY_NAME["circles-quadratic"].config.features},
    ),
    "xor-quadratic": Case(
        "Of x₀x₁",
        lambda run: np.abs(run.parameters[-1, :4]).max() < abs(run.parameters[-1, 4]),
        {"data": BY_NAME["circles-line"].config.data},
    ),
    "spirals-line": Case(
        "Below 0.65",
        lambda run: wrong(run) > 0.35 * len(run.y),
        {"features": BY_NAME["spirals-cubic"].config.features},
    ),
    "bce-stalls": Case(
        "No",
        lambda run: bool((np.sign(run.parameters[-1, :2]) == np.sign(run.parameters[0, :2])).all()),
        {"loss": "bce_logits"},
    ),
    "bce-logits-arrives": Case(
        "Yes",
        lambda run: bool(
            (np.sign(run.parameters[-1, :2]) == -np.sign(run.parameters[0, :2])).all()
        ),
        {"loss": "bce"},
    ),
    "adam-default": Case(
        "About 1",
        lambda run: 0.5 < float(run.strides().sum()) < 2,
        optimizer("adam-default", lr=0.1),
    ),
    "overfitting": Case(
        "In the first fifth",
        lambda run: run.test_loss[:200].min() < run.test_loss[200:].min(),
        optimizer("overfitting", lr=0.0005),
    ),
    "weights-grow": Case("Grow on", lambda run: run.size[-1] > run.size[500] + 0.1, {"l2": 0.1}),
    "weights-held": Case(
        "Come to rest", lambda run: abs(run.size[-1] - run.size[500]) < 0.03, {"l2": 0.0}
    ),
    "rare-class": Case(
        "Fewer than half",
        lambda run: (
            0 < int((run.logits[-1, run.y == 1] > 0).sum()) < 10 and run.status is Status.REACHED
        ),
        {"data": BY_NAME["classes-balanced"].config.data},
    ),
}


def right(question: Question, config: RunConfig) -> int:
    return question.right(run_of(config))


def test_at_least_eight_stories_ask() -> None:
    assert len(QUESTIONS) >= 8
    assert QUESTIONS.keys() == CASES.keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_right_answer_is_that_of_the_run(name: str) -> None:
    question, config, case = QUESTIONS[name], BY_NAME[name].config, CASES[name]
    found = right(question, config)
    assert question.answers[found] == case.answer
    assert case.holds(played(config))
    other = right(question, replace(config, **case.other))
    assert other in range(len(question.answers))
    assert other != found


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_answers_are_few_short_and_differ(question: Question) -> None:
    assert 2 <= len(question.answers) <= 4
    assert len(set(question.answers)) == len(question.answers)
    assert max(map(len, question.answers)) <= 24
    assert question.text.endswith("?")
    assert len(question.text) <= 88
