"""What each story claims, asserted on the numbers of its run: one file a deck."""

from __future__ import annotations

from collections.abc import Callable

from tests.story_claims import course, lines, losses, optimisers, overfitting, rates, thresholds
from tests.story_runs import Played

CLAIMS: dict[str, Callable[[Played], None]] = {
    claim.__name__.replace("_", "-"): claim
    for deck in (course, rates, lines, losses, optimisers, overfitting, thresholds)
    for claim in deck.CLAIMS
}
