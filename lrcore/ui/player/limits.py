"""What is reachable, in words: computed in the background, said beside the target."""

from __future__ import annotations

from concurrent.futures import Future, wait
from threading import Thread
from typing import NamedTuple

from lrcore.features import Linear, Radial
from lrcore.limits import MOST_POINTS_SWEPT, Limits, limits_of
from lrcore.training import TEST, Run, RunConfig


class Row(NamedTuple):
    """One limit: its name, its value, what that means here, and what it is."""

    name: str
    value: str
    here: str
    why: str


class Outlook:
    """The limits of one run, off the path of its first frame."""

    def __init__(self, run: Run) -> None:
        self._any_points = len(run.data.y) > 0
        self._future: Future[Limits] = Future()
        # Not a daemon: torch aborts when the interpreter ends under a thread that computes.
        Thread(target=self._compute, args=(run,)).start()

    def _compute(self, run: Run) -> None:
        try:
            self._future.set_result(limits_of(run))
        except (RuntimeError, MemoryError) as error:  # too little memory: nothing to say then
            self._future.set_exception(error)

    def wait(self, seconds: float) -> None:
        """Wait until the limits are known, at most so long."""
        wait([self._future], seconds)

    def words(self, config: RunConfig) -> dict[str, object] | None:
        """See `Row`; and a warning, perhaps empty. None while it computes."""
        if not self._future.done():
            return None
        if self._future.exception() is not None or not self._any_points:
            return {"rows": [], "warning": ""}
        found = self._future.result()
        rows = [_bayes(found, config), _line(found, config), _separable(found, config)]
        return {"rows": rows, "warning": _warning(found, config)}


def _bayes(found: Limits, config: RunConfig) -> Row:
    name = "Bayes accuracy"
    why = "What the best possible rule would get on endless new points from the same source."
    if found.bayes is None:
        return Row(name, "–", "Nobody knows the source.", why)
    target = config.target_accuracy
    here = "No rule is better on average."
    if target >= found.bayes and not _warning(found, config):
        here = f"Best on average; {target:g} is luck."
    return Row(name, f"{found.bayes:.3f}", here, why)


def _line(found: Limits, config: RunConfig) -> Row:
    name = "Best line"
    points = "test points" if config.target_on == TEST else "points"
    why = f"The most that any straight line gets right of these {points}, found exactly."
    if found.line is not None:
        return Row(name, f"{found.line.accuracy:.3f}", "No line does better here.", why)
    if not isinstance(config.features, Linear):
        return Row(name, "–", "Not for a boundary that bends.", why)
    return Row(name, "–", f"Only up to {MOST_POINTS_SWEPT:,} points.", why)


def _separable(found: Limits, config: RunConfig) -> Row:
    name = "Separable"
    why = "Where a line parts the classes, larger weights always lower the loss."
    if not found.separable:
        return Row(name, "no", "No line parts the classes.", why)
    if config.l1 or config.l2 or getattr(config.optimizer, "weight_decay", 0):
        return Row(name, "yes", "A penalty holds the weights.", why)
    if isinstance(config.features, Radial):
        return Row(name, "yes", "A line parts the classes.", why)
    return Row(name, "yes", "The weights grow for ever.", why)


def _warning(found: Limits, config: RunConfig) -> str:
    target = config.target_accuracy
    if target >= 1:
        return "Out of reach: no accuracy is above 1."
    if found.line is not None and found.line.total and found.line.accuracy <= target:
        return (
            f"Out of reach: no straight line gets above {found.line.accuracy:.4f} here, "
            f"and accuracy must pass {target:g}."
        )
    return ""
