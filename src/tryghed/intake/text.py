"""Reads text deliveries: any of the encodings, separators and line ends they come in, and nothing that is torn."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from tryghed.definitions.wave import Csv
from tryghed.errors import DataError
from tryghed.intake.delivered import Delivered
from tryghed.intake.values import trimmed

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ";,\t|"
_SHOWN = 5


def read_csv(path: Path, form: Csv) -> Delivered:
    """Return the rows of a text file, every value as text, blank ones as null.

    Raises:
        DataError: It is not text, a row has too few or too many fields, a quote is never closed, or a column
            has no name or another's.
    """
    text = _decoded(path, form)
    separator = form.separator
    first, _, rest = text.partition("\n")
    announced = re.fullmatch(r'"?sep=(.)"?', first, re.IGNORECASE)
    if announced:
        separator, text = announced[1], rest
    lines = _records(path, text, separator, skipped=1 if announced else 0)
    header = [trimmed(name) for name in next(lines, (0, []))[1]]
    _one_column_only(path, header)
    columns = _without_blank_end(_columns(path, header, lines))
    unnamed = [place for place, name in enumerate(header) if not name]
    filled = [place for place in unnamed if any(value is not None for value in columns[place])]
    if filled:
        hint = "the first line must hold the name of every column: ask for a corrected file"
        raise DataError(f"column {filled[0] + 1} has values, but no name", where=str(path), hint=hint)
    named = {name: columns[place] for place, name in enumerate(header) if name}
    return Delivered(pl.DataFrame(named, schema=dict.fromkeys(named, pl.String)))


def refuse_duplicates(path: Path, names: list[str]) -> None:
    """Refuse a file in which two columns have the same name.

    Raises:
        DataError: Naming them.
    """
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        hint = "ask for a file in which every column has its own name"
        raise DataError(f"several columns are called {', '.join(twice)}", where=str(path), hint=hint)


def _decoded(path: Path, form: Csv) -> str:
    content = path.read_bytes()
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    tried = [marked] if marked else [form.encoding] if form.encoding else ["utf-8", "cp1252"]
    for encoding in tried:
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    hint = "set delivery.csv.encoding, for instance utf-16 or latin-1"
    raise DataError(f"is not text in {' or '.join(tried)}", where=str(path), hint=hint)


def _records(path: Path, text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line it begins on; wholly empty lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1 + skipped
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            hint = "look for a quote that is never closed"
            raise DataError(f"line {begins}: {error}", where=str(path), hint=hint) from None
        if row is None:
            return
        if row:
            yield begins, row
        begins = reader.line_num + 1 + skipped


def _without_blank_end(columns: list[list[str | None]]) -> list[list[str | None]]:
    """Return columns without the blank rows at their end, which spreadsheets leave where rows were deleted."""
    kept = len(columns[0]) if columns else 0
    while kept and all(column[kept - 1] is None for column in columns):
        kept -= 1
    return [column[:kept] for column in columns]


def _one_column_only(path: Path, header: list[str]) -> None:
    other = next((one for one in _SEPARATORS if len(header) == 1 and one in header[0]), None)
    if other:
        hint = f"set delivery.csv.separator = {other!r}"
        raise DataError(f"only one column, whose name has {header[0].count(other)} {other!r} in it",
                        where=str(path), hint=hint)  # fmt: skip


def _columns(path: Path, header: list[str], lines: Iterator[tuple[int, list[str]]]) -> list[list[str | None]]:
    refuse_duplicates(path, header)
    columns: list[list[str | None]] = [[] for _ in header]
    ragged: list[str] = []
    for line, row in lines:
        if len(row) != len(header):
            ragged.append(f"line {line} has {len(row)}")
            continue
        for column, value in zip(columns, row, strict=True):
            column.append(value if value.strip() else None)
    if ragged:
        more = " …" if len(ragged) > _SHOWN else ""
        message = f"{len(ragged):,} rows do not have the {len(header)} fields of the first line: "
        hint = "the file is cut off, or a value with the separator in it is not quoted"
        raise DataError(message + "; ".join(ragged[:_SHOWN]) + more, where=str(path), hint=hint)
    return columns
