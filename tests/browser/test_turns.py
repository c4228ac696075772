"""How many turns between browser and server a change takes, counted on the wire."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from lrcore import SGD, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    assert_shows,
    go_to,
    move_slider,
    number,
    pause,
    pull_slider,
    url_of,
    wait_for_iteration,
    wait_for_rest,
)
from tests.browser.wire import Wire, hear

# How many there were when the branch came: those after it are the player's own.
_WATCH = """() => {
    said.length = 0;
    window.needed = null;
    const stage = document.querySelector('.stage');
    const observer = new MutationObserver((changes) => {
        if (changes.every(({ oldValue }) => oldValue === stage.dataset.branch)) return;
        window.needed = said.length;
        observer.disconnect();
    });
    observer.observe(stage, { attributeFilter: ['data-branch'], attributeOldValue: true });
}"""


def opened_and_counted(open_page: OpenPage, context: BrowserContext) -> Page:
    """The page with an endless run, at rest; from now on it counts its messages."""
    hear(context)
    page = open_page(ENDLESS)
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
    wait_for_rest(page)
    return page


def assert_one_turn(page: Page, act: Callable[[], None]) -> tuple[int, str]:
    """The mark that one message brings: where settings changed, and how."""
    page.evaluate(_WATCH)
    act()
    page.wait_for_function("needed !== null")
    assert page.evaluate("needed") == 1
    marks = page.locator(".stage .marks span").last.get_attribute("title")
    assert marks is not None
    newest = marks.splitlines()[-1]  # marks that stand close together share a number
    start, _, words = newest.partition(": ")
    return int(start), words


def test_a_slider_takes_one_turn_at_rest(open_page: OpenPage, context: BrowserContext) -> None:
    page = opened_and_counted(open_page, context)
    go_to(page, 40)
    wait_for_rest(page)  # the page has told where it rests, and asked what its views want there
    pull_slider(page, "Learning rate", 24)
    start, words = assert_one_turn(page, page.mouse.up)
    assert start == 40
    assert words.startswith("Learning rate 0.01 → ")


def test_a_switch_and_a_slider_take_one_turn_each_while_it_plays(
    open_page: OpenPage, context: BrowserContext
) -> None:
    page = opened_and_counted(open_page, context)
    # At one step a second no question of the player's own falls into the time that is watched.
    page.get_by_test_id("speed").select_option("1")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 3)
    at = int(number(page, "iteration"))
    first, words = assert_one_turn(page, page.get_by_text("zero_grad each step").click)
    assert (first - at in (0, 1), words) == (True, "zero_grad each step on → off")
    wait_for_iteration(page, first + 2)
    pull_slider(page, "Momentum", -24)
    at = int(number(page, "iteration"))
    second, words = assert_one_turn(page, page.mouse.up)
    assert second - at in (0, 1)
    momentum = float(words.removeprefix("Momentum 0.9 → "))
    here = pause(page)
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, first + 5)
    run.branch(first, zero_grad=False)
    run.extend(10, second)
    run.branch(second, optimizer=SGD(momentum=momentum))
    run.extend(10, 20)
    assert_shows(page, run, here)


def test_a_busy_server_is_left_to_its_work(context: BrowserContext, open_page: OpenPage) -> None:
    """Asked again, it would break off what it does for the page, and begin anew."""
    wire = Wire(context)
    page = open_page(ENDLESS)
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
    page.wait_for_selector("[data-test-script-state=notRunning]")
    wire.hold()
    before, start = len(wire.asked), time.monotonic()
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Waiting")
    page.wait_for_timeout(8000)
    # Each try waits twice as long as the one before, the first for 1.5 seconds; a view may ask too.
    tries = 1 + math.log2(1 + (time.monotonic() - start) / 1.5)
    assert len(wire.asked) - before <= tries + 1
    wire.let_go()
    wait_for_iteration(page, 200)
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    here = pause(page)
    run.extend(10, here)
    assert_shows(page, run, here)


def test_who_went_to_the_end_before_a_change_was_answered_sees_its_end(
    context: BrowserContext, open_page: OpenPage
) -> None:
    """The first answer to a change brings a few moments; the end of the run before lies beyond."""
    wire = Wire(context)
    page = open_page("?lr=0.01&speed=10")
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    page.wait_for_function("/[?&]at=272/.test(location.search)")
    wire.hold()
    page.get_by_test_id("start").click()
    move_slider(page, "Learning rate", "ArrowRight", 4)
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("iteration")).to_have_text("272")
    wire.let_go()
    run = Run(RunConfig(optimizer=SGD(lr=0.025)))
    run.extend(10)
    expect(page.get_by_test_id("status")).to_contain_text(f"at iteration {len(run) - 1}.")
    assert_shows(page, run, len(run) - 1)
    page.wait_for_function("at => location.search.includes(`at=${at}`)", arg=len(run) - 1)


def open_in_mid_run(open_page: OpenPage, query: str) -> Page:
    """A run that is known to its end, iteration 121, and shown at iteration 60."""
    page = open_page(query)
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("at iteration 121.")
    go_to(page, 60)
    wait_for_rest(page)
    return page


def test_a_change_just_before_the_end_plays_on(
    context: BrowserContext, open_page: OpenPage
) -> None:
    """Its answer may come when the run of before has been shown to its end."""
    wire = Wire(context)
    page = open_in_mid_run(open_page, "?lr=0.025&speed=5")
    page.get_by_test_id("play").click()
    pull_slider(page, "Momentum", -40)
    wire.hold()
    page.mouse.up()
    expect(page.get_by_test_id("status")).to_contain_text("at iteration 121.")
    wire.let_go()
    expect(page.get_by_test_id("iteration")).not_to_have_text("121")
    expect(page.locator(".stage .marks span")).to_have_count(1)
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    expect(page.get_by_test_id("status")).to_contain_text("Reached")


def test_a_new_sample_is_drawn_once(context: BrowserContext, open_page: OpenPage) -> None:
    """Until the page hears of the next seed, what it says still names the one before."""
    wire = Wire(context)
    page = open_page(ENDLESS)
    wait_for_rest(page)
    wire.hold()
    page.get_by_role("button", name="New sample").click()
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 30)
    page.get_by_test_id("play").click()
    page.wait_for_timeout(1000)  # until all that has been said
    wire.let_go()
    page.wait_for_function("document.querySelector('.stage').dataset.run > 1")
    wait_for_rest(page)
    assert page.locator(".stage").get_attribute("data-run") == "2"
    assert "seed=4" in url_of(page)
    seed = page.get_by_role("spinbutton", name="Seed")
    expect(seed).to_have_value("4")
    seed.fill("3")
    seed.press("Enter")
    page.wait_for_function("document.querySelector('.stage').dataset.run == 3")


def test_a_change_at_the_end_starts_nothing_by_itself(
    context: BrowserContext, open_page: OpenPage
) -> None:
    """Also where Python has not heard yet that the end was shown."""
    wire = Wire(context)
    page = open_in_mid_run(open_page, "?lr=0.025")
    wire.hold()
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("iteration")).to_have_text("121")
    move_slider(page, "Target accuracy", "End")
    page.wait_for_function("location.search.includes('target_accuracy')")
    page.wait_for_timeout(500)  # until both have been said
    wire.let_go()
    expect(page.locator(".stage .marks span")).to_have_count(1)
    wait_for_rest(page)
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    expect(page.get_by_test_id("iteration")).to_have_text("121")


def test_where_a_moment_beyond_the_end_led_is_told(open_page: OpenPage) -> None:
    page = open_page("?lr=0.025")
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
    page.wait_for_selector("[data-test-script-state=notRunning]")
    page.get_by_test_id("timeline").fill("200")
    expect(page.get_by_test_id("status")).to_contain_text("at iteration 121.")
    page.wait_for_function("/[?&]at=121/.test(location.search)")
