"""Exercise 6: dynamic and static graphs, and changes in place."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.autograd.exercises.dynamic import change_leaf, change_saved, compare
from lrcore.ui.autograd.parts import choose, draw, show_code, show_printed, toggle

_PARTS = ("An if on data", "Change a leaf", "Change a saved tensor")
_SIDES = {"x = 1": 1.0, "x = −1": -1.0}


def show() -> None:
    """One part at a time."""
    controls, stage = st.columns([38, 62], gap="medium")
    with controls:
        part = choose("Part", _PARTS, "g_dyn")
    with controls, st.container():
        dict(zip(_PARTS, (_branches, _leaf, _saved), strict=True))[part](stage)


def _branches(stage: DeltaGenerator) -> None:
    left, right = st.columns(2, gap="small")
    at = left.slider("Value of x", -5.0, 5.0, -2.0, 0.1, key="g_if_x", bind="query-params")
    with right:
        side = choose("Recorded at", list(_SIDES), "g_rec", "visible")
    result = compare(at, _SIDES[side])
    show_code(result.snippet, 430)
    with stage:
        left, right = st.columns(2, gap="small")
        with left:
            st.markdown("**This call**: PyTorch builds a new graph from the branch that runs.")
            draw(result.dynamic, points=16)
        with right:
            st.markdown("**Recorded once** by torch.fx: the same operations for each x.")
            draw(result.recorded, points=16)
        if result.follows:
            st.success("On this side of zero, both give the same value and gradient.")
        else:
            st.error("The recording cannot follow: it still runs the other branch.")
        show_printed(result.snippet)
        st.caption(f"Without help, torch.fx refuses to record this f: “{result.refusal}”.")


def _leaf(stage: DeltaGenerator) -> None:
    value = st.slider("Value of w", -5.0, 5.0, 1.0, 0.1, key="g_w", bind="query-params")
    no_grad = toggle("Inside torch.no_grad()", "g_no_grad", False)
    result = change_leaf(value, no_grad=no_grad)
    show_code(result.snippet)
    with stage:
        draw(result.graph, points=26)
        show_printed(result.snippet)
        st.markdown(
            "`no_grad` says: this change is not part of the graph. Optimisers do their steps so."
            if no_grad
            else "Recorded, the change would make w the result of an operation: no leaf any more, "
            "and no place to keep its `.grad`."
        )


def _saved(stage: DeltaGenerator) -> None:
    value = st.slider("Value of x", -5.0, 5.0, 1.0, 0.1, key="g_exp_x", bind="query-params")
    in_place = toggle("Add in place: a.add_(1)", "g_inplace", True)
    result = change_saved(value, in_place=in_place)
    show_code(result.snippet)
    with stage:
        draw(result.graph, points=18)
        show_printed(result.snippet)
        st.markdown(
            "`exp` saves its result, because its derivative is the same number. To add in place "
            "overwrites it. PyTorch notices: it counts the versions of each tensor."
            if in_place
            else "`a + 1` makes a new tensor. What `exp` saved stays as it was."
        )
