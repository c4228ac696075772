"""What the exercises share: sliders for leaves, graph, code, PyTorch's messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.autograd.dot import Marks, to_dot
from lrcore.autograd.exercises.snippet import Snippet
from lrcore.autograd.expression import ExpressionError
from lrcore.autograd.graph import Graph
from lrcore.ui.plain import plain

STARTS = {"w": 1.0, "x": 2.0, "a": 1.0, "b": 1.0}


def leaf_sliders(*names: str) -> dict[str, float]:
    """A slider for the value of each leaf, two in a row."""
    columns = st.columns(max(2, len(names)), gap="small")
    return {name: _leaf_slider(name, column) for name, column in zip(names, columns, strict=False)}


def _leaf_slider(name: str, column: DeltaGenerator) -> float:
    return column.slider(
        f"Value of {name}", -5.0, 5.0, STARTS[name], 0.1, key=f"g_{name}", bind="query-params"
    )


def toggle(label: str, key: str, default: bool) -> bool:
    """A switch whose position is part of the address."""
    return st.toggle(label, default, key=key, bind="query-params")


def draw(graph: Graph, marks: Marks | None = None, *, points: float) -> None:
    """Draw a graph with letters of `points` points; it scrolls if it is wider than its column."""
    names = ", ".join(node.name for node in graph.tensors if node.name)
    st.graphviz_chart(to_dot(graph, marks, points=points), alt=f"Autograd graph of {names}")
    for notice in graph.notices:
        st.caption(notice)


def show_code(snippet: Snippet, height: int | Literal["content"] = "content") -> None:
    """Show the lines of PyTorch, ready to copy."""
    st.code(snippet.code, wrap_lines=True, height=height)


def show_printed(snippet: Snippet) -> None:
    """Show what the code prints, and the error that ends it."""
    if snippet.printed:
        st.caption("The code prints")
        st.code(snippet.printed, language=None, wrap_lines=True)
    if snippet.error:
        st.error(f"PyTorch says: {snippet.error}")


def show_warnings(warnings: tuple[str, ...]) -> None:
    """Show PyTorch's own warnings."""
    for text in warnings:
        st.warning(f"PyTorch warns: {text}")


def show_fault(error: ExpressionError) -> None:
    """Show what is wrong with an expression, and a line that points at it."""
    st.error(plain(str(error)))
    st.code(error.pointer(), language=None)


def choose(
    label: str,
    options: Sequence[str],
    key: str,
    label_visibility: Literal["visible", "collapsed"] = "collapsed",
) -> str:
    """A choice between options, the first of them where the link says something else."""
    if not set(st.query_params.get_all(key)) <= set(options):
        # Streamlit seeds a control with what the page was opened with, until the next rerun.
        del st.query_params[key]
        st.rerun()
    return st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility=label_visibility,
    )


def count_slider(label: str, last: int, default: int, key: str, *, disabled: bool = False) -> int:
    """A slider from 0 to `last`, which may have become less than what was chosen before."""
    if st.session_state.get(key, 0) > last:
        st.session_state[key] = last
    return st.slider(label, 0, last, default, key=key, bind="query-params", disabled=disabled)


def ink() -> str:
    """The colour of text in the present theme: a figure cannot take it from there by itself."""
    return "#FAFAFA" if st.context.theme.type == "dark" else "#31333F"
