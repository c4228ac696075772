"""A film on a clock of its own, asked as its player asks."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np

from lrcore import SGD, Run, RunConfig
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Answer, Ghost, Request

ENDLESS = RunConfig(target_accuracy=1.0, max_iterations=100_000)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def filmed(config: RunConfig = ENDLESS) -> tuple[Film, Clock]:
    clock = Clock()
    return Film(config, clock), clock


def ask(film: Film, last: Answer | None = None, **fields: object) -> Answer:
    """Ask as a player does that has received `last` (nothing: the answer that the page opens
    with), changed by `fields`."""
    film.limits.wait(20)
    opening = respond(film) if last is None else last
    asked = {"knows": opening.version, "rows": (len(film.run), 120)} | fields
    film.take(Request(**asked))
    return respond(film)


def rows_of(answer: Answer | Ghost, width: int = 5) -> np.ndarray:
    """As the player reads them: little-endian float32, `width` to a row, and two of effort."""
    return np.frombuffer(base64.b64decode(answer.rows), "<f4").reshape(-1, width + 2)[:, :width]


def recorded(run: Run, first: int = 0) -> np.ndarray:
    columns = run.columns(first)
    table = [column for column in columns[1:] if column is not None]
    return np.column_stack(table).astype(np.float32)


def with_rate(lr: float) -> RunConfig:
    return replace(ENDLESS, optimizer=SGD(lr=lr))
