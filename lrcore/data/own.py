"""Points of one's own: from a file, or placed by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import ClassVar

import torch

from lrcore.data.base import COURSE_FRAME, DataError, Dataset, DataSettings
from lrcore.settings import Setting, SettingsError

MAX_POINTS = 500
# What the parts of an entry may be, in their order.
_ENTRY = (
    Setting("x₀", "Where the point lies.", float, -1e6, 1e6),
    Setting("x₁", "Where the point lies.", float, -1e6, 1e6),
    Setting("Class", "What the point belongs to.", int, 0, 1),
)


def _no_points() -> Dataset:
    return Dataset(torch.empty(0, 2), torch.empty(0))


@dataclass(frozen=True)
class Uploaded(DataSettings):
    """Points that were read from a file, see `lrcore.data.table`.

    Args:
        points: what the file holds; nothing may change it later.
        digest: made from the content of `points`; a quick way to see whether two are equal.

    Raises:
        SettingsError: `points` is no `Dataset` of the shapes and types that one has.
    """

    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "Your CSV file"

    points: Dataset = field(default_factory=_no_points, compare=False, repr=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.points, Dataset):
            raise SettingsError("points", "a Dataset", self.points)
        x, y, *names = self.points
        found = (tuple(x.shape), tuple(y.shape), x.dtype, y.dtype)
        n = tuple(x.shape[:1])
        if found != ((*n, 2), n, torch.float32, torch.float32):
            raise SettingsError("points", "x (n, 2) and y (n,), both float32", found)
        content = hashlib.sha256(repr(names).encode())
        content.update(x.numpy().tobytes())
        content.update(y.numpy().tobytes())
        object.__setattr__(self, "digest", content.hexdigest())

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """The points of the file; nothing is drawn."""
        return self.points

    def population(self) -> None:
        """Nobody knows what the points of a file are drawn from."""


@dataclass(frozen=True)
class Placed(DataSettings):
    """Points placed by hand, as compact text.

    Args:
        points: entries "x₀,x₁,class" with semicolons between them, such as
            "1.25,-0.5,0;2,1,1"; at most `MAX_POINTS`, coordinates from -1e6 to 1e6. Spaces and
            line breaks are left out.

    Raises:
        SettingsError: names the entry, what it must be and what stands there.
    """

    name: ClassVar[str] = "placed"
    title: ClassVar[str] = "Your own points"

    # The last point of each class lies among those of the other: no line separates the two.
    points: str = "3,3,0;2,4.5,0;4.5,2,0;0,-0.5,0;-1,-1,1;0.5,-2,1;-2,1,1;3,2.5,1"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.points, str):
            raise SettingsError("points", "text such as '1.25,-0.5,0;2,1,1'", self.points)
        _parsed(self.points)
        object.__setattr__(self, "points", "".join(self.points.split()))

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """The points in the order of the text; nothing is drawn."""
        rows = torch.tensor(_parsed(self.points)).reshape(-1, 3)  # (n, 3): x₀, x₁, class
        x, y = rows[:, :2].contiguous(), rows[:, 2].contiguous()  # (n, 2), (n,)
        return Dataset(x, y, frame=COURSE_FRAME)

    def population(self) -> None:
        """Points placed by hand are drawn from nothing."""


def place(points: str, x: float, y: float, label: int) -> str:
    """Add a point, with three decimals, to the text of a `Placed`.

    Raises:
        DataError: there are `MAX_POINTS` points already.
        SettingsError: the text or the new point cannot be used.
    """
    before = Placed(points).points
    if before.count(";") + 1 == MAX_POINTS:
        raise DataError(f"there are {MAX_POINTS} points already; take one away first")
    entry = f"{_three_decimals(x)},{_three_decimals(y)},{label}"
    return Placed(f"{before};{entry}" if before else entry).points


def undo(points: str) -> str:
    """Take away the last point of the text of a `Placed`; no points stay no points."""
    return points.rpartition(";")[0]


def _three_decimals(number: float) -> str:
    # Adding 0.0 turns -0.0 into 0.0; nine digits hold 999999.999.
    return f"{round(number, 3) + 0.0:.9g}"


def _parsed(points: str) -> list[list[float]]:
    """[x₀, x₁, class] of each entry."""
    entries = points.split(";") if points.strip() else []
    if len(entries) > MAX_POINTS:
        raise SettingsError("points", f"at most {MAX_POINTS} points", len(entries))
    return [_parsed_entry(f"points, entry {n}", text) for n, text in enumerate(entries, start=1)]


def _parsed_entry(name: str, text: str) -> list[float]:
    parts = text.split(",")
    if len(parts) != len(_ENTRY):
        raise SettingsError(name, "x₀,x₁,class", text.strip())
    return [float(spec.parse(name, part.strip())) for spec, part in zip(_ENTRY, parts, strict=True)]
