"""A map of rates that is filled while a page looks at it."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait

from lrcore.insight import MOMENTA, Outcome, RateMap, StableRates, rate_map, stable_rates
from lrcore.training import Run, RunConfig

_SECONDS_TO_WAIT = 0.03
# Long enough to go on until the next question, short enough that pages take turns.
_SECONDS_A_SLICE = 0.8
# One map at a time: playing goes on beside it. As for limits, torch must not outlive Python.
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rates")


class Filling:
    """The map of one run under one set of settings.

    Each question pays for one more slice of the work. So a map that nobody asks for any more,
    because another view is shown or other settings hold, is not filled further.

    Attributes:
        latest: as far as it is known; None at first.
        limits: theory's, once there is a map; None where there are none.
    """

    def __init__(self, run: Run, config: RunConfig) -> None:
        self.latest: RateMap | None = None
        self.limits: StableRates | None = None
        self._run, self._config = run, config
        self._pieces = rate_map(run, config)
        self._slice: Future[None] | None = None

    def after(self, known: float) -> RateMap | None:
        """The map where it is known beyond iteration `known`, else None; not waited for long.

        Raises:
            RuntimeError, MemoryError: it could not be computed.
            ValueError: there are no training points.
        """
        if self._slice is not None and self._slice.done():
            self._slice.result()
            self._slice = None
        if self._slice is None and not self._is_whole:
            self._slice = _POOL.submit(self._fill)
        if self._slice is not None and not self._is_known(known):
            wait([self._slice], _SECONDS_TO_WAIT)
        return self.latest if self._is_known(known) else None

    def _is_known(self, known: float) -> bool:
        return self.latest is not None and self.latest.done > known

    @property
    def _is_whole(self) -> bool:
        return self.latest is not None and not bool(
            (self.latest.iterations == Outcome.RUNNING).any()
        )

    def _fill(self) -> None:
        if self.latest is None:
            self.limits = stable_rates(self._run, self._config, MOMENTA)
        end = time.monotonic() + _SECONDS_A_SLICE
        for piece in self._pieces:
            self.latest = piece
            if time.monotonic() > end:
                break
