"""A function and its derivatives, for the exercise on ``torch.autograd.grad``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lrcore.palette import GRADIENT

_DASHES = ("solid", "dash", "dot", "dashdot")
_MARKS = ("′", "″", "‴", "⁗")


def derivative_curves(
    axis: np.ndarray, curves: np.ndarray, at: float, values: Sequence[float], ink: str
) -> go.Figure:
    """f and its derivatives over x, with the tangent of f at a point.

    Args:
        axis: (m,) values of x.
        curves: (orders + 1, m), f first; nan where a curve has a gap.
        at: the x where the tangent touches f.
        values: f and its derivatives there.
        ink: the colour of f and of the point.
    """
    figure = go.Figure()
    # PyTorch gives a slope even where f has no value: that of log is 1/x left of zero too.
    curves = np.where(np.isfinite(curves) & np.isfinite(curves[0]), curves, np.nan)
    for order, curve in enumerate(curves):
        name = "f" + (_MARKS[order - 1] if order else "")
        line = (
            {"width": 4, "color": ink}
            if order == 0
            else {"width": 3, "color": GRADIENT, "dash": _DASHES[order - 1]}
        ) | {"simplify": False}  # else Plotly makes a curve out of few straight pieces
        figure.add_scatter(x=axis, y=curve, name=name, mode="lines", line=line)
    if np.isfinite(values[:2]).all():
        _add_tangent(figure, at, values[0], values[1], ink)
    return figure.update_layout(
        margin={"l": 50, "r": 10, "t": 40, "b": 40},
        font_size=17,
        hovermode="x",
        legend={"orientation": "h", "y": 1.12, "x": 0, "font_size": 20},
        xaxis={"title": "x", "range": [axis[0], axis[-1]], "tickfont_size": 16},
        yaxis={"range": _shown_range(curves, values[0]), "tickfont_size": 16},
    )


def _add_tangent(figure: go.Figure, at: float, value: float, slope: float, ink: str) -> None:
    ends = at + np.array([-1.5, 1.5])
    figure.add_scatter(
        x=ends,
        y=value + slope * (ends - at),
        name="tangent",
        mode="lines",
        line={"width": 7, "color": GRADIENT},
        opacity=0.55,
    )
    figure.add_scatter(
        x=[at],
        y=[value],
        mode="markers",
        showlegend=False,
        marker={"size": 14, "color": ink},
        name="point",
    )


def _shown_range(curves: np.ndarray, value: float) -> tuple[float, float]:
    """The range of y: nearly all of f and the middle half of its derivatives, and the point.

    A pole, where a curve runs to infinity, must not press the rest flat.
    """
    if not np.isfinite(curves).any():
        return -1.0, 1.0
    ends = [*np.nanpercentile(curves[0], [3, 97]), *np.nanpercentile(curves, [15, 85])]
    ends += [value] if np.isfinite(value) else []
    low, high = min(ends), max(ends)
    margin = max(0.2 * (high - low), 0.5)
    return low - margin, high + margin
