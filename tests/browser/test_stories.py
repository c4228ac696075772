"""The menu of stories, in a real browser."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lrcore import Run
from lrcore.stories import DECKS, STORIES, Deck, Story
from tests.browser.conftest import OpenModule, OpenPage
from tests.browser.player import (
    assert_shows,
    go_to,
    hidden_part,
    move_slider,
    number,
    url_of,
    wait_for_frames,
    wait_for_iteration,
)

BY_NAME = {story.name: story for story in STORIES}
DECK_OF = {story.name: deck for deck in DECKS for story in deck.stories}


def open_menu(page: Page) -> None:
    page.get_by_role("link", name="Stories", exact=True).click()
    expect(page.get_by_role("radio")).to_have_count(len(DECKS) + 1)


def open_deck(page: Page, deck: Deck) -> None:
    page.get_by_role("radio", name=deck.title).click()
    expect(page.get_by_role("heading", name=deck.title, exact=True)).to_be_visible()
    expect(page.locator(".st-key-deck").get_by_test_id("stPageLink")).to_have_count(
        len(deck.stories)
    )


def choose(page: Page, story: Story) -> None:
    """Open a story that asks nothing before it plays."""
    open_deck(page, DECK_OF[story.name])
    page.locator(".st-key-deck").get_by_test_id("stPageLink").get_by_text(
        story.title, exact=True
    ).click()
    expect(page.get_by_test_id("status")).to_contain_text(story.watch)
    expect(page.get_by_test_id("iteration")).to_have_text("0")


def assert_plays(page: Page, story: Story) -> None:
    """The page shows the story's run, at its start and later."""
    run = Run(story.config)
    run.extend(10)
    assert_shows(page, run, 0)
    go_to(page, 30)
    assert_shows(page, run, 30)


def test_every_deck_fits_the_first_screen(open_page: OpenPage) -> None:
    page = open_page()
    open_menu(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for deck in DECKS:
        open_deck(page, deck)
        for story in deck.stories:
            expect(page.get_by_text(story.watch, exact=True)).to_be_in_viewport(ratio=1)
        assert hidden_part(page, "stMain") <= 0
        cut = "all => all.some((e) => e.scrollWidth > e.clientWidth)"
        assert not page.get_by_role("radio").evaluate_all(cut)


def test_a_deck_stays_open_and_is_in_the_link(open_page: OpenPage, address: str) -> None:
    page = open_page(quiet=False)  # a reload asks for what only Streamlit's root has
    open_menu(page)
    choose(page, BY_NAME["outlier-mse"])
    open_menu(page)
    expect(page.get_by_role("heading", name="Losses", exact=True)).to_be_visible()
    page.wait_for_function("location.search === '?of=losses'")
    page.reload()
    expect(page.get_by_role("heading", name="Losses", exact=True)).to_be_visible()


def test_a_deck_is_played_from_its_first_page(open_page: OpenPage) -> None:
    page = open_page()
    open_menu(page)
    deck = DECKS[2]
    open_deck(page, deck)
    page.get_by_role("link", name=f"Play all {len(deck.stories)}").click()
    expect(page.get_by_test_id("status")).to_contain_text(deck.stories[0].watch)
    query = parse_qs(urlsplit(url_of(page)).query)
    assert (query["deck"], query["page"]) == ([deck.name], ["1"])
    open_menu(page)
    choose(page, deck.stories[2])
    query = parse_qs(urlsplit(url_of(page)).query)
    assert (query["deck"], query["page"]) == ([deck.name], ["3"])


def test_a_story_plays_from_the_menu_to_its_end(open_page: OpenPage) -> None:
    story = BY_NAME["circles-quadratic"]
    page = open_page()
    open_menu(page)
    choose(page, story)
    page.get_by_test_id("speed").select_option("20")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 20)
    expect(page.get_by_test_id("status")).to_have_text(story.watch)
    page.get_by_test_id("speed").select_option("60")
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    run = Run(story.config)
    run.extend(10)
    assert_shows(page, run, len(run) - 1)


def test_the_address_of_a_story_opens_it_elsewhere(open_page: OpenPage, browser: Browser) -> None:
    page = open_page()
    elsewhere = browser.new_context()
    copy = elsewhere.new_page()
    for name in ("circles-quadratic", "mse-slow", "adam-faster"):
        open_menu(page)
        choose(page, BY_NAME[name])
        copy.goto(url_of(page))
        expect(copy.get_by_test_id("status")).to_contain_text(BY_NAME[name].watch)
        assert_plays(copy, BY_NAME[name])
    elsewhere.close()


