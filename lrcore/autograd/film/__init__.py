"""A recording as a film: a finished graph, placed once, and frames that change what it says.

A frame holds only what differs from the frame before. The browser puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from lrcore.autograd.film.frames import frames_of
from lrcore.autograd.film.parts import Box, Wire
from lrcore.autograd.film.questions import Ask
from lrcore.autograd.film.scene import Frame
from lrcore.autograd.film.sketch import sketch_of
from lrcore.autograd.recorder import Recording


@dataclass(frozen=True, slots=True)
class Film:
    """What the browser plays; sizes are CSS pixels where the text of the page has 16."""

    title: str
    lines: tuple[str, ...]
    folded: tuple[str, ...]
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    width: float
    height: float
    frames: tuple[Frame, ...]

    def message(self) -> Mapping[str, object]:
        """All of it as JSON, but for what is empty."""
        parts = {name: list(map(_plain, getattr(self, name))) for name in ("boxes", "wires")}
        frames = [
            _plain(frame) | ({"ask": _plain(frame.ask)} if frame.ask else {})
            for frame in self.frames
        ]
        return _plain(self) | parts | {"frames": frames}


def _plain(item: Film | Box | Wire | Frame | Ask) -> dict[str, object]:
    """The fields of a dataclass that say something; `asdict` would copy all that they hold."""
    values = ((field.name, getattr(item, field.name)) for field in fields(item))
    return {name: value for name, value in values if value or value == 0}


def film_of(recording: Recording, title: str = "") -> Film:
    """The film of what lines of PyTorch did; `title` stands over it."""
    sketch = sketch_of(recording.events)
    return Film(
        title,
        recording.lines,
        recording.folded,
        tuple(sketch.boxes),
        tuple(sketch.wires),
        sketch.width,
        sketch.height,
        tuple(frames_of(recording, sketch, title)),
    )
