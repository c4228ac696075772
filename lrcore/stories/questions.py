"""Questions that a run answers: each reads its answer off the run at its end."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import numpy as np

from lrcore.stories.story import Question
from lrcore.training.run import Run

_HALF_AND_HALF = 0.4  # of the steps


def passes(target: str, *ends: int) -> Question:
    """When accuracy passes the target, in spans that end before the iterations `ends`."""
    spans = [f"From {start} to {end - 1}" for start, end in pairwise(ends)]
    answers = (f"Before iteration {ends[0]}", *spans, f"From {ends[-1]} on", "Not at all")

    def right(run: Run) -> int:
        return len(ends) + 1 if run.passed is None else bisect_right(ends, run.passed)

    return Question(f"When does accuracy pass {target}?", answers, right)


def _change_of_loss(run: Run) -> int:
    loss = run.columns().loss
    return bisect_right((0.8, 1.25), loss[-1] / loss[0])


def _rises(run: Run) -> int:
    rises = float((np.diff(run.columns().loss) > 0).mean())
    return 0 if rises == 0 else 1 if rises < _HALF_AND_HALF else 2


def _is_moving(run: Run) -> int:
    weights = run.columns(len(run) - 50).weights
    return int(np.ptp(weights, axis=0).max() > 1e-3)


def _wrong(run: Run) -> int:
    return bisect_right((0.05, 0.3, 0.8), 1 - run.columns().accuracy[-1])


def _swings(run: Run) -> int:
    """How often the line goes over the mean of the points."""
    columns, mean = run.columns(), run.data.x.numpy().mean(0)
    is_above = columns.weights @ mean + columns.bias > 0
    return bisect_right((2, 6), int((is_above[1:] != is_above[:-1]).sum()))


def _accuracy(run: Run) -> int:
    return bisect_right((0.65, 0.85), run.columns().accuracy[-1])


def _heaviest(run: Run) -> int:
    """Of the weights of x₀, x₁, x₀², x₁² and x₀x₁."""
    return int(np.abs(run.columns().weights[-1]).argmax()) // 2


def _turns(run: Run) -> int:
    weights = run.columns().weights
    return int(weights[0] @ weights[-1] >= 0)


def _way_of_w0(run: Run) -> int:
    w0 = run.columns().weights[:, 0]
    return bisect_right((0.3, 3.0), abs(float(w0[-1] - w0[0])))


def _lowest_test_loss(run: Run) -> int:
    loss = run.columns().test_loss
    if loss is None:
        raise ValueError("a question about test points, of a run that has none")
    return bisect_right((0.2, 0.8), loss.argmin() / (len(loss) - 1))


def _growth(run: Run) -> int:
    """From the middle of the run to its end."""
    size = np.linalg.norm(run.columns().weights, axis=1)
    return bisect_right((0.98, 1.05), size[-1] / size[len(size) // 2])


def _rare_found(run: Run) -> int:
    """Of class 1, the rare one."""
    weights, bias = run.columns().weights[-1], run.columns().bias[-1]
    rare = run.data.x[run.data.y == 1].numpy()
    found = float((rare @ weights + bias > 0).mean())
    return 3 if found == 1 else 0 if found == 0 else 1 + (found >= 0.5)


LOSS = Question(
    "Where will the loss be at the end?",
    ("Lower than at the start", "About where it started", "Higher"),
    _change_of_loss,
)
RISES = Question(
    "How often will the loss rise?",
    ("Never", "In some of the steps", "In about half of them"),
    _rises,
)
REST = Question("Will the line come to rest?", ("Yes", "No"), _is_moving)
WRONG = Question(
    "How many points will be wrong at the end?",
    ("None, or nearly", "About a tenth", "About half", "Nearly all"),
    _wrong,
)
SWINGS = Question(
    "How often will the line swing over the middle of the points?",
    ("Once at most", "2 to 5 times", "More often"),
    _swings,
)
ACCURACY = Question(
    "What accuracy will it end with?", ("Below 0.65", "0.65 to 0.85", "Above 0.85"), _accuracy
)
HEAVIEST = Question(
    "Which weight will be the largest?", ("Of x₀ or x₁", "Of x₀² or x₁²", "Of x₀x₁"), _heaviest
)
TURNS = Question("Will the line turn round?", ("Yes", "No"), _turns)
WAY = Question(
    "How far will w₀ move in 1000 iterations?", ("About 0.1", "About 1", "About 10"), _way_of_w0
)
TEST_LOSS = Question(
    "When will the test loss be lowest?",
    ("In the first fifth", "In between", "In the last fifth"),
    _lowest_test_loss,
)
GROWTH = Question(
    "All points are right: what will the weights do?",
    ("Shrink", "Come to rest", "Grow on"),
    _growth,
)
RARE = Question(
    "When accuracy passes 0.94, how many of the rare points are right?",
    ("None", "Fewer than half", "Half or more", "All"),
    _rare_found,
)
