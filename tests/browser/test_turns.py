"""How many turns between browser and server a change takes, counted on the wire."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from lrcore import SGD, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    assert_shows,
    go_to,
    number,
    pause,
    pull_slider,
    wait_for_iteration,
)

# At one step a second no question of the player's own falls into the time that is watched.
_COUNT = """
window.turns = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) { window.turns += 1; return send.call(this, data); };
"""
# How many there were when the branch came: those after it are the player's own.
_WATCH = """() => {
    window.turns = 0;
    window.needed = null;
    const stage = document.querySelector('.stage');
    const observer = new MutationObserver((changes) => {
        if (changes.every(({ oldValue }) => oldValue === stage.dataset.branch)) return;
        window.needed = window.turns;
        observer.disconnect();
    });
    observer.observe(stage, { attributeFilter: ['data-branch'], attributeOldValue: true });
}"""


def opened_and_counted(open_page: OpenPage, context: BrowserContext) -> Page:
    """The page with an endless run, at rest; from now on it counts its messages."""
    context.add_init_script(_COUNT)
    page = open_page(ENDLESS)
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
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
    page.wait_for_function("turns > 0")  # the page has told where it rests
    pull_slider(page, "Learning rate", 24)
    start, words = assert_one_turn(page, page.mouse.up)
    assert start == 40
    assert words.startswith("Learning rate 0.01 → ")


def test_a_switch_and_a_slider_take_one_turn_each_while_it_plays(
    open_page: OpenPage, context: BrowserContext
) -> None:
    page = opened_and_counted(open_page, context)
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
    asked: list[str | bytes] = []
    owed: list[str | bytes] = []
    is_busy = False

    def route(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def ask(message: str | bytes) -> None:
            asked.append(message)
            server.send(message)

        def answer(message: str | bytes) -> None:
            take = owed.append if is_busy else page.send
            take(message)

        page.on_message(ask)
        server.on_message(answer)
        wires.append(page)

    wires: list[WebSocketRoute] = []
    context.route_web_socket("**/_stcore/stream", route)
    page = open_page(ENDLESS)
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
    page.wait_for_selector("[data-test-script-state=notRunning]")
    is_busy, before, start = True, len(asked), time.monotonic()
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Waiting")
    page.wait_for_timeout(8000)
    # Each try waits twice as long as the one before, the first for 1.5 seconds; a view may ask too.
    tries = 1 + math.log2(1 + (time.monotonic() - start) / 1.5)
    assert len(asked) - before <= tries + 1
    while owed:
        wires[-1].send(owed.pop(0))
    is_busy = False
    wait_for_iteration(page, 200)
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    here = pause(page)
    run.extend(10, here)
    assert_shows(page, run, here)
