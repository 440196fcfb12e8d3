"""The readers of each format, as they run in the child process."""

import html
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from tryghed.definitions.wave import Delivery, Format
from tryghed.errors import DataError
from tryghed.frames import Finding
from tryghed.intake.delivered import Code, Delivered
from tryghed.intake.findings import SHOWN, finding
from tryghed.intake.text import read_csv, refuse_duplicates
from tryghed.intake.values import trimmed

#: What an .xlsx may unpack to, and how many times its own size.
_UNPACKED = 1_000_000_000
_RATIO = 200
#: The place of a cell whose value is an error; where a workbook tells which file a sheet is; bytes read at a time.
_ERROR = re.compile(rb"""<(?:\w+:)?c(?=[^>]*\st=["']e["'])[^>]*?\sr=["']([A-Z]+[0-9]+)["']""")
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_BLOCK = 1 << 20


def read(path: Path, delivery: Delivery) -> Delivered:
    """Return the rows of `path`, read as `delivery.format`.

    Raises:
        DataError: The file does not hold what it should; other exceptions come from the parsers.
    """
    form = delivery.format
    assert form is not None
    if form == "csv":
        return read_csv(path, delivery.csv)
    if form == "xlsx":
        return _workbook(path, delivery.sheet, delivery.header_row)
    if form == "parquet":
        return _parquet(path)
    return _statistical(path, form, delivery.letters)


def _statistical(path: Path, form: Format, known: Collection[str]) -> Delivered:
    import pyreadstat

    readers: dict[str, Callable[..., Any]] = {
        "por": pyreadstat.read_por,
        "dta": pyreadstat.read_dta,
        "sas7bdat": pyreadstat.read_sas7bdat,
        "xpt": pyreadstat.read_xport,
    }
    # SAS transport knows no declared missing values; those of portable files are blank before anyone sees them. Dates
    # stay numbers, since those beyond year 9999 cannot be read.
    wanted = {} if form in ("xpt", "por") else {"user_missing": True}
    rows: pl.DataFrame
    meta: Any
    rows, meta = readers.get(form, pyreadstat.read_sav)(
        path, output_format="polars", disable_datetime_conversion=True, **wanted
    )
    refuse_duplicates(path, rows.columns)
    rows, letters, findings = _untagged(rows, meta.missing_user_values, known)
    if form == "por":
        message = "codes that the file declares as missing are read as blank: why there is no answer is lost"
        lost = finding("missing_kinds_lost", path.name, message, hint="ask for a .sav file")
        findings = (*findings, lost)
    return Delivered(
        rows,
        {name: label for name, label in meta.column_names_to_labels.items() if label},
        {name: dict(labels) for name, labels in meta.variable_value_labels.items()},
        {name: _declared(rows[name], ranges) for name, ranges in meta.missing_ranges.items()},
        findings=findings,
        letters=letters,
    )


def _declared(column: pl.Series, ranges: list[Any]) -> frozenset[Code]:
    """Return the single codes declared missing, and the column's values within the declared ranges."""
    single = {span["lo"] for span in ranges if span["lo"] == span["hi"]}
    spans = [span for span in ranges if span["lo"] != span["hi"]]
    found = {value for span in spans for value in column.filter(column.is_between(span["lo"], span["hi"])).unique()}
    return frozenset(single | found)


def _untagged(
    rows: pl.DataFrame, tagged: dict[str, list[str]], known: Collection[str]
) -> tuple[pl.DataFrame, dict[str, pl.Series], tuple[Finding, ...]]:
    """Return the rows with lettered missing values (.a, .b) as blanks, the letters, and which nobody has explained."""
    findings: list[Finding] = []
    found: dict[str, pl.Series] = {}
    for name in tagged:
        values = rows[name].to_list()
        letters = [value.casefold() if isinstance(value, str) else None for value in values]
        numbers = [None if isinstance(value, str) else value for value in values]
        rows = rows.with_columns(pl.Series(name, numbers, dtype=pl.Float64))
        found[name] = pl.Series(name, letters, dtype=pl.String)
        unknown = sorted({one for one in letters if one} - set(known))
        if unknown:
            count = sum(one in unknown for one in letters)
            message = f"{count:,} values .{', .'.join(unknown)} are read as blank"
            hint = 'write what they mean as letters = { a = "ved ikke" } under [delivery], or ask for codes (8, 9)'
            findings.append(finding("tagged_missing", name, message, count=count, hint=hint))
    return rows, found, tuple(findings)


