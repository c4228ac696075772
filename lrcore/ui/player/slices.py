"""Work in slices, for a page that watches how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

T = TypeVar("T")

_SECONDS_TO_WAIT = 0.03
# Long enough to be worth a question, short enough that pages take turns.
_SECONDS_A_SLICE = 0.3
# One at a time: playing goes on beside it. As for limits, torch must not outlive Python.
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="slices")


class Slices(Generic[T]):
    """Pieces that are computed while somebody asks for them.

    Each question pays for one more slice of the work. So what nobody asks for any more is not
    computed further.

    Attributes:
        latest: the last piece so far; None at first.
        is_done: there are no more.
    """

    def __init__(self, pieces: Iterator[T]) -> None:
        self.latest: T | None = None
        self.is_done = False
        self._pieces = pieces
        self._slice: Future[None] | None = None

    def ask(self, is_news: Callable[[T], bool]) -> T | None:
        """The latest piece if it is news, else None; not waited for long.

        Raises:
            Exception: whatever the pieces raise.
        """
        if self._slice is not None and self._slice.done():
            self._slice.result()
            self._slice = None
        if self._slice is None and not self.is_done:
            self._slice = _POOL.submit(self._work)
        if self._slice is not None and not self._has(is_news):
            wait([self._slice], _SECONDS_TO_WAIT)
        return self.latest if self._has(is_news) else None

    def _has(self, is_news: Callable[[T], bool]) -> bool:
        return self.latest is not None and is_news(self.latest)

    def _work(self) -> None:
        end = time.monotonic() + _SECONDS_A_SLICE
        for piece in self._pieces:
            self.latest = piece
            if time.monotonic() > end:
                return
        self.is_done = True
