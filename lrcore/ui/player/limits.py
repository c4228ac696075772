"""The limits of a run in words, to be shown beside its target."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from weakref import ref

from lrcore.features import Linear, Radial
from lrcore.limits import MOST_POINTS_SWEPT, Limits, limits_of
from lrcore.training import TEST, Run, RunConfig
from lrcore.ui.player.protocol import LimitRow, LimitWords

_LOG = logging.getLogger(__name__)
# For all pages together; a core is left for training. Python waits for the threads of a pool before
# it ends, and it must: torch aborts when the interpreter ends under a thread that computes.
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="limits")


class LimitsOfRun:
    """The limits of one run, computed in the background so that its first frame need not wait."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._future = _POOL.submit(_computed, ref(run))
        self._future.add_done_callback(_log_failure)

    def wait(self, seconds: float) -> None:
        """Wait until the limits are known, at most so long."""
        wait([self._future], seconds)

    def words(self, config: RunConfig) -> LimitWords | None:
        """What to say of them; None while they are computed.

        Args:
            config: the settings of now; target and penalties change what the limits mean.
        """
        if not self._future.done():
            return None
        found = None if self._future.exception() else self._future.result()
        if found is None or len(self._run.data.y) == 0:
            return LimitWords()
        rows = (_bayes(found, config), _line(found, config), _separable(found, config))
        return LimitWords(rows, _warning(found, config))


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
    target = config.target_accuracy
    here = "No rule is better on average."
    if target >= found.bayes and not _warning(found, config):
        here = f"Best on average; {target:g} is luck."
    return LimitRow(name, f"{found.bayes:.3f}", here, why)


def _line(found: Limits, config: RunConfig) -> LimitRow:
    name = "Best line"
    points = "test points" if config.target_on == TEST else "points"
    why = f"The most that any straight line gets right of these {points}, found exactly."
    if found.line is not None:
        return LimitRow(name, f"{found.line.accuracy:.3f}", "No line does better here.", why)
    if not isinstance(config.features, Linear):
        return LimitRow(name, "–", "Not for a boundary that bends.", why)
    return LimitRow(name, "–", f"Only up to {MOST_POINTS_SWEPT:,} points.", why)


def _separable(found: Limits, config: RunConfig) -> LimitRow:
    name = "Separable"
    why = "Where a line separates the classes, larger weights always lower the loss."
    if not found.separable:
        return LimitRow(name, "no", "No line separates the classes.", why)
    if config.l1 or config.l2 or getattr(config.optimizer, "weight_decay", 0):
        return LimitRow(name, "yes", "A penalty holds the weights.", why)
    if isinstance(config.features, Radial):
        return LimitRow(name, "yes", "A line separates the classes.", why)
    return LimitRow(name, "yes", "The weights grow for ever.", why)


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
