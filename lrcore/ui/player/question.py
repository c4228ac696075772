"""The last question of a player, and where its playhead is since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lrcore.ui.player.protocol import Request

# A playhead that was told so long ago can still be foreseen, in seconds.
_FRESH = 0.3


class Question:
    """What the player of a page has asked last.

    Args:
        at: where a player is to begin that has not asked yet.
        clock: in seconds.

    Attributes:
        request: the question.
    """

    def __init__(self, at: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.request, self._when = Request(at=at), -_FRESH

    def take(self, request: Request) -> None:
        """Take another question."""
        self.request, self._when = request, self._clock()

    def put(self, at: int) -> None:
        """Have the playhead be there, whatever the player said."""
        self.request = replace(self.request, at=at)

    @property
    def at(self) -> int:
        """The playhead: where the player said it was, and moved on since if it plays."""
        request = self.request
        since = self._clock() - self._when if request.playing else 0.0
        return request.at + round(request.speed * min(since, _FRESH))

    def tells_where(self, config: int) -> bool:
        """Whether the playhead is known so well that these settings can apply there."""
        told = self.request.knows.config == config or not self.request.playing
        return told or self._clock() - self._when < _FRESH