def test_a_story_replaces_what_was_set_before(open_page: OpenPage) -> None:
    page = open_page("?std=0.5&loss=mse&lr=0.0123")
    move_slider(page, "Momentum", "ArrowLeft", 3)
    page.wait_for_function("location.search.includes('momentum=0.87')")
    for name in ("mse-slow", "moons-line", "iris-setosa", "l2-useless"):
        open_menu(page)
        choose(page, BY_NAME[name])
        assert_plays(page, BY_NAME[name])


def test_a_changed_story_is_no_story(open_page: OpenPage) -> None:
    page = open_page()
    open_menu(page)
    choose(page, BY_NAME["momentum-none"])
    move_slider(page, "Momentum", "ArrowRight")
    expect(page.get_by_test_id("status")).not_to_contain_text(BY_NAME["momentum-none"].watch)


def test_a_look_at_the_menu_keeps_the_run(open_page: OpenPage) -> None:
    page = open_page("?std=0.5")
    go_to(page, 25)
    loss = number(page, "loss")
    wait_for_frames(page, 30)  # in the first ten, the player tells Python where it rests
    open_menu(page)
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text("25")
    assert number(page, "loss") == loss


def test_sentence_and_warning_are_all_on_screen(open_page: OpenPage) -> None:
    page = open_page()
    for name in ("iris-virginica", "out-of-reach", "xor-line"):
        open_menu(page)
        choose(page, BY_NAME[name])
        status = page.get_by_test_id("status")
        expect(status).to_contain_text(BY_NAME[name].watch)
        expect(page.get_by_test_id("limits").locator("dt")).to_have_count(3)
        hidden = "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
        assert max(status.evaluate(hidden)) <= 0, name
        assert hidden_part(page, "stMain") <= 0, name
        expect(status).to_be_in_viewport(ratio=1)


def copied(page: Page, button: str, key: str = "") -> str:
    """What a button puts on the clipboard, by the mouse or by a key."""
    found = page.get_by_title(button, exact=True)
    act = found.click if not key else lambda: found.press(key)
    act()
    expect(found).to_have_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("key", ["", "Enter"])
def test_the_copied_link_of_a_story_opens_it_elsewhere(
    open_page: OpenPage, context: BrowserContext, browser: Browser, key: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(quiet=False)
    open_menu(page)
    story = BY_NAME["circles-quadratic"]
    open_deck(page, DECK_OF[story.name])
    link = copied(page, f"Copy link to {story.title}", key)
    elsewhere = browser.new_context()
    copy = elsewhere.new_page()
    copy.goto(link)
    expect(copy.get_by_test_id("status")).to_have_text(f"{story.watch} {story.press}")
    assert_plays(copy, story)
    elsewhere.close()


def test_the_links_of_all_stories_are_copied_as_one_list(
    open_page: OpenPage, context: BrowserContext, address: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(quiet=False)
    open_menu(page)
    text = copied(page, "All stories as a list in Markdown")
    found = re.findall(r"^(?:## (.+)|- \[(.+)\]\((.+)\))$", text, re.MULTILINE)
    assert [title for _, title, _ in found if title] == [story.title for story in STORIES]
    assert [one for one, _, _ in found if one] == [deck.title for deck in DECKS]
    for story in STORIES[::11]:
        [link] = [link for _, title, link in found if title == story.title]
        assert link.startswith(f"{address}/?")
        page.goto(link)
        if story.question is None:
            expect(page.get_by_test_id("status")).to_contain_text(story.watch)
        else:
            expect(page.get_by_role("heading", name=story.question.text)).to_be_visible()


def test_links_keep_the_folder_that_the_pages_are_served_from(js: OpenModule) -> None:
    chapters = [["One", [["A", "./?lr=1"], ["B", "./?lr=2"]]], ["Two", [["C", "./?lr=3"]]]]
    assert (
        js("stories.js").call("written", "./?lr=1", "http://here/x/stories")
        == "http://here/x/?lr=1"
    )
    assert js("stories.js").call("written", chapters, "http://here/x/stories") == (
        "## One\n\n- [A](http://here/x/?lr=1)\n- [B](http://here/x/?lr=2)\n\n"
        "## Two\n\n- [C](http://here/x/?lr=3)\n"
    )


def test_a_finger_can_hit_every_button(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{address}/stories")
    buttons = page.locator(".copy-link")
    expect(buttons).to_have_count(len(DECKS[0].stories) + 2)
    sizes = buttons.evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect()).map((r) => Math.min(r.width, r.height))"
    )
    assert min(sizes) >= 44
    context.close()
