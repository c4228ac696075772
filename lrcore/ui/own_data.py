"""Points of one's own in the sidebar: placed by clicks, or read from a CSV file.

The points are kept in the session: what Streamlit keeps for a control is lost where the control is
not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.data import DataError, Placed, Uploaded
from lrcore.data.own import place, undo
from lrcore.data.table import (
    MAX_BYTES,
    distinct,
    numeric_columns,
    read_table,
    select,
    values_of,
)
from lrcore.settings import Entry, SettingsError
from lrcore.ui.plain import plain, shortened
from lrcore.ui.sentences import say
from lrcore.ui.session import Chosen, OwnPoints, Upload, session

_X, _Y, _LABEL, _CLASS_0, _CLASS_1 = _CHOICE = ("csv_x", "csv_y", "csv_label", "csv_0", "csv_1")
_MARKERS = ("● class 0", "◆ class 1")
# A column with more values than this is hardly one of labels.
_FEW = 20
_ROW_NAMES = ("id", "index")
_LONGEST_NAME = 24


class _Picker(NamedTuple):
    """A select box for a column or a label; options: which field of `Upload` gives them."""

    key: str
    label: str
    options: str
    help: str


_PICKERS = (
    (
        _Picker(_X, "x₀", "numbers", "The column across."),
        _Picker(_Y, "x₁", "numbers", "The column upwards."),
    ),
    (_Picker(_LABEL, "Label", "labels", "The column that tells the classes apart."),),
    (
        _Picker(_CLASS_0, "Class 0", "values", "Rows with this label are class 0."),
        _Picker(_CLASS_1, "Class 1", "values", "Rows with this label are class 1."),
    ),
)


class OwnData(NamedTuple):
    """How the sidebar shows a data set of one's own, and the settings that follow from it.

    draw: is given the place for what is shown on demand.
    """

    draw: Callable[[DeltaGenerator], None]
    read: Callable[[], Entry]


def place_points(places: Iterable[Sequence[float]]) -> None:
    """Add a point of the chosen class at each place (x₀, x₁); a toast says if one cannot."""
    state = st.session_state
    points = _read_placed().points
    try:
        for x, y in places:
            points = place(points, x, y, state.get("placed_class", 0))
    except (DataError, SettingsError) as error:
        say(f"Not placed: {error}.")
    _replace(points)


def replace_points(text: str) -> None:
    """Have the points of a link in place of what was there; a sentence says if it has none."""
    try:
        Placed(text)
    except SettingsError as error:
        say(f"The points of the link are not used: {error}.")
        return
    _replace(text)


def begin_with_points(text: str) -> None:
    """Have the points of the page's link at once; the control says what is wrong with them."""
    with suppress(SettingsError):
        session().points = OwnPoints(text, Placed(text))


def keep_own_data() -> None:
    """Have the controls say what is in force; what they say now is no edit."""
    state, points, chosen = st.session_state, session().points, session().chosen
    if points is not None and "placed_points" in state:
        echoes = (points.echoes | {state["placed_points"]}) - {points.text}
        session().points = points._replace(echoes=echoes, fresh=True)
    if chosen is not None:
        state.update(zip(_CHOICE, chosen.choice, strict=True))


def _draw_placed(on_demand: DeltaGenerator) -> None:
    state = st.session_state
    points = session().points
    is_echo = points is not None and state.get("placed_points", points.text) in points.echoes
    if points is not None and (is_echo or "placed_points" not in state):
        state["placed_points"] = points.text
    st.segmented_control(
        "A click places",
        range(len(_MARKERS)),
        default=0,
        required=True,
        format_func=_MARKERS.__getitem__,
        key="placed_class",
        help="The class of the points that you place: click on the plot.",
        width="stretch",
        persist_state="session",
    )
    left, right = st.columns(2, gap="small")
    left.button("Undo", on_click=_undo, help="Takes the last point away.", width="stretch")
    right.button("Clear", on_click=_clear, help="Takes all points away.", width="stretch")
    text = on_demand.text_area(
        "Points",
        Placed().points,
        height=98,
        key="placed_points",
        help="Each point as x₀, x₁ and class (0 or 1), with semicolons between points. "
        "The link of this page carries them.",
        bind="query-params",
    )
    _take_text(text, is_echo)


def _read_placed() -> Placed:
    points = session().points
    return Placed() if points is None else points.placed


def _undo() -> None:
    _replace(undo(_read_placed().points))


def _clear() -> None:
    _replace("")


def _replace(text: str) -> None:
    before = session().points or OwnPoints("", Placed(""))
    echoes = (before.echoes | {before.text}) - {text}
    session().points = OwnPoints(text, Placed(text), echoes, fresh=True)
    st.session_state["placed_points"] = text


