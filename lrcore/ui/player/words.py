"""What the player says: how a run ended, and what changed where."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

from lrcore.data import Placed
from lrcore.settings import Entry, Settings
from lrcore.training import TEST, Run, Status
from lrcore.ui.player.protocol import Mark


def ending_sentence(run: Run) -> str:
    """What happened, in one sentence; empty while the run can go on."""
    iteration = len(run) - 1
    on_test = run.config.target_on == TEST
    what = "test accuracy" if on_test else "accuracy"
    target = f"{run.config.target_accuracy:g}"
    if run.status is Status.REACHED:
        step = run.step(iteration)
        reached = step.test_accuracy if on_test else step.accuracy
        return f"Reached: {what} {reached:.4f} passes {target} at iteration {iteration}."
    if run.status is Status.EXHAUSTED:
        columns = run.columns()
        found = columns.test_accuracy if on_test else columns.accuracy
        if found is None:
            return "Not reached: there are no test points, because a class has too few to share."
        return (
            f"Not reached in {iteration} iterations: the best {what} was {found.max():.4f}, "
            f"the target is {target}."
        )
    if run.status is Status.DIVERGED and len(run.data.y) == 0:
        placing = isinstance(run.config.data, Placed)
        how = "click on the plot to place some" if placing else "choose a CSV file"
        return f"There are no points yet: {how}."
    if run.status is Status.DIVERGED:
        return (
            f"Diverged at iteration {iteration}: a value is no longer finite, usually because "
            "the learning rate or an initial weight is too large."
        )
    return ""


def marks(run: Run) -> tuple[Mark, ...]:
    """Where settings changed, and how, in words."""
    return tuple(
        Mark(new.start, ", ".join(_differences(old.config, new.config)))
        for old, new in pairwise(run.segments)
    )


def _differences(old: Settings, new: Settings) -> list[str]:
    """Each changed field in words, fields of nested settings included."""
    found = []
    for item in fields(new):
        before, after = getattr(old, item.name, None), getattr(new, item.name)
        if before == after:
            continue
        if isinstance(before, Entry) and isinstance(after, Entry):
            if type(before) is type(after):
                found += _differences(before, after)
            else:
                found.append(f"{item.name} {before.title} → {after.title}")
        else:
            found.append(f"{item.name} {_short(before)} → {_short(after)}")
    return found


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
