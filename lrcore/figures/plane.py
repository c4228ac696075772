"""The plane: points of two classes, and the boundary between them."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from lrcore import palette
from lrcore.data import Dataset
from lrcore.figures.scene import View
from lrcore.figures.style import AXIS, CLEAR, FONT, Figure, literal

# Lines of equal probability: name, probability, width in pixels, dash.
LINES = (
    ("boundary", 0.5, 4, "solid"),
    ("quarter", 0.25, 2, "dot"),
    ("three-quarters", 0.75, 2, "dot"),
)
# One unit is as long upwards as it is across: a round cloud looks round.
_EQUAL = {"scaleanchor": "x", "constraintoward": "top"}
# How far the axes may be zoomed out, in widths of the plane; float32 ends where doubles go on.
_REACH = 100


def scatter(points: Dataset, is_test: Tensor, view: View) -> Figure:
    """`plane`, and three lines of equal probability that the player fills and moves.

    The lines are shapes, named as in `LINES` and still empty.
    """
    figure = plane(points, is_test, view)
    figure["layout"]["shapes"] = [
        {"name": name, "type": "path", "path": "M0,0", "line": {"width": width, "dash": dash}}
        for name, _, width, dash in LINES
    ]
    return figure


def plane(points: Dataset, is_test: Tensor, view: View) -> Figure:
    """The points of the two classes, which differ by colour and by the shape of their markers.

    Each trace holds the points of one class, test points in traces of their own and drawn hollow;
    its `meta` says which: {"label": 0 or 1, "test": bool}.

    Args:
        points: x (n, 2), y (n,).
        is_test: (n,) bool.
        view: the range of the axes.
    """
    traces = [
        _class_trace(points, points.x[(points.y == label) & (is_test == held_out)], label, held_out)
        for held_out in ((False, True) if is_test.any() else (False,))
        for label in (0, 1)
    ]
    layout: dict[str, object] = {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": FONT,
        "margin": {"l": 44, "r": 8, "t": 34, "b": 40},
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "bgcolor": CLEAR},
        "uirevision": f"{points.axes} {view}",
        "xaxis": _axis(points.axes[0], (view.x0, view.x1), 4),
        "yaxis": _axis(points.axes[1], (view.y0, view.y1), 0) | (_EQUAL if points.frame else {}),
    }
    return {"data": traces, "layout": layout}


def marker_size(points: Dataset) -> int:
    """In pixels, smaller where there are many points."""
    return 9 if len(points.y) <= 1000 else 6


def _class_trace(points: Dataset, members: Tensor, label: int, held_out: bool) -> dict[str, object]:
    colour, symbol = ((palette.CLASS_0, "circle"), (palette.CLASS_1, "diamond"))[label]
    name, across, upwards = map(literal, (points.classes[label], *points.axes))
    x = members.numpy().astype(np.float64)
    edge = {"width": 2} if held_out else {"width": 1, "color": "rgba(255,255,255,0.8)"}
    return {
        # Plotly leaves a trace without a point out of the legend.
        "x": x[:, 0].round(4).tolist() or [None],
        "y": x[:, 1].round(4).tolist() or [None],
        "type": "scatter",
        "mode": "markers",
        "name": f"{name}, test" if held_out else name,
        "meta": {"label": label, "test": held_out},
        "marker": {
            "color": colour,
            "symbol": f"{symbol}-open" if held_out else symbol,
            "size": marker_size(points),
            "line": edge,
        },
        "hovertemplate": f"{name}<br>{across} = %{{x:.2f}}<br>"
        f"{upwards} = %{{y:.2f}}<extra></extra>",
    }


def _axis(title: str, limits: tuple[float, float], standoff: int) -> dict[str, object]:
    low, high = limits
    reach = _REACH * (high - low)
    bounds = {"minallowed": low - reach, "maxallowed": high + reach}
    return (
        AXIS
        | bounds
        | {
            "constrain": "domain",
            "range": list(limits),
            "title": {"text": literal(title), "standoff": standoff},
        }
    )
