"""How many turns between browser and server a change takes, counted on the wire."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from lrcore import SGD, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import ENDLESS, assert_shows, go_to, number, pause, wait_for_iteration

# At one step a second no question of the player's own falls into the time that is watched.
_COUNT = """
window.turns = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) { window.turns += 1; return send.call(this, data); };
"""
_BRANCHED = "document.querySelector('.stage').dataset.branch === '1'"


def pull(page: Page, label: str, distance: int) -> None:
    """Drag a slider with the mouse, and let it go."""
    slider = page.get_by_test_id("stSlider").filter(has_text=label)
    box = slider.get_by_test_id("stSliderThumbValue").locator("xpath=..").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + distance, y, steps=3)
    page.evaluate("turns = 0")
    page.mouse.up()


def test_a_slider_takes_one_turn_paused_and_playing(
    open_page: OpenPage, context: BrowserContext
) -> None:
    context.add_init_script(_COUNT)
    page = open_page(ENDLESS)
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
    go_to(page, 40)
    page.wait_for_function("turns > 0")
    pull(page, "Learning rate", 24)
    page.wait_for_function(_BRANCHED)
    assert page.evaluate("turns") == 1
    expect(page.locator(".stage .marks span[title^='40: lr 0.01 → ']")).to_have_count(1)


def test_a_switch_takes_one_turn_while_it_plays(
    open_page: OpenPage, context: BrowserContext
) -> None:
    context.add_init_script(_COUNT)
    page = open_page(ENDLESS)
    expect(page.get_by_test_id("limits")).to_contain_text("Bayes accuracy")
    page.get_by_test_id("speed").select_option("1")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 3)
    page.evaluate("turns = 0")
    at = int(number(page, "iteration"))
    page.get_by_text("zero_grad each step").click()
    page.wait_for_function(_BRANCHED)
    assert page.evaluate("turns") == 1
    mark = page.locator(".stage .marks span").get_attribute("title")
    assert mark is not None
    start, _, words = mark.partition(": ")
    assert (int(start) - at in (0, 1), words) == (True, "zero_grad on → off")
    here = pause(page)
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, int(start) + 5)
    run.branch(int(start), zero_grad=False, optimizer=SGD())
    run.extend(10, 20)
    assert_shows(page, run, here)
