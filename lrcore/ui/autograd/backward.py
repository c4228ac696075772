"""Exercise 4: torch.autograd.backward."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.autograd.exercises.backward import (
    call_repeatedly,
    differentiate_gradient,
    vector_jacobian,
)
from lrcore.autograd.numbers import format_number
from lrcore.ui.autograd.parts import (
    choose,
    draw,
    leaf_sliders,
    show_code,
    show_printed,
    show_warnings,
    toggle,
)

_PARTS = ("Call it again", "Vector output", "create_graph")


def show() -> None:
    """One part at a time: several calls, a vector output, the graph of the gradient."""
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        part = choose("Part", _PARTS, "g_bw")
        values = leaf_sliders("w", "x")
    draw_part = dict(zip(_PARTS, (_calls, _vector, _create), strict=True))[part]
    draw_part(values, controls, stage)


def _calls(values: dict[str, float], controls: DeltaGenerator, stage: DeltaGenerator) -> None:
    with controls:
        calls = st.slider("Calls of backward", 1, 4, 2, key="g_calls", bind="query-params")
        retain = toggle("retain_graph=True", "g_retain", False)
        rebuild = toggle("Build a new graph for each call", "g_rebuild", False)
        zero = toggle("Set .grad to None before each call", "g_zero", False)
        result = call_repeatedly(values, calls, retain_graph=retain, zero=zero, rebuild=rebuild)
        show_code(result.snippet)
    with stage:
        draw(result.graph, points=18)
        show_printed(result.snippet)
        if result.snippet.error:
            st.markdown(
                "The first call freed what the functions had saved. MulBackward0 needs a and b "
                "again for its local derivatives."
            )
        elif len(result.gradients) > 1 and not zero:
            st.markdown(
                "`backward` **adds** to `.grad`. To start from zero again, you have to set it."
            )


def _vector(values: dict[str, float], controls: DeltaGenerator, stage: DeltaGenerator) -> None:
    with controls:
        left, right = st.columns(2, gap="small")
        weights = [
            column.slider(
                f"Weight v{index}", -3.0, 3.0, start, 0.5, key=f"g_v{index}", bind="query-params"
            )
            for index, start, column in ((0, 1.0, left), (1, 2.0, right))
        ]
        pass_weights = toggle("Pass grad_tensors=v", "g_pass", True)
        result = vector_jacobian(values, weights, pass_weights=pass_weights)
        show_code(result.snippet)
    with stage:
        if result.gradients:
            for name, column, total in zip("wx", result.columns, result.gradients, strict=True):
                terms = " + ".join(
                    rf"{_plain(v)} \cdot {_plain(j)}" for v, j in zip(weights, column, strict=True)
                )
                st.latex(
                    rf"{name}\mathtt{{.grad}} = v_0 \frac{{\partial y_0}}{{\partial {name}}} + "
                    rf"v_1 \frac{{\partial y_1}}{{\partial {name}}} = {terms} = {_plain(total)}"
                )
            st.caption("A vector-Jacobian product: PyTorch computes it without the Jacobian.")
        draw(result.graph, points=13.5)
        show_printed(result.snippet)


def _create(values: dict[str, float], controls: DeltaGenerator, stage: DeltaGenerator) -> None:
    with controls:
        create = toggle("create_graph=True", "g_create", True)
        result = differentiate_gradient(values, create_graph=create)
        show_code(result.snippet)
    with stage:
        st.markdown(
            "The graph behind **`w.grad`**, which can be differentiated again:"
            if create
            else "**`w.grad`** is a plain number now: no graph stands behind it."
        )
        draw(result.graph, points=12.5)
        show_printed(result.snippet)
        show_warnings(result.warnings)


def _plain(value: float) -> str:
    text = format_number(value).replace("−", "-")
    return f"({text})" if text.startswith("-") else text
