"""A few seconds of hostile links, messages and files; `python -m tests.fuzz` tries more."""

from __future__ import annotations

import pytest

from tests.fuzz import KINDS, run

SECONDS = 3


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_hostile_raises_or_leaves_a_page_blank(kind: str) -> None:
    assert run(kind, seconds=SECONDS) > 0
