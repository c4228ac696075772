"""What the player says: how a run ended, and what changed where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import pairwise

from lrcore.data import Placed
from lrcore.settings import Entry, Settings, label_of
from lrcore.training import TEST, Run, RunConfig, Status, growth_began
from lrcore.ui.player.protocol import Mark

# From here on a penalty can make steps grow: at a rate of 2 / l2, and sooner with momentum.
_LARGE_RATE = 1.0
# A step is about as long as a feature, a logit as large as its square: float32 ends at 3e38.
_LARGE_FEATURE = 1e12


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
    return _divergence_sentence(run) if run.status is Status.DIVERGED else ""


def _divergence_sentence(run: Run) -> str:
    iteration = len(run) - 1
    if len(run.data.y) == 0:
        placing = isinstance(run.config.data, Placed)
        how = "click on the plot to place some" if placing else "choose a CSV file"
        return f"There are no points yet: {how}."
    if iteration == 0:
        cure = "; try Standardise" if _has_large_features(run) else ""
        return f"Cannot start: the numbers are too large for float32{cure}."
    causes = _usual_causes(run)
    likely = f" Likely: {', '.join(causes)}." if causes else ""
    return f"Diverged at iteration {iteration}: a number became too large.{likely}"


def began(run: Run) -> int | None:
    """The moment where a run that has diverged began to grow, see `growth_began`."""
    if run.status is not Status.DIVERGED or len(run) == 1:
        return None
    return growth_began(run.columns(run.segments[-1].start), run.config)


def _usual_causes(run: Run) -> list[str]:
    """What led there in runs with random settings, as far as this run has it too.

    A large rate alone, with a loss whose slope is bounded as all of ours, never did.
    """
    settings = [segment.config for segment in run.segments]
    found = {
        "zero_grad off": any(not config.zero_grad for config in settings),
        "a large rate with a penalty": any(map(_is_fast_with_a_penalty, settings)),
        "no line search": not getattr(run.config.optimizer, "line_search", True),
        "large coordinates (try Standardise)": _has_large_features(run),
    }
    return [cause for cause, there in found.items() if there]


def _has_large_features(run: Run) -> bool:
    """Whether the coordinates are so large that Standardise may help."""
    features = run.basis(run.data.x[~run.is_test])
    return not run.config.standardise and not bool((features.abs() < _LARGE_FEATURE).all())


def _is_fast_with_a_penalty(config: RunConfig) -> bool:
    decay = getattr(config.optimizer, "weight_decay", 0.0)
    return (
        getattr(config.optimizer, "lr", 0.0) >= _LARGE_RATE and max(config.l1, config.l2, decay) > 0
    )


def left_out_sentence(starts: Sequence[int], end: int) -> str:
    """What of a link does not hold, as the run ends before: changes at these iterations, one at
    least."""
    what = f"the change at iteration {starts[0]:,} is"
    if len(starts) > 1:
        what = f"the changes from iteration {starts[0]:,} on are"
    return f"In the link, {what} left out: the run ends at iteration {end:,}."


def marks(run: Run) -> tuple[Mark, ...]:
    """Where settings changed, and how, in words."""
    return tuple(
        Mark(
            new.start,
            differences(old.config, new.config),
            breaks=old.config.loss != new.config.loss,
        )
        for old, new in pairwise(run.segments)
    )


def differences(old: RunConfig, new: RunConfig) -> str:
    """What has changed, in the words of the controls."""
    return ", ".join(_differences(old, new))


def _differences(old: Settings, new: Settings) -> list[str]:
    """Each changed field in the words of its control, fields of nested settings included."""
    found = []
    for item in fields(new):
        before, after = getattr(old, item.name, None), getattr(new, item.name)
        if before == after:
            continue
        if isinstance(before, Entry) and isinstance(after, Entry):
            if type(before) is type(after):
                found += _differences(before, after)
            else:
                found.append(f"{label_of(item)} {before.title} → {after.title}")
        else:
            choices = item.metadata["setting"].choices
            names = choices() if choices else {}
            found.append(f"{label_of(item)} {_short(before, names)} → {_short(after, names)}")
    return found


def _short(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else names.get(str(value), str(value))
