"""CSV files: what they hold, and one sentence for each way in which they can be wrong."""

from __future__ import annotations

import codecs
import csv
import io
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore.data.base import DataError
from lrcore.data.table import (
    MISSING,
    Selection,
    Table,
    numeric_columns,
    read_table,
    select,
    values_of,
)

FLOWERS = b"""height,width,kind,note
1.5,2,rose,
2.5,-3e-1,tulip,x
NA,1,rose,y
4,?,tulip,
5,6,lily,=A1
7,8,,z
9,10, rose ,
"""


def workbook() -> bytes:
    """The bytes of a zip file, which is what an Excel workbook is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml"), "<workbook/>")
    return file.getvalue()


def rows_of(table: Table) -> list[tuple[str, ...]]:
    return list(zip(*map(table.cells, table.columns), strict=True))


def complaint(content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read_table(content, "f.csv")
    return str(caught.value)


def chosen(text: str, class_0: str = "u", class_1: str = "v") -> Selection:
    return select(read_table(text.encode()), "a", "b", "c", class_0, class_1)


def written(
    rows: list[list[str]],
    delimiter: str = ",",
    line_end: str = "\r\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f.csv is empty"),
        (codecs.BOM_UTF8, "f.csv is empty"),
        (codecs.BOM_UTF16_LE, "f.csv is empty"),
        (b" \n\r\n\n", "f.csv is empty"),
        (b"a,b\n", "f.csv has a header but no rows of data"),
        (b"a,b\n\n \n", "f.csv has a header but no rows of data"),
        (
            b"rose,5.1,3\nlily,2,3\n",
            "row 1, column 2: '5.1' is a number; the first row must name the columns",
        ),
        (
            b"x;1,5\n1;2\n",
            "row 1, column 2: '1,5' is a number; the first row must name the columns",
        ),
        (b"a,,b\n1,2,3\n", "row 1, column 2: the column has no name"),
        (b"a,b,\n1,2,\n", "row 1, column 3: the column has no name"),
        (b"a,b, a\n1,2,3\n", "row 1, column 3: the name 'a' belongs to column 1 already"),
        (b"\na,a\n1,2\n", "row 2, column 2: the name 'a' belongs to column 1 already"),
        (b"a,b\n1,2\n3\n", "row 3: too few cells: 1, where the header has 2"),
        (b"a,b\n1,2\n\n3,4,5\n", "row 4: too many cells: 3, where the header has 2"),
        (b'a,b\n"1\n1",2\n3\n', "row 3: too few cells: 1, where the header has 2"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 'row 3: a quote (") is opened and never closed'),
        (b'"a,b\n1,2\n', 'row 1: a quote (") is opened and never closed'),
        (
            b'a,b\n1,"5" pipe"\n',
            'row 2: a quote (") inside of a quoted cell must be written twice',
        ),
        (
            b"a,b\n1,2\n3," + 131_073 * b"x",
            'row 3: a cell is longer than 131,072 characters; is a quote (") left open?',
        ),
        (
            b"a,b\n1,caf\xe9\n",
            "row 2, column 2: a character is not UTF-8; save the file as CSV, in UTF-8",
        ),
        (
            codecs.BOM_UTF8 + b'a;b\n"1\n2";3\n\xe9;4\n',
            "row 3, column 1: a character is not UTF-8; save the file as CSV, in UTF-8",
        ),
        (
            b'a,b\n1,"caf\xe9"\n',
            "row 2, column 2: a character is not UTF-8; save the file as CSV, in UTF-8",
        ),
        (
            "a,b\n1,2".encode("utf-16") + b"\x00",
            "row 2, column 2: a character is not UTF-16; save the file as CSV, in UTF-8",
        ),
        (
            b"a,b\n1,\x00\n",
            "f.csv is not text but a binary file, such as an Excel workbook "
            "(a NUL byte in row 2, column 2); save it as CSV, in UTF-8",
        ),
        (
            workbook(),
            "f.csv is not text but a binary file, such as an Excel workbook "
            "(a NUL byte in row 1, column 1); save it as CSV, in UTF-8",
        ),
        (
            "a,b\n1,2".encode("utf-16-le"),
            "f.csv is not text but a binary file, such as an Excel workbook "
            "(a NUL byte in row 1, column 1); save it as CSV, in UTF-8",
        ),
        (
            ",".join(f"c{i}" for i in range(101)).encode(),
            "row 1: 101 columns are too many; 100 can be read",
        ),
        # What comes after the limit could not be read: nobody may look.
        (50_000_000 * b"\xff", "f.csv is larger than 10 MB"),
        (b"a,b\n" + 100_001 * b"1,2\n" + 900_000 * b"1\n", "f.csv has more than 100,000 rows"),
    ],
    ids=lambda value: f"{value!r:.40}",
)
def test_file_that_cannot_be_read_gives_one_sentence(content: bytes, sentence: str) -> None:
    expected = sentence + " of data" if sentence.endswith("rows") else sentence
    assert complaint(content) == expected


@pytest.mark.parametrize("columns", [1, 100])
def test_as_much_as_the_limits_allow_is_read(columns: int) -> None:
    header = ",".join(f"c{i}" for i in range(columns))
    rows = 100_000 // columns
    table = read_table(f"{header}\n".encode() + rows * (columns * b"7,")[:-1].join([b"", b"\n"]))
    assert (len(table.columns), len(rows_of(table))) == (columns, rows)
    assert table.row_numbers[-1] == rows + 1


def test_a_table_takes_little_more_memory_than_its_file() -> None:
    content = b"a,b,c\n" + b"".join(b"%d,%d,uv\n" % (n, 7 * n) for n in range(20_000))
    tracemalloc.start()
    table = read_table(content)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table.row_numbers) == 20_000
    assert kept < 5 * len(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_cells_are_read_back(encoding: str, delimiter: str, line_end: str) -> None:
    columns = ["größe, cm", "a;b", 'say "x"', "tab\there"]
    rows = [["1", "two\nlines", '"', ""], ["x,y", "x;y", "x\ty", "漢字 😀"]]
    text = written([columns, *rows], delimiter, line_end, csv.QUOTE_ALL)
    table = read_table(text.encode(encoding))
    assert table.columns == tuple(columns)
    assert [list(row) for row in rows_of(table)] == rows
    assert tuple(table.row_numbers) == (2, 3)


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b"a\tb;c\n1\t2;3\n", ("1", "2;3")),
        (b"a;b, c\n1;2, 3\n", ("1", "2, 3")),
        (b'"a;b",c\n1,2\n', ("1", "2")),
        (b"a\n1;2\n", ("1;2",)),
        (b'a, b\n1, "2, 3"\n', ("1", "2, 3")),
    ],
)
def test_header_decides_what_parts_the_cells(content: bytes, cells: tuple[str, ...]) -> None:
    assert rows_of(read_table(content)) == [cells]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), min_size=1, max_size=4),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    rows = [[cell.replace("\0", "").encode("utf-8", "ignore").decode() for cell in r] for r in rows]
    table = read_table(written([["a", "b"], *rows], delimiter).encode())
    assert [list(row) for row in rows_of(table)] == [[cell.strip() for cell in row] for row in rows]


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    table = read_table(b'a,b\n"1\n\n2",x\n\n3,"y\nz"\n  \n4,w\n')
    assert tuple(table.row_numbers) == (2, 4, 6)
    with pytest.raises(DataError, match=r"^row 6, column 'b': 'w' is not a number$"):
        select(read_table(b'a,b\n"u\n\n",1\n\nv,"2\n"\n  \nu,w\n'), "b", "b", "a", "u", "v")


def test_points_and_what_was_left_out() -> None:
    points, missing, other = select(read_table(FLOWERS), "height", "width", "kind", "tulip", "rose")
    assert points.x.tolist() == [[1.5, 2.0], [2.5, np.float32(-0.3)], [9.0, 10.0]]
    assert points.y.tolist() == [1.0, 0.0, 1.0]
    assert (points.x.dtype, points.y.dtype) == (torch.float32, torch.float32)
    assert (points.axes, points.classes) == (("height", "width"), ("tulip", "rose"))
    assert (missing, other) == (3, 1)


def test_columns_to_pick_from() -> None:
    table = read_table(b'n,missing,text,formula,comma,far\n1,NA,1,=1,1,inf\n?,-,x,1,"1,5",2\n')
    assert numeric_columns(table) == ("n", "far")
    assert numeric_columns(read_table(FLOWERS)) == ("height", "width")


def test_values_to_pick_from() -> None:
    cells = ["day 10", "10", "day 2", "-1.5", " 9", "", "NA", "Day 3", "-1", "9", "-", "?"]
    table = read_table("\n".join(["a,b", *(f"{cell},1" for cell in cells)]).encode())
    assert values_of(table, "a") == ("-1.5", "-1", "9", "10", "day 2", "Day 3", "day 10")
    many = read_table(b"a\n" + b"\n".join(b"%d" % n for n in range(1000, 0, -1)))
    assert values_of(many, "a") == tuple(str(n) for n in range(1, 101))


@pytest.mark.parametrize("column", ["nothing", "Height", ""])
def test_unknown_column_is_named(column: str) -> None:
    table = read_table(FLOWERS, "f.csv")
    for names in (
        (column, "width", "kind"),
        ("height", column, "kind"),
        ("height", "width", column),
    ):
        with pytest.raises(DataError, match=f"^f.csv has no column '{column}'$"):
            select(table, *names, "rose", "tulip")
    with pytest.raises(DataError, match=f"^f.csv has no column '{column}'$"):
        values_of(table, column)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("tall", "'tall' is not a number"),
        ("1_000", "'1_000' is not a number"),
        ("0x10", "'0x10' is not a number"),
        ("+nan", "'+nan' is not a number"),
        ("--", "'--' is not a number"),
        ('"1,5"', "'1,5' is not a number"),
        ("=A1+1", "'=A1+1' is a formula; save the values instead"),
        ("inf", "'inf' is too large; use numbers from -1e30 to 1e30"),
        ("-Infinity", "'-Infinity' is too large; use numbers from -1e30 to 1e30"),
        ("1e999", "'1e999' is too large; use numbers from -1e30 to 1e30"),
        ("-1.1e30", "'-1.1e30' is too large; use numbers from -1e30 to 1e30"),
        (50 * "x", f"'{39 * 'x'}…' is not a number"),
    ],
)
def test_coordinate_that_cannot_be_used_is_named(cell: str, problem: str) -> None:
    for column, row in (("a", f"{cell},1,u"), ("b", f"1,{cell},v")):
        with pytest.raises(DataError) as caught:
            chosen(f"a,b,c\n1,2,u\n3,4,v\n\n{row}\n")
        assert str(caught.value) == f"row 5, column '{column}': {problem}"


@pytest.mark.parametrize(
    ("text", "classes", "sentence"),
    [
        ("1,2,u\n3,4,v\n", ("u", "u"), "class 0 and class 1 are both 'u': choose two values"),
        ("1,2,u\n3,4,u\n", ("u", "v"), "column 'c' has fewer than two different values"),
        ("1,2,u\n3,4,NA\n", ("u", "NA"), "column 'c' has fewer than two different values"),
        ("1,2,\n3,4,?\n", ("u", "v"), "column 'c' has fewer than two different values"),
        ("1,2,u\n3,4,v\n", ("u", "w"), "no row with 'w' in column 'c' can be used"),
        ("1,2,u\n3,4,v\n", ("U", "v"), "no row with 'U' in column 'c' can be used"),
        ("1,,u\n3,4,v\n5,6,v\n", ("u", "v"), "no row with 'u' in column 'c' can be used"),
        (
            "1,2,u\n3,4,v\n5,6,=B2\n",
            ("u", "v"),
            "row 4, column 'c': '=B2' is a formula; save the values instead",
        ),
    ],
)
def test_labels_that_make_no_two_classes_are_named(
    text: str, classes: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(DataError) as caught:
        chosen("a,b,c\n" + text, *classes)
    assert str(caught.value) == sentence


def test_decimal_comma_goes_with_semicolons() -> None:
    points = chosen("a;b;c\n1,5;-0,25;u\n2.5;1e-3;v\n").dataset
    assert torch.equal(points.x, torch.tensor([[1.5, -0.25], [2.5, 1e-3]]))
    with pytest.raises(DataError, match=r"'1.234,5' is not a number"):
        chosen("a;b;c\n1.234,5;1;u\n1;2;v\n")
    with pytest.raises(DataError, match="'1,5' is not a number"):
        chosen("a\tb\tc\n1,5\t1\tu\n1\t2\tv\n")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e30, 1e30), st.floats(-10, 10)), max_size=8))
def test_points_come_back_to_the_bit(points: list[tuple[float, float]]) -> None:
    points = [(0.0, -0.0), *points, (1e30, -1e30)]
    rows = [
        [repr(a), repr(b), "uv"[i % 2 or i == len(points) - 1]] for i, (a, b) in enumerate(points)
    ]
    dataset = chosen(written([["a", "b", "c"], *rows])).dataset
    expected = np.array(points).astype(np.float32)
    assert dataset.x.numpy().tobytes() == expected.tobytes()
    assert dataset.y.tolist() == [float(row[2] == "v") for row in rows]


CELLS = st.sampled_from(["1", "-2.5", "3e2", " 4 ", "", "NA", "nan", "null", "?", "-"])
LABELS = st.sampled_from(["u", " v", "w", "", "-", "Na"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, LABELS), min_size=1, max_size=12))
def test_selection_agrees_with_pandas(rows: list[tuple[str, str, str]]) -> None:
    text = written([["a", "b", "c"], *map(list, rows)])
    frame = pd.read_csv(
        io.StringIO(text), skipinitialspace=True, keep_default_na=False, na_values=sorted(MISSING)
    )
    whole = frame.dropna()
    used = whole[whole["c"].isin(["u", "v"])]
    try:
        dataset, missing, other = chosen(text)
    except DataError:
        assert set(used["c"]) != {"u", "v"}
        return
    assert dataset.x.tolist() == used[["a", "b"]].to_numpy(np.float32).tolist()
    assert dataset.y.tolist() == (used["c"] == "v").to_numpy(np.float32).tolist()
    assert (missing, other) == (len(frame) - len(whole), len(whole) - len(used))


def use_all(table: Table) -> None:
    """Everything that a page may do with a table."""
    for column in table.columns:
        values = values_of(table, column)
        with suppress(DataError):
            select(table, table.columns[0], table.columns[-1], column, *(*values, "", "x")[:2])
    assert set(numeric_columns(table)) <= set(table.columns)


PIECES = st.sampled_from(
    [*',;\t"\n\r=\0 1é', "a,b\n", "a;b\n", "1,2\n", "NA", "1e99", "٣", "\u2028"]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])
FILES = st.builds(
    lambda pieces, encoding: "".join(pieces).encode(encoding, "replace"),
    st.lists(PIECES, max_size=30),
    ENCODINGS,
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | FILES)
def test_any_bytes_give_a_table_or_a_sentence(content: bytes) -> None:
    try:
        table = read_table(content)
    except DataError as error:
        sentence = str(error)
    else:
        sentence = "none"
        assert {len(row) for row in rows_of(table)} == {len(table.columns)}
        assert len(rows_of(table)) == len(table.row_numbers)
        use_all(table)
    assert sentence.isprintable()
    assert sentence


def test_first_column_without_a_name_is_the_index() -> None:
    table = read_table(b",u,v,kind\n0,1.5,2,a\n1,2.5,3,b\n")
    assert table.columns == ("index", "u", "v", "kind")
    with pytest.raises(DataError, match="the name 'index' belongs to column 1 already"):
        read_table(b",index\n1,2\n")
