"""The page Autograd: one exercise at a time, drawn from its settings and its film."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from lrcore.autograd.exercises import EXERCISES, Exercise
from lrcore.autograd.exercises.grad import CURVES, Grad
from lrcore.autograd.exercises.run_graph import RunGraph, default_run
from lrcore.autograd.expression import ExpressionError
from lrcore.autograd.film import film_of
from lrcore.training import Run
from lrcore.ui.autograd.charts import draw_beside, draw_curves
from lrcore.ui.autograd.controls import Limit, controls_of, draw_controls
from lrcore.ui.autograd.graph import show
from lrcore.ui.plain import plain
from lrcore.ui.session import session

_NO_SIDEBAR = Path(__file__).parents[1] / "no_sidebar.css"
# Where parts of the first edition stand now: what an old link says, and what it says today.
_MOVED = {
    ("Dynamic and static graphs", "g_dyn", "Change a leaf"): ("Turning it off", "g_off"),
    ("Dynamic and static graphs", "g_dyn", "Change a saved tensor"): ("Turning it off", "g_off"),
}
RENAMED = {"g_pass": "g_passed", "g_step": "step", "g_own_step": "step"}


def page() -> None:
    """Draw the exercise that the address names; no other one runs."""
    st.html(_NO_SIDEBAR)
    session().page = "autograd"
    _take_old_link()
    with st.container(key="lab"):
        with st.container(key="lab_head", horizontal=True, vertical_alignment="center"):
            cls = EXERCISES[_chosen()]
            st.markdown(f"{cls.sentence} **Try:** {cls.trying}")
        _draw(cls)


def _chosen() -> str:
    return st.selectbox(
        "Exercise",
        list(EXERCISES),
        key="ex",
        bind="query-params",
        label_visibility="collapsed",
        width=290,
    )


def _take_old_link() -> None:
    """Have a link of the first edition say the same in today's words, before controls are drawn."""
    query = st.query_params.to_dict()
    renamed = {RENAMED.get(key, key): text for key, text in query.items()}
    for (exercise, key, text), (now, key_now) in _MOVED.items():
        if (query.get("ex"), query.get(key)) == (exercise, text):
            del renamed[key]
            renamed |= {"ex": now, key_now: text}
    if renamed != query:
        st.query_params.from_dict(renamed)
        st.rerun()


def _draw(cls: type[Exercise]) -> None:
    extra, limits = _from_run() if issubclass(cls, RunGraph) else ({}, {})
    values, beside = draw_controls(cls, limits)
    make: Callable[..., Exercise] = cls
    exercise = make(**values, **extra)
    try:
        scripts = exercise.scripts()
    except ExpressionError as error:
        st.error(plain(str(error)))
        st.code(error.pointer(), language=None)
        return
    recordings = exercise.recordings()
    with beside:
        if remarks := exercise.remarks(recordings):
            st.markdown("  \n".join(remarks))
        draw_beside(exercise, recordings)
    if isinstance(exercise, Grad) and exercise.gr == CURVES:
        draw_curves(exercise.derivatives(), exercise.at)
    else:
        # Another part is played from its start; the same with other numbers stays at its step.
        parts = (str(values[name]) for name, one in controls_of(cls) if one.spec.label == "Part")
        films = zip(recordings, scripts, strict=True)
        shown = [film_of(recording, script.title) for recording, script in films]
        show(shown, " ".join((cls.name, *parts)))


def _from_run() -> tuple[Mapping[str, Run], Mapping[str, Limit]]:
    """The training page's run, or a short one, and the bounds that it gives."""
    film = session().film
    if film is not None and len(film.run.data.y):
        run, at = film.run, film.at
    else:
        run = session().lab_run = session().lab_run or default_run()
        at = len(run) - 1
    points = int((~run.is_test).sum())
    return {"run": run}, {"iter": Limit(len(run) - 1, at), "point": Limit(points - 1, 0)}
