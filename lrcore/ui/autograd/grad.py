"""Exercise 5: torch.autograd.grad."""

from __future__ import annotations

import math

import streamlit as st

from lrcore.autograd.exercises.derivatives import HIGH, LOW, MAX_ORDER, Derivatives, derivatives
from lrcore.figures.derivatives import derivative_curves
from lrcore.ui.autograd.own_expression import expression_input, read_program
from lrcore.ui.autograd.parts import ink, show_code


def show() -> None:
    """Derivatives up to the fourth as curves, and beside them finite differences."""
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        text = expression_input("x**2", "g_f", "f(x), an expression in x")
        program = read_program(text, ("x",))
        if program is None:
            return
        left, right = st.columns([3, 2], gap="small")
        at = left.slider("Point x", LOW, HIGH, 3.0, 0.1, key="g_at", bind="query-params")
        order = right.slider("Orders", 1, MAX_ORDER, 2, key="g_order", bind="query-params")
        result = derivatives(program, at, order)
        show_code(result.snippet)
    with stage:
        figure = derivative_curves(result.axis, result.curves, at, result.values, ink())
        st.plotly_chart(figure, height=410, key="g_curves", config={"displayModeBar": False})
        st.table(_checked(result), hide_index=True)
        caution = _caution(result)
        if caution:
            st.markdown(caution)
        if result.last_order < order:
            st.caption(
                f"From order {result.last_order} on, nothing depends on x: no graph is left, and "
                "all further derivatives are 0."
            )


def _caution(result: Derivatives) -> str:
    """Why the two columns may differ at this point; empty where they do not."""
    value, slope = result.values[:2]
    if not math.isfinite(value):
        still = f"; PyTorch still gives a slope, {slope:.4g}" if math.isfinite(slope) else ""
        return f"f has no finite value here{still}."
    if result.kink is None:
        return ""
    name = "f" if result.kink == 0 else f"The derivative of order {result.kink}"
    return f"{name} has a kink here: PyTorch picks one slope, a finite difference cannot."


def _checked(result: Derivatives) -> dict[str, list[str]]:
    orders = range(1, len(result.values))
    return {
        "order": [str(order) for order in orders],
        "torch.autograd.grad": [f"{result.values[order]:.8g}" for order in orders],
        "finite difference": [f"{difference:.8g}" for difference in result.differences],
    }
