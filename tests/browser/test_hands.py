"""What hands do in a lecture: the space bar, a finger on the boundary, a change after the end."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from lrcore import SGD, Blobs, Run, RunConfig
from lrcore.ui.player.words import ending_sentence
from tests.browser.conftest import OpenPage
from tests.browser.picture import axes_of, drawn_curves
from tests.browser.player import (
    ENDLESS,
    TO_SCREEN,
    along,
    assert_shows,
    drag,
    go_to,
    line,
    move_slider,
    number,
    pause,
    pull_slider,
    wait_for_iteration,
    wait_for_rest,
    weights,
)

HARD = "?mean=0.6"
HARD_CONFIG = RunConfig(data=Blobs(mean=0.6))


# The space bar


def expect_playing(page: Page, *, playing: bool) -> None:
    label = "Pause" if playing else "Play"
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", label)


def click_control(page: Page, name: str) -> None:
    match name:
        case "slider":
            pull_slider(page, "Distance", 20)
            page.mouse.up()
        case "toggle":
            page.get_by_text("zero_grad each step").click()
        case "New sample":
            page.get_by_role("button", name="New sample").click()
        case "speed":
            page.get_by_test_id("speed").click()
            page.keyboard.press("Escape")
        case _:
            page.locator(".st-key-more_data summary").click()


@pytest.mark.parametrize("name", ["slider", "toggle", "New sample", "speed", "More"])
def test_space_plays_after_a_click_on_a_control(open_page: OpenPage, name: str) -> None:
    page = open_page(ENDLESS)
    click_control(page, name)
    if (key := {"toggle": "zero_grad", "New sample": "seed"}.get(name)) is not None:
        page.wait_for_function("key => location.search.includes(`${key}=`)", arg=key)
    wait_for_rest(page)
    seed, zero_grad = page.evaluate(
        "[/seed=/, /zero_grad=/].map((key) => key.test(location.search))"
    )
    page.keyboard.press("Space")
    expect_playing(page, playing=True)
    wait_for_iteration(page, 10)
    page.keyboard.press("Space")
    expect_playing(page, playing=False)
    assert [seed, zero_grad] == page.evaluate(
        "[/seed=/, /zero_grad=/].map((key) => key.test(location.search))"
    )


def test_space_is_the_controls_own_where_the_keyboard_has_led_to_it(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("speed").focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_test_id("reset")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_test_id("step")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("iteration")).to_have_text("1")
    expect_playing(page, playing=False)


# The boundary in the hand


@pytest.fixture
def finger(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1024, "height": 768}, has_touch=True, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{address}/{HARD}")
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    yield page
    context.close()


def touch_drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger goes from one point of the plane to another, as Chromium gives it to a page."""
    session = page.context.new_cdp_session(page)
    (x0, y0), (x1, y1) = (page.evaluate(TO_SCREEN, list(place)) for place in (start, end))
    session.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x0, "y": y0}]}
    )
    for k in range(1, 9):
        place = {"x": x0 + (x1 - x0) * k / 8, "y": y0 + (y1 - y0) * k / 8}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_drags_the_boundary_and_nothing_else(finger: Page) -> None:
    page = finger
    before = axes_of(page)
    for turn in (1, 2):
        go_to(page, 30)
        (x, y), held = along(page, 0.5), weights(page)
        touch_drag(page, (x, y), (x + 0.8, y + 1.0))
        expect(page.locator(".stage")).to_have_attribute("data-run", str(1 + turn))
        expect(page.get_by_test_id("iteration")).to_have_text("0")
        assert weights(page)[:2] == pytest.approx(held[:2], abs=6e-4)
        assert weights(page)[2] != held[2]
        assert axes_of(page) == pytest.approx(before)
    page.keyboard.press("Home")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 20)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_handles_stand_on_the_boundary_while_it_can_be_dragged(open_page: OpenPage) -> None:
    page = open_page(f"{ENDLESS}&mean=0.6")
    go_to(page, 30)
    grips = page.locator(".plane .grip")
    expect(grips.first).to_be_visible()
    boxes = [grip.bounding_box() for grip in grips.all()]
    places = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
    (ax, ay), (bx, by) = [page.evaluate(TO_SCREEN, list(end)) for end in line(page)]
    for x, y in places:
        away = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / math.dist((ax, ay), (bx, by))
        assert away < 1
    assert len(places) == 3
    page.get_by_test_id("play").click()
    expect(grips.first).to_be_hidden()
    pause(page)
    expect(grips.first).to_be_visible()


def test_numbers_are_dim_until_they_are_measured(open_page: OpenPage) -> None:
    page = open_page(HARD)
    go_to(page, 30)
    seen = page.evaluate_handle("[]")
    page.evaluate(
        """(seen) => { const look = () => {
            const part = (name) => document.querySelector(`[data-testid=${name}]`);
            seen.push([part('b').textContent, part('loss').textContent,
                part('loss').classList.contains('late')]);
            requestAnimationFrame(look); }; look(); }""",
        seen,
    )
    x, y = along(page, 0.5)
    drag(page, (x, y), (x + 1.2, y + 1.5))
    expect(page.get_by_test_id("loss")).not_to_have_class("late")
    before = weights(page)
    page.mouse.up()
    frames = seen.json_value()
    assert any(late for *_, late in frames)
    run = Run(HARD_CONFIG)
    slopes = before[:2]
    checked = {(b, loss) for b, loss, late in frames if not late}
    start = frames[0][:2]
    for b, loss in checked - {tuple(start)}:
        measured = run.evaluate([*slopes, float(b.replace("−", "-"))])
        assert float(loss) == pytest.approx(measured.loss, abs=2e-3)


