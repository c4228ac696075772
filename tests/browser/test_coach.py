"""The coach on the page: its sentence, and what its two buttons do."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from lrcore import SGD, Blobs, Run, RunConfig
from lrcore.coach import advise
from tests.browser.conftest import OpenPage
from tests.browser.player import go_to, number, wait_for_frames, wait_for_iteration
from tests.browser.wire import hear

QUERY = "?mean=0.6&lr=8&momentum=0&l2=0.5&target_accuracy=0.8&speed=60"
CONFIG = RunConfig(
    data=Blobs(mean=0.6), optimizer=SGD(lr=8.0, momentum=0.0), l2=0.5, target_accuracy=0.8
)


def test_too_large_a_rate_is_told_shown_and_another_tried(open_page: OpenPage) -> None:
    page = open_page(QUERY)
    run = Run(CONFIG)
    run.extend(seconds=60)
    advice = advise(run, 30)
    assert advice is not None
    assert advice.rule == "rate_too_large"
    assert advice.attempt is not None
    go_to(page, 30)
    coach, play = page.get_by_test_id("coach"), page.get_by_test_id("play")
    before = play.bounding_box()
    expect(page.get_by_test_id("coach-said")).to_have_text(advice.sentence)
    assert play.bounding_box() == before
    page.get_by_test_id("coach-show").click()
    expect(page.get_by_test_id("iteration")).to_have_text(str(advice.show))
    go_to(page, 30)
    attempt = page.get_by_test_id("coach-try")
    expect(attempt).to_have_text(f"Try {advice.attempt.label}")
    expect(attempt).to_have_attribute("title", "From iteration 0 on: Learning rate 8 → 0.3")
    attempt.click()
    wait_for_iteration(page, 40)
    page.wait_for_function("new URLSearchParams(location.search).get('lr') === '0.3'")
    expect(coach).to_be_hidden()
    assert number(page, "loss") < run.step(0).loss


def test_a_try_in_the_middle_leaves_a_mark(open_page: OpenPage) -> None:
    page = open_page("?mean=0.6&lr=0.0002&momentum=0&target_accuracy=0.83&max_iterations=100000")
    page.get_by_test_id("timeline").fill("60")
    expect(page.get_by_test_id("coach-said")).to_contain_text("It crawls")
    label = page.get_by_test_id("coach-try").inner_text()
    before = number(page, "loss")
    page.get_by_test_id("coach-try").click()
    wait_for_iteration(page, 90)
    assert label == "Try rate 0.002"
    mark = page.locator(".marks span")
    expect(mark).to_have_attribute("title", "60: Learning rate 0.0002 → 0.002")
    assert number(page, "loss") < before


def test_where_nothing_is_certain_nothing_is_said(
    context: BrowserContext, open_page: OpenPage
) -> None:
    hear(context)
    page = open_page("?speed=60")
    go_to(page, 3)
    page.wait_for_function('said.some((text) => /"at":3,.*"coach"/.test(text))')
    wait_for_frames(page, 60)
    expect(page.get_by_test_id("coach")).to_be_hidden()
    expect(page.get_by_test_id("status")).to_have_text("Paused at iteration 3.")
