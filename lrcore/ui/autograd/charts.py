"""What stands beside the film of an exercise, or in its place: a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from lrcore.autograd.derivatives import Derivatives
from lrcore.autograd.exercises import Exercise
from lrcore.autograd.exercises.vanishing import Vanishing
from lrcore.autograd.recorder import Recording
from lrcore.figures.derivatives import derivative_curves

_NO_BAR = {"displayModeBar": False}


def draw_beside(exercise: Exercise, recordings: Sequence[Recording]) -> None:
    """Draw the small chart of an exercise, if it has one."""
    if isinstance(exercise, Vanishing):
        st.html(bars(exercise.gradients(recordings[0])))


def bars(gradients: Sequence[float]) -> str:
    """A bar a layer, that of the input first, as high as the gradient is large: HTML."""
    most = max(map(abs, gradients), default=0.0) or 1.0
    names = ("x", *map(str, range(1, len(gradients))))
    drawn = "".join(
        f'<li><span>{gradient:.2g}</span><i style="height:{abs(gradient) / most:.1%}"></i>'
        f"<b>{name}</b></li>"
        for name, gradient in zip(names, gradients, strict=False)
        if math.isfinite(gradient)
    )
    return f'<ol class="bars" aria-label="The gradient at x and at each layer">{drawn}</ol>'


def draw_curves(result: Derivatives, at: float) -> None:
    """f and its derivatives, and the check by finite differences beside them."""
    curves, check = st.columns([62, 38], gap="medium")
    with curves:
        figure = derivative_curves(result.axis, result.curves, at, result.values, _ink())
        orders = len(result.values) - 1
        alt = (
            f"f and its derivatives up to order {orders} from x = −5 to 5. At x = {at:g}, f is "
            f"{result.values[0]:.4g} and its slope {result.values[1]:.4g}."
        )
        st.plotly_chart(figure, height=500, key="g_curves", config=_NO_BAR, alt=alt)
    with check:
        st.table(_checked(result), hide_index=True)


def _checked(result: Derivatives) -> dict[str, list[str]]:
    orders = range(1, len(result.values))
    return {
        "order": [str(order) for order in orders],
        "torch.autograd.grad": [f"{result.values[order]:.8g}" for order in orders],
        "finite difference": [f"{difference:.8g}" for difference in result.differences],
    }


def _ink() -> str:
    """The colour of text in the present theme: a figure cannot take it from there by itself."""
    return "#FAFAFA" if st.context.theme.type == "dark" else "#31333F"
