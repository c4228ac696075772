"""Claims of `lrcore.stories.thresholds`."""

from __future__ import annotations

from lrcore import Status
from tests.story_runs import Played


def rare_class(run: Played) -> None:
    rare = run.y == 1
    assert rare.sum() * 10 == (~rare).sum()
    found = (run.logits[:, rare] > 0).mean(1)
    assert run.accuracy[found == 0].max() > 0.9
    assert run.status is Status.REACHED
    assert run.accuracy[-1] > 0.94
    assert found[-1] < 0.5


CLAIMS = (rare_class,)