def _workbook(path: Path, sheet: str | None, header_row: int) -> Delivered:
    import fastexcel

    _unpackable(path)
    book = fastexcel.read_excel(path)
    names = book.sheet_names
    if sheet is None and len(names) != 1:
        raise DataError(f"has {len(names)} sheets: {', '.join(names)}", where=str(path), hint="set delivery.sheet")
    if sheet is not None and sheet not in names:
        raise DataError(f"no sheet {sheet!r}", where=str(path), hint=f"it has {', '.join(names)}")
    # Everything as text: a column that is mostly numbers would otherwise lose its texts without a word.
    cells = book.load_sheet(sheet or names[0], header_row=None, dtypes="string").to_polars()
    if cells.height < header_row:
        told = "the sheet is empty" if not cells.height else f"the sheet has {cells.height} rows, header_row is not one"
        hint = "set delivery.sheet or header_row, or ask for the file again"
        raise DataError(told, where=f"{path}: {sheet or names[0]}", hint=hint)
    header = [trimmed(value or "") for value in cells.row(header_row - 1)]
    refuse_duplicates(path, header)
    columns = {name: cells.to_series(place).slice(header_row) for place, name in enumerate(header) if name}
    stray = [
        place + 1 for place, name in enumerate(header) if not name and cells.to_series(place).slice(header_row).count()
    ]
    if stray or not columns:
        hint = "one row must hold the names of all columns; header_row says which, the first when absent"
        raise DataError(f"columns {stray} have values, but no name", where=str(path), hint=hint)
    rows = pl.DataFrame([column.alias(name) for name, column in columns.items()])
    filled = rows.filter(pl.any_horizontal(pl.all().is_not_null()))
    return Delivered(filled, findings=tuple(_in_error(path, sheet or names[0])))


def _in_error(path: Path, sheet: str) -> Iterator[Finding]:
    """Yield the cells of a sheet that hold an error instead of a value, such as #N/A of a lookup."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        cells = list(_error_cells(archive, part)) if part else []
    if cells:
        more = " …" if len(cells) > SHOWN else ""
        listed = f"{', '.join(cells[:SHOWN])}{more}"
        message = f"{len(cells):,} cells hold an error such as #N/A, and are read as blank: {listed}"
        yield finding("cell_errors", f"{path.name}: {sheet}", message, count=len(cells))


def _error_cells(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            whole, sign, rest = (rest + block).rpartition(b"<")
            yield from (one.decode() for one in _ERROR.findall(whole))
            rest = sign + rest


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the file in a workbook that holds a sheet; empty where it does not tell."""
    names = set(archive.namelist())
    if not {_BOOK, _RELATIONS} <= names:
        return ""
    sheets = [
        _attributes(tag) for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", archive.read(_BOOK).decode(errors="replace"))
    ]
    wanted = {one.get("r:id") for one in sheets if one.get("name") == sheet}
    related = [
        _attributes(tag)
        for tag in re.findall(r"<Relationship\s[^>]*>", archive.read(_RELATIONS).decode(errors="replace"))
    ]
    targets = [one.get("Target", "") for one in related if one.get("Id") in wanted]
    parts = [one.lstrip("/") if one.startswith("/") else f"xl/{one}" for one in targets]
    return next((one for one in parts if one in names), "")


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in re.findall(r"([\w:]+)=\"([^\"]*)\"", tag)}


def _unpackable(path: Path) -> None:
    """Refuse a workbook that is damaged, or unpacks to far more than a survey."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _UNPACKED or unpacked > _RATIO * max(path.stat().st_size, 1_000_000):
            told = f"unpacks to {unpacked / 1e6:,.0f} MB, too much for a survey"
            raise DataError(told, where=str(path), hint="ask for fewer columns, or for a .csv or .parquet file")
        damaged = archive.testzip()
    if damaged:
        raise DataError(f"damaged: {damaged} in it does not add up", where=str(path), hint="ask for the file again")


def _parquet(path: Path) -> Delivered:
    rows = pl.read_parquet(path, use_statistics=False, glob=False, hive_partitioning=False)
    nested = [f"{name} ({kind})" for name, kind in rows.schema.items() if kind.is_nested() or kind == pl.Binary]
    if nested:
        told = f"columns that hold neither numbers nor text: {', '.join(nested)}"
        raise DataError(told, where=str(path), hint="ask for a file without them")
    texts = [name for name, kind in rows.schema.items() if kind in (pl.Categorical, pl.Enum)]
    return Delivered(rows.with_columns(pl.col(name).cast(pl.String) for name in texts))
