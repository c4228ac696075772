"""grip.js: where weights go when the boundary is moved or turned, against straight geometry."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain

SIZE = 11
VIEW = (-4.0, 6.0, -5.0, 5.0)
AXES = (-3.0, 5.0, -4.0, 4.0)  # zoomed in a little
MEAN, SPREAD = np.array([1.0, -0.5]), np.array([2.0, 0.5])  # of standardised features
PX = (50.0, 40.0)  # for a unit of each axis

Vector = NDArray[np.float64]


def corners() -> NDArray[np.float64]:
    """The corners of the grid, (SIZE**2, 2), row by row from below."""
    x, y = np.meshgrid(np.linspace(*VIEW[:2], SIZE), np.linspace(*VIEW[2:], SIZE))
    return np.stack([x.ravel(), y.ravel()], 1)


def featured(points: NDArray[np.float64], *, bent: bool = False) -> NDArray[np.float64]:
    linear = (points - MEAN) / SPREAD
    return np.hstack([linear, linear**2]) if bent else linear


def grid(*, bent: bool = False) -> dict[str, Plain]:
    features = featured(corners(), bent=bent).ravel().tolist()
    return {"view": [*VIEW], "size": SIZE, "features": features}


def logit(weights: list[float], point: Vector) -> float:
    """The logit at a point of the plane, from the weights of standardised features."""
    features = featured(np.atleast_2d(point), bent=len(weights) > 3)[0]
    return float(features @ weights[:-1] + weights[-1])


def gradient(weights: list[float]) -> Vector:
    return np.array(weights[:2]) / SPREAD


@pytest.mark.parametrize("point", [(0.0, 0.0), (2.35, -1.7), (5.9, 4.9)])
def test_moved_boundary_passes_through_the_point_and_keeps_its_direction(
    js: OpenModule, point: tuple[float, float]
) -> None:
    before = [0.7, -1.3, 0.4]
    after = js("grip.js").call("moved", before, grid(), [*point])
    assert after[:2] == before[:2]
    assert logit(after, np.array(point)) == pytest.approx(0, abs=1e-9)


def test_moved_bent_boundary_passes_through_a_corner_of_the_grid(js: OpenModule) -> None:
    before = [0.7, -1.3, 0.2, 0.5, 0.4]
    point = corners()[40]
    after = js("grip.js").call("moved", before, grid(bent=True), point.tolist())
    assert after[:4] == before[:4]
    assert logit(after, point) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("angle", [0.4, -1.1, 2.0])
def test_turned_boundary_passes_through_both_points_as_steep_as_before(
    js: OpenModule, angle: float
) -> None:
    before = [0.7, -1.3, 0.4]
    pivot = np.array([1.0, 0.5])
    arm = 3 * np.array([np.cos(angle), np.sin(angle)])
    after = js("grip.js").call("turned", before, grid(), pivot.tolist(), (pivot + arm).tolist())
    assert [logit(after, pivot), logit(after, pivot + arm)] == pytest.approx([0, 0], abs=1e-9)
    slopes = [np.linalg.norm(gradient(weights)) for weights in (before, after)]
    assert slopes[1] == pytest.approx(slopes[0])
    # Class 1 stays on the side where it was, as near as a line can turn.
    assert gradient(before) @ gradient(after) >= 0


def test_turning_about_the_pointer_itself_changes_nothing(js: OpenModule) -> None:
    assert js("grip.js").call("turned", [1.0, 2.0, 3.0], grid(), [1, 1], [1, 1]) == [1, 2, 3]


def test_visible_ends_lie_on_the_axes_and_on_the_boundary(js: OpenModule) -> None:
    weights = [0.7, -0.5, 0.4]
    ends = np.array(js("grip.js").call("visibleEnds", weights, grid(), [*AXES]))
    assert [logit(weights, end) for end in ends] == pytest.approx([0, 0], abs=1e-9)
    x0, x1, y0, y1 = AXES
    for x, y in ends:
        assert min(abs(x - x0), abs(x - x1), abs(y - y0), abs(y - y1)) < 1e-9
        assert x0 - 1e-9 <= x <= x1 + 1e-9
        assert y0 - 1e-9 <= y <= y1 + 1e-9
    assert np.ptp(ends, axis=0).max() > 1
    assert js("grip.js").call("visibleEnds", [0.1, 0.1, 50.0], grid(), [*AXES]) is None


def grip(js: OpenModule, weights: list[float], point: Vector) -> Plain:
    bent = len(weights) > 3
    z = featured(corners(), bent=bent) @ weights[:-1] + weights[-1]
    state: Plain = {
        "weights": [*weights],
        "grid": grid(bent=bent),
        "z": z.tolist(),
        "axes": [*AXES],
        "scale": [*PX],
    }
    return js("grip.js").call("gripAt", state, point.tolist())


def test_grip_moves_in_the_middle_turns_at_the_ends_and_is_near(js: OpenModule) -> None:
    weights = [1.0, 0.0, 0.5]  # the upright line x = 0
    assert grip(js, weights, np.array([0.0, 0.0])) == {}
    assert grip(js, weights, np.array([0.0, 1.5])) == {}  # 0.69 of the way up
    for y in (1.7, 3.9, -1.7, -3.9):
        assert grip(js, weights, np.array([0.0, y])) == {"pivot": pytest.approx([0.0, 0.0])}
    for pixels, near in ((11, True), (-11, True), (13, False), (-13, False)):
        found = grip(js, weights, np.array([pixels / PX[0], 0.0]))
        assert (found is not None) == near


def test_a_bent_boundary_is_only_moved(js: OpenModule) -> None:
    weights = [0.0, 0.0, 1.0, 1.0 / 16, -1.0]  # a circle about MEAN, radius 2
    for angle in np.linspace(0, 6, 7):
        on = MEAN + 2 * np.array([np.cos(angle), np.sin(angle)])
        assert grip(js, weights, on) == {}
    assert grip(js, weights, MEAN) is None
