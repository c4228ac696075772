"""A CSV file becomes points: text in, a clear sentence out where it cannot be read.

Rows are counted as a spreadsheet shows them: the first is row 1, and a cell that holds a line
break is still part of one row. Nothing is ever evaluated; a cell is text.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lrcore.data.base import DataError, Dataset
from lrcore.data.rows import decoded, delimiter_of, records

MAX_BYTES = 10_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 100
# More classes than this is a column of numbers or names, and no list to pick from.
MAX_VALUES = 100
# float32 ends near 3.4e38: this leaves room for sums and for products with weights.
LARGEST = 1e30
# Not "Na" and "Null": the first is sodium, the second a family name.
MISSING = frozenset({"", "NA", "na", "NaN", "nan", "NAN", "NULL", "null", "?", "-"})
_BLOCK = 1000  # rows that are packed at once
_FORMULA = "is a formula; save the values instead"


@dataclass(frozen=True)
class Table:
    """The cells of a file as text, without the spaces around them.

    Args:
        name: what messages call the file.
        columns: names of the columns, all different.
        packed: the cells of each column, with NUL between them: as many strings as there are cells
            would take 30 times the memory of a file. No cell holds a NUL.
        row_numbers: where each row stands in the file; the header is row 1, blank rows count.
        decimal_comma: numbers may be written 1,5.
    """

    name: str
    columns: tuple[str, ...]
    packed: tuple[str, ...]
    row_numbers: Sequence[int]
    decimal_comma: bool

    def cells(self, column: str) -> list[str]:
        """The cells of a column.

        Raises:
            DataError: there is no such column.
        """
        if column not in self.columns:
            raise DataError(f"{self.name} has no column {_quoted(column)}")
        return self.packed[self.columns.index(column)].split("\0")


class Selection(NamedTuple):
    """Two columns of a table as points.

    missing: rows left out because one of the three cells says nothing. other: rows left out
    because their label is neither class.
    """

    dataset: Dataset
    missing: int
    other: int


def read_table(content: bytes, name: str = "the file") -> Table:
    """Read a CSV file that has a header.

    The header decides between tab, semicolon and comma, in this order. UTF-8, or UTF-16 with a
    byte order mark.

    Args:
        content: the bytes of the file.
        name: what messages call the file.

    Raises:
        DataError: the file cannot be read as a table; names row and column where it can.
    """
    if len(content) > MAX_BYTES:
        raise DataError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB")
    text = decoded(content, name)
    delimiter = delimiter_of(text)
    rows = records(text, delimiter)
    header_row, header = next(rows, (0, []))
    if not header:
        raise DataError(f"{name} is empty")
    decimal_comma = delimiter == ";"
    columns = _checked_header(header_row, header, decimal_comma)
    packed: list[list[str]] = [[] for _ in columns]
    block: list[list[str]] = []
    row_numbers = array("l")
    for row, cells in rows:
        if len(cells) != len(columns):
            amount = "few" if len(cells) < len(columns) else "many"
            found = f"{len(cells)}, where the header has {len(columns)}"
            raise DataError(f"row {row}: too {amount} cells: {found}")
        if len(row_numbers) == MAX_ROWS:
            raise DataError(f"{name} has more than {MAX_ROWS:,} rows of data")
        row_numbers.append(row)
        block.append(cells)
        if len(block) == _BLOCK:
            _pack(block, packed)
    if not row_numbers:
        raise DataError(f"{name} has a header but no rows of data")
    _pack(block, packed)
    return Table(name, columns, tuple(map("\0".join, packed)), row_numbers, decimal_comma)


def _pack(block: list[list[str]], packed: list[list[str]]) -> None:
    """Move rows to the ends of their columns."""
    if block:
        for column, cells in zip(packed, zip(*block, strict=True), strict=True):
            column.append("\0".join(cells))
    block.clear()


def numeric_columns(table: Table) -> tuple[str, ...]:
    """Names of the columns that hold numbers and missing cells alone, at least one number."""
    return tuple(
        name
        for name, cells in ((name, table.cells(name)) for name in table.columns)
        if not MISSING.issuperset(cells)
        and all(cell in MISSING or _number(cell, table.decimal_comma) is not None for cell in cells)
    )


def values_of(table: Table, column: str) -> tuple[str, ...]:
    """The different values of a column, the first `MAX_VALUES` of them; missing ones left out.

    Numbers come first, by size; then text, where "day 2" comes before "day 10".

    Raises:
        DataError: there is no such column.
    """

    def place(cell: str) -> tuple[bool, float, str, str]:
        number = _number(cell, table.decimal_comma)
        padded = re.sub(r"\d+", lambda digits: digits[0].zfill(20), cell.casefold())
        return (number is None, number or 0.0, padded, cell)

    return tuple(sorted(distinct(table, column), key=place)[:MAX_VALUES])


def select(  # noqa: PLR0917
    table: Table, x: str, y: str, label: str, class_0: str, class_1: str
) -> Selection:
    """Take two columns as coordinates, and as classes the rows with one of two labels.

    Args:
        x, y: names of the columns of the coordinates.
        label: name of the column of the labels.
        class_0, class_1: the labels of the two classes, without spaces around them.

    Raises:
        DataError: a column does not exist, a coordinate cannot be used, or a class has no points.
    """
    if class_0 == class_1:
        raise DataError(f"class 0 and class 1 are both {_quoted(class_0)}: choose two values")
    columns = [table.cells(column) for column in (x, y, label)]
    if len(distinct(table, label)) < 2:
        raise DataError(f"column {_quoted(label)} has fewer than two different values")
    classes = {class_0: 0.0, class_1: 1.0}
    points: list[list[float]] = []
    labels: list[float] = []
    missing = other = 0
    for row, first, second, kind in zip(table.row_numbers, *columns, strict=True):
        if not MISSING.isdisjoint((first, second, kind)):
            missing += 1
        elif kind.startswith("="):
            raise _cell_error(row, label, kind, _FORMULA)
        elif kind not in classes:
            other += 1
        else:
            points.append([_coordinate(table, row, *item) for item in ((x, first), (y, second))])
            labels.append(classes[kind])
    for name, number in classes.items():
        if number not in labels:
            raise DataError(f"no row with {_quoted(name)} in column {_quoted(label)} can be used")
    dataset = Dataset(torch.tensor(points), torch.tensor(labels), (x, y), (class_0, class_1))
    return Selection(dataset, missing, other)


def _checked_header(row: int, header: list[str], decimal_comma: bool) -> tuple[str, ...]:
    if len(header) > MAX_COLUMNS:
        raise DataError(f"row {row}: {len(header)} columns are too many; {MAX_COLUMNS} can be read")
    # The index of a data frame is often saved as a first column without a name.
    header = [header[0] or "index", *header[1:]]
    for column, name in enumerate(header, start=1):
        where = f"row {row}, column {column}"
        if not name:
            raise DataError(f"{where}: the column has no name")
        if _number(name, decimal_comma) is not None:
            raise DataError(
                f"{where}: {_quoted(name)} is a number; the first row must name the columns"
            )
        first = header.index(name) + 1
        if first != column:
            raise DataError(f"{where}: the name {_quoted(name)} belongs to column {first} already")
    return tuple(header)


def _number(cell: str, decimal_comma: bool) -> float | None:
    """The number that a cell stands for; None for NaN and for text."""
    if decimal_comma:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    # float() reads 1_000 too, as Python writes it and no spreadsheet does.
    return None if math.isnan(value) or "_" in cell else value


def _coordinate(table: Table, row: int, column: str, cell: str) -> float:
    number = _number(cell, table.decimal_comma)
    if number is None:
        problem = _FORMULA if cell.startswith("=") else "is not a number"
        raise _cell_error(row, column, cell, problem)
    if abs(number) > LARGEST:
        raise _cell_error(row, column, cell, "is too large; use numbers from -1e30 to 1e30")
    return number


def _cell_error(row: int, column: str, cell: str, problem: str) -> DataError:
    return DataError(f"row {row}, column {_quoted(column)}: {_quoted(cell)} {problem}")


def distinct(table: Table, column: str) -> set[str]:
    """All different values of a column; missing ones left out.

    Raises:
        DataError: there is no such column.
    """
    return set(table.cells(column)) - MISSING


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
