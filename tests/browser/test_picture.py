"""The picture is that of the numbers: what is drawn, against runs computed here in float64."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from lrcore import SGD, Blobs, Circles, Quadratic, Run, RunConfig, palette
from tests.browser.conftest import OpenPage
from tests.browser.picture import (
    Array,
    axes_of,
    curtains,
    drawn_curves,
    pixels,
    ringed,
)
from tests.browser.player import (
    ENDLESS,
    as_number,
    go_to,
    line,
    number,
    numbers,
    pause,
    wait_for_iteration,
    weights,
)

HARD = "?mean=0.6&test_share=0.3"
BENT = "?data=circles&features=quadratic"
SPIKES = "?mean=1&bias=2&seed=4&lr=10&momentum=0&target_accuracy=1"
RADIUS = 9  # px, of a marker among few points


def rgb(hexadecimal: str) -> list[int]:
    return [int(hexadecimal[at : at + 2], 16) for at in (1, 3, 5)]


COLOURS = np.array([rgb(palette.CLASS_0), rgb(palette.CLASS_1)], float)


def columns_of(points: Array, *, bent: bool) -> Array:
    """x0, x1 and for quadratic features x0², x1², x0 x1."""
    x, y = points.T
    return np.stack([x, y, *([x * x, y * y, x * y] if bent else [])], 1)


def logits_of(run: Run, iteration: int, points: Array) -> Array:
    """Logits of one moment at points of the plane, (n,), without the product's own arithmetic."""
    step = run.step(iteration)
    features = columns_of(points, bent=len(step.weights) > 2)
    return features @ np.array(step.weights, float) + step.bias


def trained(config: RunConfig, iterations: int) -> Run:
    run = Run(config)
    run.extend(60, iterations)
    return run


