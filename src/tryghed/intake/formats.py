"""The readers of each format, as they run in the child process."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from tryghed.definitions.wave import Delivery, Format
from tryghed.errors import DataError
from tryghed.frames import Finding
from tryghed.intake.delivered import Code, Delivered
from tryghed.intake.findings import finding
from tryghed.intake.text import read_csv, refuse_duplicates
from tryghed.intake.values import trimmed

#: What an .xlsx may unpack to, and how many times its own size.
_UNPACKED = 1_000_000_000
_RATIO = 200


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
    return _statistical(path, form)


def _statistical(path: Path, form: Format) -> Delivered:
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
    rows, findings = _untagged(rows, meta.missing_user_values)
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
    )


def _declared(column: pl.Series, ranges: list[Any]) -> frozenset[Code]:
    """Return the single codes declared missing, and the column's values within the declared ranges."""
    single = {span["lo"] for span in ranges if span["lo"] == span["hi"]}
    spans = [span for span in ranges if span["lo"] != span["hi"]]
    found = {value for span in spans for value in column.filter(column.is_between(span["lo"], span["hi"])).unique()}
    return frozenset(single | found)


def _untagged(rows: pl.DataFrame, tagged: dict[str, list[str]]) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return the rows with Stata's and SAS's lettered missing values (.a, .b) as blanks, and what that hides."""
    findings: list[Finding] = []
    for name, letters in tagged.items():
        values = rows[name].to_list()
        numbers = [None if isinstance(value, str) else value for value in values]
        count = sum(isinstance(value, str) for value in values)
        rows = rows.with_columns(pl.Series(name, numbers, dtype=pl.Float64))
        message = f"{count:,} values .{', .'.join(letters)} are read as blank"
        hint = "to keep them apart, ask for codes (8, 9) instead of lettered missing values"
        findings.append(finding("tagged_missing", name, message, count=count, hint=hint))
    return rows, tuple(findings)


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
    return Delivered(rows.filter(pl.any_horizontal(pl.all().is_not_null())))


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
