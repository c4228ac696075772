"""Still figures of a run, against float64 numpy and against what the player is sent."""

from __future__ import annotations

import base64
import doctest
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from lrcore import FEATURES, SGD, Blobs, Circles, Dataset, Quadratic, Run, RunConfig, palette
from lrcore.figures import boundary, curves, still
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from tests.by_hand import phi, run_to

OVERLAPPING = RunConfig(
    data=Blobs(mean=0.7, samples_per_class=60),  # seen from -5 to 7 and from -7 to 7
    test_share=0.25,
    standardise=True,
    target_accuracy=1.0,
    max_iterations=100_000,
)
every_feature_map = pytest.mark.parametrize("title", FEATURES)


def config(title: str) -> RunConfig:
    return RunConfig(**(vars(OVERLAPPING) | {"features": FEATURES[title]()}))


def logits_by_hand(run: Run, at: int, x: np.ndarray) -> np.ndarray:
    """w phi(x) + b in float64, x standardised by the training points."""
    trained = run.data.x.double().numpy()[~run.is_test.numpy()]
    low, scale = trained.mean(0), trained.std(0)
    step = run.step(at)
    features = phi(run.config.features, (x - low) / scale, (trained - low) / scale)
    return features @ np.array(step.weights) + step.bias


def named(figure: go.Figure, name: str) -> go.Trace:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


@every_feature_map
@pytest.mark.parametrize("at", [0, 60])
def test_arrays_are_the_model_on_the_grid_and_its_mistakes(title: str, at: int) -> None:
    run = run_to(config(title), 60)
    display = boundary(run, at)
    xs, ys = np.meshgrid(display.xs, display.ys)
    grid = np.column_stack([xs.ravel(), ys.ravel()])
    expected = logits_by_hand(run, at, grid).reshape(display.logits.shape)
    np.testing.assert_allclose(display.logits, expected, rtol=1e-3, atol=1e-3)
    assert (display.xs[0], display.xs[-1]) == pytest.approx(display.view[:2])
    assert (display.ys[0], display.ys[-1]) == pytest.approx(display.view[2:])
    z = logits_by_hand(run, at, display.points.x.double().numpy())
    y = display.points.y.numpy()
    assert np.array_equal(display.wrong, np.where(y == 1, z < 0, z >= 0))
    test, step = display.is_test.numpy(), run.step(at)
    assert display.wrong[~test].mean() == pytest.approx(1 - step.accuracy)
    assert display.wrong[test].mean() == pytest.approx(1 - step.test_accuracy)


@every_feature_map
def test_player_draws_the_same_numbers(title: str) -> None:
    film = Film(config(title))
    scene, row = respond(film).scene, film.run.columns(30, 31).table()[0].astype(np.float64)

    def logits(text: str) -> np.ndarray:
        features = np.frombuffer(base64.b64decode(text), "<f4").astype(np.float64)
        d = len(scene.terms)
        return features.reshape(-1, d) @ row[:d] + row[d]

    display = boundary(film.run, 30)
    np.testing.assert_allclose(
        display.logits.ravel(), logits(scene.grid.features), rtol=1e-12, atol=1e-12
    )
    is_1 = np.array(scene.labels) == 1
    assert np.array_equal(display.wrong, (logits(scene.features) >= 0) != is_1)
    assert scene.grid.view == tuple(display.view)


def test_plane_shows_points_lines_tint_and_a_ring_round_each_mistake() -> None:
    run = run_to(OVERLAPPING, 60)
    display = boundary(run, 60)
    figure = display.plot()
    for label in (0, 1):
        for held_out in (False, True):
            (trace,) = figure.select_traces({"meta": {"label": label, "test": held_out}})
            members = (display.points.y == label) & (display.is_test == held_out)
            expected = display.points.x[members].numpy()
            np.testing.assert_allclose(np.column_stack([trace.x, trace.y]), expected, atol=6e-5)
            assert trace.marker.color == (palette.CLASS_0, palette.CLASS_1)[label]
    for name, level in (("boundary", 0.0), ("quarter", -np.log(3)), ("three-quarters", np.log(3))):
        line = named(figure, name)
        assert (line.contours.start, line.contours.end) == pytest.approx((level, level))
        assert np.array_equal(line.z, display.logits)
    tint = named(figure, "tint")
    probability = 1 / (1 + np.exp(-display.logits))
    np.testing.assert_allclose(tint.z, 2 * probability - 1, atol=1e-12)
    assert (tint.zmin, tint.zmax) == (-1, 1)
    assert tint.colorscale[0] == (0, palette.CLASS_0)
    assert tint.colorscale[-1] == (1, palette.CLASS_1)
    rings = named(figure, "misclassified")
    wrong = display.points.x.numpy()[display.wrong]
    assert 0 < len(wrong) < 60
    assert np.array_equal(np.column_stack([rings.x, rings.y]), wrong)
    assert [type(trace) for trace in figure.data] == [
        *(go.Heatmap, go.Contour, go.Contour, go.Contour),
        *[go.Scatter] * 5,
    ]  # from the back to the front
    assert "iteration 60" in figure.layout.title.text
    assert f"accuracy {run.step(60).accuracy:.4f}" in figure.layout.title.text


def test_large_data_is_drawn_as_a_sample() -> None:
    run = Run(RunConfig(data=Blobs(samples_per_class=5000)))
    display = boundary(run, 0)
    assert len(display.points.y) == len(display.wrong) == len(display.is_test) == 2000


@pytest.mark.parametrize("at", [-1, 41])
def test_moment_that_is_not_recorded_has_no_figure(at: int) -> None:
    with pytest.raises(IndexError, match="not recorded"):
        boundary(run_to(RunConfig(target_accuracy=1.0), 40), at)


def test_run_without_points_or_with_no_number_left_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    racing = Run(RunConfig(initial_weights=(1e38, 1e38, 0.0), l2=1.0, optimizer=SGD(lr=10.0)))
    racing.extend(seconds=60)
    json.loads(boundary(racing, len(racing) - 1).plot().to_json())
    none = Dataset(*(value[:0] for value in Blobs().sample()[:2]))
    monkeypatch.setattr(Blobs, "sample", lambda self: none)
    assert boundary(Run(RunConfig()), 0).plot().layout.xaxis.range == (-6.0, 8.0)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_curves_show_the_record_and_where_settings_changed(share: float) -> None:
    run = run_to(
        RunConfig(data=Circles(), features=Quadratic(), test_share=share, target_accuracy=0.97), 30
    )
    run.branch(20, optimizer=SGD(lr=0.2), target_accuracy=0.985)
    run.extend(seconds=60, iterations=30)
    columns = run.columns()
    figure = curves(run).plot()
    shown = {trace.meta["column"]: trace for trace in figure.data}
    names = ["loss", "accuracy"] + ["test_loss", "test_accuracy"] * (share > 0)
    assert list(shown) == names
    for name in names:
        assert np.array_equal(shown[name].x, np.arange(len(run)))
        assert np.array_equal(shown[name].y, getattr(columns, name))
        assert shown[name].yaxis == ("y" if "loss" in name else "y2")
    (target,) = figure.select_shapes({"name": "target"})
    assert target.y0 == target.y1 == 0.985
    (change,) = figure.select_shapes({"name": "change"})
    assert change.x0 == change.x1 == 20
    assert (change.yref, change.y0, change.y1) == ("paper", 0, 1)  # through both panels
    assert len(figure.layout.shapes) == 2  # and no curtain
    assert figure.layout.xaxis.range == (0, len(run) - 1)


def test_example_in_the_docstring_runs() -> None:
    assert doctest.testmod(still) == (0, 9)
