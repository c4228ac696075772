"""The map of learning rate and momentum, in a real browser: what it says is what runs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lrcore import Blobs, Run, RunConfig
from lrcore.insight import MOMENTA, RATES, RateMap, rate_map, stable_rates
from tests.browser.conftest import PATIENCE, OpenModule, OpenPage
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
from tests.browser.wire import hear

QUERY = "?view=rates&mean=0.8&l2=0.05&target_accuracy=0.87&max_iterations=300&speed=max"
CONFIG = RunConfig(data=Blobs(mean=0.8), l2=0.05, target_accuracy=0.87, max_iterations=300)
# The colour near a corner of each cell, by row from below.
_COLOURS = """() => {
    const canvas = document.querySelector('[data-testid=rates-map]');
    const [left, top, width, height] = canvas.dataset.box.split(',').map(Number);
    const copy = Object.assign(document.createElement('canvas'), {width: 1300, height: 800});
    const context = copy.getContext('2d', {willReadFrequently: true});
    context.drawImage(canvas, 0, 0);
    const scale = window.devicePixelRatio;
    const near = (k) => (k + 0.2) / 24;
    return Array.from({length: 24}, (_, row) => Array.from({length: 24}, (_, column) => {
        const [x, y] = [left + near(column) * width, top + height * (1 - near(row))];
        return Array.from(context.getImageData(x * scale, y * scale, 1, 1).data.slice(0, 3));
    }));
}"""
# How dark the map is at px of it, as the ink of the page in light is.
_IS_INK = """(places) => {
    const canvas = document.querySelector('[data-testid=rates-map]');
    const copy = Object.assign(document.createElement('canvas'), {width: 1300, height: 800});
    const context = copy.getContext('2d', {willReadFrequently: true});
    context.drawImage(canvas, 0, 0);
    const ink = getComputedStyle(canvas).color.match(/\\d+/g).map(Number);
    return places.map(([x, y]) => {
        const {data} = context.getImageData(Math.round(x) - 1, Math.round(y) - 1, 3, 3);
        return Array.from({length: 9}, (_, k) => k)
            .some((k) => ink.every((part, c) => Math.abs(data[4 * k + c] - part) < 30));
    });
}"""
_BOX = """() => {
    const canvas = document.querySelector('[data-testid=rates-map]');
    const {left, top} = canvas.getBoundingClientRect();
    const [x, y, width, height] = canvas.dataset.box.split(',').map(Number);
    return [left + x, top + y, width, height];
}"""
FAST, GREY, BLACK = (253, 231, 37), (154, 154, 154), (0, 0, 0)


@pytest.fixture(scope="module")
def expected() -> RateMap:
    *_, last = rate_map(Run(CONFIG))
    return last


def whole(page: Page) -> Page:
    """The page, once its map is filled."""
    expect(page.get_by_test_id("rates-said")).to_contain_text("Fewest")
    return page


def cell_of(expected: RateMap, least: int, most: int) -> tuple[int, int]:
    """A cell that takes so many iterations, not at the map's edge."""
    inside = (expected.iterations >= least) & (expected.iterations <= most)
    inside[0], inside[:, 0] = False, False
    return tuple(inside.nonzero()[len(inside.nonzero()) // 2].tolist())


def place(page: Page, cell: tuple[int, int]) -> tuple[float, float]:
    """Px of the middle of a cell on the page."""
    left, top, width, height = page.evaluate(_BOX)
    return left + (cell[1] + 0.5) / 24 * width, top + height - (cell[0] + 0.5) / 24 * height


def to_picture(page: Page, row: float, column: float) -> tuple[float, float]:
    """Px of a place of the map in its picture; whole numbers are the middles of cells."""
    left, top, width, height = map(
        float, page.get_by_test_id("rates-map").get_attribute("data-box").split(",")
    )
    return left + (column + 0.5) / 24 * width, top + height - (row + 0.5) / 24 * height


def said(expected: RateMap, cell: tuple[int, int]) -> str:
    row, column = cell
    iterations = expected.iterations[row, column].item()
    outcome = f"{iterations} iterations to the target" if iterations >= 0 else "diverged"
    return f"rate {RATES[column]:g}, momentum {MOMENTA[row]:g}: {outcome}"


def assert_runs(page: Page, expected: RateMap, cell: tuple[int, int]) -> None:
    """The run of a cell has been played to its end, and controls and link say its settings."""
    row, column = cell
    iterations = expected.iterations[row, column].item()
    lr, momentum = RATES[column], MOMENTA[row]
    status = page.get_by_test_id("status")
    expect(status).to_contain_text(f"at iteration {iterations}.")
    expect(page.get_by_test_id("iteration")).to_have_text(str(iterations))
    for label, value in (("Learning rate", lr), ("Momentum", momentum)):
        slider = page.get_by_test_id("stSlider").filter(has_text=label)
        shown = f"{value:.2f}" if label == "Momentum" else f"{value:g}"
        # A list: the slider of another optimiser may stand there for a moment longer.
        expect(slider.get_by_test_id("stSliderThumbValue")).to_have_text([shown])
    page.wait_for_function(
        """([lr, momentum]) => {
            const said = new URLSearchParams(location.search);
            return Number(said.get('lr') ?? 0.01) === lr
                && Number(said.get('momentum') ?? 0.9) === momentum && !said.has('changes');
        }""",
        arg=[lr, momentum],
    )


def test_the_colour_of_a_cell_is_what_became_of_its_run(
    open_page: OpenPage, expected: RateMap
) -> None:
    page = whole(open_page(QUERY))
    colours = page.evaluate(_COLOURS)
    for colour, cells in (
        (FAST, (expected.iterations >= 0) & (expected.iterations <= 10)),
        (GREY, expected.iterations == -2),
        (BLACK, expected.iterations == -3),
    ):
        seen = [tuple(colours[row][column]) for row, column in cells.nonzero().tolist()]
        assert seen
        # Over a few lie the line of the limit and its name.
        assert seen.count(colour) > 0.6 * len(seen)
    expect(page.get_by_test_id("rates-scale")).to_contain_text("not reached")
    expect(page.get_by_test_id("rates-scale")).to_contain_text("≤ 300")
    expect(page.get_by_test_id("rates-caption")).to_contain_text("at the minimum")


def test_limit_and_ring_stand_where_formula_and_settings_say(open_page: OpenPage) -> None:
    page = whole(open_page(f"{QUERY}&lr=0.012&momentum=0.5"))
    limits = stable_rates(Run(CONFIG))
    assert limits is not None
    rows = range(6, 20)  # off the line's name
    columns = np.interp(np.log([limits.rates[row] for row in rows]), np.log(RATES), np.arange(24))
    on_line = [to_picture(page, row, column) for row, column in zip(rows, columns, strict=True)]
    beside = [(x - 12, y) for x, y in on_line]
    assert page.evaluate(_IS_INK, on_line) == [True] * len(on_line)
    assert page.evaluate(_IS_INK, beside) == [False] * len(beside)
    x, y = to_picture(
        page,
        np.interp(0.5, MOMENTA, np.arange(24)),
        np.interp(np.log(0.012), np.log(RATES), np.arange(24)),
    )
    radius = 8
    around = [(x + radius, y), (x - radius, y), (x, y + radius), (x, y - radius)]
    assert page.evaluate(_IS_INK, [*around, (x, y)]) == [True, True, True, True, False]


def test_words_tell_what_the_runs_see_and_where_a_limit_lies_that_is_not_on_the_map(
    js: OpenModule,
) -> None:
    words = js("rates_words.js")
    shared = {"points": 2000, "of_points": 3000, "rates": [0.1, 10.0], "at_minimum": True}
    said = str(words.call("captionOf", {**shared, "limits": [53.2, 106.0]}))
    assert "The runs see 2,000 of 3,000 points." in said
    assert "It lies beyond the map, at rate 53." in said
    assert "beyond the map" not in str(words.call("captionOf", {**shared, "limits": [5.0, 20.0]}))
    assert "No limit is known" in str(words.call("captionOf", {**shared, "limits": None}))
    assert words.call("bandsOf", 300) == [10, 30, 100, 300]
    assert words.call("bandsOf", 5000) == [10, 30, 100, 300, 1000, 5000]
    assert [words.call("bandOf", k, 300) for k in (0, 10, 11, 300)] == [0, 0, 1, 3]
    penalised = words.call("legendOf", {"budget": 5, "penalised": True})
    assert penalised == ["≤ 5", "not reached", "diverged: loss + penalty end above start"]


def test_a_click_plays_the_run_of_a_cell_and_it_takes_as_long_as_the_map_says(
    open_page: OpenPage, expected: RateMap
) -> None:
    page = whole(open_page(QUERY))
    for cell in (cell_of(expected, 100, 250), cell_of(expected, 20, 60)):
        page.mouse.move(*place(page, cell))
        expect(page.get_by_test_id("rates-said")).to_have_text(said(expected, cell))
        page.mouse.click(*place(page, cell))
        assert_runs(page, expected, cell)
    # The map is still that of these points, and the link that of this run.
    page.mouse.move(5, 5)
    whole(page)
    page.wait_for_function("new URLSearchParams(location.search).has('at')")
    page.reload()
    expect(page.get_by_test_id("iteration")).to_have_text(str(expected.iterations[cell].item()))


def test_arrow_keys_choose_a_cell_and_enter_plays_it(
    open_page: OpenPage, expected: RateMap
) -> None:
    page = whole(open_page(f"{QUERY}&lr=0.1&momentum=0.52"))
    cell = page.get_by_test_id("rates-cell")
    cell.focus()
    row, column = MOMENTA.index(0.52), RATES.index(0.1)
    expect(page.get_by_test_id("rates-said")).to_have_text(said(expected, (row, column)))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    there = (row + 1, column + 1)
    expect(cell).to_have_attribute("aria-valuetext", said(expected, there))
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    page.keyboard.press("Enter")
    assert_runs(page, expected, there)


def test_another_optimiser_becomes_sgd_and_changes_on_the_way_are_no_more(
    open_page: OpenPage, expected: RateMap
) -> None:
    page = whole(open_page(f"{QUERY}&optimizer=Adam&changes=10:zero_grad=true,Adam_lr=0.5"))
    go_to(page, 5)
    cell = cell_of(expected, 20, 60)
    page.mouse.click(*place(page, cell))
    assert_runs(page, expected, cell)
    assert "optimizer" not in parse_qs(urlsplit(url_of(page)).query)


def test_a_change_of_settings_makes_another_map_and_another_rate_does_not(
    open_page: OpenPage,
) -> None:
    page = whole(open_page(QUERY))
    before = page.get_by_test_id("rates-said").inner_text()
    move_slider(page, "Momentum", "ArrowLeft", 5)
    page.wait_for_function("new URLSearchParams(location.search).get('momentum') === '0.85'")
    wait_for_frames(page, 10)
    expect(page.get_by_test_id("rates-said")).to_have_text(before)
    move_slider(page, "Target accuracy", "ArrowLeft", 40)
    expect(page.get_by_test_id("rates-said")).not_to_have_text(before)
    whole(page)
    # As the run with which the map began does, it must end where the settings of now say.
    *_, other = rate_map(Run(CONFIG.changed_within_run({"target_accuracy": 0.67})))
    fewest = other.iterations[other.iterations >= 0].min().item()
    expect(page.get_by_test_id("rates-said")).to_contain_text(f": {fewest} iterations")


def test_the_map_fills_while_the_page_plays_and_another_view_stops_it(
    context: BrowserContext, open_page: OpenPage
) -> None:
    hear(context)
    page = open_page(f"{ENDLESS}&view=rates&mean=0.8&samples_per_class=1000&speed=60")
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("rates-said")).to_contain_text("Training 576 runs: iteration")
    wait_for_iteration(page, 60)
    page.keyboard.press("1")
    page.evaluate("said.length = 0")
    page.wait_for_function("said.length >= 3")
    assert not any('"rates"' in one for one in page.evaluate("said"))
    page.keyboard.press("5")
    expect(page.get_by_test_id("rates-said")).to_contain_text(
        "No run reaches", timeout=4 * PATIENCE
    )
    pause(page)


def test_what_a_moment_shows_is_not_touched_by_the_map(open_page: OpenPage) -> None:
    page = whole(open_page(QUERY))
    go_to(page, 30)
    run = Run(CONFIG)
    run.extend(seconds=60)
    assert_shows(page, run, 30)
    expect(page.get_by_test_id("summary")).to_contain_text("Fewest: rate")


def test_on_a_phone_a_tap_plays_a_cell(browser: Browser, address: str, expected: RateMap) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, bypass_csp=True
    )
    try:
        page = context.new_page()
        page.goto(f"{address}/{QUERY}")
        whole(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_test_id("rates-map").scroll_into_view_if_needed()
        cell = cell_of(expected, 20, 60)
        iterations = expected.iterations[cell].item()
        page.touchscreen.tap(*place(page, cell))
        expect(page.get_by_test_id("status")).to_contain_text(f"at iteration {iterations}.")
    finally:
        context.close()
