"""Answers to the player: which moments of which run, drawn on what."""

from __future__ import annotations

import base64
from dataclasses import dataclass, fields

import numpy as np

from lrcore import palette
from lrcore.data import Placed
from lrcore.figures.learning_curves import curves_with_curtains
from lrcore.figures.plane import scatter
from lrcore.figures.scene import (
    GRID_SIZE,
    View,
    drawn_points,
    grid_points,
    logit,
    shading,
    view_of,
)
from lrcore.settings import SettingsError
from lrcore.stories import sentence_of
from lrcore.training import FIXED_IN_A_RUN, Run, RunConfig, Status, TrainingError
from lrcore.ui.player.limits import LimitsOfRun
from lrcore.ui.player.words import ending_sentence, marks

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
        probe: weights under the pointer, to be told their loss and accuracy.
        drop: training is to start from them.
        clicks: number, x and y of points placed and not yet confirmed.
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
    view: tuple[float, ...] | None = None
    probe: tuple[float, ...] | None = None
    drop: bool = False
    clicks: tuple[tuple[float, ...], ...] = ()

    @classmethod
    def read(cls, message: dict[str, object]) -> Request:
        """Take the known fields of a message from the browser, with their types checked."""
        values = {}
        for item in fields(cls):
            value = message.get(item.name, item.default)
            if item.name in ("view", "probe"):
                values[item.name] = tuple(map(float, value)) if value else None
            elif item.name == "clicks":
                values["clicks"] = tuple(tuple(map(float, click)) for click in value)
            else:
                values[item.name] = max(0, type(item.default)(value))
        return cls(**values)


class Film:
    """The run of one browser page, and what it takes to answer its player.

    `number` counts runs; `revision` counts branches of the present one: moments from the
    branch on are new. `settings` counts changes that the player has not yet placed: it answers
    with its playhead, and there the run branches. `placed` is the number of the last click that
    was taken.
    """

    def __init__(self, config: RunConfig) -> None:
        self.request = Request()
        self.placed = 0
        self._number = 0
        self._settings = 0
        self._wanted = config
        self._start(config)

    def _start(self, config: RunConfig) -> None:
        self.run = Run(config)
        self._outlook = LimitsOfRun(self.run)
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
        elif config.target_on != self._wanted.target_on:
            self._outlook = LimitsOfRun(self.run)
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
            "dimension": len(run.basis.names),
            "width": run.columns(0, 1).table().shape[1],
            "rows": _rows(run, first),
            "ended": run.status is not Status.RUNNING,
            "sentence": ending_sentence(run),
            "problem": problem,
            "marks": marks(run),
            "target": run.config.target_accuracy,
            "placed": self.placed,
            "outlook": self._outlook.words(self._wanted),
            "story": sentence_of(self._wanted),
        }
        if known and request.probe is not None and not request.drop:
            answer["probe"] = _probe(run, request.probe)
        if request.scene or not known:
            answer["scene"] = _scene(run)
        elif request.view is not None:
            answer["grid"] = _grid(run, View(*request.view))
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
    """Rows of w0, ..., b, loss, accuracy and the latter two of the test points, as base64."""
    return _base64(run.columns(first, first + _MOST_ROWS_PER_ANSWER).table())


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _probe(run: Run, weights: tuple[float, ...]) -> Answer | None:
    try:
        _, _, _, *values = run.evaluate(weights)
    except (SettingsError, TrainingError):  # of another run, or too large: nothing to show
        return None
    return {"weights": weights, "values": [value for value in values if value is not None]}


def _scene(run: Run) -> Answer:
    view = view_of(run.data)
    index = drawn_points(run.data.y)
    drawn = run.data._replace(x=run.data.x[index], y=run.data.y[index])
    is_test = run.is_test[index]
    limit, strength = shading()
    total = len(run.data.y)
    sampled = len(index) < total
    return {
        "scatter": scatter(drawn, is_test, view).to_plotly_json(),
        "curves": curves_with_curtains(
            run.config.target_accuracy, test=bool(run.is_test.any())
        ).to_plotly_json(),
        "points": _base64(drawn.x.numpy()),
        "features": _base64(run.basis(drawn.x).numpy()),
        "traces": (drawn.y + 2 * is_test).int().tolist(),
        "terms": list(run.basis.names),
        "classes": list(run.data.classes),
        "placing": isinstance(run.config.data, Placed),
        "note": f"{len(index):,} of {total:,} points are drawn" if sampled else "",
        "levels": [logit(0.5), logit(0.25), logit(0.75)],
        "shading": {"limit": limit, "strength": strength},
        "colours": [palette.CLASS_0, palette.CLASS_1],
        "grid": _grid(run, view),
    }


def _grid(run: Run, view: View) -> Answer:
    features = run.basis(grid_points(view))
    return {"view": list(view), "size": GRID_SIZE, "features": _base64(features.numpy())}