@pytest.mark.parametrize("way", ["button", "Control+z"])
def test_a_drag_can_be_undone(open_page: OpenPage, way: str) -> None:
    page = open_page(f"{HARD}&lr=0.02")
    go_to(page, 60)
    run = Run(replace(HARD_CONFIG, optimizer=SGD(lr=0.02)))
    run.extend(10, 120)
    assert_shows(page, run, 60)
    expect(page.get_by_test_id("undo")).to_be_hidden()
    x, y = along(page, 0.5)
    drag(page, (x, y), (x + 1.2, y + 1.5))
    page.mouse.up()
    page.wait_for_function("/start=typed/.test(location.search)")
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    if way == "button":
        page.get_by_test_id("undo").click()
    else:
        page.keyboard.press(way)
    expect(page.get_by_test_id("iteration")).to_have_text("60")
    assert_shows(page, run, 60)
    page.wait_for_function("!/start=typed/.test(location.search)")
    expect(page.get_by_test_id("undo")).to_be_hidden()
    go_to(page, 100)
    assert_shows(page, run, 100)


# A change after the end


def test_a_change_after_the_end_offers_to_start_again(open_page: OpenPage) -> None:
    page = open_page("?lr=0.12")
    page.get_by_test_id("end").click()
    status = page.get_by_test_id("status")
    expect(status).to_contain_text("Reached")
    ended = int(number(page, "iteration"))
    move_slider(page, "Learning rate", "ArrowRight")
    expect(status).to_contain_text("Play starts again with Learning rate 0.12 → 0.15")
    expect(page.get_by_test_id("play")).to_have_text("Again")
    assert number(page, "iteration") == ended
    page.get_by_test_id("play").click()
    run = Run(RunConfig(optimizer=SGD(lr=0.15)))
    run.extend(10)
    last = len(run) - 1
    expect(status).to_have_text(ending_sentence(run))
    assert_shows(page, run, last)
    expect(page.locator(".marks span")).to_have_count(0)


def test_a_higher_target_after_the_end_goes_on_from_there(open_page: OpenPage) -> None:
    page = open_page("?target_accuracy=0.95")
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    ended = int(number(page, "iteration"))
    move_slider(page, "Target accuracy", "End")
    expect(page.locator(".marks span")).to_have_count(1)
    assert number(page, "iteration") == ended
    page.get_by_test_id("play").click()
    wait_for_iteration(page, ended + 20)


def test_a_change_of_the_past_of_a_run_that_has_ended_branches_there(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    go_to(page, 100)
    move_slider(page, "Learning rate", "ArrowRight")
    expect(page.locator(".marks span")).to_have_text("1")
    assert number(page, "iteration") == 100


# Marks


def test_marks_are_numbers_and_their_words_are_told_when_passed(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    for iteration, key in ((40, "ArrowRight"), (120, "ArrowLeft"), (123, "ArrowLeft")):
        go_to(page, iteration)
        move_slider(page, "Learning rate", key)
        page.wait_for_function(
            "n => document.querySelector('.stage').dataset.branch == n",
            arg=["40", "120", "123"].index(str(iteration)) + 1,
        )
    marks = page.locator(".stage .marks span")
    expect(marks).to_have_text(["1", "2–3"])
    expect(marks.nth(0)).to_have_attribute("title", "40: Learning rate 0.01 → 0.012")
    expect(marks.nth(1)).to_have_attribute(
        "title", "120: Learning rate 0.012 → 0.01\n123: Learning rate 0.01 → 0.008"
    )
    texts = page.locator(".curves .annotation-text").all_text_contents()
    assert [text for text in texts if text[0].isdigit()] == ["1", "2–3"]
    status = page.get_by_test_id("status")
    go_to(page, 60)
    expect(status).to_contain_text("1: Learning rate 0.01 → 0.012")
    go_to(page, 20)
    expect(status).not_to_contain_text("Learning rate")


def test_the_curve_of_another_loss_does_not_go_on(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    go_to(page, 50)
    page.get_by_role("combobox", name="Loss").click()
    page.get_by_role("option", name="MSE").click()
    expect(page.locator(".stage .marks span")).to_have_text("1")
    go_to(page, 100)
    before, after = [curve for curve in drawn_curves(page) if not curve["below"]]
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, 51)
    run.branch(50, loss="mse")
    run.extend(10, 60)
    losses, pixel = run.columns().loss, before["pixel"][1]
    assert before["points"][-1] == pytest.approx([49, losses[49]], abs=2 * pixel)
    assert after["points"][0] == pytest.approx([50, losses[50]], abs=2 * pixel)
