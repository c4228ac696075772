"""A run whose settings changed on the way: its link, the browser's buttons and F5 bring it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lrcore import SGD, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    assert_shows,
    go_to,
    move_slider,
    pause,
    url_of,
    wait_for_frames,
    wait_for_iteration,
)

SETTINGS = f"{ENDLESS}&lr=0.04"
SLOW = RunConfig(target_accuracy=1.0, max_iterations=1_000_000, optimizer=SGD(lr=0.04))
FAST = replace(SLOW, optimizer=SGD(lr=0.05))


def query_of(address: str) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def changed(*changes: tuple[int, RunConfig], length: int = 400) -> Run:
    """The run of `SLOW` in which other settings hold from each iteration on."""
    run = Run(SLOW)
    for iteration, config in changes:
        run.extend(60, iteration + 1 - len(run))
        names = ("optimizer", "loss", "zero_grad")
        run.branch(iteration, **{name: getattr(config, name) for name in names})
    run.extend(60, length - len(run))
    return run


def change_at(page: Page, iteration: int) -> None:
    """The rate goes from 0.04 to 0.05 there."""
    go_to(page, iteration)
    move_slider(page, "Learning rate", "ArrowRight")
    expect_marks(page, f"{iteration}: Learning rate 0.04 → 0.05")
    expect_changes(page, f"0:lr=0.04;{iteration}:lr=0.05")


def expect_changes(page: Page, text: str) -> None:
    """The address names these changes."""
    page.wait_for_function(
        "text => new URLSearchParams(location.search).get('changes') === text", arg=text
    )


def expect_marks(page: Page, *titles: str) -> None:
    marks = page.locator(".stage .marks span")
    expect(marks).to_have_count(len(titles))
    for place, title in enumerate(titles):
        expect(marks.nth(place)).to_have_attribute("title", title)


def expect_the_changed_run(page: Page, run: Run, iteration: int) -> None:
    """The page shows this moment of a run whose rate went from 0.04 to 0.05 at iteration 30."""
    expect(page.get_by_test_id("iteration")).to_have_text(str(iteration))
    rate = page.get_by_test_id("stSlider").filter(has_text="Learning rate")
    expect(rate.get_by_test_id("stSliderThumbValue")).to_have_text("0.05")
    expect_marks(page, "30: Learning rate 0.04 → 0.05")
    assert_shows(page, run, iteration)
    page.wait_for_function("at => location.search.includes(`at=${at}`)", arg=iteration)


def test_back_and_forward_keep_a_changed_run(open_page: OpenPage) -> None:
    page = open_page(SETTINGS, quiet=False)
    change_at(page, 30)
    go_to(page, 50)
    run = changed((30, FAST))
    expect_the_changed_run(page, run, 50)
    for _ in range(2):
        page.get_by_role("link", name="Autograd").click()
        expect(page.get_by_test_id("node").first).to_be_visible()
        page.go_back()
        expect_the_changed_run(page, run, 50)
    page.go_forward()
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.get_by_role("link", name="Training").click()
    expect_the_changed_run(page, run, 50)
    page.go_back()
    expect(page.get_by_test_id("node").first).to_be_visible()
    expect(page.locator(".stage")).to_have_count(0)
    page.go_forward()
    expect_the_changed_run(page, run, 50)


def test_a_reload_keeps_a_changed_run(open_page: OpenPage) -> None:
    page = open_page(SETTINGS, quiet=False)
    change_at(page, 30)
    go_to(page, 170)
    run = changed((30, FAST))
    expect_the_changed_run(page, run, 170)
    page.reload()
    expect_the_changed_run(page, run, 170)


def copied(page: Page) -> str:
    """The link that the button puts on the clipboard."""
    before = url_of(page)
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_have_text("Copied")
    # The page keeps its own moment and speed in the address, within half a second.
    kept = [{**query_of(url), "at": "", "speed": ""} for url in (before, url_of(page))]
    assert kept[0] == kept[1]
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_copied_link_opens_the_changed_run_its_moment_and_the_speed(
    open_page: OpenPage, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(SETTINGS, quiet=False)
    change_at(page, 30)
    go_to(page, 100)
    page.get_by_text("zero_grad each step").click()
    expect_marks(page, "30: Learning rate 0.04 → 0.05", "100: zero_grad each step on → off")
    page.get_by_test_id("speed").select_option("300")
    go_to(page, 150)
    wait_for_frames(page, 2)
    link = copied(page)
    expect(page.get_by_test_id("copy")).to_have_text("Copy link")
    changes = "0:zero_grad=true,lr=0.04;30:lr=0.05;100:zero_grad=false"
    assert f"changes={changes}&" in link + "&"
    assert query_of(link) == query_of(SETTINGS) | {
        "lr": "0.05",
        "zero_grad": "false",
        "changes": changes,
        "at": "150",
        "speed": "300",
    }
    page.evaluate("sessionStorage.clear()")
    page.goto(link)
    expect(page.get_by_test_id("iteration")).to_have_text("150")
    expect(page.get_by_test_id("speed")).to_have_value("300")
    expect_marks(page, "30: Learning rate 0.04 → 0.05", "100: zero_grad each step on → off")
    run = changed((30, FAST), (100, replace(FAST, zero_grad=False)))
    assert_shows(page, run, 150)
    go_to(page, 190)
    assert_shows(page, run, 190)


def test_a_link_copied_while_it_plays_names_the_moment_on_screen(
    open_page: OpenPage, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(SETTINGS, quiet=False)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 40)
    least = int(page.get_by_test_id("iteration").inner_text())
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_have_text("Copied")
    most = pause(page)
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert least <= int(query_of(link)["at"]) <= most


def test_a_link_is_copied_where_there_is_no_clipboard_for_a_page(
    open_page: OpenPage, context: BrowserContext
) -> None:
    """As on a page of plain http that another machine serves."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(SETTINGS, quiet=False)
    page.evaluate("window.clipboard = navigator.clipboard; delete Navigator.prototype.clipboard")
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_have_text("Copied")
    expect(page.get_by_test_id("copy")).to_be_focused()
    assert page.locator("body > textarea").count() == 0
    assert query_of(str(page.evaluate("clipboard.readText()"))) == query_of(SETTINGS)
    page.evaluate("document.execCommand = () => false")
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_contain_text("Not copied")


