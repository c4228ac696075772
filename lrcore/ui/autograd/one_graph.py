"""Exercise 1: the course's graph."""

from __future__ import annotations

import streamlit as st

from lrcore.autograd.exercises.differentiate import differentiate
from lrcore.autograd.program import COURSE
from lrcore.ui.autograd.parts import leaf_sliders, show_code
from lrcore.ui.autograd.stepper import choose_moment, draw_moment


def show() -> None:
    """y = (w + x)(w + 1): forward node by node, backward edge by edge."""
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        values = leaf_sliders("w", "x")
        result = differentiate(COURSE, values)
        moment = choose_moment(COURSE, result, "g_step")
        show_code(result.snippet)
    with stage:
        draw_moment(result, moment, points=16)
        columns = ("is_leaf", "grad", "grad_fn")
        st.table(
            {
                "tensor": [row.name for row in result.table],
                **{name: [str(getattr(row, name)) for row in result.table] for name in columns},
            },
            hide_index=True,
        )
