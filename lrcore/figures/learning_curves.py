"""Loss and accuracy over the iterations."""

from __future__ import annotations

from lrcore import palette
from lrcore.figures.style import AXIS, CLEAR, FONT, Figure

_LOSS_PANEL, _ACCURACY_PANEL = (0.55, 1.0), (0.0, 0.45)
_AXES: dict[str, dict[str, object]] = {
    "xaxis": AXIS
    | {"anchor": "y2", "range": [0, 1], "title": {"text": "iteration", "standoff": 2}},
    "yaxis": AXIS | {"domain": list(_LOSS_PANEL), "rangemode": "tozero", "nticks": 4},
    "yaxis2": AXIS | {"domain": list(_ACCURACY_PANEL), "range": [0, 1.04], "nticks": 4},
}
_LAYOUT: dict[str, object] = _AXES | {
    "paper_bgcolor": CLEAR,
    "plot_bgcolor": CLEAR,
    "font": FONT,
    "showlegend": False,
    "margin": {"l": 50, "r": 12, "t": 24, "b": 40},
}


def curves_with_curtains(target: float, *, test: bool = False) -> Figure:
    """`empty_curves` with two curtains in front, "curtain of loss" and "curtain of accuracy".

    A curtain is a rectangle in the colour of the page. The player draws all moments that it has,
    and moves the curtains so that they hide those after the playhead.
    """
    figure = empty_curves(target, test=test)
    layout = figure["layout"]
    # A stray drag must not take the axes along.
    layout |= {name: axis | {"fixedrange": True} for name, axis in _AXES.items()}
    layout["dragmode"] = False
    curtains = [
        {
            "name": f"curtain of {name}",
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": low,
            "y1": high,
            "line": {"width": 0},
            "fillcolor": "white",
        }
        for name, (low, high) in (("loss", _LOSS_PANEL), ("accuracy", _ACCURACY_PANEL))
    ]
    layout["shapes"] = [*curtains, _target_line(target)]
    return figure


def empty_curves(target: float, *, test: bool = False) -> Figure:
    """Loss above accuracy over the iterations, still without a moment, and the target line.

    The `meta` of each trace says which column of a record it shows: {"column": "loss"},
    "accuracy", "test_loss" or "test_accuracy". The line is the shape named "target"; the
    annotations are "title of loss", "title of accuracy" and "title of target".

    Args:
        target: the accuracy to pass.
        test: with the curves of the test points, dashed.
    """
    looks = [("loss", palette.LOSS, "", "solid"), ("accuracy", palette.ACCURACY, "2", "solid")]
    if test:
        looks += [(f"test {name}", colour, axis, "dash") for name, colour, axis, _ in looks]
    traces: list[dict[str, object]] = [
        {
            "type": "scatter",
            "x": [],
            "y": [],
            "name": name,
            "meta": {"column": name.replace(" ", "_")},
            "mode": "lines",
            "line": {"width": 3, "color": colour, "dash": dash},
            "xaxis": "x",
            "yaxis": f"y{axis}",
            "hovertemplate": f"iteration %{{x}}<br>{name} %{{y:.4f}}<extra></extra>",
        }
        for name, colour, axis, dash in looks
    ]
    hint = " (dashed: test)" if test else ""
    # Beside the axis: the numbers of marks stand above the panel.
    beside = {"xanchor": "right", "xshift": -14}
    titles = [
        _title("loss", "loss", 1.0, palette.LOSS) | beside,
        _title("accuracy", f"accuracy{hint}", 0.45, palette.ACCURACY),
        _title("target", f"target {target:g}", 0.45, palette.TARGET) | {"x": 1, "xanchor": "right"},
    ]
    layout: dict[str, object] = _LAYOUT | {"annotations": titles, "shapes": [_target_line(target)]}
    return {"data": traces, "layout": layout}


def _target_line(target: float) -> dict[str, object]:
    return {
        "name": "target",
        "type": "line",
        "xref": "paper",
        "yref": "y2",
        "x0": 0,
        "x1": 1,
        "y0": target,
        "y1": target,
        "line": {"width": 2, "dash": "dash", "color": palette.TARGET},
    }


def _title(of: str, text: str, y: float, colour: str) -> dict[str, object]:
    return {
        "name": f"title of {of}",
        "text": f"<b>{text}</b>",
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": y,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": colour, "size": 16},
    }
