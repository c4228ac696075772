"""Pinned runs as a person sees them: lines, curves, paths and numbers beside those of the run."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lrcore import SGD, Adam, Run, RunConfig
from tests.browser.conftest import OpenModule, OpenPage
from tests.browser.javascript import Plain
from tests.browser.picture import pixels
from tests.browser.player import as_number, assert_shows, go_to, move_slider, numbers, url_of

ENDLESS = "target_accuracy=1&max_iterations=100000"
SLOW = RunConfig(target_accuracy=1.0, max_iterations=100_000)
# In the order in which they are given: as in js/ghosts.js.
VIOLET, BROWN = (142, 107, 209), (156, 107, 48)
_TRACES = """() => document.querySelector('[data-testid=curves]').data
    .map(({name, line, y}) => [name, line.color, y.length])"""


def chips(page: Page) -> list[str]:
    return page.locator(".pins li span").all_inner_texts()


def trained(config: RunConfig, iterations: int) -> Run:
    run = Run(config)
    run.extend(60, iterations)
    return run


def difference(page: Page, name: str) -> str:
    return page.locator(f'.numbers [data-of="{name}"]').inner_text()


def along_boundary(run: Run, iteration: int) -> np.ndarray:
    """Points of a moment's boundary in the middle of the plane."""
    (w0, w1), b = run.step(iteration).weights, run.step(iteration).bias
    if abs(w0) > abs(w1):
        y = np.linspace(-1.0, 3.0, 200)
        return np.column_stack([-(w1 * y + b) / w0, y])
    x = np.linspace(-1.0, 3.0, 200)
    return np.column_stack([x, -(w0 * x + b) / w1])


def share_of(page: Page, colour: tuple[int, ...], points: np.ndarray) -> float:
    """Of how many points the pixel has about this colour."""
    away = np.abs(pixels(page, points)[:, :3] - np.array(colour)).max(axis=1)
    return float((away < 40).mean())


def with_pin(open_page: OpenPage, more: str = "") -> Page:
    """A page at iteration 40 of a faster run than the one that is pinned."""
    page = open_page(f"?{ENDLESS}&lr=0.02&pins=0:lr=0.01{more}")
    expect(page.locator(".pins li").first).to_be_visible()
    go_to(page, 40)
    return page


def test_a_pinned_run_is_kept_beside_the_one_that_follows(open_page: OpenPage) -> None:
    page = open_page(f"?{ENDLESS}")
    go_to(page, 60)
    page.keyboard.press("p")
    expect(page.locator(".pins li")).to_have_count(1)
    page.get_by_test_id("start").click()
    move_slider(page, "Learning rate", "ArrowRight", 4)
    page.wait_for_function("/pins=0:lr=0.01/.test(decodeURIComponent(location.search))")
    expect(page.locator(".pins li span")).to_have_text("lr 0.01")
    lr = as_number(re.search(r"[?&]lr=([\d.]+)", url_of(page))[1])
    go_to(page, 60)
    run, ghost = trained(RunConfig(optimizer=SGD(lr=lr)), 60), trained(SLOW, 60)
    assert_shows(page, run, 60)
    loss = run.step(60).loss - ghost.step(60).loss
    assert as_number(difference(page, "loss")) == pytest.approx(loss, abs=6e-4)


def test_a_ghost_is_drawn_at_the_same_moment_in_its_own_colour(open_page: OpenPage) -> None:
    page = with_pin(open_page)
    ghost = trained(SLOW, 80)
    for iteration in (40, 2, 80):
        go_to(page, iteration)
        here, elsewhere = along_boundary(ghost, iteration), along_boundary(ghost, 20)
        page.wait_for_function(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            ".then(() => true)"
        )
        assert share_of(page, VIOLET, here) > 0.3  # dashes, and points above them
        assert share_of(page, VIOLET, elsewhere) < 0.2
    names = [name for name, *_ in page.evaluate(_TRACES)]
    assert names[:2] == ["lr 0.01", "lr 0.01"]


