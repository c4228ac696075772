"""What the player draws on."""

from __future__ import annotations

import base64
import math

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from lrcore import Blobs, Dataset, Quadratic, RunConfig, palette
from lrcore.figures.learning_curves import empty_curves
from lrcore.figures.plane import scatter
from lrcore.figures.scene import (
    GRID_SIZE,
    MOST_POINTS_DRAWN,
    View,
    drawn_points,
    grid_points,
    logit,
    shading,
    view_of,
)
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Request

COURSE_FRAME = (-5.0, 7.0, -7.0, 7.0)
COURSE_VIEW = (-6.0, 8.0, -7.0, 7.0)  # the square around the course's axes


def two_points(low: tuple[float, float], high: tuple[float, float]) -> Dataset:
    return Dataset(torch.tensor([low, high]), torch.tensor([0.0, 1.0]), frame=COURSE_FRAME)


def none_held_out(data: Dataset) -> torch.Tensor:
    return torch.zeros(len(data.y), dtype=torch.bool)


@pytest.mark.parametrize("seed", [2, 3])
def test_data_of_the_course_has_its_axes(seed: int) -> None:
    assert view_of(Blobs(seed=seed).sample()) == COURSE_VIEW


def test_points_on_the_edge_still_fit() -> None:
    assert view_of(two_points((-5.0, -7.0), (7.0, 7.0))) == COURSE_VIEW


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ((-5.1, 0.0), (0.0, 1.0)),
        ((0.0, 0.0), (7.1, 1.0)),
        ((0.0, -7.1), (1.0, 1.0)),
        ((0.0, 0.0), (1.0, 7.1)),
        ((100.0, -3.0), (100.0, -3.0)),
    ],
)
def test_other_data_has_equal_margins_on_opposite_sides(
    low: tuple[float, float], high: tuple[float, float]
) -> None:
    view = view_of(two_points(low, high))
    margins_x = (low[0] - view.x0, view.x1 - high[0])
    margins_y = (low[1] - view.y0, view.y1 - high[1])
    longer = max(high[0] - low[0], high[1] - low[1])
    side = longer + 0.1 * max(longer, 1e-3)
    for margins, span in ((margins_x, high[0] - low[0]), (margins_y, high[1] - low[1])):
        assert min(margins) > 0
        assert margins[0] == pytest.approx(margins[1], abs=1e-4)
        assert margins[0] == pytest.approx((side - span) / 2, rel=0.2)
    assert view.x1 - view.x0 == pytest.approx(view.y1 - view.y0)


@pytest.mark.parametrize("bias", [-5.0, 5.0])
def test_view_holds_all_points_of_both_classes(bias: float) -> None:
    data = Blobs(bias=bias, std=5.0, mean=5.0).sample()
    view = view_of(data)
    x, y = data.x[:, 0], data.x[:, 1]
    assert ((view.x0 < x) & (x < view.x1) & (view.y0 < y) & (y < view.y1)).all()


