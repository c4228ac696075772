"""Decks: as links and files, on the page "Stories", and the lecturer's own."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain

# Storage that a browser may have, or refuse.
_STORAGE = """const kept = {}; const storage = { getItem: (key) => kept[key] ?? null,
    setItem: (key, text) => { kept[key] = text; } };"""


def link_of(text: bytes) -> str:
    """How a link calls a deck, made without the page's own script."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(text) + packer.flush()
    return "~" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def page_of(number: int) -> dict[str, Plain]:
    return {
        "title": f"{number}. w₀ <b>",
        "watch": "Watch 🎓.",
        "press": "Press Play.",
        "link": f"lr=0.{number}&momentum=0.5",
    }


DECK: dict[str, Plain] = {"title": 'An "hour"', "pages": [page_of(1), page_of(2)]}


def test_a_deck_comes_back_from_its_link_without_a_safe_address(js: OpenModule) -> None:
    module = js("own_deck.js")
    assert module.run("() => isSecureContext") is False
    link = str(module.call("encoded", DECK))
    assert link[0] == "~"
    assert set(link[1:]) <= set(base64.urlsafe_b64encode(bytes(range(256))).decode()) | set("-_")
    packed = base64.urlsafe_b64decode(link[1:] + "=" * (-len(link[1:]) % 4))
    assert json.loads(zlib.decompress(packed, wbits=-15)) == DECK
    assert module.call("decoded", link) == DECK


@pytest.mark.parametrize(
    "text",
    [
        "",
        "course",
        "~",
        "~~",
        "~äö",
        "~AAAA",
        link_of(b"not JSON"),
        link_of(b"\xff\xfe"),
        *(
            link_of(json.dumps(one).encode())
            for one in (None, 7, [], {}, {"pages": []}, {"pages": [None]}, {"pages": [{"link": 1}]})
        ),
        link_of(json.dumps(DECK).encode())[:-9],
        link_of(b'{"pages": "' + b" " * 300_000_000 + b'"}'),  # a short text that holds much
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_deck_is_none(js: OpenModule, text: str) -> None:
    assert js("own_deck.js").call("decoded", text) is None


def test_a_strangers_deck_is_cut_to_what_a_deck_can_be(js: OpenModule) -> None:
    settings = "&".join(f"k{number}=%3C" for number in range(600))
    page: Plain = {
        "title": "🎓" * 300,
        "watch": ["no", "text"],
        "link": f"deck=course&page=3&{settings}",
        "onclick": "alert(1)",
    }
    deck: Plain = {"title": "a\nb", "pages": [page] * 70, "more": 1}
    found = js("own_deck.js").call("decoded", link_of(json.dumps(deck).encode()))
    assert isinstance(found, dict)
    assert set(found) == {"title", "pages"}
    assert found["title"] == "a b"
    pages = found["pages"]
    assert isinstance(pages, list)
    assert len(pages) == 60
    cut = pages[0]
    assert isinstance(cut, dict)
    assert (cut["title"], cut["watch"], cut["press"]) == ("🎓" * 200, "", "")
    link = str(cut["link"])
    assert len(link) <= 4000
    assert link == settings[: len(link)]  # whole entries, and none that names a deck


def test_the_browser_keeps_the_draft(js: OpenModule) -> None:
    script = f"""({{ Draft }}, page) => {{ {_STORAGE}
        const counts = [1, 2].map(() => new Draft(storage).add(page));
        new Draft(storage).write({{ ...new Draft(storage).read(), title: "Mine" }});
        const kept60 = Array.from({{ length: 60 }}, () => new Draft(storage).add(page)).at(-1);
        const draft = new Draft(storage).read();
        return [counts, kept60, draft.title, draft.pages.length, draft.pages[1]]; }}"""
    found = js("own_deck.js").run(script, page_of(1))
    assert found == [[1, 2], 0, "Mine", 60, page_of(1)]


def test_a_broken_storage_reads_as_no_pages(js: OpenModule) -> None:
    empty = {"title": "", "pages": []}
    refuses = "() => { throw new DOMException('no', 'SecurityError'); }"
    script = f"""({{ Draft }}, page) => {{ {_STORAGE}
        const read = (text) => new Draft({{ ...storage, getItem: () => text }}).read();
        const broken = new Draft({{ getItem: {refuses}, setItem: {refuses} }});
        return [read("{{"), read("[]"), read('{{"pages": [{{"link": 3}}]}}'), broken.read(),
            broken.add(page)]; }}"""
    assert js("own_deck.js").run(script, page_of(1)) == [empty, empty, empty, empty, 0]
