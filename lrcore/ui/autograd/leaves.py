"""Exercise 3: leaves and retain_grad."""

from __future__ import annotations

import streamlit as st

from lrcore.autograd.exercises.leaves import keep_gradients
from lrcore.ui.autograd.parts import (
    draw,
    leaf_sliders,
    show_code,
    show_printed,
    show_warnings,
    toggle,
)


def show() -> None:
    """Which tensors keep their gradient, and what PyTorch says about the others."""
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        values = leaf_sliders("w", "x")
        left, right = st.columns(2, gap="small")
        with left:
            require = [n for n in "wx" if toggle(f"{n} requires_grad", f"g_req_{n}", True)]
        with right:
            retain = [n for n in "aby" if toggle(f"{n}.retain_grad()", f"g_ret_{n}", n == "a")]
        result = keep_gradients(values, require, retain)
        show_code(result.snippet)
    with stage:
        draw(result.graph, points=19)
        show_printed(result.snippet)
        show_warnings(result.warnings)
