"""Decks: as links and files, on the page "Stories", and the lecturer's own."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain
from tests.browser.player import url_of

_NO_DECKS: tuple[Plain, ...] = (
    None,
    7,
    [],
    {},
    {"pages": []},
    {"pages": [None]},
    {"pages": [{"link": 1}]},
)
# Storage that a browser may have, or refuse.
_STORAGE = """const kept = {}; const storage = { getItem: (key) => kept[key] ?? null,
    setItem: (key, text) => { kept[key] = text; } };"""


def packed(text: bytes) -> str:
    """How a link calls a deck of this JSON, made without the page's own script."""
    packer = zlib.compressobj(wbits=-15)
    whole = packer.compress(text) + packer.flush()
    return "~" + base64.urlsafe_b64encode(whole).decode().rstrip("=")


def unpacked(link: str) -> Plain:
    """The deck that a link calls so."""
    whole = base64.urlsafe_b64decode(link[1:] + "=" * (-len(link[1:]) % 4))
    deck: Plain = json.loads(zlib.decompress(whole, wbits=-15))
    return deck


def link_of(deck: Plain) -> str:
    return packed(json.dumps(deck).encode())


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
    assert unpacked(link) == DECK
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
        packed(b"not JSON"),
        packed(b"\xff\xfe"),
        *(link_of(one) for one in _NO_DECKS),
        link_of(DECK)[:-9],
        packed(b"[" * 900_000),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_deck_is_none(js: OpenModule, text: str) -> None:
    assert js("own_deck.js").call("decoded", text) is None


def test_a_short_text_that_holds_much_is_not_read_to_its_end(js: OpenModule) -> None:
    script = """async ({ decoded }, text) => {
        const Real = DecompressionStream;
        let size = 0;
        const transform = (part, to) => { size += part.length; to.enqueue(part); };
        globalThis.DecompressionStream = function (kind) {
            const { writable, readable } = new Real(kind);
            return { writable, readable: readable.pipeThrough(new TransformStream({ transform })) };
        };
        try {
            return [await decoded(text), size];
        } finally {
            globalThis.DecompressionStream = Real;
        } }"""
    text = packed(b'{"pages": "' + b" " * 100_000_000 + b'"}')
    found = js("own_deck.js").run(script, text)
    assert isinstance(found, list)
    deck, size = found
    assert deck is None
    assert isinstance(size, int)
    assert 1_000_000 < size < 3_000_000


def test_a_strangers_deck_is_cut_to_what_a_deck_can_be(js: OpenModule) -> None:
    settings = "&".join(f"k{number}=%3C" for number in range(600))
    page: Plain = {
        "title": "🎓" * 300,
        "watch": ["no", "text"],
        "link": f"deck=course&page=3&{settings}",
        "onclick": "alert(1)",
    }
    deck: Plain = {"title": "a\nb", "pages": [page] * 70, "more": 1}
    found = js("own_deck.js").call("decoded", link_of(deck))
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


def open_editor(page: Page, address: str, query: str = "?of=own") -> None:
    page.goto(f"{address}/stories{query}")
    expect(page.get_by_role("button", name="Open file")).to_be_visible()


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.get_by_label("Title, page").all()]


def deck_in(link: str) -> Plain:
    return unpacked(parse_qs(urlsplit(link).query)["deck"][0])


def test_an_own_deck_is_edited_in_order_and_copied(context: BrowserContext, address: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_editor(page, address)
    expect(page.get_by_test_id("empty")).to_contain_text("press A")
    expect(page.get_by_role("link", name="Play")).to_be_hidden()
    three: Plain = {"title": "", "pages": [page_of(n) for n in (1, 2, 3)]}
    open_editor(page, address, f"?deck={link_of(three)}")
    expect(page.get_by_test_id("offer")).to_contain_text("a deck, 3 pages")
    assert titles(page) == []
    page.get_by_role("button", name="Edit it").click()
    assert titles(page) == ["1. w₀ <b>", "2. w₀ <b>", "3. w₀ <b>"]  # as it stands: no HTML
    page.get_by_label("Title of the deck").fill("My hour")
    page.get_by_label("What to watch, page 3").fill("Watch.")
    page.get_by_label("Move page 3 up").press("Enter")
    assert titles(page) == ["1. w₀ <b>", "3. w₀ <b>", "2. w₀ <b>"]
    page.keyboard.press("Enter")  # the keyboard stays with the page that has moved
    assert titles(page) == ["3. w₀ <b>", "1. w₀ <b>", "2. w₀ <b>"]
    page.get_by_label("Remove page 2").click()
    pages = [{**page_of(3), "watch": "Watch."}, page_of(2)]
    page.get_by_role("button", name="Copy link").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link.startswith(f"{address}/?")
    assert deck_in(link) == {"title": "My hour", "pages": pages}
    query = parse_qs(urlsplit(link).query)
    assert {key: query[key] for key in ("page", "lr", "momentum")} == {
        "page": ["1"],
        "lr": ["0.3"],
        "momentum": ["0.5"],
    }
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Title, page")).to_have_count(3)
    open_editor(page, address)  # all is kept
    expect(page.get_by_label("Title, page")).to_have_count(3)
    page.get_by_role("link", name="Play").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.get_by_text("Learning rate", exact=True)).to_be_visible()
    assert "lr=0.3" in url_of(page)


def test_a_page_that_another_tab_adds_comes_and_what_is_typed_stays(
    context: BrowserContext, address: str
) -> None:
    page, other = context.new_page(), context.new_page()
    open_editor(page, address, f"?deck={link_of(DECK)}")
    page.get_by_role("button", name="Edit it").click()
    field = page.get_by_label("What to press, page 1")
    field.fill("Press")
    other.goto(f"{address}/stories")
    other.evaluate("localStorage.setItem('of another', '1')")
    page.keyboard.type(" Reset.")
    expect(field).to_have_value("Press Reset.")
    other.evaluate("""() => {
        const deck = JSON.parse(localStorage.getItem('lrcore-deck'));
        localStorage.setItem('lrcore-deck', JSON.stringify(
            { ...deck, pages: [...deck.pages, { title: 'New', link: '' }] })); }""")
    expect(page.get_by_label("Title, page 3")).to_have_value("New")
    expect(page.get_by_label("What to press, page 1")).to_have_value("Press Reset.")


def test_a_deck_is_saved_and_opened_again_and_a_broken_file_says_so(
    context: BrowserContext, address: str, tmp_path: Path
) -> None:
    page = context.new_page()
    open_editor(page, address, f"?deck={link_of(DECK)}")
    page.get_by_role("button", name="Edit it").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save file").click()
    assert download.value.suggested_filename == "deck.json"
    file = tmp_path / "deck.json"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == DECK
    broken = tmp_path / "notes<b>.json"
    broken.write_bytes(b"\x00{")
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(broken)
    expect(page.get_by_test_id("told")).to_have_text(
        "notes<b>.json holds no deck. Yours is as it was."
    )
    expect(page.get_by_label("Title, page")).to_have_count(2)
    for _ in range(2):
        page.get_by_label("Remove page 1").click()
    expect(page.get_by_test_id("empty")).to_be_visible()
    chooser.set_input_files(file)
    expect(page.get_by_test_id("told")).to_contain_text('“An "hour"”, 2 pages')
    assert titles(page) == ["1. w₀ <b>", "2. w₀ <b>"]


def test_a_link_that_holds_no_deck_says_so(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    open_editor(page, address, "?deck=~broken")
    expect(page.get_by_test_id("told")).to_have_text("The link holds no deck. Yours is as it was.")
