"""The player in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from lrcore import SGD, Blobs, Run, RunConfig
from tests.browser.conftest import OpenPage

ENDLESS = "?target_accuracy=1&max_iterations=1000000"


def number(page: Page, name: str) -> float:
    text = page.get_by_test_id(name).inner_text()
    return float(text.replace("−", "-"))


def wait_for_iteration(page: Page, least: int, seconds: float = 20) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('[data-testid=iteration]').textContent) >= least",
        arg=least,
        timeout=seconds * 1000,
    )


def move_slider(page: Page, label: str, key: str, times: int = 1) -> None:
    slider = page.locator(f'input[type=range][aria-label="{label}"]')
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)
    slider.blur()


def boundary(page: Page) -> str:
    return page.evaluate(
        "document.querySelector('[data-testid=scatter]')._fullLayout.shapes[0].path"
    )


def assert_shows(page: Page, run: Run, iteration: int) -> None:
    step = run.step(iteration)
    assert number(page, "loss") == pytest.approx(step.loss, abs=6e-5)
    assert number(page, "accuracy") == pytest.approx(step.accuracy, abs=6e-5)
    assert number(page, "w0") == pytest.approx(step.weights[0], abs=6e-4)
    assert number(page, "w1") == pytest.approx(step.weights[1], abs=6e-4)
    assert number(page, "b") == pytest.approx(step.bias, abs=6e-4)


def test_first_visit_is_finished_and_needs_no_scrolling(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_test_id("status")).to_contain_text("Ready")
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    for area in ("stMain", "stSidebarContent"):
        hidden = page.get_by_test_id(area).evaluate("e => e.scrollHeight - e.clientHeight")
        assert hidden <= 0, area
    assert_shows(page, Run(RunConfig()), 0)


def test_play_reaches_the_target_and_says_so(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Playing")
    expect(page.get_by_test_id("status")).to_contain_text("Reached", timeout=15_000)
    run = Run(RunConfig())
    run.extend(10)
    last = len(run) - 1
    assert number(page, "iteration") == last
    expect(page.get_by_test_id("status")).to_contain_text(f"at iteration {last}")
    assert_shows(page, run, last)


def test_the_boundary_is_the_line_of_the_weights(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    run = Run(RunConfig())
    run.extend(10)
    step = run.step(len(run) - 1)
    ends = re.findall(r"(-?[\d.]+),(-?[\d.]+)", boundary(page))
    assert len(ends) == 2
    for x, y in ends:
        logit = step.weights[0] * float(x) + step.weights[1] * float(y) + step.bias
        assert logit == pytest.approx(0, abs=2e-3)


def test_pause_stops_and_single_steps_go_both_ways(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 20)
    page.get_by_test_id("play").click()
    here = int(number(page, "iteration"))
    page.wait_for_timeout(300)
    assert number(page, "iteration") == here
    page.get_by_test_id("step").click()
    expect(page.get_by_test_id("iteration")).to_have_text(str(here + 1))
    page.get_by_test_id("back").click()
    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("iteration")).to_have_text(str(here - 1))
    run = Run(RunConfig())
    run.extend(10)
    assert_shows(page, run, here - 1)


def test_scrubbing_shows_the_moment_under_the_thumb(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("timeline").fill("40")
    expect(page.get_by_test_id("iteration")).to_have_text("40")
    run = Run(RunConfig())
    run.extend(10)
    assert_shows(page, run, 40)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")


def test_a_changed_rate_branches_at_the_playhead(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("timeline").fill("40")
    expect(page.get_by_test_id("iteration")).to_have_text("40")
    before = [number(page, name) for name in ("w0", "w1", "b")]
    move_slider(page, "Learning rate", "ArrowRight", 10)
    # Each key press branches; the last one is placed when the mark says so.
    expect(page.locator('.stage .marks span[title="40: lr 0.01 → 0.1"]')).to_have_count(1)
    expect(page.get_by_test_id("iteration")).to_have_text("40")
    assert [number(page, name) for name in ("w0", "w1", "b")] == before
    assert "lr=0.1" in page.url
    for _ in range(3):
        page.get_by_test_id("step").click()
    expect(page.get_by_test_id("iteration")).to_have_text("43")
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, 60)
    run.branch(40, optimizer=SGD(lr=0.1))
    run.extend(10, 10)
    assert_shows(page, run, 43)
    expect(page.locator(".stage .marks span")).to_have_count(1)


def test_a_change_while_playing_keeps_playing(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 30)
    move_slider(page, "Momentum", "ArrowLeft")
    page.wait_for_function("document.querySelector('.stage').dataset.branch == 1")
    here = int(number(page, "iteration"))
    assert here >= 30
    wait_for_iteration(page, here + 60)
    expect(page.get_by_test_id("status")).to_contain_text("Playing.")


def test_new_data_starts_a_new_run_that_plays_on(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 100)
    page.get_by_role("button", name="New sample").click()
    page.wait_for_function("document.querySelector('.stage').dataset.run == 2")
    wait_for_iteration(page, 20)
    page.get_by_test_id("play").click()
    here = int(number(page, "iteration"))
    run = Run(RunConfig(data=Blobs(seed=4), target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, here + 1)
    assert_shows(page, run, here)
    assert "seed=4" in page.url


def test_reset_starts_again_under_the_present_settings(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("timeline").fill("30")
    move_slider(page, "Learning rate", "ArrowRight", 3)
    expect(page.locator('.stage .marks span[title="30: lr 0.01 → 0.02"]')).to_have_count(1)
    page.get_by_test_id("reset").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.locator(".stage .marks span")).to_have_count(0)
    page.get_by_test_id("step").click()
    page.get_by_test_id("step").click()
    expect(page.get_by_test_id("iteration")).to_have_text("2")
    run = Run(RunConfig(optimizer=SGD(lr=0.02)))
    run.extend(10)
    assert "lr=0.02" in page.url
    assert_shows(page, run, 2)


def test_keys_play_step_and_jump(open_page: OpenPage) -> None:
    page = open_page()
    iteration = page.get_by_test_id("iteration")
    page.keyboard.press("ArrowRight")
    expect(iteration).to_have_text("1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(iteration).to_have_text("1")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Pause")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    page.keyboard.press("End")
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    page.keyboard.press("Home")
    expect(iteration).to_have_text("0")
    page.keyboard.press("+")
    expect(page.get_by_test_id("speed")).to_have_value("120")
    page.keyboard.press("-")
    expect(page.get_by_test_id("speed")).to_have_value("60")
    page.keyboard.press("End")
    page.keyboard.press("r")
    expect(iteration).to_have_text("0")


def test_keys_are_not_stolen_from_a_focused_input(open_page: OpenPage) -> None:
    page = open_page()
    seed = page.get_by_role("spinbutton", name="Seed", exact=True)
    seed.click()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    page.wait_for_timeout(200)
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")


def test_zoom_and_legend_stay_while_it_plays(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("play").click()
    box = page.get_by_test_id("scatter").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 80, y - 80)
    page.mouse.down()
    page.mouse.move(x + 80, y + 80, steps=8)
    page.mouse.up()
    axis = "document.querySelector('[data-testid=scatter]')._fullLayout.xaxis.range"
    page.wait_for_function(f"{axis}[1] - {axis}[0] < 8")
    zoomed = page.evaluate(axis)
    here = int(number(page, "iteration"))
    page.locator(".scatter .legendtoggle").first.click()
    wait_for_iteration(page, here + 120)
    assert page.evaluate(axis) == zoomed
    visible = "document.querySelector('[data-testid=scatter]')._fullData[0].visible"
    assert page.evaluate(visible) == "legendonly"


def test_as_fast_as_it_goes_runs_ahead(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("speed").select_option("max")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 10_000)
    page.get_by_test_id("play").click()
    here = int(number(page, "iteration"))
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(60, here + 1)
    assert_shows(page, run, here)
