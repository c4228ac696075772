"""The player in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lrcore import SGD, Blobs, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    TO_SCREEN,
    assert_shows,
    go_to,
    hidden_part,
    line,
    move_slider,
    number,
    pause,
    url_of,
    wait_for_frames,
    wait_for_iteration,
    weights,
)


def test_first_visit_is_finished_and_needs_no_scrolling(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_test_id("status")).to_contain_text("Ready")
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    for area in ("stMain", "stSidebarContent"):
        assert hidden_part(page, area) <= 0, area
    assert_shows(page, Run(RunConfig()), 0)


def test_play_reaches_the_target_and_says_so(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Playing")
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
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
    ends = line(page)
    assert len(ends) == 2
    for x, y in ends:
        logit = step.weights[0] * x + step.weights[1] * y + step.bias
        assert logit == pytest.approx(0, abs=2e-3)


def test_pause_stops_and_single_steps_go_both_ways(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 20)
    here = pause(page)
    wait_for_frames(page, 20)
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
    go_to(page, 40)
    run = Run(RunConfig())
    run.extend(10)
    assert_shows(page, run, 40)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")


def test_a_changed_rate_branches_at_the_playhead(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    go_to(page, 40)
    before = weights(page)
    move_slider(page, "Learning rate", "ArrowRight", 10)
    # Each key press branches; the last one is placed when the mark says so.
    expect(page.locator('.stage .marks span[title="40: Learning rate 0.01 → 0.1"]')).to_have_count(
        1
    )
    expect(page.get_by_test_id("iteration")).to_have_text("40")
    assert weights(page) == before
    assert "lr=0.1" in url_of(page)
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
    expect(page.get_by_test_id("status")).to_contain_text("1: Momentum 0.9 → 0.89.")


def test_new_data_starts_a_new_run_that_plays_on(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 100)
    page.get_by_role("button", name="New sample").click()
    page.wait_for_function("document.querySelector('.stage').dataset.run == 2")
    wait_for_iteration(page, 20)
    here = pause(page)
    run = Run(RunConfig(data=Blobs(seed=4), target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, here + 1)
    assert_shows(page, run, here)
    assert "seed=4" in url_of(page)


def test_reset_starts_again_under_the_present_settings(open_page: OpenPage) -> None:
    page = open_page()
    go_to(page, 30)
    move_slider(page, "Learning rate", "ArrowRight", 3)
    expect(page.locator('.stage .marks span[title="30: Learning rate 0.01 → 0.02"]')).to_have_count(
        1
    )
    page.get_by_test_id("reset").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.locator(".stage .marks span")).to_have_count(0)
    page.get_by_test_id("step").click()
    page.get_by_test_id("step").click()
    expect(page.get_by_test_id("iteration")).to_have_text("2")
    run = Run(RunConfig(optimizer=SGD(lr=0.02)))
    run.extend(10)
    assert "lr=0.02" in url_of(page)
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
    wait_for_frames(page, 20)
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
    page.locator(".scatter .legendtoggle").first.click()
    visible = "document.querySelector('[data-testid=scatter]')._fullData[0].visible"
    page.wait_for_function(f"{visible} === 'legendonly'")
    wait_for_iteration(page, int(number(page, "iteration")) + 120)
    assert page.evaluate(axis) == zoomed
    assert page.evaluate(visible) == "legendonly"


def test_as_fast_as_it_goes_runs_ahead(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("speed").select_option("max")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 10_000)
    here = pause(page)
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(60, here + 1)
    assert_shows(page, run, here)


def test_zooming_out_with_the_wheel_ends_and_the_page_plays_on(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.mouse.move(*page.evaluate(TO_SCREEN, [1, 1]))
    axes = (
        "(() => { const { xaxis, yaxis } = document.querySelector('[data-testid=scatter]')"
        "._fullLayout; return [...xaxis.range, ...yaxis.range]; })()"
    )
    for _ in range(100):
        page.mouse.wheel(0, 3000)
    wait_for_frames(page, 5)
    page.wait_for_function(f"Math.max(...{axes}.map(Math.abs)) > 100")
    assert max(map(abs, page.evaluate(axes))) < 2000
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 60)
