"""The rows of a CSV file: bytes in, cells out, or where they are not what CSV has."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress

from lrcore.data.base import DataError


def decoded(content: bytes, name: str) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark.

    Args:
        content: the bytes of the file.
        name: what messages call the file.

    Raises:
        DataError: it is not text; says in which row and column.
    """
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    codec = "utf-16" if wide else "utf-8-sig"
    before, nul, _ = content.decode(codec, "ignore").partition("\0")
    if nul:
        raise DataError(
            f"{name} is not text but a binary file, such as an Excel workbook "
            f"(a NUL byte in {_end_of(before)}); save it as CSV, in UTF-8"
        )
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        # Not content: the error counts from after a byte order mark of UTF-8.
        where = _end_of(error.object[: error.start].decode(codec, "ignore"))
        coding = "UTF-16" if wide else "UTF-8"
        raise DataError(
            f"{where}: a character is not {coding}; save the file as CSV, in UTF-8"
        ) from None


def _end_of(text: str) -> str:
    """Row and column of what comes next after `text`."""
    *_, (row, cells) = records(text + "?", delimiter_of(text), strict=False)
    return f"row {row}, column {len(cells)}"


def delimiter_of(text: str) -> str:
    """What separates the cells: the first of tab, semicolon and comma that splits the header."""
    for delimiter in "\t;":
        # A header that is no header by this delimiter may be one by the next.
        with suppress(DataError):
            _, header = next(records(text, delimiter), (0, []))
            if len(header) > 1:
                return delimiter
    return ","


def records(text: str, delimiter: str, *, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Row number and stripped cells of each row that is not blank.

    Raises:
        DataError: a quote or a cell is not as CSV has it, unless `strict` is False.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=strict, skipinitialspace=True
    )
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if stripped not in ([], [""]):
                yield row, stripped
    except csv.Error as error:
        raise DataError(f"row {row + 1}: {_in_plain_words(error)}") from None


def _in_plain_words(error: csv.Error) -> str:
    match str(error).split():
        case ["unexpected", "end", *_]:
            return 'a quote (") is opened and never closed'
        case ["field", "larger", *_]:
            longest = f"{csv.field_size_limit():,}"
            return f'a cell is longer than {longest} characters; is a quote (") left open?'
        case _:
            return 'a quote (") inside of a quoted cell must be written twice'
