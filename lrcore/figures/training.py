"""Arrays in, Plotly figures out; colours of text and background come from the page's theme."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from torch import Tensor

from lrcore import palette
from lrcore.data import Dataset
from lrcore.scene import View

_CLEAR = "rgba(0,0,0,0)"
_GRID = "rgba(128,128,128,0.22)"
_AXIS = {"gridcolor": _GRID, "zerolinecolor": _GRID, "ticks": "", "automargin": False}
_FONT = {"size": 16}


def scatter(points: Dataset, is_test: Tensor, view: View) -> go.Figure:
    """The two classes, and three lines of equal probability that the player moves.

    Trace 0 and 1 are the training points of class 0 and 1; trace 2 and 3, if there are any, the
    test points, drawn hollow.

    Args:
        points: x (n, 2), y (n,).
        is_test: (n,) bool.
        view: the range of the axes.
    """
    figure = go.Figure()
    looks = ((palette.CLASS_0, "circle"), (palette.CLASS_1, "diamond"))
    for held_out in (False, True) if is_test.any() else (False,):
        for label, (colour, symbol) in enumerate(looks):
            members = points.x[(points.y == label) & (is_test == held_out)]
            x = members.numpy().astype(np.float64)
            name = points.classes[label]
            figure.add_scatter(
                # Plotly leaves a trace without a point out of the legend.
                x=x[:, 0].round(4) if len(x) else [None],
                y=x[:, 1].round(4) if len(x) else [None],
                mode="markers",
                name=f"{name}, test" if held_out else name,
                marker={
                    "color": colour,
                    "symbol": f"{symbol}-open" if held_out else symbol,
                    "size": 9 if len(points.y) <= 1000 else 6,
                    "line": {"width": 2}
                    if held_out
                    else {"width": 1, "color": "rgba(255,255,255,0.8)"},
                },
                hovertemplate=f"{name}<br>{points.axes[0]} = %{{x:.2f}}<br>"
                f"{points.axes[1]} = %{{y:.2f}}<extra></extra>",
            )
    for width, dash in ((4, "solid"), (2, "dot"), (2, "dot")):
        figure.add_shape(type="path", path="M0,0", line={"width": width, "dash": dash})
    figure.update_layout(
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        font=_FONT,
        margin={"l": 44, "r": 8, "t": 34, "b": 40},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "bgcolor": _CLEAR},
        uirevision=f"{points.axes} {view}",
        xaxis=_axis(points.axes[0], (view.x0, view.x1), 4),
        yaxis=_axis(points.axes[1], (view.y0, view.y1), 0),
    )
    return figure


def curves(target: float, *, test: bool = False) -> go.Figure:
    """Loss above accuracy over the iterations, empty, with the target line.

    Traces come in the order of a record's columns: loss, accuracy, and the same of the test points.

    The first two shapes are curtains: the player hides with them what lies ahead.

    Args:
        target: the accuracy to pass.
        test: draw the curves of test points as well, dashed.
    """
    figure = go.Figure()
    looks = [("loss", palette.LOSS, "", "solid"), ("accuracy", palette.ACCURACY, "2", "solid")]
    if test:
        looks += [(f"test {name}", colour, axis, "dash") for name, colour, axis, _ in looks]
    for name, colour, axis, dash in looks:
        figure.add_scatter(
            x=[],
            y=[],
            name=name,
            mode="lines",
            line={"width": 3, "color": colour, "dash": dash},
            xaxis="x",
            yaxis=f"y{axis}",
            hovertemplate=f"iteration %{{x}}<br>{name} %{{y:.4f}}<extra></extra>",
        )
    for domain in ((0.55, 1.0), (0.0, 0.45)):
        figure.add_shape(
            type="rect",
            xref="x",
            yref="paper",
            x0=0,
            x1=1,
            y0=domain[0],
            y1=domain[1],
            line={"width": 0},
            fillcolor="white",
        )
    figure.add_shape(
        type="line",
        xref="paper",
        yref="y2",
        x0=0,
        x1=1,
        y0=target,
        y1=target,
        line={"width": 2, "dash": "dash", "color": palette.TARGET},
    )
    hint = " (dashed: test)" if test else ""
    figure.update_layout(
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        font=_FONT,
        showlegend=False,
        margin={"l": 50, "r": 12, "t": 24, "b": 40},
        xaxis=_AXIS
        | {"anchor": "y2", "range": [0, 1], "title": {"text": "iteration", "standoff": 2}},
        yaxis=_AXIS | {"domain": [0.55, 1.0], "rangemode": "tozero", "nticks": 4},
        yaxis2=_AXIS | {"domain": [0.0, 0.45], "range": [0, 1.04], "nticks": 4},
        annotations=[
            _title(f"loss{hint}", 1.0, palette.LOSS),
            _title(f"accuracy{hint}", 0.45, palette.ACCURACY),
            _title(f"target {target:g}", 0.45, palette.TARGET) | {"x": 1, "xanchor": "right"},
        ],
    )
    return figure


def _axis(title: str, limits: tuple[float, float], standoff: int) -> dict[str, object]:
    return _AXIS | {"range": limits, "title": {"text": title, "standoff": standoff}}


def _title(text: str, y: float, colour: str) -> dict[str, object]:
    return {
        "text": f"<b>{text}</b>",
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": y,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": colour, "size": 16},
    }
