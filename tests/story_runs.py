"""The stories by name, and each played to its end once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from lrcore import Run, RunConfig, Status
from lrcore.stories import STORIES

BY_NAME = {story.name: story for story in STORIES}

every_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@dataclass(frozen=True)
class Played:
    """A run at its end.

    parameters: (moments, d + 1), the bias last. x: (n, 2), y: (n,), all points.
    test_loss: (moments,); empty where there are no test points.
    """

    status: Status
    loss: np.ndarray
    accuracy: np.ndarray
    parameters: np.ndarray
    x: np.ndarray
    y: np.ndarray
    test_loss: np.ndarray

    @property
    def iterations(self) -> int:
        return len(self.loss) - 1

    @property
    def size(self) -> np.ndarray:
        """(moments,) the length of the weight vector."""
        return np.linalg.norm(self.parameters[:, :-1], axis=1)

    @property
    def side(self) -> np.ndarray:
        """(moments,) how far the points' mean lies from the line, negative on class 0's side."""
        w, b = self.parameters[:, :2], self.parameters[:, 2]
        return (w @ self.x.mean(0) + b) / self.size

    @property
    def logits(self) -> np.ndarray:
        """(moments, n) of a linear model, computed by numpy."""
        return self.parameters[:, :2] @ self.x.T + self.parameters[:, 2:]

    def crossings(self) -> int:
        """How often the line goes over the points' mean."""
        return int((np.diff(np.sign(self.side)) != 0).sum())

    def strides(self) -> np.ndarray:
        """(iterations,) the most that any parameter changes in each step."""
        return np.abs(np.diff(self.parameters, axis=0)).max(1)

    def rises(self) -> float:
        """The share of steps in which the loss goes up."""
        return float((np.diff(self.loss) > 0).mean())


@cache
def run_of(config: RunConfig) -> Run:
    run = Run(config)
    run.extend(60)
    return run


@cache
def played(config: RunConfig) -> Played:
    run = run_of(config)
    columns = run.columns()
    parameters = np.column_stack([columns.weights, columns.bias]).astype(np.float64)
    x, y = run.data.x.numpy().astype(np.float64), run.data.y.numpy()
    test_loss = np.empty(0) if columns.test_loss is None else columns.test_loss
    return Played(run.status, columns.loss, columns.accuracy, parameters, x, y, test_loss)


def end_of(name: str) -> Played:
    return played(BY_NAME[name].config)


def best_of_many_lines(run: Played) -> float:
    """The highest accuracy of all lines in 1800 directions, about that of the best line."""
    angles = np.arange(1800) * math.tau / 1800
    height = run.x @ np.stack([np.cos(angles), np.sin(angles)])  # (n, 1800)
    is_1 = run.y[height.argsort(0)]  # (n, 1800), from the lowest point to the highest
    correct = (1 - is_1).cumsum(0) + is_1.sum(0) - is_1.cumsum(0)
    return float(correct.max()) / len(run.y)
