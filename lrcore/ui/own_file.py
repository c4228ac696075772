"""Points from a CSV file: its controls in the sidebar.

The points are kept in the session: what Streamlit keeps for a control is lost where the control is
not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrcore.data import DataError, Uploaded
from lrcore.data.table import (
    MAX_BYTES,
    distinct,
    numeric_columns,
    read_table,
    select,
    values_of,
)
from lrcore.ui.plain import plain, shortened
from lrcore.ui.sentences import say
from lrcore.ui.session import Chosen, Upload, session

_X, _Y, _LABEL, _CLASS_0, _CLASS_1 = _CHOICE = ("csv_x", "csv_y", "csv_label", "csv_0", "csv_1")
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


def draw_file(on_demand: DeltaGenerator) -> None:
    """The controls; none of them is shown on demand."""
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


def read_file() -> Uploaded:
    """The points in force."""
    chosen = session().chosen
    return Uploaded() if chosen is None else chosen.data


def keep_file() -> None:
    """Have the controls say what is chosen."""
    chosen = session().chosen
    if chosen is not None:
        st.session_state.update(zip(_CHOICE, chosen.choice, strict=True))


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
        return Chosen(upload.table, choice, read_file(), "", f"{upload.name}: {error}.")
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
