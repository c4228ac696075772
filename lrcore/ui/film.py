"""Answers to the player: which moments of which run, drawn on what."""

from __future__ import annotations

import base64
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from lrcore import palette
from lrcore.config import FIXED_IN_A_RUN, RunConfig
from lrcore.figures.training import curves, scatter
from lrcore.scene import (
    GRID_SIZE,
    View,
    drawn_points,
    grid_points,
    logit,
    shading,
    view_of,
)
from lrcore.settings import Settings
from lrcore.training import Run, Status, TrainingError

Answer = dict[str, object]

_SECONDS_PER_ANSWER = 0.1
_MOST_ROWS_PER_ANSWER = 20_000
_FIRST_ROWS = 120


@dataclass(frozen=True)
class Request:
    """What the player asks for.

    Args:
        seq: number of the question, returned with the answer.
        run, revision, settings: what the player knows; see `Film`.
        first, want: moments wanted, from `first` on.
        at: the playhead.
        restart: go back to the start under the present settings alone.
        scene: the player has nothing to draw on yet.
        view: x0, x1, y0, y1 of the axes when they have changed.
    """

    seq: int = 0
    run: int = 0
    revision: int = 0
    settings: int = 0
    first: int = 0
    want: int = _FIRST_ROWS
    at: int = 0
    restart: bool = False
    scene: bool = True
    view: tuple[float, float, float, float] | None = None

    @classmethod
    def read(cls, message: dict[str, object]) -> Request:
        """Take the known fields of a message from the browser, with their types checked."""
        values = {}
        for item in fields(cls):
            value = message.get(item.name, item.default)
            if item.name == "view":
                values["view"] = tuple(map(float, value)) if value else None
            else:
                values[item.name] = max(0, type(item.default)(value))
        return cls(**values)


class Film:
    """The run of one browser page, and what it takes to answer its player.

    `number` counts runs; `revision` counts branches of the present one: moments from the
    branch on are new. `settings` counts changes that the player has not yet placed: it answers
    with its playhead, and there the run branches.
    """

    def __init__(self, config: RunConfig) -> None:
        self.request = Request()
        self._number = 0
        self._settings = 0
        self._wanted = config
        self._start(config)

    def _start(self, config: RunConfig) -> None:
        self.run = Run(config)
        self._number += 1
        self._branched_at: list[int] = []

    def set(self, config: RunConfig) -> None:
        """Take settings from the controls; other data or initial weights start a new run.

        Raises:
            TrainingError: the new run cannot start; the present one goes on.
        """
        if config == self._wanted:
            return
        present = self.run.config
        if any(getattr(config, name) != getattr(present, name) for name in FIXED_IN_A_RUN):
            self._start(config)
        self._wanted = config
        self._settings += 1

    def answer(self) -> Answer:
        """Answer the present request; asking again gives the same moments."""
        request, run = self.request, self.run
        known = request.run == self._number
        problem = None
        try:
            if known:
                self._branch(request)
            first = self._first_new(request) if known else 0
            missing = first + (request.want if known else _FIRST_ROWS) - len(run)
            if missing > 0:
                run.extend(_SECONDS_PER_ANSWER, missing)
        except TrainingError as error:
            problem = f"{error}. The run is kept; change a setting or press play to try again."
            first = self._first_new(request) if known else 0
        answer: Answer = {
            "seq": request.seq,
            "run": self._number,
            "revision": len(self._branched_at),
            "settings": self._settings,
            "at": request.at,
            "first": first,
            "width": run.data.x.shape[1] + 3,
            "rows": _rows(run, first),
            "ended": run.status is not Status.RUNNING,
            "sentence": ending_sentence(run),
            "problem": problem,
            "marks": _marks(run),
            "target": run.config.target_accuracy,
        }
        if request.scene or not known:
            answer["scene"] = _scene(run)
        elif request.view is not None:
            answer["grid"] = _grid(View(*request.view))
        return answer

    def _branch(self, request: Request) -> None:
        run = self.run
        if request.settings != self._settings:
            return
        changed = run.config != self._wanted
        if not changed and not (request.restart and len(run.segments) > 1):
            return
        at = 0 if request.restart else min(request.at, len(run) - 1)
        changes = {f.name: getattr(self._wanted, f.name) for f in fields(RunConfig)}
        run.branch(at, **changes)
        self._branched_at.append(at)

    def _first_new(self, request: Request) -> int:
        return min([request.first, len(self.run), *self._branched_at[request.revision :]])


def _rows(run: Run, first: int) -> str:
    """Rows of w0, ..., b, loss, accuracy as base64 of float32."""
    part = run.columns(first, first + _MOST_ROWS_PER_ANSWER)
    columns = (part.weights, part.bias[:, None], part.loss[:, None], part.accuracy[:, None])
    return _base64(np.concatenate(columns, 1))


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _scene(run: Run) -> Answer:
    view = view_of(run.data)
    drawn = drawn_points(run.data)
    limit, strength = shading()
    total = len(run.data.y)
    sampled = len(drawn.y) < total
    return {
        "scatter": scatter(drawn, view).to_plotly_json(),
        "curves": curves(run.config.target_accuracy).to_plotly_json(),
        "features": _base64(drawn.x.numpy()),
        "classes": drawn.y.int().tolist(),
        "note": f"{len(drawn.y):,} of {total:,} points are drawn" if sampled else "",
        "levels": [logit(0.5), logit(0.25), logit(0.75)],
        "shading": {"limit": limit, "strength": strength},
        "colours": [palette.CLASS_0, palette.CLASS_1],
        "grid": _grid(view),
    }


def _grid(view: View) -> Answer:
    return {"view": list(view), "size": GRID_SIZE, "features": _base64(grid_points(view).numpy())}


def ending_sentence(run: Run) -> str:
    """What happened, in one sentence; empty while the run can go on."""
    last = run.step(len(run) - 1)
    target = f"{run.config.target_accuracy:g}"
    if run.status is Status.REACHED:
        return (
            f"Reached: accuracy {last.accuracy:.4f} passes {target} at iteration {last.iteration}."
        )
    if run.status is Status.EXHAUSTED:
        best = run.columns().accuracy.max()
        return (
            f"Not reached in {last.iteration} iterations: the best accuracy was {best:.4f}, "
            f"the target is {target}."
        )
    if run.status is Status.DIVERGED:
        return (
            f"Diverged at iteration {last.iteration}: a value is no longer finite, usually because "
            "the learning rate or an initial weight is too large."
        )
    return ""


def _marks(run: Run) -> list[Answer]:
    segments = run.segments
    return [
        {"iteration": new.start, "label": ", ".join(_differences(old.config, new.config))}
        for old, new in pairwise(segments)
    ]


def _differences(old: Settings, new: Settings) -> list[str]:
    """Each changed field in words, fields of nested settings included."""
    found = []
    for item in fields(new):
        before, after = getattr(old, item.name, None), getattr(new, item.name)
        if before == after:
            continue
        if isinstance(after, Settings):
            found += _differences(before, after)
        else:
            found.append(f"{item.name} {_short(before)} → {_short(after)}")
    return found


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
