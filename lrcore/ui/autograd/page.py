"""The page Autograd: one exercise at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import streamlit as st

from lrcore.ui.autograd import backward, dynamic, grad, leaves, one_graph, own_expression, run_graph
from lrcore.ui.autograd.parts import choose
from lrcore.ui.session import session

_NO_SIDEBAR = Path(__file__).parents[1] / "no_sidebar.css"
EXERCISES: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        "One graph": one_graph.show,
        "Your own expression": own_expression.show,
        "Leaves and retain_grad": leaves.show,
        "autograd.backward": backward.show,
        "autograd.grad": grad.show,
        "Dynamic and static graphs": dynamic.show,
        "The graph of this run": run_graph.show,
    }
)


def page() -> None:
    """Draw the exercise that the address names; no other one runs."""
    st.html(_NO_SIDEBAR)
    session().page = "autograd"
    with st.container(key="lab"):
        chosen = choose("Exercise", list(EXERCISES), "ex")
        EXERCISES[chosen]()
