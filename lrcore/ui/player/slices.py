"""Work in slices, for a page that watches how far it has come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

# Long enough to go on until the next question, short enough that pages take turns.
_SECONDS_A_SLICE = 0.8
# One at a time: playing goes on beside it. As for limits, torch must not outlive Python.
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="slices")


class Slices(Generic[T]):
    """Pieces that are computed while somebody looks.

    Each look pays for one more slice of the work. So what nobody looks at any more, because another
    view is shown or other settings hold, is not computed further.

    Args:
        pieces: each is all that is known by then; the first comes at once.

    Raises:
        Exception: what the first piece raises.
    """

    def __init__(self, pieces: Iterator[T]) -> None:
        self._latest = next(pieces)
        self._pieces = pieces
        self._is_done = False
        self._slice: Future[None] | None = None

    def look(self) -> T:
        """The latest piece; and have the next ones computed.

        Raises:
            Exception: what the pieces raise.
        """
        if self._slice is not None and self._slice.done():
            self._slice.result()
            self._slice = None
        if self._slice is None and not self._is_done:
            self._slice = _POOL.submit(self._work)
        return self._latest

    def _work(self) -> None:
        end = time.monotonic() + _SECONDS_A_SLICE
        for piece in self._pieces:
            self._latest = piece
            if time.monotonic() > end:
                return
        self._is_done = True
