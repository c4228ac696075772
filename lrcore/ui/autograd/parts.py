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
    st.error(str(error))
    st.code(error.pointer(), language=None)


def choose_part(parts: Sequence[str], key: str) -> str:
    """A choice between the parts of an exercise."""
    return st.segmented_control(
        "Part",
        parts,
        default=parts[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )


def ink() -> str:
    """The colour of text in the present theme: a figure cannot take it from there by itself."""
    return "#FAFAFA" if st.context.theme.type == "dark" else "#31333F"