@pytest.mark.parametrize("count", [1, 100, MOST_POINTS_DRAWN // 2])
def test_data_of_moderate_size_is_drawn_whole(count: int) -> None:
    data = Blobs(samples_per_class=count).sample()
    assert drawn_points(data.y).tolist() == list(range(2 * count))


@pytest.mark.parametrize("count", [MOST_POINTS_DRAWN // 2 + 1, 50_000])
def test_large_data_is_drawn_as_a_balanced_sample(count: int) -> None:
    data = Blobs(samples_per_class=count).sample()
    index = drawn_points(data.y)
    drawn = Dataset(data.x[index], data.y[index])
    assert [(drawn.y == label).sum().item() for label in (0, 1)] == [1000, 1000]
    for label in (0, 1):
        all_points = set(map(tuple, data.x[data.y == label].tolist()))
        sample = list(map(tuple, drawn.x[drawn.y == label].tolist()))
        assert len(set(sample)) == 1000
        assert all_points.issuperset(sample)


def test_small_class_of_large_data_is_drawn_whole() -> None:
    y = torch.zeros(10_000)
    y[::2500] = 1
    drawn = y[drawn_points(y)]
    assert [(drawn == label).sum().item() for label in (0, 1)] == [1000, 4]


def test_empty_data_has_axes() -> None:
    empty = Dataset(torch.zeros(0, 2), torch.zeros(0))
    view = view_of(empty)
    assert view.x0 < view.x1
    assert view.y0 < view.y1
    assert view_of(empty._replace(frame=(0.0, 1.0, 2.0, 3.0))) == (0.0, 1.0, 2.0, 3.0)


def test_data_without_a_frame_is_fitted() -> None:
    data = two_points((0.0, 0.0), (1.0, 2.0))._replace(frame=None)
    assert view_of(data) == pytest.approx((-0.05, 1.05, -0.1, 2.1))


def test_grid_runs_row_by_row_from_below() -> None:
    points = grid_points(View(-1.0, 3.0, 10.0, 20.0)).reshape(GRID_SIZE, GRID_SIZE, 2)
    assert points[0, 0].tolist() == [-1.0, 10.0]
    assert points[0, -1].tolist() == [3.0, 10.0]
    assert points[-1, 0].tolist() == [-1.0, 20.0]
    assert points[-1, -1].tolist() == [3.0, 20.0]
    np.testing.assert_allclose(points[:, :, 0], np.tile(np.linspace(-1, 3, 51), (51, 1)), atol=1e-6)
    np.testing.assert_allclose(points[7, :, 1], np.full(51, 11.4), rtol=1e-6)


@pytest.mark.parametrize("p", [0.25, 0.5, 0.75, 1e-9, 1 - 1e-9])
def test_logit_inverts_the_sigmoid(p: float) -> None:
    assert logit(p) == pytest.approx(math.log(p / (1 - p)), rel=1e-6, abs=1e-15)


def test_shading_grows_from_nothing_with_the_certainty() -> None:
    limit, strength = shading()
    assert limit == 6.0
    expected = [math.tanh(limit * k / 64 / 2) for k in range(65)]  # 2 sigmoid(z) - 1
    assert strength == pytest.approx(expected, abs=1e-9)


def test_scatter_holds_the_points_of_each_class() -> None:
    data, view = Blobs().sample(), View(-1.0, 2.0, -3.0, 4.0)
    figure = go.Figure(scatter(data, none_held_out(data), view))
    for label, trace in enumerate(figure.data):
        expected = data.x[data.y == label].numpy()
        assert trace.name == f"class {label}"
        np.testing.assert_allclose(np.column_stack([trace.x, trace.y]), expected, atol=5.1e-5)
    assert len(figure.data) == 2
    assert figure.layout.xaxis.range == (-1.0, 2.0)
    assert figure.layout.yaxis.range == (-3.0, 4.0)
    assert [shape.type for shape in figure.layout.shapes] == ["path"] * 3


def test_classes_differ_by_colour_and_by_shape() -> None:
    data = Blobs().sample()
    figure = go.Figure(scatter(data, none_held_out(data), View(*COURSE_VIEW)))
    markers = [trace.marker for trace in figure.data]
    assert [marker.color for marker in markers] == [palette.CLASS_0, palette.CLASS_1]
    assert markers[0].symbol != markers[1].symbol


def test_test_points_are_hollow_and_of_the_same_colour_and_shape() -> None:
    data = Blobs().sample()
    held_out = torch.arange(200) % 5 == 0
    figure = go.Figure(scatter(data, held_out, View(*COURSE_VIEW)))
    assert [trace.name for trace in figure.data] == [
        "class 0",
        "class 1",
        "class 0, test",
        "class 1, test",
    ]
    for label in (0, 1):
        solid, hollow = figure.data[label], figure.data[label + 2]
        assert hollow.marker.symbol == f"{solid.marker.symbol}-open"
        assert hollow.marker.color == solid.marker.color
        expected = data.x[(data.y == label) & held_out].numpy()
        np.testing.assert_allclose(np.column_stack([hollow.x, hollow.y]), expected, atol=5.1e-5)
        assert len(solid.x) == 80


def test_axes_and_classes_carry_their_names() -> None:
    data = Blobs().sample()._replace(axes=("height (cm)", "mass (kg)"), classes=("cat", "dog"))
    figure = go.Figure(scatter(data, none_held_out(data), View(*COURSE_VIEW)))
    assert figure.layout.xaxis.title.text == "height (cm)"
    assert figure.layout.yaxis.title.text == "mass (kg)"
    assert [trace.name for trace in figure.data] == ["cat", "dog"]


def test_curves_of_test_points_are_dashed_and_come_last() -> None:
    figure = go.Figure(empty_curves(0.9, test=True))
    names = ["loss", "accuracy", "test loss", "test accuracy"]
    assert [trace.name for trace in figure.data] == names
    assert [trace.line.dash for trace in figure.data] == ["solid", "solid", "dash", "dash"]


@pytest.mark.parametrize("target", [0.99, 0.5, 1.0])
def test_curves_show_the_target_line(target: float) -> None:
    figure = go.Figure(empty_curves(target))
    assert [trace.name for trace in figure.data] == ["loss", "accuracy"]
    (line,) = figure.select_shapes({"name": "target"})
    assert (line.type, line.yref, line.y0, line.y1) == ("line", "y2", target, target)
    (title,) = figure.select_annotations({"name": "title of target"})
    assert f"target {target:g}" in title.text


def test_colours_have_one_meaning_each() -> None:
    colours = [value for name, value in vars(palette).items() if name.isupper()]
    assert len(set(colours)) == len(colours)


def numbers(text: str, width: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, width)


def test_scene_has_the_points_as_people_and_as_the_model_see_them() -> None:
    film = Film(RunConfig(features=Quadratic(), standardise=True, test_share=0.25))
    scene, run = respond(film).scene, film.run
    x = run.data.x.numpy()
    assert np.array_equal(numbers(scene.points, 2), x)
    trained = x[~run.is_test.numpy()].astype(np.float64)
    z = (x - trained.mean(0)) / trained.std(0)
    expected = np.column_stack([z, z**2, z[:, 0] * z[:, 1]])
    np.testing.assert_allclose(numbers(scene.features, 5), expected, atol=1e-4)
    assert scene.terms == ["x̃₀", "x̃₁", "x̃₀²", "x̃₁²", "x̃₀x̃₁"]
    assert (scene.labels, scene.tests) == (run.data.y.tolist(), run.is_test.tolist())
    levels = {"boundary": 0.0, "quarter": -np.log(3), "three-quarters": np.log(3)}
    assert scene.levels == pytest.approx(levels)
    assert levels.keys() == {shape["name"] for shape in scene.scatter["layout"]["shapes"]}
    assert scene.note == ""


def test_sampled_scene_says_so() -> None:
    scene = respond(Film(RunConfig(data=Blobs(samples_per_class=2000)))).scene
    assert scene.note == "2,000 of 4,000 points are drawn"
    assert len(scene.labels) == 2000


def test_other_axes_bring_a_grid_for_them() -> None:
    film = Film(RunConfig())
    film.take(Request(knows=respond(film).version, wants={"grid": (0.0, 1.0, 2.0, 4.0)}))
    answer = respond(film)
    assert answer.scene is None
    grid = answer.got["grid"]
    assert grid.view == (0.0, 1.0, 2.0, 4.0)
    features = numbers(grid.features, 2)
    assert len(features) == grid.size**2
    assert (features[0].tolist(), features[-1].tolist()) == ([0.0, 2.0], [1.0, 4.0])
