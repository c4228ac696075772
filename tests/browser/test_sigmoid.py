"""Threshold and errors: four handles of one number, counts that are those of scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from sklearn import metrics

from lrcore import Blobs, Iris, Moons, Quadratic, Run, RunConfig, palette
from lrcore.metrics import Ranking, calibrated_threshold
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    TO_SCREEN,
    go_to,
    number,
    pause,
    wait_for_frames,
    wait_for_iteration,
)

CELLS = ("tn", "fp", "fn", "tp")
CLASS_COLOURS = [bytes.fromhex(colour[1:]) for colour in (palette.CLASS_0, palette.CLASS_1)]
HANDLES = {
    "curve": "Threshold on the S-curve",
    "roc": "Threshold on the ROC curve",
    "shares": "Threshold under precision, recall and F1",
    "plane": "Threshold in the plane",
}
# The points of the dashed line in the plane, in its units.
_DASHED = """() => {
    const path = document.querySelector('.overlay path.threshold');
    if (getComputedStyle(path).strokeDasharray === 'none') return [];
    const {left, top} = path.ownerSVGElement.getBoundingClientRect();
    const plot = document.querySelector('[data-testid=scatter]');
    const box = plot.getBoundingClientRect();
    const {xaxis, yaxis} = plot._fullLayout;
    const length = path.getTotalLength();
    return [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => path.getPointAtLength(share * length))
        .map(({x, y}) => [
            xaxis.p2l(x + left - box.left - xaxis._offset),
            yaxis.p2l(y + top - box.top - yaxis._offset),
        ]);
}"""
# Red, green, blue and opacity of the overlay's canvas at px of the page.
_LIT = """(places) => {
    const canvas = document.querySelector('.overlay canvas');
    const {left, top, width} = canvas.getBoundingClientRect();
    const scale = canvas.width / width;
    const copy = Object.assign(document.createElement('canvas'), {
        width: canvas.width, height: canvas.height,
    });
    const context = copy.getContext('2d', {willReadFrequently: true});
    context.drawImage(canvas, 0, 0);
    return places.map(([x, y]) =>
        [...context.getImageData(scale * (x - left), scale * (y - top), 1, 1).data]);
}"""


def trained(config: RunConfig, iteration: int) -> tuple[np.ndarray, np.ndarray, Run]:
    """Probabilities of all points at a moment, their classes, and the run."""
    run = Run(config)
    run.extend(20, iteration + 1)
    with torch.no_grad():
        p = run.model(iteration)(run.basis(run.data.x)).squeeze(-1)
    return p.double().numpy(), run.data.y.int().numpy(), run


def counts(page: Page) -> list[int]:
    return [int(page.get_by_test_id(name).locator("b").inner_text()) for name in CELLS]


def middle(page: Page, handle: str) -> tuple[float, float]:
    box = page.get_by_role("slider", name=HANDLES[handle]).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def set_threshold(page: Page, t: float) -> None:
    """By keys: from the nearer end of the slider, in hundredths."""
    handle = page.get_by_role("slider", name=HANDLES["shares"])
    handle.focus()
    page.keyboard.press("Home" if t < 0.5 else "End")
    key, steps = ("ArrowRight", round(100 * t)) if t < 0.5 else ("ArrowLeft", round(100 * (1 - t)))
    for _ in range(steps):
        page.keyboard.press(key)
    expect(page.get_by_test_id("threshold")).to_have_text(f"{t:.3f}")


def corners(page: Page, handle: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a handle stands at t = 0 and at t = 1; the threshold is left at 1."""
    places = []
    for key, t in (("Home", "0.000"), ("End", "1.000")):
        page.get_by_role("slider", name=HANDLES[handle]).focus()
        page.keyboard.press(key)
        expect(page.get_by_test_id("threshold")).to_have_text(t)
        places.append(middle(page, handle))
    return places[0], places[1]


