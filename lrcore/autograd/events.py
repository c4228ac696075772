"""What happens while lines of PyTorch run, as plain data.

Tensors and operations have keys. A tensor that is changed in place gets a new key: a value that
another operation has seen stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.autograd.numbers import Value

# The key of a tensor, or a number that stands in the code.
Input = str | int | float


@dataclass(frozen=True, slots=True)
class Look:
    """A tensor at one moment; ``grad_fn`` as PyTorch prints it, but for the address."""

    value: Value
    is_leaf: bool
    requires_grad: bool
    retains_grad: bool
    version: int
    grad_fn: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor that a function keeps for its backward; ``tensor`` is its key if it has one."""

    name: str
    tensor: str | None
    value: Value
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened while ``line`` was executed; lines count from 1."""

    line: int


@dataclass(frozen=True, slots=True)
class Made(Event):
    """A tensor that no recorded operation has made: the user's own."""

    tensor: str
    look: Look


@dataclass(frozen=True, slots=True)
class Operated(Event):
    """An operation ran. ``function`` is PyTorch's name.

    ``inputs`` stand in the order of the code. ``is_found`` where the operation was not called by a
    line: a backward with ``create_graph=True`` records what it does.
    """

    operation: str
    function: str
    inputs: tuple[Input, ...]
    outputs: tuple[tuple[str, Look], ...]
    saved: tuple[Saved, ...]
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Changed(Event):
    """A tensor's flags are others now: ``requires_grad_()``, ``retain_grad()``."""

    tensor: str
    look: Look


@dataclass(frozen=True, slots=True)
class Named(Event):
    """A line has given a tensor its name."""

    tensor: str
    name: str


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """A comparison: the value is Python's from here on, and no part of the graph."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Started(Event):
    """A backward begins at a tensor, with this gradient."""

    tensor: str
    gradient: Value


@dataclass(frozen=True, slots=True)
class Gathered(Event):
    """All parts of a tensor's gradient have come; ``total`` is not their sum after a hook."""

    tensor: str
    parts: tuple[Value, ...]
    total: Value
    is_retained: bool


@dataclass(frozen=True, slots=True)
class Passed(Event):
    """A gradient went back to the input number ``place`` of an operation.

    ``local`` is the derivative, where both gradients are one number.
    """

    operation: str
    place: int
    tensor: str
    incoming: Value
    local: Value | None
    outgoing: Value


@dataclass(frozen=True, slots=True)
class Accumulated(Event):
    """A gradient was added to the ``.grad`` of a leaf; ``before`` is None where that was None."""

    tensor: str
    before: Value | None
    gradient: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Returned(Event):
    """``torch.autograd.grad`` returns a gradient; None for an input that is not in the graph."""

    tensor: str
    gradient: Value | None


@dataclass(frozen=True, slots=True)
class Stored(Event):
    """A line has changed a tensor's ``.grad`` by itself: None, or zero."""

    tensor: str
    gradient: Value | None


@dataclass(frozen=True, slots=True)
class Freed(Event):
    """An operation has let go of what it saved."""

    operation: str


@dataclass(frozen=True, slots=True)
class Printed(Event):
    """A line of output, or several."""

    text: str


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """PyTorch warns, in its own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Raised(Event):
    """The error that ended the script, in PyTorch's words; at an operation during backward."""

    text: str
    operation: str | None
