"""Exercise 7: the graph of the run on the training page."""

from __future__ import annotations

import math

import streamlit as st
import torch

from lrcore.autograd.exercises.run_graph import Pull, RunGraph, run_graph
from lrcore.autograd.numbers import format_number
from lrcore.limits import evenly
from lrcore.optim import SGD
from lrcore.training import Run, RunConfig
from lrcore.ui.autograd.parts import count_slider, draw, show_code, show_printed, toggle
from lrcore.ui.session import session

_DEFAULT_MOMENTS = 100
# The code carries its points along; Python draws the graph of so many in no time.
_MOST_POINTS_IN_CODE = 400
_MOST_POINTS = 100_000


def show() -> None:
    """The loss at one moment of the run, of the whole batch or one point, and its curvature."""
    run, playhead = _run_and_playhead()
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        last = max(len(run) - 1, 1)
        at = count_slider("Iteration", last, playhead, "g_iter")
        step = run.step(min(at, len(run) - 1))
        config = _in_force(run, step.iteration)
        x, y = run.data.x[~run.is_test], run.data.y[~run.is_test]
        total = len(y)
        whole = toggle("Whole batch", "g_batch", True)
        index = count_slider(
            "Data point", max(total - 1, 1), 0, "g_point", disabled=whole or total < 2
        )
        # Data is stored class by class: the first points would be of one class.
        rows = evenly(y, _MOST_POINTS) if whole else torch.tensor([min(index, total - 1)])
        used = len(rows)
        in_code = evenly(y[rows], _MOST_POINTS_IN_CODE) if used > _MOST_POINTS_IN_CODE else None
        result = run_graph(
            run.basis(x[rows]),
            y[rows],
            step.weights,
            step.bias,
            config.loss,
            pull=Pull(config.l2, getattr(config.optimizer, "weight_decay", 0.0)),
            in_code=in_code,
        )
        show_code(result.snippet, 330)
    with stage:
        draw(result.graph, points=11.5 if whole else 12.5)
        if used < total and whole:
            st.caption(f"{used:,} of {total:,} points, evenly from both classes.")
        if in_code is not None:
            st.caption(
                f"The code has {len(in_code)} of {used:,} points, evenly from both classes: what "
                "it prints is of these."
            )
        show_printed(result.snippet)
        values = ", ".join(map(format_number, result.eigenvalues))
        pulled = " and penalty" if config.l2 or getattr(config.optimizer, "weight_decay", 0) else ""
        st.markdown(f"Eigenvalues of the Hessian of this loss{pulled} in (w, b): **{values}**")
        if whole:
            st.markdown(_rate_sentence(result, config))


def _in_force(run: Run, iteration: int) -> RunConfig:
    """The settings at a moment: a change applies from its own iteration on."""
    return [segment.config for segment in run.segments if segment.start <= iteration][-1]


def _rate_sentence(result: RunGraph, config: RunConfig) -> str:
    """Up to which rate SGD settles; empty for what moves by other rules."""
    sgd = config.optimizer
    if not isinstance(sgd, SGD) or not config.zero_grad:
        return ""
    limit = result.largest_stable_rate(sgd.momentum, nesterov=sgd.nesterov)
    if limit == math.inf:
        return "The loss is flat here: it sets no limit to the rate."
    how = " with this momentum" if sgd.momentum else ""
    return (
        f"Near here, SGD{how} settles along the steepest direction while the rate is below "
        f"**{format_number(limit)}**; in use: {sgd.lr:g}."
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