def inside(page: Page, count: int) -> Array:
    """A lattice of points well inside the axes, (count², 2)."""
    x0, x1, y0, y1, *_ = axes_of(page)
    share = np.linspace(0.06, 0.94, count)
    x, y = np.meshgrid(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
    return np.stack([x.ravel(), y.ravel()], 1)


def assert_tinted(page: Page, run: Run, iteration: int) -> None:
    """Every place has the hue of its likelier class, the stronger the surer."""
    places = inside(page, 25)
    found, z = pixels(page, places), logits_of(run, iteration, places)
    is_tint = (found[:, 3] > 12) & ~near_a_point(page, run, places)  # not too faint for a hue
    assert is_tint.sum() > 100
    near = np.abs(found[:, None, :3] - COLOURS).sum(2).argmin(1)
    off_boundary = is_tint & (np.abs(z) > 0.15)
    np.testing.assert_array_equal(near[off_boundary], (z > 0)[off_boundary])
    certainty = np.abs(2 / (1 + np.exp(-z)) - 1)
    ratio = found[:, 3] / certainty
    assert np.ptp(ratio[is_tint & (certainty > 0.4)]) < 10  # of about 90


def distances(page: Page, places: Array, points: Array) -> Array:
    """From each place to each point, (n, m), in px."""
    x0, x1, y0, y1, width, height = axes_of(page)
    px = np.array([width / (x1 - x0), height / (y1 - y0)])
    return np.hypot(*(px * (places[:, None] - points)).transpose(2, 0, 1))


def near_a_point(page: Page, run: Run, places: Array) -> NDArray[np.bool_]:
    """Which places a ring may cover."""
    return (distances(page, places, run.data.x.numpy().astype(float)) < RADIUS + 4).any(1)


def beside_another(page: Page, points: Array) -> NDArray[np.bool_]:
    """Which points lie so near another that their rings look like one."""
    apart = distances(page, points, points)
    np.fill_diagonal(apart, np.inf)
    return (apart < 2).any(1)


def assert_ringed(page: Page, run: Run, iteration: int) -> None:
    """Rings stand round the wrong points, and round no other."""
    points, labels = run.data.x.numpy().astype(float), run.data.y.numpy()
    found = ringed(page, points, RADIUS)
    wrong = (logits_of(run, iteration, points) >= 0) != labels
    told = ~clipped(page, points, RADIUS + 2) & ~beside_another(page, points)
    assert told.mean() > 0.7
    np.testing.assert_array_equal(found[told], wrong[told])
    assert 0 < wrong.sum() < len(wrong)
    # The number on screen counts the points of training alone.
    training = ~run.is_test.numpy()
    right = np.count_nonzero(training & ~wrong)
    assert number(page, "accuracy") == pytest.approx(right / training.sum(), abs=6e-5)


def clipped(page: Page, points: Array, margin: float) -> NDArray[np.bool_]:
    """Which points lie so near the edge of the axes that their ring is cut off there."""
    x0, x1, y0, y1, width, height = axes_of(page)
    reach = margin * np.array([(x1 - x0) / width, (y1 - y0) / height])
    return ((points - reach < [x0, y0]) | (points + reach > [x1, y1])).any(1)


def assert_equation_of(page: Page, run: Run, iteration: int, names: list[str]) -> None:
    """Signs, numbers and features, in the order of the weights, the bias last."""
    step = run.step(iteration)
    text = re.sub(r"\s+", " ", page.get_by_test_id("equation").inner_text()).replace("−", "-")
    body = re.fullmatch(r"p\(.+?\) = σ\( ?(.*?) ?\)", text)
    assert body
    terms = re.findall(r"([+-]?) ?([\d.]+) ?([^\s+\-\d.][^+\-]*)?", body[1])
    shown = [float(f"{sign}{size}") for sign, size, _ in terms]
    assert shown == pytest.approx([*step.weights, step.bias], abs=6e-4)
    assert [name.strip() for _, _, name in terms] == [*names, ""]
    assert [sign != "" for sign, _, _ in terms] == [shown[0] < 0] + [True] * len(names)


def vertices(curve: dict[str, object]) -> Array:
    return np.array(curve["points"], float)


def assert_curves_of(page: Page, run: Run, iteration: int) -> None:
    """Each curve passes through every moment; Plotly itself leaves out what is within a pixel."""
    columns = run.columns()
    expected = [(columns.loss, palette.LOSS, False, False)]
    expected += [(columns.accuracy, palette.ACCURACY, True, False)]
    if run.is_test.any():
        expected += [(columns.test_loss, palette.LOSS, False, True)]
        expected += [(columns.test_accuracy, palette.ACCURACY, True, True)]
    found = drawn_curves(page)
    key = ("below", "dashed", "stroke")
    looks = {tuple(curve[name] for name in key): curve for curve in found}
    assert len(found) == len(looks) == len(expected)
    for values, colour, below, dashed in expected:
        curve = looks[below, dashed, f"rgb({', '.join(map(str, rgb(colour)))})"]
        points, (_, pixel) = vertices(curve), curve["pixel"]
        steps = np.arange(iteration + 1)
        drawn = np.interp(steps, points[:, 0], points[:, 1])
        assert points[-1, 0] >= iteration - 0.01
        np.testing.assert_allclose(drawn, values[: iteration + 1], atol=2 * pixel)


def assert_hidden_ahead(page: Page, iteration: int) -> None:
    """Two curtains hang from the playhead to the end of the axes, one over each plot."""
    end = float(page.get_by_test_id("timeline").get_attribute("max"))
    found = curtains(page)
    assert len(found) == 2
    for left, right in found:
        assert left == pytest.approx(iteration, abs=0.02 * end)
        assert right >= end * 0.995
    assert float(page.get_by_test_id("timeline").input_value()) == iteration


@pytest.fixture(scope="module")
def split_run() -> Run:
    return trained(RunConfig(data=Blobs(mean=0.6), test_share=0.3), 110)


def test_a_moment_is_drawn_as_its_weights_are(open_page: OpenPage, split_run: Run) -> None:
    page = open_page(HARD)
    for iteration in (0, 30, 90, 12):
        go_to(page, iteration)
        assert_tinted(page, split_run, iteration)
        assert_ringed(page, split_run, iteration)
        assert_equation_of(page, split_run, iteration, ["x₀", "x₁"])
        assert_hidden_ahead(page, iteration)
        assert_curves_of(page, split_run, iteration)
        assert weights(page) == pytest.approx(
            [*split_run.step(iteration).weights, split_run.step(iteration).bias], abs=6e-4
        )
        np.testing.assert_allclose(
            logits_of(split_run, iteration, np.array(line(page))), 0, atol=5e-3
        )


def test_classes_differ_by_shape_and_test_points_are_hollow(open_page: OpenPage) -> None:
    page = open_page(HARD)
    markers = page.evaluate("""() =>
        [...document.querySelectorAll('.scatter .scatterlayer .trace')].map((trace) => {
            const path = trace.querySelector('.point');
            const { fill, fillOpacity, stroke } = getComputedStyle(path);
            const shape = path.getAttribute('d').replace(/[^A-Z]+/gi, ' ').trim();
            return [trace.querySelectorAll('.point').length, shape, fill, stroke];
        })""")
    counts, shapes, fills, strokes = zip(*markers, strict=True)
    run = Run(RunConfig(data=Blobs(mean=0.6), test_share=0.3))
    held = run.is_test.numpy()
    labels = run.data.y.numpy()
    assert list(counts) == [
        np.count_nonzero((held == test) & (labels == label))
        for test in (False, True)
        for label in (0, 1)
    ]
    assert shapes[0] == shapes[2] != shapes[1] == shapes[3]
    colours = [f"rgb({', '.join(map(str, rgb(c)))})" for c in (palette.CLASS_0, palette.CLASS_1)]
    assert [*fills[:2], *strokes[2:]] == colours * 2
    assert not set(fills[2:]) & set(colours)


def test_a_bent_boundary_is_where_the_logit_is_zero(open_page: OpenPage) -> None:
    page = open_page(BENT)
    run = trained(RunConfig(data=Circles(), features=Quadratic()), 210)
    for iteration in (200, 40):
        go_to(page, iteration)
        vertices = np.array(line(page))
        assert len(vertices) > 20
        z = logits_of(run, iteration, vertices)
        x0, x1, y0, y1, *_ = axes_of(page)
        steps = np.array([(x1 - x0), (y1 - y0)]) / 50  # of the grid
        corners = [
            logits_of(run, iteration, vertices + steps * (i, j)) for i in (-1, 1) for j in (-1, 1)
        ]
        assert (np.abs(z) < 0.05 * np.ptp(corners, axis=0)).all()
        assert_tinted(page, run, iteration)
        assert_ringed(page, run, iteration)
        assert_equation_of(page, run, iteration, ["x₀", "x₁", "x₀²", "x₁²", "x₀x₁"])


def test_curves_keep_their_peaks_over_thousands_of_moments(open_page: OpenPage) -> None:
    page = open_page(f"{SPIKES}&max_iterations=5000")
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Not reached in 5000")
    data = Blobs(mean=1, bias=2, seed=4)
    optimizer = SGD(lr=10.0, momentum=0.0)
    run = trained(
        RunConfig(data=data, optimizer=optimizer, target_accuracy=1.0, max_iterations=5000), 5001
    )
    columns = run.columns()
    for curve in drawn_curves(page):
        points, (_, pixel) = vertices(curve), curve["pixel"]
        values = columns.accuracy if curve["below"] else columns.loss
        assert points[:, 1].max() == pytest.approx(values.max(), abs=1.5 * pixel)
        for start in range(0, 5000, 250):  # in every stretch, its own peak and its own trough
            drawn = points[(points[:, 0] > start - 10) & (points[:, 0] < start + 260), 1]
            piece = values[start : start + 250]
            assert drawn.max() >= piece.max() - 1.5 * pixel
            assert drawn.min() <= piece.min() + 1.5 * pixel


def test_playing_moves_curtain_and_thumb_with_the_numbers(open_page: OpenPage) -> None:
    page = open_page(ENDLESS)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 40)
    here = pause(page)
    assert here >= 40
    assert as_number(numbers(page)["iteration"]) == here
    assert_hidden_ahead(page, here)
