"""Two files of the same tables held against each other, cell by cell: CSV, Excel or JSON, as they were written."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import fastexcel

from tryghed.errors import DataError

#: Where a cell is (table, row, column) and what it says.
Cells = Mapping[tuple[str, int, str], str]

#: Columns that say what a row is about.
_KEYS: Final = ("bølge", "områdekode", "gruppe", "indikator", "sammenlignet_med")


@dataclass(frozen=True, slots=True)
class Differing:
    """A cell that says something else: where it is, what its row is about, what is written and what should be."""

    where: str
    about: str
    written: str
    expected: str


def compare(written: Path, expected: Path) -> tuple[int, list[Differing]]:
    """Return how many cells were compared, and those that differ; cells only one of the files has are among them.

    Raises:
        DataError: The first file cannot be read.
    """
    try:
        found = _READERS[written.suffix](written.read_bytes())
    except (ValueError, KeyError, TypeError, OSError, fastexcel.FastExcelError) as error:
        raise DataError(f"cannot be read ({error})", where=str(written)) from None
    wanted = _READERS[expected.suffix](expected.read_bytes())
    places = list(dict.fromkeys([*wanted, *found]))
    differing = [
        Differing(_place(place), _about(place, wanted), found.get(place, ""), wanted.get(place, ""))
        for place in places
        if found.get(place) != wanted.get(place)
    ]
    return len(places), differing


def _place(place: tuple[str, int, str]) -> str:
    table, row, column = place
    return " ".join(part for part in (table, f"row {row}" if row else "", column) if part)


def _about(place: tuple[str, int, str], cells: Cells) -> str:
    table, row, _ = place
    return " ".join(text for name in _KEYS if (text := cells.get((table, row, name), "")))


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
