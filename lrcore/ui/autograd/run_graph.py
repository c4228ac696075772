"""Exercise 7: the graph of the run on the training page."""

from __future__ import annotations

import streamlit as st

from lrcore.autograd.exercises.run_graph import run_graph
from lrcore.autograd.numbers import format_number
from lrcore.training import Run, RunConfig
from lrcore.ui.autograd.parts import count_slider, draw, show_code, show_printed, toggle
from lrcore.ui.session import session

_DEFAULT_MOMENTS = 100
# The code carries its points along.
_MOST_POINTS = 400


def show() -> None:
    """The loss at one moment of the run, of one point or the whole batch, and its curvature."""
    run, playhead = _run_and_playhead()
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        last = max(len(run) - 1, 1)
        at = count_slider("Iteration", last, playhead, "g_iter")
        step = run.step(min(at, len(run) - 1))
        x, y = run.data.x[~run.is_test], run.data.y[~run.is_test]
        total = len(y)
        whole = toggle("Whole batch", "g_batch", False)
        index = count_slider(
            "Data point", max(total - 1, 1), 0, "g_point", disabled=whole or total < 2
        )
        rows = slice(0, _MOST_POINTS) if whole else slice(min(index, total - 1), index + 1)
        result = run_graph(run.basis(x[rows]), y[rows], step.weights, step.bias, run.config.loss)
        show_code(result.snippet, 330)
    with stage:
        draw(result.graph, points=11.5 if whole else 12.5)
        if whole and total > _MOST_POINTS:
            st.caption(f"The first {_MOST_POINTS} of {total:,} points.")
        show_printed(result.snippet)
        rate = getattr(run.config.optimizer, "lr", None)
        values = ", ".join(map(format_number, result.eigenvalues))
        st.markdown(f"Eigenvalues of the Hessian of this loss in (w, b): **{values}**")
        st.latex(
            r"\eta_{\max} = \frac{2}{\lambda_{\max}} = "
            rf"{format_number(result.largest_stable_rate)}".replace("inf", r"\infty")
            + (rf"\qquad \text{{in use: }} \eta = {rate:g}" if rate is not None else "")
        )


def _run_and_playhead() -> tuple[Run, int]:
    """The training page's run where it is paused, or a short default run."""
    film = session().film
    if film is not None and len(film.run.data.y):
        return film.run, film.at
    run = session().lab_run
    if run is None:
        run = session().lab_run = Run(RunConfig())
        run.extend(1.0, _DEFAULT_MOMENTS)
    return run, len(run) - 1
