"""A recording as a film: a finished graph, placed once, and frames that change what it says.

A frame holds only what differs from the frame before. The browser puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from lrcore.autograd.frames import Frame, frames_of
from lrcore.autograd.recorder import Recording
from lrcore.autograd.sketch import Box, Wire, sketch_of


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
    warnings: tuple[str, ...] = field(default=())

    def message(self) -> Mapping[str, object]:
        """All of it as JSON."""
        return asdict(self)


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
        recording.warnings,
    )
