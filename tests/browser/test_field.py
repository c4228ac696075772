"""field.js: logits, level lines and tint against closed forms and numpy."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.browser.conftest import OpenModule

SIZE = 51
VIEW = (-2.0, 3.0, -1.0, 4.0)
NOTHING = "M0,0"

Plane = tuple[NDArray[np.float64], NDArray[np.float64]]


def grid() -> Plane:
    """x and y at the corners of the grid, row by row from below."""
    x0, x1, y0, y1 = VIEW
    x, y = np.meshgrid(np.linspace(x0, x1, SIZE), np.linspace(y0, y1, SIZE))
    return x.ravel(), y.ravel()


def lines(js: OpenModule, z: NDArray[np.float64], level: float = 0.0) -> list[NDArray[np.float64]]:
    """Level lines, each (n, 2)."""
    path = js("field.js").call("levelPath", z.tolist(), SIZE, list(VIEW), level)
    if path == NOTHING:
        return []
    assert re.fullmatch(r"(M-?[\d.]+,-?[\d.]+(L-?[\d.]+,-?[\d.]+)+)+", path)
    pieces = [re.findall(r"(-?[\d.]+),(-?[\d.]+)", part) for part in path.split("M")[1:]]
    return [np.array(piece, float) for piece in pieces]


def test_a_grid_that_is_not_finite_everywhere_has_lines_that_can_be_drawn(js: OpenModule) -> None:
    x, y = grid()
    z = np.where(x > 1, np.inf, np.where(y > 1, -np.inf, x))
    for line in lines(js, z):
        assert np.isfinite(line).all()
    assert len(lines(js, z)) > 0


def test_logits_are_a_product_with_the_bias_last(js: OpenModule) -> None:
    rng = np.random.default_rng(1)
    features, weights = rng.normal(size=(40, 5)), rng.normal(size=6)
    found = js("field.js").call("logits", features.ravel().tolist(), weights.tolist())
    np.testing.assert_allclose(found, features @ weights[:-1] + weights[-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("level", [0.0, 1.1, -1.1])
def test_level_line_of_a_plane_is_one_straight_line(js: OpenModule, level: float) -> None:
    x, y = grid()
    (line,) = lines(js, 2 * x - y + 0.3, level)
    assert len(line) == 2  # nothing between the ends
    np.testing.assert_allclose(2 * line[:, 0] - line[:, 1] + 0.3, level, atol=1e-3)
    # From the lower edge of the view to the upper one.
    assert sorted(line[:, 1]) == pytest.approx([VIEW[2], VIEW[3]], abs=1e-3)


def test_level_line_of_a_circle_is_closed_and_round(js: OpenModule) -> None:
    x, y = grid()
    (line,) = lines(js, 1.2**2 - (x - 0.5) ** 2 - (y - 1.5) ** 2)
    np.testing.assert_array_equal(line[0], line[-1])
    radii = np.hypot(line[:, 0] - 0.5, line[:, 1] - 1.5)
    np.testing.assert_allclose(radii, 1.2, atol=0.1**2 / (4 * 1.2))  # of a chord between cells
    angles = np.unwrap(np.arctan2(line[:, 1] - 1.5, line[:, 0] - 0.5))
    assert abs(angles[-1] - angles[0]) == pytest.approx(2 * np.pi)


def test_level_lines_of_a_saddle_are_two_branches(js: OpenModule) -> None:
    x, y = grid()
    found = lines(js, (x - 0.5) * (y - 1.5), 0.25)
    assert len(found) == 2
    for line in found:
        np.testing.assert_allclose((line[:, 0] - 0.5) * (line[:, 1] - 1.5), 0.25, atol=2e-2)
    assert sorted(line[:, 0].mean() > 0.5 for line in found) == [False, True]


@pytest.mark.parametrize("value", [1.0, -1.0, np.nan, np.inf])
def test_no_crossing_draws_nothing(js: OpenModule, value: float) -> None:
    assert lines(js, np.full(SIZE * SIZE, value)) == []


def test_level_line_avoids_what_is_not_finite(js: OpenModule) -> None:
    x, y = grid()
    z = x - 0.03
    z[y > 2] = np.nan
    path = js("field.js").call("levelPath", z.tolist(), SIZE, list(VIEW), 0.0)
    assert "Infinity" not in path
    assert "L" in path


def test_tint_is_the_likelier_class_from_the_top_row_down(js: OpenModule) -> None:
    colours, strength, limit, most = [[10, 20, 30], [200, 150, 100]], [0.0, 0.5, 1.0], 6.0, 80
    z = np.array([[-9.0, -3.0, 0.0], [np.nan, 2.9, np.inf], [6.0, -6.0, 1.0]])  # lowest row first
    script = """({ tint }, z, size, colours, shading, most) => {
        const pixels = new Uint8ClampedArray(4 * size * size);
        tint(z, size, pixels, colours, shading, most);
        return pixels;
    }"""
    shading = {"limit": limit, "strength": strength}
    found = js("field.js").run(script, z.ravel().tolist(), 3, colours, shading, most)
    pixels = np.array(found).reshape(3, 3, 4)[::-1]
    np.testing.assert_array_equal(pixels[z >= 0][:, :3], [colours[1]] * 5)
    np.testing.assert_array_equal(pixels[z < 0][:, :3], [colours[0]] * 3)
    opacity = [[80, 40, 0], [0, 40, 0], [80, 80, 0]]  # nothing where the logit is not finite
    np.testing.assert_array_equal(pixels[..., 3], opacity)


def test_rgb(js: OpenModule) -> None:
    assert js("field.js").call("rgb", "#0072b2") == [0, 114, 178]
