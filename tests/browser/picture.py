"""What is drawn, read back from pixels and paths: tint, rings, curves and the curtain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

Array = NDArray[np.float64]

# Pixels of the plane's canvas, n at a time, in CSS px of the plot: [r, g, b, a] each.
_PIXELS = """(points) => {
    const plot = document.querySelector('[data-testid=scatter]');
    const canvas = document.querySelector('.plane canvas');
    const {xaxis, yaxis, width} = plot._fullLayout;
    const scale = canvas.width / width;
    const copy = Object.assign(document.createElement('canvas'), {
        width: canvas.width, height: canvas.height,
    }).getContext('2d', {willReadFrequently: true});
    copy.drawImage(canvas, 0, 0);
    const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
    return points.map(([x, y, dx, dy]) => {
        const column = Math.floor(scale * (xaxis._offset + xaxis.l2p(x) + dx));
        const row = Math.floor(scale * (yaxis._offset + yaxis.l2p(y) + dy));
        return [...data.subarray(4 * (row * canvas.width + column)).subarray(0, 4)];
    });
}"""
_RANGE = """() => {
    const {xaxis, yaxis} = document.querySelector('[data-testid=scatter]')._fullLayout;
    return [...xaxis.range, ...yaxis.range, xaxis._length, yaxis._length];
}"""
_TEXT_COLOUR = """() => getComputedStyle(document.querySelector('.stage')).color
    .match(/\\d+/g).slice(0, 3).map(Number)"""
# Each drawn curve: colour, dashes, and vertices in units of its axes.
_CURVES = """() => {
    const plot = document.querySelector('[data-testid=curves]');
    return [...plot.querySelectorAll('.scatterlayer path.js-line')].map((path) => {
        const below = path.closest('.subplot').classList.contains('xy2');
        const {xaxis, yaxis, yaxis2} = plot._fullLayout;
        const y = below ? yaxis2 : yaxis;
        const texts = path.getAttribute('d').match(/[MLHV]|-?[\\d.]+(e-?\\d+)?/g);
        const points = [];
        let [kind, at] = ['', [0, 0]];
        for (let k = 0; k < texts.length; k += 1) {
            if (/[MLHV]/.test(texts[k])) { kind = texts[k]; continue; }
            if (kind === 'H') at = [Number(texts[k]), at[1]];
            else if (kind === 'V') at = [at[0], Number(texts[k])];
            else { at = [Number(texts[k]), Number(texts[k + 1])]; k += 1; }
            points.push([xaxis.p2l(at[0]), y.p2l(at[1])]);
        }
        const {stroke, strokeDasharray} = getComputedStyle(path);
        return {stroke, dashed: strokeDasharray !== 'none', below, points,
            pixel: [Math.abs(xaxis.p2l(1) - xaxis.p2l(0)), Math.abs(y.p2l(1) - y.p2l(0))]};
    });
}"""
# Left and right end of each thing that covers the curves in the colour of the page, in iterations.
_CURTAINS = """() => {
    const plot = document.querySelector('[data-testid=curves]');
    const page = getComputedStyle(document.querySelector('.stApp')).backgroundColor;
    const {left} = plot.getBoundingClientRect();
    const {xaxis} = plot._fullLayout;
    return [...plot.querySelectorAll('.shapelayer path')]
        .filter((path) => {
            const {fill, fillOpacity} = getComputedStyle(path);
            return fill === page && fillOpacity === '1';
        })
        .map((path) => path.getBoundingClientRect())
        .map((box) => [box.left, box.right].map((x) => xaxis.p2l(x - left - xaxis._offset)));
}"""


def axes_of(page: Page) -> tuple[float, ...]:
    """x0, x1, y0, y1 of the plane, then its width and height in CSS px."""
    return tuple(page.evaluate(_RANGE))


def pixels(page: Page, points: Array, shift: Array | None = None) -> Array:
    """Canvas pixels at points of the plane, (n, 2), moved by px to the right and down.

    Returns:
        (n, 4): red, green, blue and opacity, each of 255.
    """
    moved = np.zeros_like(points) if shift is None else shift
    return np.array(page.evaluate(_PIXELS, np.hstack([points, moved]).tolist()), float)


def ringed(page: Page, points: Array, radius: float) -> NDArray[np.bool_]:
    """Round which points, (n, 2), a whole circle of the text's colour is drawn.

    A ring is 2 px wide: at each angle, it covers one of three pixels half a px apart so far that it
    outweighs the tint (88 of 255).
    """
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)], 1)
    play = radius + np.array([-0.5, 0, 0.5])
    circle = (directions[:, None] * play[:, None]).reshape(-1, 2)
    shift = np.tile(circle, (len(points), 1))
    found = pixels(page, np.repeat(points, len(circle), 0), shift)
    text = np.array(page.evaluate(_TEXT_COLOUR), float)
    drawn = (found[:, 3] > 130) & (np.abs(found[:, :3] - text).max(1) < 90)
    return drawn.reshape(len(points), len(angles), len(play)).any(2).all(1)


def drawn_curves(page: Page) -> list[dict[str, object]]:
    """Of each curve: stroke, dashed, below (in the lower plot), points, and units of a pixel."""
    return page.evaluate(_CURVES)


def curtains(page: Page) -> list[tuple[float, float]]:
    """From which iteration to which each curtain hides the curves."""
    return [(left, right) for left, right in page.evaluate(_CURTAINS)]
