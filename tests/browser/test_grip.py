"""Grabbing the boundary, and what the page says is reachable, in a real browser."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Page, expect

from lrcore import Blobs, Quadratic, Run, RunConfig
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    along,
    assert_shows,
    drag,
    go_to,
    line,
    move_slider,
    number,
    pause,
    url_of,
    wait_for_iteration,
    weights,
)

HARD = "?mean=0.6"
HARD_CONFIG = RunConfig(data=Blobs(mean=0.6))


def logit(parameters: list[float], point: tuple[float, float]) -> float:
    return parameters[0] * point[0] + parameters[1] * point[1] + parameters[2]


def shown_loss_becomes(page: Page, run: Run) -> None:
    """The loss beside the pointer is that of the weights beside the pointer."""
    step = run.evaluate(weights(page))
    page.wait_for_function(
        "loss => Math.abs(document.querySelector('[data-testid=loss]').textContent - loss) < 2e-3",
        arg=step.loss,
    )
    assert number(page, "accuracy") == pytest.approx(step.accuracy, abs=0.011)


def weights_in_link(page: Page) -> tuple[float, ...]:
    """The weights that the address says, as soon as it does."""
    text: str = page.wait_for_function(
        "/start=typed/.test(location.search) && new URLSearchParams(location.search).get('weights')"
    ).json_value()
    return tuple(map(float, text.split(",")))


def test_middle_of_the_boundary_moves_it(open_page: OpenPage) -> None:
    page = open_page(HARD)
    go_to(page, 30)
    before, loss = weights(page), number(page, "loss")
    start = along(page, 0.5)
    target = (start[0] + 1.2, start[1] + 1.5)
    drag(page, start, target)
    assert weights(page)[:2] == before[:2]
    assert logit(weights(page), target) == pytest.approx(0, abs=0.02)
    shown_loss_becomes(page, Run(HARD_CONFIG))
    assert number(page, "loss") != loss
    page.mouse.up()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    after = weights(page)
    assert logit(after, target) == pytest.approx(0, abs=0.02)
    typed = weights_in_link(page)
    assert typed == pytest.approx(after, abs=6e-4)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 40)
    rests = pause(page)
    run = Run(RunConfig(data=Blobs(mean=0.6), initial_weights=typed))
    run.extend(10)
    assert_shows(page, run, rests)


@pytest.mark.parametrize("query", [HARD, f"{HARD}&standardise=true"])
def test_end_of_the_boundary_turns_it_about_its_middle(open_page: OpenPage, query: str) -> None:
    page = open_page(query)
    go_to(page, 30)
    middle, end = along(page, 0.5), along(page, 0.9)
    arm = (end[0] - middle[0], end[1] - middle[1])
    turned = (middle[0] + 0.7 * arm[0] - 0.2 * arm[1], middle[1] + 0.7 * arm[1] + 0.2 * arm[0])
    drag(page, end, turned)
    page.mouse.up()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    (ax, ay), (bx, by) = line(page)
    for x, y in (middle, turned):
        away = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / math.hypot(bx - ax, by - ay)
        assert away < 0.06


def test_bent_boundary_follows_the_pointer(open_page: OpenPage) -> None:
    page = open_page(f"{HARD}&features=quadratic")
    go_to(page, 30)
    inside = [(x, y) for x, y in line(page) if -4 < x < 6 and -6 < y < 6]
    start = inside[len(inside) // 2]
    target = (start[0] + 0.7, start[1] + 0.7)
    drag(page, start, target)
    page.mouse.up()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    distances = [math.dist(target, point) for point in line(page)]
    assert min(distances) < 0.25
    config = RunConfig(data=Blobs(mean=0.6), features=Quadratic())
    typed = weights_in_link(page)
    assert len(typed) == 6
    step = Run(config).evaluate(typed)
    assert number(page, "loss") == pytest.approx(step.loss, abs=1e-3)


def test_boundary_cannot_be_grabbed_while_it_plays(open_page: OpenPage) -> None:
    page = open_page(f"{ENDLESS}&mean=0.6")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 200)
    drag(page, along(page, 0.5), (1.0, 5.0))
    page.mouse.up()
    wait_for_iteration(page, 260)
    assert page.locator(".stage").get_attribute("data-run") == "1"
    assert "start=typed" not in url_of(page)


def test_far_from_the_boundary_a_drag_zooms(open_page: OpenPage) -> None:
    page = open_page(HARD)
    axis = "document.querySelector('[data-testid=scatter]')._fullLayout.xaxis.range"
    x, y = along(page, 0.5)
    drag(page, (x, y + 2), (x + 3, y + 4))
    page.mouse.up()
    page.wait_for_function(f"{axis}[1] - {axis}[0] < 8")
    assert page.locator(".stage").get_attribute("data-run") == "1"


def test_what_is_reachable_stands_beside_the_target(open_page: OpenPage) -> None:
    page = open_page()
    outlook = page.get_by_test_id("limits")
    expect(outlook).to_contain_text("Bayes accuracy")
    expect(outlook).to_contain_text("0.988")
    expect(outlook).to_contain_text("No finite weights are best.")
    expect(page.get_by_test_id("status")).to_contain_text("Ready")


def test_target_out_of_reach_is_told_before_play(open_page: OpenPage) -> None:
    page = open_page(HARD)
    status = page.get_by_test_id("status")
    expect(status).to_contain_text("Out of reach: no straight line gets more than")
    move_slider(page, "Target accuracy", "Home")
    expect(status).not_to_contain_text("Out of reach")
