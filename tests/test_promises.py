"""Every help text promises nothing, or what is asserted on numbers in `tests/promises`."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from lrcore import RunConfig
from lrcore.settings import described
from lrcore.ui.controls import START, WEIGHTS
from tests.promises import NOTHING, PROMISES
from tests.test_settings import CLASSES

CLASS_OF = {cls.__name__: cls for cls in CLASSES}
TEXTS = {f"{cls.__name__}.{name}": spec.help for cls in CLASSES for name, spec in described(cls)}
TEXTS |= {
    f"RunConfig.{item.name}": item.metadata["entry"].help
    for item in fields(RunConfig)
    if "entry" in item.metadata
}
TEXTS |= {control.key: control.spec.help for control in (START, WEIGHTS)}
PROMPT = re.compile(r"\b(watch|try|press|see)\b", re.IGNORECASE)


def test_every_text_is_in_the_table() -> None:
    assert PROMISES.keys() | NOTHING == TEXTS.keys()
    assert PROMISES.keys() & NOTHING == set()


def test_text_that_tells_to_watch_something_has_a_claim() -> None:
    assert [key for key in NOTHING if PROMPT.search(TEXTS[key])] == []


@pytest.mark.parametrize("key", PROMISES)
def test_what_the_text_promises_happens(key: str) -> None:
    PROMISES[key](CLASS_OF[key.partition(".")[0]])
