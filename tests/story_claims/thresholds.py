"""Claims of `lrcore.stories.thresholds`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrcore import Status
from tests.story_runs import BY_NAME, Played


def rare_class(run: Played) -> None:
    rare = run.y == 1
    assert rare.sum() * 10 == (~rare).sum()
    found = (run.logits[:, rare] > 0).mean(1)
    assert run.accuracy[found == 0].max() > 0.9
    assert run.status is Status.REACHED
    assert run.accuracy[-1] > 0.94
    assert found[-1] < 0.5


def found(run: Played, moment: int, threshold: float) -> tuple[int, int]:
    """How many points of class 1 and of class 0 are called 1."""
    is_called = 1 / (1 + np.exp(-run.logits[moment])) >= threshold
    return int(is_called[run.y == 1].sum()), int(is_called[run.y == 0].sum())


def ranking_first(run: Played) -> None:
    logits = run.logits[25]
    pairs = logits[run.y == 1][:, None] - logits[run.y == 0]
    assert (pairs > 0).mean() == pytest.approx(0.93, abs=0.005)  # AUC, by its meaning
    assert found(run, 25, 0.5)[0] == 1
    assert (run.y == 1).sum() == 20


def threshold_lowered(run: Played) -> None:
    assert dict(BY_NAME["threshold-lowered"].shown)["t"] == "0.1"
    assert found(run, -1, 0.1) == (16, 30)
    assert found(run, -1, 0.5)[0] < 10


def classes_balanced(run: Played) -> None:
    config, rare = (BY_NAME[name].config for name in ("classes-balanced", "threshold-lowered"))
    assert config == replace(rare, data=replace(rare.data, imbalance=1.0))
    of_1, of_0 = found(run, -1, 0.5)
    assert of_1 / 200 > 0.8
    assert 1 - of_0 / 200 > 0.8


CLAIMS = (rare_class, ranking_first, threshold_lowered, classes_balanced)
