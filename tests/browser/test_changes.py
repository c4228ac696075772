"""A run whose settings changed on the way: its link, the browser's buttons and F5 bring it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, expect

from lrcore import SGD, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    assert_shows,
    go_to,
    move_slider,
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
    page.wait_for_function(
        "text => new URLSearchParams(location.search).get('changes') === text",
        arg=f"0:lr=0.04;{iteration}:lr=0.05",
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
        expect(page.get_by_text("The graph of this run")).to_be_visible()
        page.go_back()
        expect_the_changed_run(page, run, 50)
    page.go_forward()
    expect(page.get_by_text("The graph of this run")).to_be_visible()
    page.get_by_role("link", name="Training").click()
    expect_the_changed_run(page, run, 50)
    page.go_back()
    expect(page.get_by_text("The graph of this run")).to_be_visible()
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