def _take_text(text: str, is_echo: bool) -> None:
    """What the control says; is_echo: the browser said something that was replaced before."""
    before = session().points
    if before is not None and text in before.echoes:
        return  # the address does, to which Streamlit returns after a dropped connection
    if before is not None and text == before.text:
        echoes = before.echoes if is_echo or before.fresh else frozenset()
        session().points = before._replace(echoes=echoes, fresh=False)
        return
    try:
        placed = Placed(text)
    except SettingsError as error:
        say(f"The text is not used: {error}.")
        placed = before.placed if before is not None else Placed()
    session().points = OwnPoints(text, placed)


def _draw_csv(on_demand: DeltaGenerator) -> None:
    del on_demand
    state = st.session_state
    file = st.file_uploader(
        "CSV file",
        ["csv", "txt", "tsv"],
        key="csv_file",
        help="A table whose first row names the columns: two of numbers, one of labels.",
        max_upload_size=MAX_BYTES // 1_000_000,
    )
    if file is not None and file.file_id != session().file_seen:
        session().file_seen = file.file_id
        with st.spinner(plain(f"Reading {file.name} …")):  # shown after half a second
            _take_file(file.name, file.getvalue())
    upload = session().upload
    if upload is None:
        return
    for line in _PICKERS:
        for column, picker in zip(st.columns(len(line), gap="small"), line, strict=True):
            column.selectbox(
                picker.label,
                getattr(upload, picker.options),
                key=picker.key,
                help=picker.help,
                on_change=_take_choice,
                args=(picker.key,),
                persist_state="session",
            )
    chosen = session().chosen = _chosen(upload, tuple(state[key] for key in _CHOICE))
    if chosen.problem:
        st.error(plain(chosen.problem))
    else:
        st.caption(plain(chosen.sentence))


def _read_csv() -> Uploaded:
    chosen = session().chosen
    return Uploaded() if chosen is None else chosen.data


def _take_file(name: str, content: bytes) -> None:
    """Read the file that has just arrived; one that cannot be read changes nothing."""
    try:
        upload, choice = _opened(name, content)
    except DataError as error:
        say(f"{name} cannot be used: {error}.")
        return
    session().upload = upload
    st.session_state.update(zip(_CHOICE, choice, strict=True))


def _opened(name: str, content: bytes) -> tuple[Upload, tuple[str, ...]]:
    """A file, and the columns and labels that are most often meant."""
    table = read_table(content)
    numbers = numeric_columns(table)
    counts = {column: len(distinct(table, column)) for column in table.columns}
    labels = tuple(column for column, count in counts.items() if count > 1)
    if len(numbers) < 2 or not labels:
        raise DataError("it needs two columns of numbers, and one with two or more labels")
    label = _likely_label(numbers, labels, counts)
    # Rows are often numbered in the first column.
    x, y = sorted(numbers, key=lambda column: (column == label, column.casefold() in _ROW_NAMES))[
        :2
    ]
    values = values_of(table, label)
    return Upload(name, table, numbers, labels, values), (x, y, label, *values[:2])


def _likely_label(numbers: Sequence[str], labels: Sequence[str], counts: Mapping[str, int]) -> str:
    """The last column of few names, or else of few numbers if two others are left, or the last."""
    names = [column for column in labels if column not in numbers]
    spare = [column for column in labels if column in numbers and len(numbers) > 2]
    few = [[c for c in columns if counts[c] <= _FEW] for columns in (names, spare)]
    return next(columns[-1] for columns in (*few, names, spare, labels) if columns)


def _take_choice(key: str) -> None:
    """A new column of labels brings its values; the two classes stay different."""
    state, upload, chosen = st.session_state, session().upload, session().chosen
    if upload is None or chosen is None:
        return
    if key == _LABEL:
        values = values_of(upload.table, state[_LABEL])
        session().upload = upload._replace(values=values)
        state[_CLASS_0], state[_CLASS_1] = values[:2]
    elif state[_CLASS_0] == state[_CLASS_1]:
        other = _CLASS_1 if key == _CLASS_0 else _CLASS_0
        state[other] = chosen.choice[_CHOICE.index(key)]


def _chosen(upload: Upload, choice: tuple[str, ...]) -> Chosen:
    """The points of a choice, selected once; a choice without points keeps those before it."""
    before = session().chosen
    if before is not None and before.table is upload.table and before.choice == choice:
        return before
    try:
        dataset, missing, other = select(upload.table, *choice)
    except DataError as error:
        return Chosen(upload.table, choice, _read_csv(), "", f"{upload.name}: {error}.")
    (x, y), (zero, one) = (
        [shortened(name, _LONGEST_NAME) for name in names]
        for names in (dataset.axes, dataset.classes)
    )
    data = Uploaded(dataset._replace(axes=(x, y), classes=(zero, one)))
    left_out = "No row is left out."
    if missing or other:
        left_out = f"Rows left out: {missing:,} with missing values, {other:,} with other labels."
    sentence = f"{upload.name}: {len(dataset.y):,} points. {left_out}"
    return Chosen(upload.table, choice, data, sentence, "")


OWN_DATA: Mapping[str, OwnData] = MappingProxyType(
    {
        Placed.name: OwnData(_draw_placed, _read_placed),
        Uploaded.name: OwnData(_draw_csv, _read_csv),
    }
)
