"""The frames of a film: event by event, what changes in the picture, and the words beside it."""

from __future__ import annotations

from collections.abc import Iterator

from lrcore.autograd import events
from lrcore.autograd.film import backward, forward
from lrcore.autograd.film.parts import Sketch
from lrcore.autograd.film.scene import FORWARD, Frame, Scene
from lrcore.autograd.recorder import Recording

_START = "The whole graph, before any line has run: what is not there yet is dotted."


def frames_of(recording: Recording, sketch: Sketch, title: str) -> list[Frame]:
    """All frames of a recording; the first one is before anything has happened."""
    scene = Scene(sketch, recording.lines)
    first = Frame(FORWARD, 0, title or "Before the first line", _START)
    first.changes["saved"] = {"bytes": 0}
    return [first, *(frame for event in recording.events for frame in _frames(scene, event))]


def _frames(scene: Scene, event: events.Event) -> Iterator[Frame]:
    """The frames of one event; none where nothing is seen of it."""
    match event:
        case events.Made():
            yield from forward.made(scene, event)
        case events.Operated():
            yield from forward.operated(scene, event)
        case events.Changed():
            yield from forward.changed(scene, event)
        case events.Decided():
            yield from forward.decided(scene, event)
        case events.Printed():
            yield from forward.printed(scene, event)
        case events.Warned():
            yield from forward.warned(scene, event)
        case _:
            yield from _backward(scene, event)


def _backward(scene: Scene, event: events.Event) -> Iterator[Frame]:
    match event:
        case events.Started():
            yield from backward.started(scene, event)
        case events.Passed():
            yield from backward.passed(scene, event)
        case events.Gathered():
            yield from backward.gathered(scene, event)
        case events.Accumulated():
            yield from backward.accumulated(scene, event)
        case events.Returned():
            yield from backward.returned(scene, event)
        case events.Stored():
            yield from backward.stored(scene, event)
        case events.Freed():
            yield from backward.freed(scene, event)
        case events.Raised():
            yield from backward.raised(scene, event)