def test_a_run_that_ends_sooner_is_compared_at_its_end(open_page: OpenPage) -> None:
    """The baseline has been trained to its own end, beyond the one of the run."""
    page = open_page("?lr=0.01")
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    page.get_by_test_id("pin").click()
    expect(page.locator(".pins li")).to_have_count(1)
    page.get_by_test_id("start").click()
    move_slider(page, "Learning rate", "ArrowRight", 4)
    page.wait_for_function("/[?&]lr=0.025/.test(location.search)")
    page.get_by_test_id("end").click()
    run, ghost = (trained(RunConfig(optimizer=SGD(lr=lr)), 1000) for lr in (0.025, 0.01))
    last = len(run) - 1
    assert last < len(ghost) - 1
    expect(page.get_by_test_id("iteration")).to_have_text(str(last))
    loss = run.step(last).loss - ghost.step(last).loss
    expect(page.locator('.numbers [data-of="loss"]')).to_have_text(f"{loss:+.3f}".replace("-", "−"))


def test_numbers_tell_the_difference_to_the_baseline(open_page: OpenPage) -> None:
    page = with_pin(open_page, "~0:optimizer=Adam,Adam_lr=0.05")
    run, ghost = trained(RunConfig(optimizer=SGD(lr=0.02)), 40), trained(SLOW, 200)
    step, baseline = run.step(40), ghost.step(40)
    assert chips(page) == ["lr 0.01", "Adam"]
    expect(page.locator(".pins li small")).to_have_text("baseline")
    page.wait_for_function("document.querySelector('.numbers [data-of=loss]').textContent")
    assert as_number(difference(page, "loss")) == pytest.approx(step.loss - baseline.loss, abs=6e-4)
    accuracy = step.accuracy - baseline.accuracy
    assert as_number(difference(page, "accuracy")) == pytest.approx(accuracy, abs=6e-4)
    assert difference(page, "iteration").endswith("earlier")
    page.locator(".pins li button").first.click()
    expect(page.locator(".pins li span")).to_have_text(["Adam"])
    adam = trained(RunConfig(optimizer=Adam(lr=0.05)), 40)
    expect(page.locator('.numbers [data-of="loss"]')).to_have_text(
        re.compile(re.escape(f"{step.loss - adam.step(40).loss:+.3f}".replace("-", "−")))
    )
    page.locator(".pins li button").click()
    expect(page.locator(".pins")).to_be_hidden()
    assert difference(page, "loss") == ""
    assert "pins" not in url_of(page)


def test_four_can_be_pinned_and_reloading_keeps_them(open_page: OpenPage) -> None:
    page = open_page(f"?{ENDLESS}&lr=0.02")
    for _ in range(4):
        page.get_by_test_id("pin").click()
    expect(page.locator(".pins li")).to_have_count(4)
    expect(page.get_by_test_id("pin")).to_be_disabled()
    page.keyboard.press("p")
    page.wait_for_function("/pins=0~0~0~0/.test(decodeURIComponent(location.search))")
    page.reload()
    expect(page.locator(".pins li")).to_have_count(4)
    dashes = page.locator(".pins path").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('stroke-dasharray'))"
    )
    assert len(set(dashes)) == 4


def test_with_other_data_a_ghost_stays_in_the_curves_alone(open_page: OpenPage) -> None:
    page = with_pin(open_page, ",seed=9")
    expect(page.locator(".pins li small").last).to_have_text("other data: in the curves alone")
    ghost = trained(SLOW, 40)
    assert share_of(page, VIOLET, along_boundary(ghost, 40)) < 0.1
    assert difference(page, "loss") == ""
    assert len(page.evaluate(_TRACES)) == 4


def test_a_bad_pin_in_a_link_is_told_and_the_run_goes_on(open_page: OpenPage) -> None:
    page = open_page("?lr=0.5&pins=0:lr=<b>fast</b>")
    expect(page.get_by_test_id("stToast")).to_contain_text("the pinned runs")
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    expect(page.locator(".pins")).to_be_hidden()


