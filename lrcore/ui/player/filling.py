"""A map of rates that is filled while a page looks at it."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from lrcore.insight import MOMENTA, Outcome, RateMap, StableRates, rate_map, stable_rates
from lrcore.training import Run, RunConfig

# Long enough to go on until the next question, short enough that pages take turns.
_SECONDS_A_SLICE = 0.8
# One map at a time: playing goes on beside it. As for limits, torch must not outlive Python.
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rates")


class Filling:
    """The map of one run under one set of settings.

    Each question pays for one more slice of the work. So a map that nobody asks for any more,
    because another view is shown or other settings hold, is not filled further.

    Attributes:
        limits: theory's, once a part of the map is known; None where there are none.

    Raises:
        ValueError: there are no training points.
    """

    def __init__(self, run: Run, config: RunConfig) -> None:
        self.limits: StableRates | None = None
        self._run, self._config = run, config
        self._pieces = rate_map(run, config)
        self._latest = next(self._pieces)
        self._slice: Future[None] | None = None

    def look(self) -> RateMap:
        """The map as far as it is known; and have it filled further.

        Raises:
            RuntimeError, MemoryError: it could not be computed.
        """
        if self._slice is not None and self._slice.done():
            self._slice.result()
            self._slice = None
        if self._slice is None and bool((self._latest.iterations == Outcome.RUNNING).any()):
            self._slice = _POOL.submit(self._fill)
        return self._latest

    def _fill(self) -> None:
        if self._latest.done < 0:
            self.limits = stable_rates(self._run, self._config, MOMENTA)
        end = time.monotonic() + _SECONDS_A_SLICE
        for piece in self._pieces:
            self._latest = piece
            if time.monotonic() > end:
                break
