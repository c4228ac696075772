"""Points of one's own on the page as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import pytest
import streamlit
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from lrcore import FEATURES, RunConfig
from lrcore.data import Placed, Uploaded
from lrcore.settings import Settings
from lrcore.ui import own_file, training
from lrcore.ui.player.answers import respond
from lrcore.ui.player.commands import Place, TryRates
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import LimitWords, Request, Version
from lrcore.ui.session import Opening
from tests.pages import config_of, film_of, opened, player, session_of, toasts, words

FLOWERS = b"""id,length,width,species
1,5.1,3.5,setosa
2,4.9,NA,setosa
3,7.0,3.2,versicolor
4,6.3,3.3,virginica
"""
CHOICE = ("csv_x", "csv_y", "csv_label", "csv_0", "csv_1")
FULL = ";".join(500 * ["1,2,0"])


def page_with_player() -> None:
    """The training page, after what its player has said."""
    from lrcore.ui import training

    training._take_request()
    training._take_request()  # as after a run that was cut short before it drew anything
    training.page()


def said() -> Request | None:
    """What the player says next, as the test has put it."""
    waiting = streamlit.session_state.get("messages", [])
    return waiting.pop(0) if waiting else None


@pytest.fixture
def placing(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The training page with one point; a test speaks for the player by `messages`."""
    monkeypatch.setattr(training, "asked", said)
    page = AppTest.from_function(page_with_player, default_timeout=30)
    page.query_params["data"] = "placed"
    page.query_params["placed_points"] = "1,2,0"
    return page.run()


def placed_by(clicks: Iterable[tuple[float, float, float]]) -> Request:
    """A question with a command for each click (number, x, y)."""
    return Request(do=tuple(Place(int(number), ((x, y),)) for number, x, y in clicks))


def click(page: AppTest, *clicks: tuple[float, float, float], before: str | None = None) -> None:
    """Let the player tell of clicks; before: the text that the browser still shows then."""
    page.session_state["messages"] = [placed_by(clicks)]
    if before is not None:
        page.text_area(key="placed_points").set_value(before)
    page.run()


def upload(page: AppTest, content: bytes, name: str = "flowers.csv") -> None:
    page.file_uploader[0].set_value((name, content, "text/csv")).run()
    assert not page.exception


def chosen(page: AppTest) -> tuple[str, ...]:
    return tuple(page.selectbox(key=key).value for key in CHOICE)


def points_of(page: AppTest) -> list[list[float]]:
    x, y, *_ = config_of(page).data.sample()
    found = zip(x.tolist(), y.tolist(), strict=True)
    return [[round(a, 4), round(b, 4), label] for (a, b), label in found]


def captions(page: AppTest) -> list[str]:
    return [words(caption.value) for caption in page.caption]


def test_clicks_become_points_once_and_in_order(placing: AppTest) -> None:
    click(placing, (1, 3.0, 4.0), (2, -1.5, 0.25))
    assert config_of(placing).data == Placed("1,2,0;3,4,0;-1.5,0.25,0")
    assert player(placing)["done"] == 2
    click(placing, (1, 3.0, 4.0), (2, -1.5, 0.25), (3, 0.0, 0.0))
    assert config_of(placing).data == Placed("1,2,0;3,4,0;-1.5,0.25,0;0,0,0")
    assert player(placing)["done"] == 3
    placing.run()
    assert config_of(placing).data == Placed("1,2,0;3,4,0;-1.5,0.25,0;0,0,0")


def test_clicks_of_two_questions_at_once_all_become_points(placing: AppTest) -> None:
    clicks = [(1, 3.0, 4.0), (2, -1.5, 0.25)]
    placing.session_state["messages"] = [placed_by(clicks[:1]), placed_by(clicks)]
    placing.run()
    assert config_of(placing).data == Placed("1,2,0;3,4,0;-1.5,0.25,0")


def test_text_that_a_click_has_replaced_does_not_come_back(placing: AppTest) -> None:
    click(placing, (1, 3.0, 4.0))
    placing.text_area(key="placed_points").set_value(
        "1,2,0"
    ).run()  # sent before the browser was told of the new text
    assert config_of(placing).data == Placed("1,2,0;3,4,0")
    assert placing.text_area(key="placed_points").value == "1,2,0;3,4,0"
    click(placing, (2, 0.0, 0.0), before="1,2,0;3,4,0")
    assert config_of(placing).data == Placed("1,2,0;3,4,0;0,0,0")
    placing.run()
    placing.text_area(key="placed_points").set_value("1,2,0").run()  # now it is an edit
    assert config_of(placing).data == Placed("1,2,0")


def test_the_points_of_a_link_are_there_from_the_first_frame_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    films = []
    monkeypatch.setattr(training.SHARED, "admit", films.append)
    opened(data="placed", placed_points="1,2,0")
    assert [film.wanted.data for film in films] == [Placed("1,2,0")]


