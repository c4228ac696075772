"""The size of a gradient at each depth, for the exercise on vanishing gradients."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from lrcore.palette import GRADIENT


def gradient_bars(gradients: Sequence[float]) -> go.Figure:
    """A bar a layer, as high as the gradient is large.

    The numbers of the layers stand below.

    Args:
        gradients: ∂output/∂ each layer, that of the input first; any sign.
    """
    names = ["x", *(f"{number}" for number in range(1, len(gradients)))]
    sizes = [abs(gradient) for gradient in gradients]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=sizes,
        text=[f"{gradient:.2g}" for gradient in gradients],
        textposition="outside",
        constraintext="none",
        textfont_size=16,
        cliponaxis=False,
        marker_color=GRADIENT,
    )
    return figure.update_layout(
        margin={"l": 10, "r": 10, "t": 24, "b": 24},
        font_size=16,
        showlegend=False,
        xaxis={"tickfont_size": 16, "fixedrange": True},
        yaxis={"visible": False, "rangemode": "tozero", "fixedrange": True},
    )
