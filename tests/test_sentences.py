"""What the page has to say is said also where Streamlit breaks off to draw it anew."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from lrcore.ui import sentences
from lrcore.ui.session import Session


@dataclass
class Corner:
    """What is told, on a clock that the test moves."""

    now: float = 0.0
    takes: float = 0.0  # seconds to draw it
    is_breaking_off: bool = False
    told: list[str] = field(default_factory=list)

    def toast(self, text: str, *, icon: str, duration: str) -> None:
        if self.is_breaking_off:
            raise RerunException(RerunData())
        self.told.append(f"{icon}{duration} {text}")

    def monotonic(self) -> float:
        return self.now

    def after(self, seconds: float) -> list[str]:
        """What is told when the page is drawn again so much later."""
        self.now += seconds
        self.told = []
        began, self.now = self.now, self.now + self.takes
        sentences.tell(began)
        return self.told


@pytest.fixture
def corner(monkeypatch: pytest.MonkeyPatch) -> Corner:
    here, corner = Session(), Corner()
    monkeypatch.setattr(sentences, "session", lambda: here)
    monkeypatch.setattr(sentences.st, "toast", corner.toast)
    monkeypatch.setattr(sentences, "monotonic", corner.monotonic)
    monkeypatch.setattr(sentences, "REPEATED_FOR", 5)
    return corner


def test_what_was_not_said_is_said_the_next_time(corner: Corner) -> None:
    corner.is_breaking_off = True
    sentences.say("No *such* file.")
    with pytest.raises(RerunException):
        sentences.tell(0)
    corner.is_breaking_off = False
    assert corner.after(60) == [r":material/error:infinite No \*such\* file\."]


def test_what_may_be_lost_on_its_way_is_said_again(corner: Corner) -> None:
    """In the same order: the place tells the browser which it has."""
    first, second, third = (f":material/error:infinite a{k}" for k in range(3))
    sentences.say("a0")
    assert [corner.after(1) for _ in "12"] == [[first]] * 2
    sentences.say("a1")
    assert corner.after(3.9) == [first, second]
    assert corner.after(4.9) == [first, second]
    assert [corner.after(0.1) for _ in "12"] == [[], []]
    sentences.say("a2")
    assert corner.after(0) == [third]


def test_what_is_said_once_more_is_no_second_sentence(corner: Corner) -> None:
    for _ in "12":
        sentences.say("a0")
        assert len(corner.after(1)) == 1


def test_old_sentences_do_not_come_back_with_a_new_one(corner: Corner) -> None:
    """A page at rest is not drawn for a long time."""
    sentences.say("a0")
    corner.after(1)
    sentences.say("a1")
    assert corner.after(60) == [":material/error:infinite a1"]


def test_a_slow_drawing_that_began_at_once_tells_again(corner: Corner) -> None:
    sentences.say("a0")
    corner.after(1)
    corner.takes = 30
    assert len(corner.after(0.1)) == 1