def share_between(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


@pytest.mark.parametrize(
    ("query", "config", "iteration", "t"),
    [
        ("?data=iris", RunConfig(data=Iris()), 30, 0.3),
        ("?imbalance=20&mean=0.8", RunConfig(data=Blobs(imbalance=20, mean=0.8)), 60, 0.5),
        ("?data=moons&features=quadratic", RunConfig(data=Moons(), features=Quadratic()), 25, 0.72),
    ],
)
def test_counts_are_those_of_scikit_learn(
    open_page: OpenPage, query: str, config: RunConfig, iteration: int, t: float
) -> None:
    p, y, _ = trained(config, iteration)
    page = open_page(f"{query}&view=sigmoid&t={t}")
    go_to(page, iteration)
    expect(page.get_by_test_id("threshold")).to_have_text(f"{t:.3f}")
    expected = metrics.confusion_matrix(y, p >= t)
    page.wait_for_function(
        "auc => document.querySelector('[data-testid=auc]').textContent === auc",
        arg=f"{metrics.roc_auc_score(y, p):.4f}",
    )
    assert counts(page) == expected.ravel().tolist()
    ours = Ranking.of(p, y).confusion(t)
    for name in ("precision", "recall", "f1"):
        assert number(page, name) == pytest.approx(getattr(ours, name), abs=6e-4)
    tp, fp, fn = ours.true_positives, ours.false_positives, ours.false_negatives
    expect(page.locator(".formulas")).to_contain_text(f"{tp}/({tp}+{fp})")
    expect(page.locator(".formulas")).to_contain_text(f"{tp}/({tp}+{fn})")


def test_training_and_test_points_are_counted_apart(open_page: OpenPage) -> None:
    p, y, run = trained(RunConfig(data=Moons(), test_share=0.3), 20)
    page = open_page("?data=moons&test_share=0.3&view=sigmoid")
    go_to(page, 20)
    for name, members in (("training", ~run.is_test), ("test", run.is_test)):
        page.get_by_test_id(f"set-{name}").click()
        chosen = members.numpy()
        auc = metrics.roc_auc_score(y[chosen], p[chosen])
        expect(page.get_by_test_id("auc")).to_have_text(f"{auc:.4f}")
        expected = metrics.confusion_matrix(y[chosen], p[chosen] >= 0.5)
        assert counts(page) == expected.ravel().tolist()


def test_four_handles_show_one_threshold(open_page: OpenPage) -> None:
    p, y, run = trained(RunConfig(data=Blobs(mean=0.8)), 40)
    page = open_page("?mean=0.8&view=sigmoid")
    go_to(page, 40)
    ends = {name: corners(page, name) for name in ("curve", "roc", "shares")}
    ours = Ranking.of(p, y)
    for t in (0.2, 0.5, 0.83):
        set_threshold(page, t)
        (x0, y0), (x1, y1) = ends["curve"]
        x, up = middle(page, "curve")
        assert share_between(up, y0, y1) == pytest.approx(t, abs=0.01)
        half = math.log(t / (1 - t)) / (2 * share_between(x, x0, x1) - 1) if t != 0.5 else 6
        assert min(abs(half / one - 1) for one in (6, 8, 10, 15, 20)) < 0.02
        (x0, _), (x1, _) = ends["shares"]
        assert share_between(middle(page, "shares")[0], x0, x1) == pytest.approx(t, abs=0.01)
        # At t = 0 all are called class 1, at t = 1 none.
        (x1, y1), (x0, y0) = ends["roc"]
        found, (x, up) = ours.confusion(t), middle(page, "roc")
        false = found.false_positives / ours.negatives
        assert share_between(x, x0, x1) == pytest.approx(false, abs=0.01)
        assert share_between(up, y0, y1) == pytest.approx(found.recall, abs=0.015)
        step = run.step(40)
        points = page.evaluate(_DASHED)
        assert len(points) == 5
        for a, b in points:
            z = step.weights[0] * a + step.weights[1] * b + step.bias
            assert 1 / (1 + math.exp(-z)) == pytest.approx(t, abs=0.01)


@pytest.mark.parametrize("name", HANDLES)
def test_dragging_one_handle_moves_all(open_page: OpenPage, name: str) -> None:
    page = open_page("?mean=0.8&view=sigmoid")
    go_to(page, 40)
    set_threshold(page, 0.3)
    before = {one: middle(page, one) for one in HANDLES}
    x, y = before[name]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y + (25 if name == "roc" else 0), steps=5)
    page.mouse.up()
    page.wait_for_function(
        "document.querySelector('[data-testid=threshold]').textContent !== '0.300'"
    )
    t = number(page, "threshold")
    for one, (old_x, old_y) in before.items():
        new_x, new_y = middle(page, one)
        assert math.hypot(new_x - old_x, new_y - old_y) > 2, one
        slider = page.get_by_role("slider", name=HANDLES[one])
        assert float(slider.get_attribute("aria-valuenow") or "nan") == pytest.approx(t, abs=6e-4)
    if name in ("curve", "shares"):
        assert middle(page, name)[0] == pytest.approx(x + 25, abs=2)
    assert number(page, "iteration") == 40  # the boundary was not taken for it


