"""The page as Streamlit runs it, without a browser: opened, and read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Button, Element

from lrcore import RunConfig
from lrcore.ui.player.film import Film
from lrcore.ui.session import Session

APP = Path(__file__).parent.parent / "lrcore" / "ui" / "main.py"
CONTROLS = (
    "slider",
    "select_slider",
    "number_input",
    "selectbox",
    "toggle",
    "text_input",
    "button_group",
)


def opened(**query: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=30)
    for key, text in query.items():
        page.query_params[key] = text
    page.run()
    assert not page.exception
    return page


def config_of(page: AppTest) -> RunConfig:
    """What the page has told its film to show."""
    assert not page.exception
    return film_of(page).wanted


def film_of(page: AppTest) -> Film:
    found = session_of(page).film
    assert found is not None
    return found


def session_of(page: AppTest) -> Session:
    found = page.session_state["session"]
    assert isinstance(found, Session)
    return found


def elements(block: Block) -> Iterator[Element]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield from elements(child)
        else:
            yield child


def controls(page: AppTest) -> dict[str, Element]:
    return {widget.key: widget for kind in CONTROLS for widget in page.get(kind)}


def titles(control: Element) -> list[str]:
    """The options of a choice; where they are pictures, what stands for those who see none."""
    return [re.sub(r"^!\[(.*?)\]\(.*", r"\1", option) for option in control.options]


def new_sample(page: AppTest) -> Button:
    [button] = [button for button in page.button if button.label == "New sample"]
    return button


def player(page: AppTest) -> dict[str, object]:
    """The data of the player's component."""
    found = [item.proto for item in elements(page.main) if item.type == "bidi_component"]
    assert [proto.component_name for proto in found] == ["lrcore_player"]
    return json.loads(found[0].json)[0]


def words(markdown: str) -> str:
    """What a reader sees of text whose signs are escaped."""
    return re.sub(r"\\(.)", r"\1", markdown.replace("\N{WORD JOINER}", ""))


def toasts(page: AppTest) -> list[str]:
    return [words(toast.value) for toast in page.toast]