def test_a_ghost_walks_in_the_space_of_the_weights(open_page: OpenPage) -> None:
    page = with_pin(open_page)
    page.keyboard.press("2")
    canvas = page.get_by_test_id("weights-map")
    page.wait_for_function("document.querySelector('[data-testid=weights-map]').dataset.window")
    count = """canvas => {
        const {width, height} = canvas;
        const copy = Object.assign(document.createElement('canvas'), {width, height})
            .getContext('2d', {willReadFrequently: true});
        copy.drawImage(canvas, 0, 0);
        const {data} = copy.getImageData(0, 0, width, height);
        let found = 0;
        for (let k = 0; k < data.length; k += 4) {
            const away = [142, 107, 209].map((value, part) => Math.abs(data[k + part] - value));
            found += Math.max(...away) < 30;
        }
        return found;
    }"""
    page.wait_for_function(f"(canvas) => ({count})(canvas) > 25", arg=canvas.element_handle())
    page.locator(".pins li button").click()
    expect(page.locator(".pins")).to_be_hidden()
    page.wait_for_function(f"(canvas) => ({count})(canvas) < 5", arg=canvas.element_handle())


def test_a_page_taken_home_has_the_ghosts(
    open_page: OpenPage, browser: Browser, tmp_path: object
) -> None:
    page = with_pin(open_page)
    shown = numbers(page)
    delta = difference(page, "loss")
    page.get_by_test_id("take").click()
    expect(page.locator(".home code")).to_contain_text("import torch")
    with page.expect_download() as found:
        page.get_by_test_id("home-4").click()
    path = found.value.path()
    home = path.with_suffix(".html")
    home.write_bytes(path.read_bytes())
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
    alone = context.new_page()
    alone.goto(f"file://{home}")
    go_to(alone, 40)
    assert numbers(alone) == shown
    expect(alone.locator('.numbers [data-of="loss"]')).to_have_text(delta)
    expect(alone.get_by_test_id("pin")).to_be_hidden()
    expect(alone.locator(".pins li button")).to_be_hidden()
    context.close()


# The module alone

_AT = """({ Ghosts, differences }, ghost, own, axis, index) => {
    const pack = (rows) => btoa(String.fromCharCode(...new Uint8Array(
        Float32Array.from(rows.flat()).buffer)));
    return import("http://player.test/record.js").then(({ Record }) => {
        const [record, ghosts] = [new Record(2, ["loss", "accuracy"]), new Ghosts()];
        record.put(0, Float32Array.from(own.flat()));
        const told = { number: 1, label: "", first: 0, terms: 2, tests: false, comparable: true };
        ghosts.take([{ ...told, ...ghost, rows: pack(ghost.rows) }]);
        const [one] = ghosts.at(record, index, axis);
        const moment = { index, measured: record.moment(index).measured };
        return {
            index: one.index, lags: ghosts.lag(record, axis), known: ghosts.known,
            ...differences(moment, one),
        };
    });
}"""


def rows_with(losses: list[float], efforts: list[float]) -> list[list[float]]:
    return [
        [0, 0, 0, loss, 0.5, effort, 2 * effort]
        for loss, effort in zip(losses, efforts, strict=True)
    ]


@pytest.mark.parametrize(
    ("axis", "index", "ended", "expected"),
    [
        (0, 2, False, {"index": 2, "lags": True, "loss": "−0.200", "iteration": "> 1 earlier"}),
        (0, 1, False, {"index": 1, "lags": True, "loss": "+0.000", "iteration": ""}),
        (1, 1, False, {"index": 3, "lags": True, "loss": "+0.200", "iteration": ""}),
        (0, 1, True, {"index": 1, "lags": False, "loss": "+0.000", "iteration": ""}),
        (2, 0, False, {"index": 0, "lags": True, "loss": "+0.000", "iteration": ""}),
    ],
)
def test_a_moment_of_a_ghost_is_as_far_along_the_axis(
    js: OpenModule, axis: int, index: int, ended: bool, expected: dict[str, Plain]
) -> None:
    own = rows_with([1.0, 0.75, 0.3, 0.2, 0.1], [0, 3, 6, 9, 12])
    ghost = {"rows": rows_with([1.0, 0.75, 0.5, 0.55], [0, 1, 2, 3]), "ended": ended}
    found = js("ghosts.js").run(_AT, ghost, own, axis, index)
    assert {name: found[name] for name in expected} == expected
    assert found["known"] == [[1, 4]]
