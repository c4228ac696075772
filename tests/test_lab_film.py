"""Films: nothing overlaps, nothing moves, and a number never changes a box."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lrcore.autograd.exercises import EXERCISES, Exercise
from lrcore.autograd.film import Film, film_of
from lrcore.autograd.film.layout import Item, place
from lrcore.autograd.film.rules import rule_of
from lrcore.autograd.recorder import record
from lrcore.settings import default_of, described
from tests.test_recorder import COURSE, SCRIPTS, TWICE

FLIGHT = 28.0  # below a tensor, for the gradient that has come


@dataclass(frozen=True)
class Rectangle:
    what: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rectangle) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.5
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )


def films() -> Iterator[tuple[str, Film]]:
    for name, script in SCRIPTS.items():
        yield name, film_of(record(script.splitlines()), name)
    for name, exercise in EXERCISES.items():
        for made in varied(exercise):
            for number, (script, recording) in enumerate(
                zip(made.scripts(), made.recordings(), strict=True)
            ):
                yield f"{name}, {made}, {number}", film_of(recording, script.title)


def varied(exercise: type[Exercise]) -> Iterator[Exercise]:
    """An exercise, and the same with each other choice or switch."""
    yield exercise()
    for name, spec in described(exercise):
        default = default_of(exercise, name)
        choices = (
            [not default] if spec.kind is bool else list(spec.choices() if spec.choices else ())
        )
        yield from (exercise(**{name: choice}) for choice in choices if choice != default)


def filled(film: Film) -> Iterator[Rectangle]:
    """All that may ever be seen, chips and drawers included."""
    flying = {
        key
        for frame in film.frames
        for key, fields in frame.changes.items()
        if fields.get("flight")
    }
    for box in film.boxes:
        below = FLIGHT if box.id in flying else 0.0
        yield Rectangle(box.id, box.x, box.y, box.x + box.width, box.y + box.height + below)
        if box.drawer is not None:
            left, top, width, height = box.drawer
            yield Rectangle(f"drawer of {box.id}", left, top, left + width, top + height)
    for wire in film.wires:
        if wire.chip is not None:
            left, top, width, height = wire.chip
            yield Rectangle(f"chip of {wire.id}", left, top, left + width, top + height)


@pytest.fixture(scope="module")
def all_films() -> dict[str, Film]:
    return dict(films())


def test_nothing_overlaps_and_all_lies_within(all_films: dict[str, Film]) -> None:
    for name, film in all_films.items():
        rectangles = sorted(filled(film), key=lambda one: one.left)
        for number, one in enumerate(rectangles):
            assert one.left >= -0.5, (name, one)
            assert one.top >= -0.5, (name, one)
            assert one.right <= film.width + 0.5, (name, one)
            assert one.bottom <= film.height + 0.5, (name, one)
            for other in rectangles[number + 1 :]:
                assert not one.overlaps(other), (name, one, other)


def test_wires_go_from_left_to_right_and_through_no_box(all_films: dict[str, Film]) -> None:
    for name, film in all_films.items():
        boxes = [one for one in filled(film) if not one.what.startswith("chip")]
        for wire in film.wires:
            lefts = [x for x, _ in wire.path]
            assert lefts == sorted(lefts), (name, wire)
            for (x0, y0), (x1, y1) in zip(wire.path, wire.path[1:], strict=False):
                if y0 == y1 and x1 - x0 > 1:
                    piece = Rectangle(wire.id, x0 + 0.6, y0 - 0.4, x1 - 0.6, y0 + 0.4)
                    assert not [box for box in boxes if piece.overlaps(box)], (name, wire.id)


def test_a_frame_changes_only_what_is_there(all_films: dict[str, Film]) -> None:
    for film in all_films.values():
        known = {box.id for box in film.boxes} | {wire.id for wire in film.wires}
        known |= {f"L{line + 1}" for line in range(len(film.lines))} | {"out", "saved"}
        for frame in film.frames:
            assert set(frame.lit) <= known
            assert set(frame.changes) <= known | {f"L{frame.line}"}


def test_numbers_never_change_a_box() -> None:
    def places(w: str) -> list[tuple[float, ...]]:
        film = film_of(record(COURSE.replace("[1.]", f"[{w}]").splitlines()))
        return [(box.x, box.y, box.width, box.height) for box in film.boxes]

    assert places("1.") == places("-123.456789") == places("0.000012345")


def test_the_words_of_the_courses_steps() -> None:
    film = film_of(record(TWICE.splitlines()))
    said = [(frame.title, frame.sentence, frame.rule) for frame in film.frames]
    assert (
        said[4][1] == "b = w + 1 = 1 + 1 = 2. Autograd records AddBackward0, which saves nothing."
    )
    assert (
        said[5][1] == "y = a × b = 3 × 2 = 6. Autograd records MulBackward0, which saves a and b."
    )
    assert said[7] == (
        "y → a",
        "Incoming × local = outgoing: 1 × 2 = 2.",
        "d(a · b)/da = b = 2, so the product must keep b.",
    )
    chips = [
        fields["chip"] for f in film.frames for fields in f.changes.values() if "chip" in fields
    ]
    assert chips[:5] == [["1 × 2 = 2"], ["1 × 3 = 3"], ["3 × 1 = 3"], ["2 × 1 = 2"], ["2 × 1 = 2"]]
    flights = [
        f.changes["t0"]["flight"] for f in film.frames if "flight" in f.changes.get("t0", {})
    ]
    assert flights[1:5] == ["3 +", "3 + 2", "3 + 2 = 5", None]
    assert [f.changes["saved"]["bytes"] for f in film.frames if "saved" in f.changes] == [0, 8, 0]
    assert film.frames[-1].changes["out"]["error"].startswith("RuntimeError: Trying to backward")
    assert [f.phase for f in film.frames if f.title == "w.grad = 5"] == ["accumulate"]


def test_every_question_has_its_answer_among_the_choices(all_films: dict[str, Film]) -> None:
    asked = [frame.ask for film in all_films.values() for frame in film.frames if frame.ask]
    assert len(asked) > 100
    for ask in asked:
        assert ask.answer in ask.choices
        assert len(set(ask.choices)) == len(ask.choices) >= 3


def test_nan_starts_where_it_starts() -> None:
    lines = ["import torch", "w = torch.tensor(1., requires_grad=True)", "t = w - 3"]
    film = film_of(record([*lines, "u = torch.log(t)", "y = u * 2", "y.backward()"]))
    problems = [
        (key, fields["problem"])
        for f in film.frames
        for key, fields in f.changes.items()
        if "problem" in fields
    ]
    assert problems == [("f1", "nan starts here")]


@pytest.mark.parametrize("count", [1_000])
def test_an_edge_over_many_columns_runs_above(count: int) -> None:
    items = {str(n): Item(40.0, 15.0, 15.0) for n in range(count)}
    edges = [(str(n), str(n + 1)) for n in range(count - 1)]
    edges += [("0", str(n)) for n in range(2, count, 2)]
    places = place(items, edges)
    far = places.bends["0", str(count - 2)]
    assert len(far) == 2
    assert all(y < places.line["0"] - 15 for _, y in far)


def test_a_rule_says_what_must_be_kept() -> None:
    assert rule_of("sigmoid", ["z"], "p", 0).startswith("dσ(z)/dz = p · (1 − p)")
    assert rule_of("conv2d", ["x", "w"], "y", 0) == ""
