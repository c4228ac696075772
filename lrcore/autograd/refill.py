"""A graph that is built once: the record of a second pass through it, told of the same boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from lrcore.autograd.events import Event, Made, Operated
from lrcore.autograd.recorder import Recording


def refilled(recording: Recording) -> Recording:
    """A recording whose second half makes the same tensors by the same operations as its first.

    Its keys become those of the first half. A recording of another kind stays as it is.
    """
    tensors: list[str] = []
    operations: list[str] = []
    functions: list[str] = []
    for event in recording.events:
        if isinstance(event, Made):
            tensors.append(event.tensor)
        elif isinstance(event, Operated):
            tensors += [key for key, _ in event.outputs]
            operations.append(event.operation)
            functions.append(event.function)
    half = len(functions) // 2
    if functions[:half] != functions[half:] or len(tensors) % 2:
        return recording
    names = {
        again: first
        for keys in (tensors, operations)
        for first, again in zip(keys, keys[len(keys) // 2 :], strict=False)
    }
    return replace(recording, events=tuple(_renamed(event, names) for event in recording.events))


def _renamed(event: Event, names: Mapping[str, str]) -> Event:
    changes: dict[str, object] = {}
    for name in {item.name for item in fields(event)} & {"tensor", "operation"}:
        key = getattr(event, name)
        changes[name] = names.get(key, key)
    if isinstance(event, Operated):
        changes["inputs"] = tuple(
            names.get(one, one) if isinstance(one, str) else one for one in event.inputs
        )
        changes["outputs"] = tuple((names.get(key, key), look) for key, look in event.outputs)
        changes["saved"] = tuple(
            replace(one, tensor=names.get(one.tensor or "", one.tensor)) for one in event.saved
        )
    return replace(event, **changes)  # type: ignore[arg-type]