def test_a_click_while_a_link_opens_comes_again(placing: AppTest) -> None:
    """What is done before the controls are drawn would be undone by them."""
    session_of(placing).opening = Opening()
    click(placing, (1, 3.0, 4.0))
    assert config_of(placing).data == Placed("1,2,0")
    assert player(placing)["done"] == 0
    click(placing, (1, 3.0, 4.0))
    assert config_of(placing).data == Placed("1,2,0;3,4,0")


def test_a_click_stays_where_the_connection_dropped_before_the_address_had_it(
    placing: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit then puts into the control what the address says."""
    click(placing, (1, 3.0, 4.0))
    text_area = DeltaGenerator.text_area
    monkeypatch.setattr(DeltaGenerator, "text_area", lambda *_, **__: "1,2,0")
    placing.run()
    monkeypatch.setattr(DeltaGenerator, "text_area", text_area)
    assert config_of(placing).data == Placed("1,2,0;3,4,0")
    placing.run()
    assert config_of(placing).data == Placed("1,2,0;3,4,0")
    assert placing.text_area(key="placed_points").value == "1,2,0;3,4,0"


def say_defaults(page: AppTest) -> None:
    page.slider(key="momentum").set_value(0.9)
    page.button_group(key="data").set_value("blobs")
    for text in page.text_area:  # where it is drawn
        text.set_value(Placed().points)


@pytest.mark.parametrize("questions", [["alone"], ["with the controls"], ["alone"] * 2])
def test_a_page_that_is_put_up_anew_goes_on_as_it_was(
    placing: AppTest, questions: list[str]
) -> None:
    """After a dropped connection its controls may say their defaults."""
    placing.slider(key="momentum").set_value(0.5).run()
    click(placing, (1, 3.0, 4.0))
    before = config_of(placing)
    assert (before.optimizer.momentum, before.data) == (0.5, Placed("1,2,0;3,4,0"))
    nothing, all_of_it = Version(), film_of(placing).version
    for asks in questions:
        placing.session_state["messages"] = [Request(knows=nothing)]
        if asks == "with the controls":
            say_defaults(placing)
        placing.run()
        assert config_of(placing) == before
    placing.session_state["messages"] = [Request(knows=all_of_it)]
    say_defaults(placing)
    placing.run()
    assert config_of(placing) == before
    assert placing.slider(key="momentum").value == 0.5
    assert placing.text_area(key="placed_points").value == "1,2,0;3,4,0"


def test_a_browser_that_has_heard_of_one_control_only_changes_nothing(placing: AppTest) -> None:
    placing.session_state["messages"] = [Request(do=(TryRates(1, 0.15, 0.5),))]
    placing.run()
    placing.session_state["messages"] = [Request(knows=film_of(placing).version)]
    placing.select_slider(key="lr").set_value(0.15)
    placing.slider(key="momentum").set_value(0.9)  # as before
    placing.run()
    optimizer = config_of(placing).optimizer
    assert (optimizer.lr, optimizer.momentum) == (0.15, 0.5)
    placing.slider(key="momentum").set_value(0.5)
    placing.run()
    placing.slider(key="momentum").set_value(0.9)  # by the user
    placing.run()
    assert config_of(placing).optimizer.momentum == 0.9


def test_clicks_place_the_chosen_class(placing: AppTest) -> None:
    placing.segmented_control(key="placed_class").set_value(1).run()
    click(placing, (1, 3.0, 4.0))
    assert config_of(placing).data == Placed("1,2,0;3,4,1")
    assert film_of(placing).run.data.y.tolist() == [0.0, 1.0]


def test_clicks_on_other_data_are_taken_and_place_nothing(placing: AppTest) -> None:
    placing.segmented_control(key="data").set_value("blobs").run()
    click(placing, (1, 3.0, 4.0))
    assert player(placing)["done"] == 1
    placing.segmented_control(key="data").set_value("placed").run()
    assert config_of(placing).data == Placed("1,2,0")


def test_a_click_too_many_is_told(placing: AppTest) -> None:
    placing.text_area(key="placed_points").set_value(FULL).run()
    click(placing, (1, 3.0, 4.0))
    assert toasts(placing) == ["Not placed: there are 500 points already; take one away first."]
    assert config_of(placing).data == Placed(FULL)
    assert player(placing)["done"] == 1


def test_a_click_that_is_no_point_is_told(placing: AppTest) -> None:
    click(placing, (1, math.nan, 4.0))
    [message] = toasts(placing)
    assert message.startswith("Not placed: points, entry 2 (x₀) must be a number")
    assert config_of(placing).data == Placed("1,2,0")


def test_undo_and_clear() -> None:
    page = opened(data="placed", placed_points="1,2,0;3,4,1;5,6,1")
    undo, clear = (button for button in page.button if button.label in ("Undo", "Clear"))
    undo.click().run()
    assert config_of(page).data == Placed("1,2,0;3,4,1")
    clear.click().run()
    assert config_of(page).data == Placed("")
    undo.click().run()
    assert config_of(page).data == Placed("")
    sentence = "There are no points yet: click on the plot to place some."
    assert player(page)["state"]["sentence"] == sentence
    assert toasts(page) == []


def test_text_that_is_no_points_keeps_text_and_points() -> None:
    page = opened(data="placed", placed_points="1,2,0;3,4,1")
    page.text_area(key="placed_points").set_value("1,2,0;3,![](x),1").run()
    expected = (
        "The text is not used: points, entry 2 (x₁) must be a number from -1000000 to 1000000; "
        "got '![](x)'."
    )
    assert toasts(page) == [expected]
    assert "\\!\\[\\]\\(x\\)" in page.toast[0].value  # as text, not as a picture from elsewhere
    assert page.text_area(key="placed_points").value == "1,2,0;3,![](x),1"
    assert config_of(page).data == Placed("1,2,0;3,4,1")
    page.slider(key="momentum").set_value(0.5).run()
    assert toasts(page) == []
    assert config_of(page).data == Placed("1,2,0;3,4,1")


def test_a_link_that_is_no_points_opens_with_the_default() -> None:
    page = opened(data="placed", placed_points="1,2")
    assert toasts(page) == ["The text is not used: points, entry 1 must be x₀,x₁,class; got '1,2'."]
    assert config_of(page).data == Placed()


@pytest.mark.parametrize("points", ["", "1,2,0", "1,2,1;1,2,1"])
def test_placed_points_survive_other_data(points: str) -> None:
    page = opened(data="placed", placed_points=points)
    page.segmented_control(key="data").set_value("blobs").run()
    page.slider(key="std").set_value(2.0).run()
    page.segmented_control(key="data").set_value("placed").run()
    assert page.text_area(key="placed_points").value == points
    assert config_of(page).data == Placed(points)


@pytest.mark.parametrize("data", [Placed(""), Uploaded(), Placed("1,2,0"), Placed("1,2,1;3,1,1")])
@pytest.mark.parametrize("features", [cls() for cls in FEATURES.values()], ids=FEATURES)
@pytest.mark.parametrize("asked", ["training", "test"])
def test_few_points_give_an_answer_that_can_be_sent(
    data: Settings, features: Settings, asked: str
) -> None:
    share = 0.3 if asked == "test" else 0.0
    film = Film(
        RunConfig(
            data=data, features=features, test_share=share, target_on=asked, max_iterations=30
        )
    )
    film.limits.wait(10)
    answer = respond(film)
    assert json.loads(json.dumps(answer.message())) is not None
    assert [trace["name"] for trace in answer.scene.scatter["data"]] == ["class 0", "class 1"]
    assert answer.scene.placing == isinstance(data, Placed)
    film.take(Request(knows=answer.version, rows=(1, 1), wants={"grid": (0.0, 1.0, 0.0, 1.0)}))
    answer = respond(film)
    assert answer.got["grid"].view == (0.0, 1.0, 0.0, 1.0)
    state = answer.state
    if not len(film.run.data.y):
        assert state.sentence.startswith("There are no points yet")
        assert state.limits == LimitWords()
    elif asked == "test":
        assert state.sentence.startswith("Not reached: there are no test points")
    else:
        assert state.sentence.startswith("Reached") or not state.ended


def test_a_file_becomes_points() -> None:
    page = opened(data="csv")
    assert player(page)["state"]["sentence"] == "There are no points yet: choose a CSV file."
    upload(page, FLOWERS)
    assert chosen(page) == ("length", "width", "species", "setosa", "versicolor")
    assert points_of(page) == [[5.1, 3.5, 0], [7.0, 3.2, 1]]
    assert config_of(page).data.sample().classes == ("setosa", "versicolor")
    assert captions(page) == [
        "flowers.csv: 2 points. Rows left out: 1 with missing values, 1 with other labels."
    ]
    assert toasts(page) == []
    for key in CHOICE:
        assert page.selectbox(key=key).help.endswith(".")


def test_columns_and_classes_can_be_chosen() -> None:
    page = opened(data="csv")
    upload(page, FLOWERS)
    page.selectbox(key="csv_x").set_value("id").run()
    page.selectbox(key="csv_1").set_value("virginica").run()
    assert points_of(page) == [[1, 3.5, 0], [4, 3.3, 1]]
    page.selectbox(key="csv_0").set_value("virginica").run()
    assert chosen(page)[3:] == ("virginica", "setosa")
    assert points_of(page) == [[1, 3.5, 1], [4, 3.3, 0]]
    page.selectbox(key="csv_label").set_value("id").run()
    assert chosen(page)[2:] == ("id", "1", "2")
    assert [words(error.value) for error in page.error] == [
        "flowers.csv: no row with '2' in column 'id' can be used."
    ]
    assert points_of(page) == [[1, 3.5, 1], [4, 3.3, 0]]


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("x,y,class", ["1,2,0", "3,4,1"], ("x", "y", "class", "0", "1")),
        ("label,x,y", ["b,1.5,2", "a,3,4"], ("x", "y", "label", "a", "b")),
        (
            "label,x,y",
            [f"{k % 2},{k},{k / 7}" for k in range(30)],
            ("x", "y", "label", "0", "1"),
        ),
        (
            "Id,a,b,kind,remark",
            [f"{k},{k},{k},{'uv'[k % 2]},text {k}" for k in range(30)],
            ("a", "b", "kind", "u", "v"),
        ),
        ("x,y", ["1,2", "3,4"], ("x", "y", "y", "2", "4")),
    ],
    ids=["labels last", "names first", "few numbers first", "id and remarks", "nothing else"],
)
def test_what_is_most_often_meant_is_chosen(
    header: str, rows: list[str], expected: tuple[str, ...]
) -> None:
    _, choice = own_file._opened("some.csv", "\n".join([header, *rows]).encode())
    assert choice == expected


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "bad_1.csv cannot be used: the file is empty."),
        (b"a,b,c\n1,2,x\n1,2", "row 3: too few cells: 2, where the header has 3."),
        (b"a,b\n1,x\n2,y", "it needs two columns of numbers, and one with two or more labels."),
        (b"a,b\n1,2\n1,2", "it needs two columns of numbers, and one with two or more labels."),
        (b"PK\0\0", "the file is not text but a binary file"),
    ],
)
def test_a_bad_file_is_told_and_what_was_there_stays(content: bytes, sentence: str) -> None:
    page = opened(data="csv")
    upload(page, FLOWERS)
    before = config_of(page)
    upload(page, content, "bad_1.csv")
    [message] = toasts(page)
    assert message.startswith("bad_1.csv cannot be used: ")
    assert sentence in message
    assert config_of(page) is before or config_of(page) == before
    assert len(captions(page)) == 1
    page.slider(key="momentum").set_value(0.5).run()
    assert toasts(page) == []
    assert config_of(page).data == before.data


def test_another_file_brings_its_own_columns() -> None:
    page = opened(data="csv")
    upload(page, FLOWERS)
    upload(page, b"length;height;kind\n1,5;2;b\n2,5;3;a\n", "other.csv")
    assert chosen(page) == ("length", "height", "kind", "a", "b")
    assert points_of(page) == [[1.5, 2, 1], [2.5, 3, 0]]
    assert captions(page) == ["other.csv: 2 points. No row is left out."]


def test_a_file_and_its_choices_survive_other_data_and_other_settings() -> None:
    page = opened(data="csv")
    upload(page, FLOWERS)
    page.selectbox(key="csv_1").set_value("virginica").run()
    page.select_slider(key="lr").set_value(0.5).run()
    data = config_of(page).data
    page.segmented_control(key="data").set_value("moons").run()
    page.slider(key="momentum").set_value(0.5).run()
    page.segmented_control(key="data").set_value("csv").run()
    assert config_of(page).data == data
    assert chosen(page) == ("length", "width", "species", "setosa", "virginica")
    assert captions(page)[0].startswith("flowers.csv: 2 points.")


def test_nothing_is_read_or_selected_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(data="csv")
    upload(page, FLOWERS)
    data = config_of(page).data
    for name in ("read_table", "select", "values_of", "numeric_columns"):
        monkeypatch.delattr(own_file, name)
    page.slider(key="momentum").set_value(0.5).run()
    page.segmented_control(key="data").set_value("blobs").run()
    page.segmented_control(key="data").set_value("csv").run()
    assert config_of(page).data is data


def test_long_names_are_cut_for_the_legend() -> None:
    page = opened(data="csv")
    upload(page, f"x,y,kind\n1,2,{'a' * 400}\n3,4,b\n".encode())
    names = config_of(page).data.sample().classes
    assert names == ("a" * 23 + "…", "b")


def test_a_click_that_comes_before_the_controls_places_the_first_class() -> None:
    page = AppTest.from_function(page_of_a_quick_hand, default_timeout=30)
    page.run()
    assert not page.exception
    assert session_of(page).points.placed == Placed(f"{Placed().points};3,4,0")


def page_of_a_quick_hand() -> None:
    """The player is there before the sidebar."""
    from lrcore.ui.own_points import place_points

    place_points([(3.0, 4.0)])
