"""Points of one's own: text that stands for points, and points as a setting."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore.data.base import COURSE_FRAME, DataError, Dataset
from lrcore.data.own import Placed, Uploaded, place, undo
from lrcore.settings import SettingsError

COORDINATES = st.floats(-1e6, 1e6)
CLASSES = st.integers(0, 1)
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES, CLASSES), max_size=10)


def text_of(points: list[tuple[float, float, int]]) -> str:
    return ";".join(f"{x!r},{y!r},{label}" for x, y, label in points)


def some_points() -> Dataset:
    return Dataset(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([0.0, 1.0]))


@given(POINTS)
def test_points_are_those_of_the_text(points: list[tuple[float, float, int]]) -> None:
    sample = Placed(text_of(points)).sample()
    expected = np.array(points, dtype=np.float64).reshape(-1, 3).astype(np.float32)
    assert np.array_equal(sample.x.numpy(), expected[:, :2])
    assert np.array_equal(sample.y.numpy(), expected[:, 2])
    assert (sample.x.dtype, sample.y.dtype) == (torch.float32, torch.float32)
    assert sample.x.shape == (len(points), 2)


def test_spaces_and_line_breaks_do_not_matter() -> None:
    loose = Placed(" 1.25 , -0.5 ,0 ;\r\n2,\t1,\n1\n")
    assert loose.points == "1.25,-0.5,0;2,1,1"
    assert loose == Placed("1.25,-0.5,0;2,1,1")
    assert hash(loose) == hash(Placed("1.25,-0.5,0;2,1,1"))


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("1,2", "points, entry 1 must be x₀,x₁,class; got '1,2'"),
        ("1,2,0;1,2,0,1", "points, entry 2 must be x₀,x₁,class; got '1,2,0,1'"),
        ("1,2,0;", "points, entry 2 must be x₀,x₁,class; got ''"),
        ("1,2,0;;1,2,0", "points, entry 2 must be x₀,x₁,class; got ''"),
        (
            "1,2,0;a,2,0",
            "points, entry 2 (x₀) must be a number from -1000000 to 1000000; got 'a'",
        ),
        (
            "1,,0",
            "points, entry 1 (x₁) must be a number from -1000000 to 1000000; got ''",
        ),
        (
            "1 2,3,0",
            "points, entry 1 (x₀) must be a number from -1000000 to 1000000; got '1 2'",
        ),
        (
            "1,nan,0",
            "points, entry 1 (x₁) must be a number from -1000000 to 1000000; got nan",
        ),
        (
            "-inf,2,0",
            "points, entry 1 (x₀) must be a number from -1000000 to 1000000; got -inf",
        ),
        (
            "1,1000000.5,0",
            "points, entry 1 (x₁) must be a number from -1000000 to 1000000; got 1000000.5",
        ),
        ("1,2,2", "points, entry 1 (class) must be a whole number from 0 to 1; got 2"),
        ("1,2,0.5", "points, entry 1 (class) must be a whole number from 0 to 1; got '0.5'"),
        (";".join(501 * ["1,2,0"]), "points must be at most 500 points; got 501"),
        (None, "points must be text such as '1.25,-0.5,0;2,1,1'; got None"),
    ],
    ids=lambda value: f"{value!r:.30}",
)
def test_text_that_is_no_points_is_refused(points: object, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Placed(points)
    assert str(caught.value) == sentence


@settings(max_examples=200)
@given(st.text() | st.text("0123456789.,;-+einf \n", max_size=30))
def test_any_text_gives_points_or_a_message(text: str) -> None:
    try:
        placed = Placed(text)
    except SettingsError as error:
        message = str(error)
        placed = Placed()
    else:
        message = "points"
    assert message.startswith("points")
    assert Placed(placed.points) == placed
    assert len(placed.sample().y) == len(list(filter(None, placed.points.split(";"))))


@given(POINTS, COORDINATES, COORDINATES, CLASSES)
def test_place_adds_a_point_and_undo_takes_it_away(
    points: list[tuple[float, float, int]], x: float, y: float, label: int
) -> None:
    before = text_of(points)
    after = place(before, x, y, label)
    assert undo(after) == before
    last_x, last_y, last_label = after.split(";")[-1].split(",")
    assert math.isclose(float(last_x), x, rel_tol=0, abs_tol=0.000501)
    assert math.isclose(float(last_y), y, rel_tol=0, abs_tol=0.000501)
    assert int(last_label) == label


@pytest.mark.parametrize(
    ("x", "entry"),
    [
        (1.23456, "1.235"),
        (-0.0001, "0"),
        (2.0, "2"),
        (1e6, "1000000"),
        (-999999.1234, "-999999.123"),
    ],
)
def test_place_writes_few_digits(x: float, entry: str) -> None:
    assert place("", x, 0.5, 1) == f"{entry},0.5,1"


@pytest.mark.parametrize(
    ("x", "y", "label"),
    [(math.nan, 0, 0), (0, math.inf, 0), (1e7, 0, 0), (0, 0, 2), (0, 0, True), (0, 0, -1)],
)
def test_place_refuses_what_is_no_point(x: float, y: float, label: int) -> None:
    with pytest.raises(SettingsError, match=r"^points, entry 2 \("):
        place("1,2,0", x, y, label)


def test_place_stops_at_the_limit() -> None:
    almost = ";".join(499 * ["1,2,0"])
    full = place(almost, 1, 2, 1)
    assert len(Placed(full).sample().y) == 500
    with pytest.raises(DataError, match=r"^there are 500 points already; take one away first$"):
        place(full, 1, 2, 1)


def test_undo_without_points_leaves_none() -> None:
    assert undo("") == ""
    assert undo("1,2,0") == ""


@pytest.mark.parametrize("points", ["", "-5,-7,0;7,7,1", "70.01,0,0"])
def test_points_have_the_frame_of_the_course(points: str) -> None:
    """Also where they lie outside: the same unit on both axes, see `view_of`."""
    assert Placed(points).sample().frame == COURSE_FRAME


def test_no_line_parts_the_default_points() -> None:
    x, y, *_ = Placed().sample()
    points = [[tuple(map(float, p)) for p in x[y == label].numpy()] for label in (0, 1)]

    def within(point: tuple[float, float], corners: tuple[tuple[float, float], ...]) -> bool:
        turns = [
            (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
            for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)
        ]
        return all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)

    for mine, others in (points, points[::-1]):
        assert any(
            within(point, corners)
            for point in mine
            for corners in itertools.combinations(others, 3)
        )


def test_uploaded_points_are_given_back() -> None:
    points = some_points()
    assert Uploaded(points).sample(torch.Generator()) is points
    assert Uploaded().sample().x.shape == (0, 2)
    assert Uploaded().sample().y.shape == (0,)


def test_uploaded_points_are_compared_by_content() -> None:
    assert Uploaded(some_points()) == Uploaded(some_points())
    assert hash(Uploaded(some_points())) == hash(Uploaded(some_points()))
    assert Uploaded() == Uploaded()
    assert Uploaded() != Placed("")


@pytest.mark.parametrize(
    "change",
    [
        {"x": torch.tensor([[1.0, 2.0], [3.0, 4.5]])},
        {"x": torch.tensor([[1.0, 3.0], [2.0, 4.0]])},
        {"y": torch.tensor([1.0, 0.0])},
        {"axes": ("a", "b")},
        {"classes": ("a", "b")},
        {"frame": COURSE_FRAME},
    ],
    ids=str,
)
def test_uploaded_points_differ_in_every_part(change: dict[str, object]) -> None:
    assert Uploaded(some_points()) != Uploaded(some_points()._replace(**change))


@pytest.mark.parametrize(
    "points",
    [
        None,
        (torch.zeros(1, 2), torch.zeros(1)),
        Dataset(torch.zeros(2, 3), torch.zeros(2)),
        Dataset(torch.zeros(2, 2), torch.zeros(3)),
        Dataset(torch.zeros(2), torch.zeros(2)),
        Dataset(torch.zeros(2, 2), torch.tensor(0.0)),
        Dataset(torch.zeros(2, 2).double(), torch.zeros(2)),
        Dataset(torch.zeros(2, 2), torch.zeros(2).long()),
    ],
    ids=lambda points: f"{points!r:.40}",
)
def test_uploaded_takes_only_points(points: object) -> None:
    with pytest.raises(SettingsError, match=r"^points must be"):
        Uploaded(points)


@pytest.mark.parametrize("data", [Uploaded(), Placed()])
def test_nobody_knows_what_own_points_are_drawn_from(data: Uploaded | Placed) -> None:
    assert data.population() is None
