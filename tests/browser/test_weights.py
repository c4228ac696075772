"""The view of the weights: a map of the loss, and a dot that is the line, in a real browser."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from lrcore import Blobs, Run, RunConfig
from lrcore.landscape import (
    Minimum,
    Mode,
    Window,
    contour_levels,
    lowest,
    objective_of,
    plane_of_two,
    surface,
)
from tests.browser.conftest import OpenModule, OpenPage
from tests.browser.player import (
    along,
    drag,
    go_to,
    line,
    move_slider,
    number,
    pause,
    wait_for_frames,
    wait_for_iteration,
    weights,
)

HARD = "?view=weights&mean=0.6&l2=0.05"
CONFIG = RunConfig(data=Blobs(mean=0.6), l2=0.05, target_accuracy=1.0)
# Window and box of the map, and px of its left upper corner on the page.
_MAP = """() => {
    const canvas = document.querySelector('[data-testid=weights-map]');
    const {left, top} = canvas.getBoundingClientRect();
    const numbers = (text) => text.split(',').map(Number);
    return [numbers(canvas.dataset.window), numbers(canvas.dataset.box), [left, top]];
}"""
_DOT = """() => {
    const {left, top, width, height} = document.querySelector('.map .dot').getBoundingClientRect();
    return [left + width / 2, top + height / 2];
}"""
_PIXELS = """() => {
    const canvas = document.querySelector('[data-testid=weights-map]');
    const {width, height} = canvas;
    const copy = Object.assign(document.createElement('canvas'), {width, height})
        .getContext('2d', {willReadFrequently: true});
    copy.drawImage(canvas, 0, 0);
    return [width, height, Array.from(copy.getImageData(0, 0, width, height).data)];
}"""
_INK = "() => getComputedStyle(document.querySelector('.stage')).color.match(/\\d+/g).map(Number)"
SLATE = (84, 116, 146)

Place = tuple[float, float]


def mapped(page: Page) -> Page:
    """The page, once its map has come, and the words below it, which leave it less room."""
    expect(page.get_by_test_id("weights-caption")).to_contain_text("Loss")
    expect(page.get_by_test_id("weights-caption")).to_contain_text("step")
    wait_for_frames(page, 3)
    return page


def to_screen(page: Page, place: Place) -> Place:
    """Px of a pair of weights on the flat map."""
    (u0, u1, v0, v1), (x, y, width, height), (left, top) = page.evaluate(_MAP)
    across, upwards = (place[0] - u0) / (u1 - u0), (place[1] - v0) / (v1 - v0)
    return left + x + width * across, top + y + height * (1 - upwards)


def dot(page: Page) -> Place:
    x, y = page.evaluate(_DOT)
    return x, y


def assert_dot_is_at_the_weights(page: Page) -> None:
    w0, w1, _ = weights(page)
    assert dot(page) == pytest.approx(to_screen(page, (w0, w1)), abs=0.6)


def picture(page: Page) -> np.ndarray:
    """Red, green, blue and opacity of each px of the map, (height, width, 4)."""
    width, height, data = page.evaluate(_PIXELS)
    return np.array(data, float).reshape(height, width, 4)


def count_near(image: np.ndarray, colour: tuple[float, ...], place: Place, near: float) -> int:
    """How many px of about this colour lie so near to a place of the picture."""
    x, y = place
    rows, columns = np.indices(image.shape[:2])
    close = np.hypot(columns + 0.5 - x, rows + 0.5 - y) <= near
    alike = np.abs(image[..., :3] - np.array(colour[:3])).max(2) < 40
    return int((close & alike & (image[..., 3] > 200)).sum())


def drag_dot(page: Page, place: Place) -> None:
    """Take hold of the dot and move it to a pair of weights, without letting go."""
    page.mouse.move(*dot(page))
    page.mouse.down()
    page.mouse.move(*to_screen(page, place), steps=6)


def logistic_loss(run: Run, places: np.ndarray) -> np.ndarray:
    """Loss and penalty at rows of (w0, w1, b), by hand in float64."""
    x = run.basis(run.data.x).numpy().astype(np.float64)
    sign = 2 * run.data.y.numpy().astype(np.float64) - 1
    margins = (places[:, :2] @ x.T + places[:, 2:]) * sign
    penalty = 0.05 / 2 * (places[:, :2] ** 2).sum(1)
    return np.logaddexp(0, -margins).mean(1) + penalty


def lowest_loss(run: Run, w0: float, w1: float) -> float:
    """The least over b, by brute force."""
    b = np.linspace(-12, 12, 6001)
    places = np.stack([np.full_like(b, w0), np.full_like(b, w1), b], 1)
    return float(logistic_loss(run, places).min())


# What is drawn


def test_dot_stands_where_the_weights_are(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    assert_dot_is_at_the_weights(page)
    for moment in (20, 60):
        go_to(page, moment)
        assert_dot_is_at_the_weights(page)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 120)
    pause(page)
    wait_for_frames(page, 2)
    assert_dot_is_at_the_weights(page)


def test_contours_pass_where_the_loss_has_their_level(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    run = Run(CONFIG)
    window, (left, top, width, height), _ = page.evaluate(_MAP)
    objective, _ = objective_of(run)
    plane = plane_of_two(torch.tensor([0.0, 0.0, 0.0]))
    seen = surface(objective, plane, Window(*window), Mode.LOWEST_OVER_B)
    least = lowest(objective)
    assert isinstance(least, Minimum)
    levels = contour_levels(seen.losses, least.loss)
    u0, u1, v0, v1 = window
    row, image, found = 0.3, picture(page), 0
    across = np.linspace(0.01, 0.99, 150)
    v = v0 + row * (v1 - v0)
    losses = [lowest_loss(run, u0 + share * (u1 - u0), v) for share in across]
    for a, b, here, there in zip(across, across[1:], losses, losses[1:], strict=False):
        for level in levels:
            if (here < level) == (there < level):
                continue
            share = a + (b - a) * (level - here) / (there - here)
            place = left + width * share, top + height * (1 - row)
            assert count_near(image, SLATE, place, 2), level
            found += 1
    assert found >= 6
    # And not where there is none: between two contours lies the tint alone.
    contoured = np.abs(image[..., :3] - SLATE).max(2) < 15
    assert 0.01 < contoured.mean() < 0.2


def test_the_link_keeps_which_map_is_seen(open_page: OpenPage) -> None:
    page = open_page("?view=weights&data=moons&features=quadratic&plane=0-3&slice=true&tilt=40")
    expect(page.get_by_test_id("weights-caption")).to_contain_text("the other weights as at")
    for name, value in (("first", "0"), ("second", "3"), ("tilt", "40")):
        expect(page.get_by_test_id(f"weights-{name}")).to_have_value(value)
    expect(page.get_by_test_id("weights-slice")).to_be_checked()
    page.get_by_test_id("weights-second").select_option("1")
    page.keyboard.press("]")
    go_to(page, 1)
    for said in ("plane=0-1", "tilt=45"):
        page.wait_for_function("said => location.search.includes(said)", arg=said)


def test_surface_rises_with_the_tilt(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    flat = dot(page)
    before = picture(page)
    for _ in range(9):
        page.keyboard.press("]")
    expect(page.get_by_test_id("weights-tilt")).to_have_value("45")
    wait_for_frames(page, 2)
    x, y = dot(page)
    run = Run(CONFIG)
    (u0, u1, v0, v1), (_, top, _, height), (_, page_top) = page.evaluate(_MAP)
    assert x == pytest.approx(flat[0], abs=0.6)
    edges = [(u, w) for u in (u0, u1) for w in (v0, v1)]  # convex: highest at a corner
    objective, _ = objective_of(run)
    w0, w1, _ = weights(page)
    least = lowest(objective).loss
    rise = (lowest_loss(run, w0, w1) - least) / (
        max(lowest_loss(run, *edge) for edge in edges) - least
    )
    sine, share = math.sqrt(0.5), (w1 - v0) / (v1 - v0)
    fit = max(1.0, sine * 1.55)
    floor = page_top + top + height
    assert y == pytest.approx(floor - height * sine * (share + 0.55 * rise) / fit, abs=3)
    assert np.abs(picture(page) - before).max() > 50
    page.keyboard.press("[")
    expect(page.get_by_test_id("weights-tilt")).to_have_value("40")


def test_separable_points_have_an_arrow_to_infinity_and_none_with_a_penalty(
    open_page: OpenPage,
) -> None:
    for query, endless in (("?view=weights&mean=3", True), ("?view=weights&mean=3&l2=0.1", False)):
        page = mapped(open_page(query))
        caption = page.get_by_test_id("weights-caption")
        _, (left, top, width, height), _ = page.evaluate(_MAP)
        ink = page.evaluate(_INK)
        # The clouds lie on a diagonal, and so does the way; a cross has some 40 px.
        tip = left + 0.15 * width, top + 0.85 * height
        assert (count_near(picture(page), ink, tip, 50) > 100) is endless
        if endless:
            expect(caption).to_contain_text("No minimum: the best lies at infinity.")
        else:
            expect(caption).to_contain_text("One valley, no local traps.")


def test_slice_keeps_b_and_says_so(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    go_to(page, 40)
    page.get_by_test_id("weights-slice").check()
    caption = page.get_by_test_id("weights-caption")
    b = number(page, "b")
    expect(caption).to_contain_text(f"at b = {b:.2f}".replace("-", "−"))
    page.get_by_test_id("weights-slice").uncheck()
    expect(caption).to_contain_text("at the best b for each place")


def test_many_weights_show_the_main_directions_or_two_by_name(open_page: OpenPage) -> None:
    page = mapped(open_page("?view=weights&mean=0.6&features=quadratic"))
    go_to(page, 50)
    caption = page.get_by_test_id("weights-caption")
    expect(caption).to_contain_text("through iteration 50 along the path's main directions")
    expect(caption).to_contain_text("% of the path")
    page.get_by_test_id("weights-first").select_option("2")
    expect(caption).to_contain_text("the other weights as at iteration 50")


def test_loss_with_other_valleys_does_not_promise_one(open_page: OpenPage) -> None:
    page = mapped(open_page(f"{HARD}&loss=mse"))
    expect(page.get_by_test_id("weights-caption")).to_contain_text("There may be several valleys")


# Linked both ways


def test_dragging_the_dot_moves_the_line_and_play_goes_on_from_there(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    go_to(page, 30)
    mapped(page)
    loss = number(page, "loss")
    (u0, u1, v0, v1), *_ = page.evaluate(_MAP)
    target = u0 + 0.4 * (u1 - u0), v0 + 0.6 * (v1 - v0)
    drag_dot(page, target)
    held = weights(page)
    assert held[:2] == pytest.approx(target, abs=0.02)
    step = Run(CONFIG).evaluate(held)
    page.wait_for_function(
        "loss => Math.abs(document.querySelector('[data-testid=loss]').textContent - loss) < 2e-3",
        arg=step.loss,
    )
    assert step.loss != pytest.approx(loss, abs=1e-3)
    for x, y in line(page):
        assert held[0] * x + held[1] * y + held[2] == pytest.approx(0, abs=0.03)
    # The best b of that place, up to the spacing of the grid.
    lowest_there = lowest_loss(Run(CONFIG), *held[:2])
    assert logistic_loss(Run(CONFIG), np.array([held]))[0] == pytest.approx(lowest_there, abs=2e-3)
    page.mouse.up()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    page.wait_for_function("document.querySelector('.stage').dataset.run === '2'")
    assert weights(page) == pytest.approx(held, abs=2e-3)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 20)


def test_dragging_the_line_moves_the_dot(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    go_to(page, 30)
    before = dot(page)
    middle, end = along(page, 0.5), along(page, 0.9)
    arm = end[0] - middle[0], end[1] - middle[1]
    turned = middle[0] + 0.9 * arm[0] - 0.3 * arm[1], middle[1] + 0.9 * arm[1] + 0.3 * arm[0]
    drag(page, end, turned)
    wait_for_frames(page, 2)
    assert math.dist(dot(page), before) > 5
    assert_dot_is_at_the_weights(page)
    page.mouse.up()
    expect(page.get_by_test_id("iteration")).to_have_text("0")


def test_a_dot_that_is_dragged_off_the_map_stays_at_its_edge(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    (u0, u1, v0, v1), *_ = page.evaluate(_MAP)
    drag_dot(page, (u0 - 0.2 * (u1 - u0), v1 + 0.2 * (v1 - v0)))
    assert weights(page)[:2] == pytest.approx((u0, v1), abs=1e-3)
    wait_for_frames(page, 60)  # another map would have come
    assert page.evaluate(_MAP)[0] == [u0, u1, v0, v1]
    page.mouse.up()


def test_a_finger_drags_the_dot(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{address}/{HARD}")
    page.get_by_test_id("weights-map").scroll_into_view_if_needed()
    mapped(page)
    (u0, u1, v0, v1), *_ = page.evaluate(_MAP)
    place = u0 + 0.3 * (u1 - u0), v0 + 0.3 * (v1 - v0)
    (x0, y0), (x1, y1) = dot(page), to_screen(page, place)
    session = page.context.new_cdp_session(page)
    for k in range(9):
        point = {"x": x0 + (x1 - x0) * k / 8, "y": y0 + (y1 - y0) * k / 8}
        kind = "touchMove" if k else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    wait_for_frames(page, 2)
    held = weights(page)
    assert held[:2] == pytest.approx(place, abs=0.02)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("document.querySelector('.stage').dataset.run === '2'")
    assert weights(page) == pytest.approx(held, abs=2e-3)
    context.close()


def test_arrow_keys_move_the_focused_dot(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    before = weights(page)
    page.get_by_role("slider", name="The weights").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.stage').dataset.run === '2'")
    after = weights(page)
    assert after[0] < before[0] - 0.01
    assert after[1] == pytest.approx(before[1], abs=1e-3)
    # Three presses are one drag, which can be undone.
    expect(page.get_by_test_id("undo")).to_be_visible()
    assert page.locator(".stage").get_attribute("data-run") == "2"


def test_pointer_on_the_map_shows_its_line_and_loss(open_page: OpenPage) -> None:
    page = mapped(open_page(HARD))
    (u0, u1, v0, v1), *_ = page.evaluate(_MAP)
    place = u0 + 0.35 * (u1 - u0), v0 + 0.7 * (v1 - v0)
    expect(page.locator(".overlay path.ghost")).to_have_count(0)
    page.mouse.move(*to_screen(page, place))
    ghost = page.locator(".overlay path.ghost")
    expect(ghost).to_have_count(1)
    expected = lowest_loss(Run(CONFIG), *place)
    said = page.locator(".map .beside").inner_text()
    assert float(said.removeprefix("loss + penalty ")) == pytest.approx(expected, abs=4e-3)
    page.mouse.move(640, 700)
    expect(ghost).to_have_count(0)


def test_map_follows_a_penalty(open_page: OpenPage) -> None:
    page = mapped(open_page("?view=weights&mean=0.6"))
    caption = page.get_by_test_id("weights-caption")
    expect(caption).to_contain_text("Loss of these 200 points")
    page.locator(".st-key-more_features summary").click()
    move_slider(page, "L2 penalty", "ArrowRight", 3)
    expect(caption).to_contain_text("Loss and penalty of these 200 points")


# Modules


@pytest.fixture
def contours(js: OpenModule) -> Callable[..., list]:
    return lambda *given: js("contours.js").call("contours", *given)


def test_pieces_lie_on_the_level(contours: Callable[..., list]) -> None:
    size = 7
    grid = np.add.outer(2.0 * np.arange(size), 3.0 * np.arange(size))  # 3 column + 2 row
    rows = contours(grid.flatten().tolist(), size, [4.3, 11.0])
    ends = np.array([end for row in rows for c0, r0, c1, r1 in row for end in ((c0, r0), (c1, r1))])
    values = ends @ [3, 2]
    assert np.abs(values[:, None] - [4.3, 11.0]).min(1) == pytest.approx(0, abs=1e-9)
    assert len(rows) == size - 1


def test_a_place_is_found_again_on_the_tilted_surface(js: OpenModule) -> None:
    script = """({ Projection }, tilt) => {
        const box = { left: 10, top: 20, width: 300, height: 200 };
        const projection = new Projection([-1, 3, 0, 2], box, tilt);
        const surface = { size: 51, heightAt: ([u, v]) => (u * u + v) / 11 };
        return [[0.5, 0.3], [2.5, 1.8], [-0.7, 1]].map((place) =>
            projection.toPlace(projection.toScreen(place, surface.heightAt(place)), surface));
    }"""
    for tilt in (0, 25, 60):
        found = js("mesh.js").run(script, tilt)
        assert np.array(found) == pytest.approx(
            np.array([[0.5, 0.3], [2.5, 1.8], [-0.7, 1.0]]), abs=0.02
        )


def test_a_long_path_keeps_its_last_moments(js: OpenModule) -> None:
    moments = js("landscape.js").call("pathMoments", 100_000)
    assert len(moments) < 520
    assert moments[0] == 0
    assert moments[-150:] == list(range(100_000 - 149, 100_001))
    assert js("landscape.js").call("pathMoments", 0) == [0]
