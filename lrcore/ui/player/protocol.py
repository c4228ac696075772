"""The wire between Python and the player: what each may say.

`js/protocol.js` has the same names, and a test holds the two together. What a player asks to be
done stands in `lrcore.ui.player.commands`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import numpy as np

from lrcore.ui.player.commands import Command

FIRST_ROWS = 120
# More come in the next answer.
MOST_ROWS = 20_000
# Along how many axes runs can be compared, see `Request.axis`.
AXES = 3

Numbers = tuple[float, ...]
Rows = tuple[int, int]
Later = Enum("Later", "LATER")
# What a view gets in place of an answer that is still computed: nothing, so that it asks again.
LATER = Later.LATER


def to_base64(values: np.ndarray) -> str:
    """Numbers as the browser reads them: little-endian float32."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


class Version(NamedTuple):
    """What the player has of a film.

    run: number of the run; 0: none yet. branch: how often this run has branched. config: how often
    the settings have changed. film: which one; a session has one, and another server has another.
    """

    run: int = 0
    branch: int = 0
    config: int = 0
    film: int = 0


@dataclass(frozen=True)
class Request:
    """A question of the player.

    Args:
        seq: its number, returned with the answer.
        knows: what the player has.
        at: the playhead.
        playing: whether it moves.
        speed: how many moments a second it moves on.
        rows: first, until: the moments from `first` to `until - 1` are wanted. `until` is no
            count, so asking twice trains once.
        do: commands that no answer has confirmed yet.
        wants: what the views ask for, see `lrcore.ui.player.views`.
        ghosts: number of each ghost that the player has, and how many moments of it.
        axis: along which ghosts keep up with the run: 0 its iterations, 1 how often the loss was
            evaluated, 2 milliseconds.
    """

    seq: int = 0
    knows: Version = field(default_factory=Version)
    at: int = 0
    playing: bool = False
    speed: float = 0.0
    rows: Rows = (0, FIRST_ROWS)
    do: tuple[Command, ...] = ()
    wants: Mapping[str, Numbers] = field(default_factory=dict)
    ghosts: tuple[tuple[int, int], ...] = ()
    axis: int = 0


class Mark(NamedTuple):
    """From `iteration` on, other settings hold; `label` says which.

    breaks: the loss is another function from there on, so its curve does not go on.
    """

    iteration: int
    label: str
    breaks: bool


class LimitRow(NamedTuple):
    """One limit: its name, its value, what that means here, and what it is."""

    name: str
    value: str
    here: str
    why: str


@dataclass(frozen=True)
class LimitWords:
    """What is said of a run's limits; `warning` may be empty."""

    rows: tuple[LimitRow, ...] = ()
    warning: str = ""


@dataclass(frozen=True)
class State:
    """How the run stands.

    Args:
        ended: it cannot go on under the present settings.
        sentence: how it ended, or nothing.
        passed: the iteration at which it passed the target, or None.
        since: the moment where a run that has diverged began to grow, or None.
        problem: what kept Python from training, or None.
        waiting: settings have changed, and Python must be told the playhead to apply them there.
        target: the accuracy to pass.
        limits: None while they are computed.
        story: what to watch, where the settings are those of a story.
        again: what has changed since the run ended, where it cannot go on with that: it can only
            start again.
        label: what tells the run from those that are pinned; empty where none is.
        race: in which order the runs of a race pass the target, along each axis; empty without one.
        undo: the run from before the boundary was dragged can be brought back.
    """

    ended: bool
    sentence: str
    passed: int | None
    since: int | None
    problem: str | None
    waiting: bool
    target: float
    limits: LimitWords | None
    story: str
    again: str
    undo: bool
    label: str = ""
    race: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ghost:
    """A pinned run; the first of an answer is the baseline.

    Args:
        number: of the ghost, for as long as the page has it.
        label: in what it differs, in a few words.
        first, rows: as in `Answer`.
        ended: no more moments can come.
        passed: the iteration at which it passed the target, or None.
        elsewhere: "data" or "features" where these are others, so that it is not drawn in the
            plane; else nothing.
        comparable: its loss is the same function of the same points.
        terms: how many features it has.
        tests: its rows have the columns of test points.
    """

    number: int
    label: str
    first: int
    rows: str
    ended: bool
    passed: int | None
    elsewhere: str
    comparable: bool
    terms: int
    tests: bool


@dataclass(frozen=True)
class Grid:
    """Features on a square grid over `view` (x0, x1, y0, y1), `size` corners a side, row by row
    from below: base64 of float32, (size**2, d)."""

    view: Numbers
    size: int
    features: str


@dataclass(frozen=True)
class Probe:
    """What `weights` would measure: loss and accuracy, and the same of the test points if any."""

    weights: Numbers
    measured: Numbers


@dataclass(frozen=True)
class Shading:
    """How strongly to tint the plane: |2p - 1| for logits from 0 to `limit` at equal steps."""

    limit: float
    strength: list[float]


@dataclass(frozen=True)
class Scene:
    """What a run is drawn on; sent once a run.

    Args:
        scatter, curves: figures as Plotly's JSON.
        points: of the n points drawn, base64 of float32 (n, 2).
        features: what the model sees of them, base64 of float32 (n, d).
        labels: (n,) their classes, 0 or 1.
        tests: (n,) whether they are test points.
        terms: names of the features.
        optimizers: what all optimisers are called.
        columns: what follows the weights and the bias in a row: loss, accuracy, ...
        classes: names of the two classes.
        placing: a click on the plane places a point.
        note: says so where only some of the points are drawn.
        levels: the logit of each level line, by the name of its shape.
        colours: of class 0 and class 1.
    """

    scatter: Mapping[str, object]
    curves: Mapping[str, object]
    points: str
    features: str
    labels: list[int]
    tests: list[bool]
    terms: list[str]
    columns: list[str]
    optimizers: list[str]
    classes: list[str]
    placing: bool
    note: str
    levels: Mapping[str, float]
    shading: Shading
    colours: list[str]
    grid: Grid


@dataclass(frozen=True)
class Answer:
    """What Python says.

    Args:
        seq: number of the question.
        version: what the player has once it has read this.
        at: the playhead as Python knows it, for a player that has just been made; the moment may
            have yet to come.
        first: the moment of the first row.
        rows: base64 of float32, one moment a row: w0, ..., b, the scene's `columns`, and what it
            took to come there: evaluations of the loss, and milliseconds.
        state: how the run stands.
        marks: where settings changed.
        done: number of the last command that was carried out.
        got: what the views asked for, by name; None where it cannot be had.
        scene: for a player that does not know this run.
        changes: of the run, as its link names them; the page knows what settings are called there.
        ghosts: the pinned runs.
        pins: these as the link names them.
        settings: of the run, as its link names them, once Python has set some, and not the
            controls: the address may lack those.
    """

    seq: int
    version: Version
    at: int
    first: int
    rows: str
    state: State
    marks: tuple[Mark, ...]
    done: int
    got: Mapping[str, object]
    scene: Scene | None
    changes: str = ""
    ghosts: tuple[Ghost, ...] = ()
    pins: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def message(self) -> dict[str, object]:
        """The same as JSON, see `plain`."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


def plain(value: object) -> object:
    """A value of this module as JSON: what has fields becomes an object."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