def test_a_link_by_hand_opens_its_run_and_the_controls_say_so(open_page: OpenPage) -> None:
    page = open_page(f"{SETTINGS}&changes=30:lr=0.05&speed=max", quiet=False)
    expect(page.get_by_test_id("speed")).to_have_value("max")
    go_to(page, 50)
    run = changed((30, FAST))
    expect_the_changed_run(page, run, 50)
    page.get_by_test_id("reset").click()
    expect_marks(page)
    page.wait_for_function("!location.search.includes('changes')")
    go_to(page, 50)
    fast = Run(FAST)
    fast.extend(60, 60)
    assert_shows(page, fast, 50)


@pytest.mark.parametrize("speed", ["7", "-1", "9e99", "<b>"])
def test_a_speed_that_is_none_is_passed_over(open_page: OpenPage, speed: str) -> None:
    page = open_page(f"{SETTINGS}&speed={speed}", quiet=False)
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.get_by_test_id("speed")).to_have_value("60")


def test_a_choice_leaves_no_step_on_the_way_back(open_page: OpenPage) -> None:
    """What Python writes into the address is no page of its own."""
    page = open_page(SETTINGS, quiet=False)
    page.get_by_role("link", name="Autograd").click()
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.get_by_role("link", name="Training").click()
    expect(page.locator(".stage[data-run]")).to_be_visible()
    go_to(page, 20)
    page.get_by_text("zero_grad each step").click()
    expect_marks(page, "20: zero_grad each step on → off")
    page.get_by_test_id("stSelectbox").filter(has_text="Optimiser").locator("input").click()
    page.get_by_role("option", name="Adam", exact=True).click()
    expect_changes(page, "0:zero_grad=true,optimizer=SGD,lr=0.04;20:zero_grad=false,optimizer=Adam")
    page.go_back()
    expect(page.get_by_test_id("node").first).to_be_visible()
