"""A slider through the moments of a program, and the graph at each."""

from __future__ import annotations

import streamlit as st

from lrcore.autograd.exercises.differentiate import Differentiated
from lrcore.autograd.exercises.steps import Moment, marks_at, moments
from lrcore.autograd.program import Program
from lrcore.ui.autograd.parts import count_slider, draw


def choose_moment(program: Program, result: Differentiated, key: str) -> Moment:
    """A slider through all moments, with a button on each side; it starts at the last one."""
    sequence = moments(program, result)
    last = len(sequence) - 1
    back, middle, forth = st.columns([2, 5, 2], gap="small", vertical_alignment="bottom")
    with middle:
        index = count_slider("Step of forward and backward", last, last, key)
    for column, label, change in ((back, "Back", -1), (forth, "Next", 1)):
        column.button(
            label,
            key=f"{key}_{label.lower()}",
            on_click=_move,
            args=(key, index + change),
            disabled=not 0 <= index + change <= last,
            width="stretch",
        )
    return sequence[index]


def draw_moment(
    result: Differentiated, moment: Moment, points: float, *, compact: bool = False
) -> None:
    """The formula of the moment, and the graph below it."""
    with st.container(key="formula"):
        st.latex(moment.formula)
    draw(result.graph, marks_at(result, moment, compact=compact), points=points)


def _move(key: str, index: int) -> None:
    st.session_state[key] = index
