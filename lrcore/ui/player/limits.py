"""The limits of a run in words, to be shown beside its target."""

from __future__ import annotations

import logging
import math
from concurrent.futures import Future, ThreadPoolExecutor, wait
from weakref import ref

from lrcore.coach import out_of_reach
from lrcore.features import Linear
from lrcore.limits import MOST_POINTS_DECIDED, MOST_POINTS_SWEPT, Limits, limits_of
from lrcore.training import TEST, Run, RunConfig
from lrcore.ui.player.protocol import LimitRow, LimitWords

_LOG = logging.getLogger(__name__)
# For all pages together; a core is left for training. Python waits for the threads of a pool before
# it ends, and it must: torch aborts when the interpreter ends under a thread that computes.
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="limits")


class LimitsOfRun:
    """The limits of one run, computed in the background so that its first frame need not wait.

    Attributes:
        measured_on: which points they are limits for: the run may change its target.
    """

    def __init__(self, run: Run) -> None:
        self._run, self.measured_on = run, run.config.target_on
        self._future = _POOL.submit(_computed, ref(run))
        self._future.add_done_callback(_log_failure)

    def wait(self, seconds: float) -> None:
        """Wait until the limits are known, at most so long."""
        wait([self._future], seconds)

    @property
    def is_known(self) -> bool:
        """Whether they are computed, or cannot be."""
        return self._future.done()

    @property
    def found(self) -> Limits | None:
        """The limits once they are known, if they could be computed."""
        return self._future.result() if self.is_known and not self._future.exception() else None

    def words(self, config: RunConfig) -> LimitWords | None:
        """What to say of them; None while they are computed.

        Args:
            config: the settings of now; target and penalties change what the limits mean.
        """
        if not self.is_known:
            return None
        found = self.found
        if found is None or len(self._run.data.y) == 0:
            return LimitWords()
        rows = (_bayes(found, config), _line(found, config), _separable(found, config))
        return LimitWords(rows, out_of_reach(found, config))


def _computed(run_of_page: ref[Run]) -> Limits | None:
    """None where the run has gone: its page has begun another one before its turn came."""
    run = run_of_page()
    return None if run is None else limits_of(run)


def _log_failure(future: Future[Limits | None]) -> None:
    """Too little memory, for example. The page then says nothing of limits and stops asking."""
    error = future.exception()
    if error is not None:
        _LOG.error("The limits of a run could not be computed.", exc_info=error)


def _bayes(found: Limits, config: RunConfig) -> LimitRow:
    name = "Bayes accuracy"
    why = "What the best possible rule would get on endless new points from the same source."
    if found.bayes is None:
        return LimitRow(name, "–", "Nobody knows the source.", why)
    here = "On new points no rule averages more."
    if config.target_accuracy >= found.bayes and not out_of_reach(found, config):
        target = f"{config.target_accuracy:g}"
        here = f"No rule averages more on new points; these points may allow {target}."
    return LimitRow(name, _rounded_down(found.bayes), here, why)


def _line(found: Limits, config: RunConfig) -> LimitRow:
    name = "Best line"
    points = "test points" if config.target_on == TEST else "points"
    why = (
        f"The most that any straight line gets right of these {points}, found exactly. Training "
        "lowers the loss, not the number of mistakes: it need not find this line."
    )
    line = found.line
    if line is None:
        bends = not isinstance(config.features, Linear)
        here = (
            "Not for a boundary that bends."
            if bends
            else f"Only up to {MOST_POINTS_SWEPT:,} points."
        )
        return LimitRow(name, "–", here, why)
    misses = line.total - line.correct
    here = f"Misses {misses:,} of {line.total:,}. Training lowers the loss and may miss more."
    if not misses:
        here = "Some line gets all of them right."
    return LimitRow(name, _rounded_down(line.accuracy), here, why)


def _separable(found: Limits, config: RunConfig) -> LimitRow:
    name = "Separable"
    why = (
        "Once a boundary has all points right, doubling w and b lowers the loss: no finite weights "
        "are best."
    )
    if found.separable is None:
        why += f" Where the boundary bends, decided for up to {MOST_POINTS_DECIDED:,} points."
        return LimitRow(name, "–", "Not decided.", why)
    if not found.separable:
        line = isinstance(config.features, Linear)
        here = "No line" if line else "No boundary of these features"
        return LimitRow(name, "no", f"{here} separates the classes.", why)
    if config.l1 or config.l2 or getattr(config.optimizer, "weight_decay", 0):
        return LimitRow(name, "yes", "A penalty holds the weights.", why)
    return LimitRow(name, "yes", "No finite weights are best.", why)


def _rounded_down(accuracy: float) -> str:
    """Three decimals; 1.000 is all points and nothing less."""
    return f"{math.floor(accuracy * 1000 + 1e-9) / 1000:.3f}"
