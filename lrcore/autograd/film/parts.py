"""What a graph is drawn from: boxes, wires, and tables of what they stand for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lrcore.autograd.events import Operated

ROW = 30.0  # the height of a line in a box
CHIP = 52.0  # the height of a chip: two lines
CHIP_WIDTH = 120.0
OPERATION = 44.0  # the size of an operation


@dataclass(slots=True)
class Box:
    """An operation or a tensor. ``name`` is an operation's sign.

    ``kind`` is "leaf" (requires a gradient), "result", "constant", "number" (stands in the code) or
    "operation". ``keeps`` where the box has a lower half for ``.grad``. A drawer is the rectangle
    below an operation: left, top, width, height. ``is_recorded`` is false for an operation that
    autograd leaves out.
    """

    id: str
    kind: str
    name: str
    line: int
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    keeps: bool = False
    about: str = ""
    is_recorded: bool = True
    drawer: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Wire:
    """From a tensor into an operation; a gradient comes back on it where ``chip`` is its place."""

    id: str
    source: str
    target: str
    path: list[tuple[float, float]] = field(default_factory=list)
    chip: tuple[float, float, float, float] | None = None
    is_cut: bool = False


@dataclass(slots=True)
class Sketch:
    """A graph with places, and the tables that frames are made from."""

    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    names: dict[str, str] = field(default_factory=dict)  # of tensors
    shown: set[str] = field(default_factory=set)
    operations: dict[str, Operated] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)  # the operation that made a tensor
    uses: Counter[str] = field(default_factory=Counter)  # wires that bring a tensor its gradient

    def wire(self, operation: str, place: int) -> str:
        """The wire into an operation's input number ``place``."""
        return f"{operation}.{place}"
