"""What the page has to say is said also where Streamlit breaks off to draw it anew."""

from __future__ import annotations

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from lrcore.ui import sentences
from lrcore.ui.session import Session


def test_what_was_not_said_is_said_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Session()
    told: list[str] = []
    is_breaking_off = True

    def toast(text: str, *, icon: str, duration: str) -> None:
        if is_breaking_off:
            raise RerunException(RerunData())
        told.append(f"{icon}{duration} {text}")

    monkeypatch.setattr(sentences, "session", lambda: here)
    monkeypatch.setattr(sentences.st, "toast", toast)
    sentences.say("No *such* file.")
    with pytest.raises(RerunException):
        sentences.tell()
    is_breaking_off = False
    for _ in range(2):
        sentences.tell()
    assert told == [r":material/error:infinite No \*such\* file\."]