def test_a_finger_drags_a_handle(open_page: OpenPage) -> None:
    page = open_page("?view=sigmoid&t=0.3")
    x, y = middle(page, "shares")
    client = page.context.new_cdp_session(page)
    for kind, dx in (("touchStart", 0), ("touchMove", 10), ("touchMove", 30), ("touchEnd", None)):
        touches = [] if dx is None else [{"x": x + dx, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    page.wait_for_function("document.querySelector('[data-testid=threshold]').textContent > 0.35")


def test_the_threshold_moves_with_the_film(open_page: OpenPage) -> None:
    """The line p = t is that of each moment, and the S-curve shows that moment's points."""
    page = open_page(f"{ENDLESS}&view=sigmoid&t=0.8")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 30)
    at = pause(page)
    run = Run(RunConfig(target_accuracy=1, max_iterations=1_000_000))
    run.extend(20, at + 1)
    step = run.step(at)
    for a, b in page.evaluate(_DASHED):
        z = step.weights[0] * a + step.weights[1] * b + step.bias
        assert 1 / (1 + math.exp(-z)) == pytest.approx(0.8, abs=0.01)


def test_the_link_keeps_the_threshold(open_page: OpenPage) -> None:
    page = open_page("?view=sigmoid")
    set_threshold(page, 0.2)
    page.wait_for_function("new URLSearchParams(location.search).get('t') === '0.2'")
    page.reload()
    expect(page.get_by_test_id("threshold")).to_have_text("0.200")
    set_threshold(page, 0.5)
    page.wait_for_function("!new URLSearchParams(location.search).has('t')")
    for bad in ("nonsense", "2", "-1", "", "NaN"):
        expect(open_page(f"?view=sigmoid&t={bad}").get_by_test_id("threshold")).to_have_text(
            "0.500"
        )


def test_a_cell_lights_its_points_in_the_plane(open_page: OpenPage) -> None:
    p, y, run = trained(RunConfig(data=Blobs(mean=0.8)), 40)
    page = open_page("?mean=0.8&view=sigmoid&t=0.4")
    go_to(page, 40)
    places = [page.evaluate(TO_SCREEN, point) for point in run.data.x.tolist()]
    called = (p >= 0.4).astype(int)
    for k, name in enumerate(CELLS):
        page.get_by_test_id(name).hover()
        expect(page.locator(".plane.dimmed")).to_have_count(1)
        lit = np.array(page.evaluate(_LIT, places))
        inside = (y == k // 2) & (called == k % 2)
        assert (lit[inside] == [*CLASS_COLOURS[k // 2], 255]).all(), name
        # A lit point may cover a dimmed one, never the other way round.
        assert (lit[~inside, 3] == 255).mean() < 0.2, name
    page.mouse.move(5, 5)
    expect(page.locator(".plane.dimmed")).to_have_count(0)


def test_areas_are_the_counts(open_page: OpenPage) -> None:
    page = open_page("?mean=0.8&view=sigmoid&t=0.3")
    go_to(page, 40)
    areas = page.evaluate(
        """names => names.map((name) => {
            const area = document.querySelector(`[data-testid=${name}] i`);
            const {width, height} = area.getBoundingClientRect();
            return width * height; })""",
        CELLS,
    )
    found = counts(page)
    assert np.allclose(np.divide(areas, sum(areas)), np.divide(found, sum(found)), atol=0.01)


def test_the_cheapest_threshold_costs_least_here(open_page: OpenPage) -> None:
    p, y, _ = trained(RunConfig(data=Blobs(mean=0.8)), 40)
    ranking = Ranking.of(p, y)
    page = open_page("?mean=0.8&view=sigmoid")
    go_to(page, 40)
    for place, cost in ((5, 1.0), (8, 5.0), (2, 0.2)):
        page.get_by_test_id("cost").fill(str(place))
        calibrated = calibrated_threshold(cost)
        expect(page.get_by_test_id("calibrated")).to_have_text(f"{calibrated:.3f}")
        page.get_by_test_id("cheapest").click()
        wait_for_frames(page, 2)
        _, false_alarms, misses, _ = counts(page)
        least = ranking.confusion(ranking.cheapest(cost)).cost(cost)
        assert false_alarms + cost * misses == pytest.approx(least)
        page.get_by_test_id("calibrated").click()
        expect(page.get_by_test_id("threshold")).to_have_text(f"{calibrated:.3f}")


def test_the_page_says_what_the_target_asks_for(open_page: OpenPage) -> None:
    p, y, _ = trained(RunConfig(), 30)
    page = open_page("?view=sigmoid")
    go_to(page, 30)
    note = page.locator(".remark")
    expect(note).to_have_text("")
    set_threshold(page, 0.2)
    right = ((p >= 0.2) == y).mean()
    expect(note).to_have_text(
        f"The target asks for accuracy at t = 0.5; at this t it is {right:.4f}."
    )


def test_the_page_says_that_a_sample_is_counted(open_page: OpenPage) -> None:
    page = open_page("?samples_per_class=5000&view=sigmoid")
    expect(page.locator(".sample")).to_contain_text("drawn points alone, 1000 and 1000")
    assert sum(counts(page)) == 2000


def test_a_run_without_points_has_nothing_to_count(open_page: OpenPage) -> None:
    page = open_page("?data=placed&placed_points=&view=sigmoid")
    expect(page.get_by_test_id("auc")).to_have_text("–")
    expect(page.get_by_test_id("precision")).to_have_text("–")
