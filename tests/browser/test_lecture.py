"""Lecture mode and decks in a real browser: what the last row sees, and what the keys do."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from playwright.sync_api import BrowserContext, Page, expect

from lrcore import Run, RunConfig
from lrcore.data import Blobs
from lrcore.stories import DECKS
from lrcore.ui.decks import deck_pages
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    assert_shows,
    go_to,
    move_slider,
    pause,
    wait_for_frames,
    wait_for_iteration,
)

# Texts on screen smaller than 20 px, and parts that reach over the window's edge.
TOO_SMALL = """() => {
  const small = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, element = text.parentElement;
    const isSeen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const isCut = element.closest('.summary, .code li, .coached .status');
    if (!text.textContent.trim() || !isSeen || isCut) continue;
    const range = document.createRange();
    range.selectNode(text);
    const box = range.getBoundingClientRect();
    if (!box.width || box.bottom <= 0) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 20 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      small.push([text.textContent.slice(0, 30), size, box.right, box.bottom]);
  }
  return small;
}"""
SCROLLS = "document.scrollingElement.scrollHeight > innerHeight"


def settle(page: Page) -> Page:
    """All controls have come."""
    page.locator(".st-key-max_iterations").wait_for(state="attached")
    return page


@pytest.mark.parametrize("view", ["curves", "weights", "sigmoid", "step"])
def test_nothing_is_small_or_scrolls_in_lecture_mode(open_page: OpenPage, view: str) -> None:
    page = settle(open_page(f"?lecture=1&show=lr,momentum&view={view}&mean=0.8"))
    expect(page.get_by_role("slider", name="Learning rate")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22.0032px"
    go_to(page, 5)
    page.get_by_test_id("stage").hover(position={"x": 5, "y": 5})
    assert page.evaluate(TOO_SMALL) == []
    assert not page.evaluate(SCROLLS)
    for gone in ("Points per class", "Seed"):
        expect(page.get_by_text(gone, exact=True)).to_be_hidden()
    expect(page.get_by_role("link", name="Stories")).to_be_hidden()


def test_key_and_escape_lead_in_and_out(open_page: OpenPage) -> None:
    page = settle(open_page())
    page.keyboard.press("l")
    expect(page.get_by_role("link", name="Stories")).to_be_hidden()
    page.wait_for_function("location.search.includes('lecture=1')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Stories")).to_be_visible()
    page.wait_for_function("!location.search.includes('lecture')")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"


def test_a_control_of_the_strip_branches_and_the_caption_says_where(open_page: OpenPage) -> None:
    page = settle(open_page("?lecture=1&show=lr,l2&target_accuracy=1&max_iterations=1000000"))
    expect(page.get_by_role("slider", name="L2 penalty")).to_be_visible()  # in a fold elsewhere
    go_to(page, 30)
    move_slider(page, "Learning rate", "ArrowRight")
    expect(page.get_by_test_id("status")).to_contain_text("Iteration 30: Learning rate 0.01 → 0.0")
    page.keyboard.press("Escape")
    expect(page.get_by_role("slider", name="L2 penalty")).to_be_hidden()


def test_the_dialog_composes_a_link_that_opens_just_that(open_page: OpenPage) -> None:
    page = settle(open_page("?mean=1.2"))
    page.get_by_test_id("lecture").click()
    dialog = page.get_by_test_id("compose")
    dialog.get_by_role("checkbox", name="Momentum").check()
    dialog.get_by_label("View").select_option("Sigmoid")
    story = DECKS[1].stories[2]
    dialog.get_by_label("Story").select_option(story.title)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    said = {key: texts[0] for key, texts in parse_qs(urlsplit(link).query).items()}
    assert said["show"] == "momentum"
    assert (said["lecture"], said["view"], said["deck"], said["page"]) == (
        "1",
        "sigmoid",
        DECKS[1].name,
        "3",
    )
    other = settle(open_page(f"?{urlsplit(link).query}"))
    expect(other.get_by_test_id("deck-place")).to_have_text(f"3 of {len(DECKS[1].stories)}")
    expect(other.get_by_role("slider", name="Momentum")).to_be_visible()
    expect(other.get_by_role("tab", name="Sigmoid")).to_have_attribute("aria-selected", "true")


def test_a_remote_turns_the_pages_of_a_deck(open_page: OpenPage) -> None:
    deck = next(deck for deck in DECKS if deck.name == "momentum")
    page = settle(open_page(f"?deck={deck.name}&page=1&{deck_pages(deck)[0]['link']}"))
    expect(page.get_by_test_id("deck-place")).to_have_text(f"1 of {len(deck.stories)}")
    rate = page.locator('input[type=range][aria-label="Learning rate"]')
    rate.focus()  # a remote does not know what has the focus
    for k, story in list(enumerate(deck.stories))[1:4]:
        page.keyboard.press("PageDown")
        expect(page.get_by_test_id("deck-place")).to_have_text(f"{k + 1} of {len(deck.stories)}")
        run = Run(story.config)
        page.wait_for_function(f"document.querySelector('.stage').dataset.run == {k + 1}")
        if story.question is not None:
            page.get_by_test_id("reveal").click()
            wait_for_iteration(page, 1)
            pause(page)
        go_to(page, 3)
        run.extend(10, 10)
        assert_shows(page, run, 3)
    page.keyboard.press("PageUp")
    expect(page.get_by_test_id("deck-place")).to_have_text(f"3 of {len(deck.stories)}")
    page.wait_for_function(
        "lr => new URLSearchParams(location.search).get('lr') === lr",
        arg=f"{deck.stories[2].config.optimizer.lr:g}",
    )
    expect(rate).to_be_attached()


def test_what_lies_ahead_is_masked_until_the_answer_is_revealed(open_page: OpenPage) -> None:
    deck, k = next(
        (deck, k) for deck in DECKS for k, story in enumerate(deck.stories) if story.question
    )
    story = deck.stories[k]
    assert story.question is not None
    page = settle(open_page(f"?deck={deck.name}&page={k + 1}&{deck_pages(deck)[k]['link']}"))
    expect(page.get_by_role("heading", name=story.question.text)).to_be_visible()
    expect(page.get_by_test_id("timeline")).to_be_disabled()
    expect(page.get_by_test_id("status")).not_to_contain_text(story.watch)
    for key in ("Space", "ArrowRight", "End"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    run = Run(story.config)
    run.extend(60)
    right = story.question.right(run)
    page.get_by_role("button", name=f"{'ABCD'[right]}: ").click()
    page.get_by_test_id("reveal").click()
    wait_for_iteration(page, 3)
    expect(page.get_by_test_id("predict")).to_be_hidden()
    page.get_by_test_id("play").click()
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("status")).to_contain_text(
        f"{'ABCD'[right]}: {story.question.answers[right]}. As you said."
    )


def test_the_pen_draws_and_fades(open_page: OpenPage) -> None:
    page = settle(open_page())
    page.mouse.move(400, 300)
    page.keyboard.down("d")
    page.mouse.move(500, 400, steps=8)
    ink = """() => { const pen = document.querySelector('canvas.pen');
        return pen ? pen.getContext('2d').getImageData(0, 0, pen.width, pen.height).data
            .reduce((sum, value, i) => sum + (i % 4 === 3 && value > 0), 0) : 0; }"""
    page.wait_for_function(f"({ink})() > 300")
    page.keyboard.up("d")
    page.wait_for_function("!document.querySelector('canvas.pen')")


def test_one_key_adds_what_is_shown_to_the_own_deck(
    open_page: OpenPage, context: BrowserContext
) -> None:
    del context
    page = settle(open_page("?mean=1.2"))
    go_to(page, 7)
    page.keyboard.press("a")
    expect(page.get_by_test_id("status")).to_have_text("Page 1 of your own deck: see Stories.")
    link = page.evaluate("JSON.parse(localStorage.getItem('lrcore-deck')).pages[0].link")
    said = {key: texts[0] for key, texts in parse_qs(link).items()}
    assert said == {"mean": "1.2", "at": "7"}


def test_a_listener_hears_one_sentence_when_it_pauses(open_page: OpenPage) -> None:
    page = settle(open_page("?mean=0.8"))
    go_to(page, 20)
    run = Run(RunConfig(data=Blobs(mean=0.8)))
    run.extend(10, 30)
    step = run.step(20)
    scores = run.data.x @ torch.tensor(step.weights) + step.bias
    wrong = run.data.y[(scores >= 0) != (run.data.y == 1)].int().tolist()
    counts = f"{wrong.count(0)} of class 0, {wrong.count(1)} of class 1"
    expect(page.get_by_test_id("summary")).to_have_text(
        f"Iteration 20: loss {step.loss:.4f}, falling; "
        f"{len(wrong)} of 200 points are wrong: {counts}."
    )


def test_a_deck_that_is_not_here_is_told_and_left_out(open_page: OpenPage) -> None:
    for name in ("nothing", "~nothing"):
        page = open_page(f"?deck={name}&page=2&mean=1.2")
        expect(page.get_by_test_id("status")).to_contain_text("names a deck that is not here")
        page.wait_for_function("location.search === '?mean=1.2'")
        expect(page.get_by_test_id("deck")).to_be_hidden()


def test_nothing_moves_by_itself_where_motion_is_not_wanted(
    open_page: OpenPage, context: BrowserContext
) -> None:
    del context
    page = open_page("?target_accuracy=1&max_iterations=1000000", quiet=False)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 60)
    page.reload()
    page.locator(".stage[data-run]").wait_for()
    wait_for_iteration(page, 1)
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    here = page.get_by_test_id("iteration").text_content()
    wait_for_frames(page, 30)
    assert page.get_by_test_id("iteration").text_content() == here


def test_sound_is_off_until_it_is_asked_for(open_page: OpenPage) -> None:
    page = settle(open_page())
    page.keyboard.press("m")
    expect(page.get_by_test_id("status")).to_contain_text("Sound on")
    page.keyboard.press("m")
    expect(page.get_by_test_id("status")).to_have_text("Sound off.")


def test_a_page_of_an_own_deck_says_its_own_words_in_the_moment_it_shows(
    open_page: OpenPage,
) -> None:
    first = settle(open_page())
    name = first.evaluate(
        """async () => {
          const player = [...document.scripts, ...performance.getEntriesByType('resource')]
            .map((one) => one.name ?? one.src).find((name) => name.endsWith('/own_deck.js'));
          const { encoded } = await import(player);
          return encoded({ title: 'Mine', pages: [
            { title: 'One', watch: 'Here it is <b>half</b> way.', press: 'Press Play.',
              link: 'mean=1.2&at=12' },
            { title: 'Two', watch: 'The default.', press: '', link: '' }] });
        }"""
    )
    page = open_page("?mean=1.2", quiet=False)
    page.goto(f"{first.url.split('?')[0]}?deck={name}&page=1&mean=1.2&at=12")
    expect(page.get_by_test_id("iteration")).to_have_text("12")
    expect(page.get_by_test_id("status")).to_contain_text("Here it is <b>half</b> way. Press P")
    settle(page).get_by_test_id("deck-next").click()
    expect(page.get_by_test_id("deck-place")).to_have_text("2 of 2")
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.get_by_test_id("status")).to_have_text("The default.")
    page.wait_for_function("!location.search.includes('mean')")
    mean = page.get_by_test_id("stSlider").filter(has_text="Distance")
    expect(mean.get_by_test_id("stSliderThumbValue")).to_have_text("1.60")
