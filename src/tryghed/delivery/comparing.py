"""Two files of the same tables held against each other, cell by cell: CSV, Excel or JSON, as they were written."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Final

import fastexcel

from tryghed.errors import DataError

#: Where a cell is (table, row, column) and what it says.
Cells = Mapping[tuple[str, int, str], str]
#: Where a row is (table, number), and what its columns say.
Row = tuple[tuple[str, int], Mapping[str, str]]

#: Columns that say what a row is about.
_KEYS: Final = ("bølge", "områdekode", "gruppe", "indikator", "sammenlignet_med")

_TOO_MANY, _MISSING = "a row that should not be there", "a row that is not there"


@dataclass(frozen=True, slots=True)
class Differing:
    """A cell that says something else: where it is, what its row is about, what is written and what should be."""

    where: str
    about: str
    written: str
    expected: str


def compare(written: Path, expected: Path) -> tuple[int, list[Differing]]:
    """Return how many cells were compared, and those that differ; rows and columns only one file has are among them.

    Raises:
        DataError: The first file cannot be read.
    """
    try:
        found = _READERS[written.suffix](written.read_bytes())
    except (ValueError, KeyError, TypeError, OSError, fastexcel.FastExcelError) as error:
        raise DataError(f"cannot be read ({error})", where=str(written)) from None
    wanted = _READERS[expected.suffix](expected.read_bytes())
    count = 0
    differing: list[Differing] = []
    for here, there in _paired(_by_row(found), _by_row(wanted)):
        columns = dict.fromkeys([*(there[1] if there else {}), *(here[1] if here else {})])
        count += len(columns)
        if here and there:
            differing += _unlike(here, there, list(columns))
        elif row := here or there:
            told = (_TOO_MANY, "") if here else ("", _MISSING)
            differing.append(Differing(_place(*row[0]), _about(row[1]), *told))
    return count, differing


def _unlike(here: Row, there: Row, columns: Sequence[str]) -> Iterator[Differing]:
    for column in columns:
        written, expected = (row[1].get(column) for row in (here, there))
        if written != expected:
            yield Differing(_place(*there[0], column), _about(there[1]), written or "", expected or "")


def _by_row(cells: Cells) -> list[Row]:
    """Return the rows of all tables in order: where each is, and what it says."""
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for (table, number, column), text in cells.items():
        rows.setdefault((table, number), {})[column] = text
    return list(rows.items())


def _paired(found: Sequence[Row], wanted: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Yield rows that are about the same beside one another, so that one too many does not shift all that follow."""
    ours, theirs = ([f"{table} {_about(row)}" for (table, _), row in rows] for rows in (found, wanted))
    for _, first, last, start, end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        yield from zip_longest(found[first:last], wanted[start:end])


def _place(table: str, row: int, column: str = "") -> str:
    return " ".join(part for part in (table, f"row {row}" if row else "", column) if part)


def _about(row: Mapping[str, str]) -> str:
    return " ".join(text for name in _KEYS if (text := row.get(name, "")))


def _csv(content: bytes) -> Cells:
    return _table("", csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def _excel(content: bytes) -> Cells:
    workbook = fastexcel.read_excel(content)
    cells: dict[tuple[str, int, str], str] = {}
    for name in workbook.sheet_names:
        rows = workbook.load_sheet(name, header_row=None, dtypes="string").to_polars()
        cells |= _table(name, (["" if one is None else str(one) for one in row] for row in rows.iter_rows()))
    return cells


def _table(name: str, rows: Iterator[list[str]]) -> dict[tuple[str, int, str], str]:
    heads = next(rows, [])
    cells = {(name, 1, f"column {at}"): head for at, head in enumerate(heads, start=1)}
    for number, row in enumerate(rows, start=2):
        cells |= {(name, number, head): text for head, text in zip(heads, row, strict=True)}
    return cells


def _json(content: bytes) -> Cells:
    parts = json.loads(content)
    cells: dict[tuple[str, int, str], str] = {}
    for name, part in parts.items() if isinstance(parts, dict) else [("", parts)]:
        if isinstance(part, list):
            for number, record in enumerate(part, start=1):
                cells |= {(name, number, key): json.dumps(value, ensure_ascii=False) for key, value in record.items()}
        elif isinstance(part, dict):
            cells |= {(name, 0, key): json.dumps(value, ensure_ascii=False) for key, value in part.items()}
    return cells


_READERS: Final[Mapping[str, Callable[[bytes], Cells]]] = {".csv": _csv, ".xlsx": _excel, ".json": _json}
