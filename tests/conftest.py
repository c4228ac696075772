"""For all tests: a machine may be busy with other work, so no example has to be quick."""

from __future__ import annotations

import pytest
from hypothesis import settings

from lrcore.ui import sentences

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def sentences_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pages without a browser nothing is lost on its way."""
    monkeypatch.setattr(sentences, "REPEATED_FOR", 0)
