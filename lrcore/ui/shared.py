"""What all pages of this server share: its time, and its memory.

Python runs one thread at a time in any case. If thirty pages ask in the same instant and take turns
every few milliseconds, all are late; one after another, most are answered soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakSet

from lrcore.ui.player.film import Film

# Seconds; a page that takes longer computes outside of Python, beside the others.
_PATIENCE = 0.3
# Bytes of all runs together. The largest run takes about a tenth of it.
_MOST_BYTES = 2_000_000_000


class Shared:
    """Gives each page its turn, and its share of the memory."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._turn, self._count = Lock(), Lock()
        self._pages = 0
        self._most_bytes = most_bytes
        self._films: WeakSet[Film] = WeakSet()

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Wait for a turn, though not for long; gives how many pages want one, this one too."""
        self._add(1)
        is_held = self._turn.acquire(timeout=_PATIENCE)
        try:
            yield self._pages
        finally:
            if is_held:
                self._turn.release()
            self._add(-1)

    def _add(self, pages: int) -> None:
        with self._count:
            self._pages += pages

    def admit(self, film: Film) -> None:
        """Count the film of a page, for as long as the page holds it."""
        self._films.add(film)

    def complaint(self, film: Film) -> str:
        """Why the run of a page may not grow; empty if it may.

        Where all runs together take too much, those may not that take more than an equal share.
        """
        films = [*self._films]
        total = sum(one.nbytes for one in films)
        if total <= self._most_bytes or film.nbytes <= self._most_bytes / len(films):
            return ""
        return (
            f"The memory for all pages of this server is full: {len(films):,} of them hold "
            f"{total / 1e9:.1f} GB. Choose fewer points here, or close pages that are not needed."
        )


SHARED = Shared()
