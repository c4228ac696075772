"""Loss and accuracy over the iterations."""

from __future__ import annotations

import plotly.graph_objects as go

from lrcore import palette
from lrcore.figures.style import AXIS, CLEAR, FONT


def curves(target: float, *, test: bool = False) -> go.Figure:
    """Loss above accuracy over the iterations, empty, with the target line.

    The `meta` of each trace says which column of a record it shows: {"column": "loss"},
    "accuracy", "test_loss" or "test_accuracy". Shapes and annotations are found by name: "curtain
    of loss" and "curtain of accuracy" hide what lies ahead of the player; "target"; "title of
    loss", "title of accuracy" and "title of target".

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
            meta={"column": name.replace(" ", "_")},
            mode="lines",
            line={"width": 3, "color": colour, "dash": dash},
            xaxis="x",
            yaxis=f"y{axis}",
            hovertemplate=f"iteration %{{x}}<br>{name} %{{y:.4f}}<extra></extra>",
        )
    for name, domain in (("loss", (0.55, 1.0)), ("accuracy", (0.0, 0.45))):
        figure.add_shape(
            name=f"curtain of {name}",
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
        name="target",
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
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font=FONT,
        showlegend=False,
        margin={"l": 50, "r": 12, "t": 24, "b": 40},
        xaxis=AXIS
        | {"anchor": "y2", "range": [0, 1], "title": {"text": "iteration", "standoff": 2}},
        yaxis=AXIS | {"domain": [0.55, 1.0], "rangemode": "tozero", "nticks": 4},
        yaxis2=AXIS | {"domain": [0.0, 0.45], "range": [0, 1.04], "nticks": 4},
        annotations=[
            _title("loss", f"loss{hint}", 1.0, palette.LOSS),
            _title("accuracy", f"accuracy{hint}", 0.45, palette.ACCURACY),
            _title("target", f"target {target:g}", 0.45, palette.TARGET)
            | {"x": 1, "xanchor": "right"},
        ],
    )
    return figure


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
