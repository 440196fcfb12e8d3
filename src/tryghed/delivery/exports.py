"""A table becomes text for the terminal, CSV, JSON, Parquet or Excel: safe to open, the same bytes every time.

CSV and Excel never carry a formula or a link, whatever respondents or definitions wrote. Numbers are written in the
Danish way (decimal comma) where people read them: terminal and CSV.
"""

import csv
import io
import json
import math
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tryghed.errors import DeliveryError
from tryghed.reporting import danish

Form = Literal["table", "csv", "json", "parquet", "xlsx"]

#: Every form, for those who let a user choose.
FORMATS: tuple[Form, ...] = ("table", "csv", "json", "parquet", "xlsx")

#: Characters a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = re.compile(r"^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]")
#: A fixed date: the same table gives the same file.
_CREATED = datetime(2000, 1, 1)
_LEAST = 12
_MOST_DECIMALS = 4
_TOO_LARGE = 1e15  # from here on a float does not know its last digits
#: Number formats of a sheet, by decimals.
_NUMBER_FORMS = ("#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000")
#: Columns of p values, which are never 0: what four decimals cannot say is told as less than they can.
_P = re.compile(r"(.*_)?p(_adjusted|_equivalence)?")
_LEAST_P = 10.0**-_MOST_DECIMALS
_BELOW = "<0,0001"
_P_FORM = f'[<{_LEAST_P:.4f}]"{_BELOW}";{_NUMBER_FORMS[-1]}'
_EXCEL_ROWS, _EXCEL_COLUMNS, _EXCEL_TEXT, _EXCEL_EXACT = 1_048_575, 16_384, 32_767, 2**53


def write(
    rows: pl.DataFrame, target: Path | None, form: Form, *, width: int = 100, kept: Collection[str] = (),
    source: Mapping[str, object] | None = None,
) -> str | bytes:  # fmt: skip
    """Return `rows` in the given form, and put it in `target` where one is given, whole or not at all.

    Args:
        rows: Any table.
        target: A file to make or replace, readable by its owner only; None writes nothing.
        form: `table` for the terminal; `csv` with semicolons and decimal commas; `json` as a list of records;
            `parquet`; `xlsx`.
        width: Characters a terminal line has; only for `table`.
        kept: Text columns that are never shortened; only for `table`.
        source: Where the rows come from, as plain values: JSON is then an object of `source` and `rows`, a workbook has
            a second sheet, and beside a CSV or Parquet file stands `NAME.source.json`.

    Returns:
        Text for table, csv and json; bytes for parquet and xlsx.

    Raises:
        DeliveryError: The table does not fit into an Excel sheet, or the file cannot be written.
    """
    makers: dict[str, Callable[[], str | bytes]] = {
        "table": lambda: table(rows, width=width, kept=kept),
        "csv": lambda: _csv(rows),
        "json": lambda: _json(rows) if source is None else _sourced(rows, source),
        "parquet": lambda: _parquet(rows),
        "xlsx": lambda: workbook({"data": rows} | ({} if source is None else {"source": _listed(source)})),
    }
    content = makers[form]()
    if target is not None:
        encoding = "utf-8-sig" if form == "csv" else "utf-8"  # Excel knows UTF-8 by its mark
        save(content.encode(encoding) if isinstance(content, str) else content, target)
        if source is not None and form in ("csv", "parquet"):
            beside(target, source)
    return content


def beside(target: Path, source: Mapping[str, object]) -> None:
    """Put what must be known of a file's rows into `NAME.source.json` beside it.

    Raises:
        DeliveryError: The file cannot be written.
    """
    save(_pretty(source).encode(), target.with_suffix(".source.json"))


def table(rows: pl.DataFrame, *, width: int = 100, kept: Collection[str] = ()) -> str:
    """Return `rows` as aligned columns of text, numbers to the right in Danish style.

    Long texts are shortened first, but for the columns `kept`; columns that still do not fit follow below, beside the
    first column again.
    """
    if not rows.columns:
        return ""
    columns = _fitted([_column(rows[name], whole=name in kept) for name in rows.columns], width)
    blocks = [
        "\n".join(_line([(one.cells[row], one) for one in block]) for row in range(rows.height + 1))
        for block in _blocks(columns, width)
    ]
    return "\n\n".join(blocks) + "\n"


@dataclass(frozen=True)
class _Column:
    """A column as text, its name first."""

    cells: list[str]
    numeric: bool
    whole: bool
    width: int


def _column(column: pl.Series, *, whole: bool) -> _Column:
    if column.dtype.is_numeric():
        values = column.cast(pl.Float64) if column.dtype.is_float() else column
        cells = _number_cells([_clean(value) for value in values], column.dtype.is_integer())
        if _P.fullmatch(column.name):
            cells = [_BELOW if _is_below(value) else cell for value, cell in zip(values, cells, strict=True)]
    else:
        cells = [_visible(_text(value)) for value in column.to_list()]
    numeric = column.dtype.is_numeric()
    return _Column([column.name, *cells], numeric, numeric or whole, max(map(len, [column.name, *cells])))


def _number_cells(values: Sequence[float | Decimal | None], whole: bool) -> list[str]:
    decimals = 0 if whole else _decimals_of(values)
    return ["" if value is None else _number(float(value), decimals) for value in values]


def _is_below(p: float | None) -> bool:
    return p is not None and 0 <= p < _LEAST_P


def _number(value: float, decimals: int) -> str:
    """Return a number in Danish style, as a power of ten where it has more digits than a float knows."""
    if abs(value) >= _TOO_LARGE:
        return f"{value:.4g}".replace(".", ",").replace("-", danish.MINUS)
    return danish.decimal(value, decimals)


def _decimals_of(values: Sequence[object]) -> int:
    """Return how many decimals say all numbers of a column whole, four at most."""
    return max((_decimals(value) for value in values if isinstance(value, float | Decimal)), default=0)


def _decimals(value: float | Decimal) -> int:
    """Return how many decimals say the number whole, four at most."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return min(_MOST_DECIMALS, max(0, -int(exponent)))


def _clean(value: Any) -> Any:  # noqa: ANN401 a cell holds anything
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def _visible(text: str) -> str:
    """Return text without line breaks and control characters, which would move the terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _fitted(columns: Sequence[_Column], width: int) -> list[_Column]:
    """Shorten the widest text columns, to no less than 12, until a line fits or nothing is left to shorten."""
    fitted = list(columns)
    while sum(one.width + 2 for one in fitted) - 2 > width:
        long = [place for place, one in enumerate(fitted) if not one.whole and one.width > _LEAST]
        if not long:
            break
        widest = max(long, key=lambda place: fitted[place].width)
        fitted[widest] = replace(fitted[widest], width=fitted[widest].width - 1)
    return fitted


def _blocks(columns: Sequence[_Column], width: int) -> Iterator[list[_Column]]:
    """Divide the columns into groups that fit a line, each beginning with the first column."""
    block = [columns[0]]
    for column in columns[1:]:
        used = sum(one.width + 2 for one in block)
        if len(block) > 1 and used + column.width > width:
            yield block
            block = [columns[0]]
        block.append(column)
    yield block


def _line(cells: Sequence[tuple[str, _Column]]) -> str:
    parts = []
    for cell, column in cells:
        short = cell if len(cell) <= column.width else cell[: column.width - 1] + "…"
        parts.append(short.rjust(column.width) if column.numeric else short.ljust(column.width))
    return "  ".join(parts).rstrip()


def _csv(rows: pl.DataFrame) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in rows.columns])
    for row in rows.iter_rows():
        writer.writerow([_csv_cell(_clean(value)) for value in row])
    return text.getvalue()


def _csv_cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return _text(value)
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".replace(".", ",")
    if isinstance(value, int | Decimal):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    return _harmless(_text(value))


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _json(rows: pl.DataFrame) -> str:
    records = [
        json.dumps(_finite(row), ensure_ascii=False, allow_nan=False, default=_plain)
        for row in rows.iter_rows(named=True)
    ]
    return "[\n" + ",\n".join(records) + "\n]\n" if records else "[]\n"


def _sourced(rows: pl.DataFrame, source: Mapping[str, object]) -> str:
    return f'{{"source": {_pretty(source).rstrip()},\n"rows": {_json(rows).rstrip()}}}\n'


def _pretty(source: Mapping[str, object]) -> str:
    return json.dumps(source, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _listed(source: Mapping[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(_flat(source)), schema={"what": pl.String, "value": pl.String}, orient="row")


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every plain value of a source with its place: `origins 1 generation`."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{path} {name}".strip())
    elif isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        for number, part in enumerate(value, start=1):
            yield from _flat(part, f"{path} {number}")
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list | tuple) else _text(value)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return _clean(value)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else _text(value)


def _parquet(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


def workbook(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    """Return tables as an Excel file with a sheet for each; numbers have the decimals their column needs.

    Raises:
        DeliveryError: A table does not fit into a sheet.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _CREATED})
        head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
        numbers = [book.add_format({"num_format": form}) for form in _NUMBER_FORMS]
        small = book.add_format({"num_format": _P_FORM})
        for title, rows in sheets.items():
            _require_sheet(rows)
            sheet = book.add_worksheet(title)
            for place, name in enumerate(rows.columns):
                values = [_clean(value) for value in rows[name]]
                sheet.write_string(0, place, name, head)
                sheet.set_column(place, place, min(40, max(10, len(name) + 2)))
                form = small if _P.fullmatch(name) else numbers[_decimals_of(values)]
                for line, value in enumerate(values, start=1):
                    _excel_cell(sheet, line, place, value, form, day)
            sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _excel_cell(sheet: Worksheet, line: int, place: int, value: object, number: Format, day: Format) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int) and abs(value) <= _EXCEL_EXACT:
        sheet.write_number(line, place, value, number)
    elif isinstance(value, float | Decimal):
        sheet.write_number(line, place, float(value), number)
    elif isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(line, place, value, day)
    else:
        sheet.write_string(line, place, _text(value))


def _require_sheet(rows: pl.DataFrame) -> None:
    if rows.height > _EXCEL_ROWS or rows.width > _EXCEL_COLUMNS:
        raise DeliveryError(
            f"{rows.height:,} rows and {rows.width:,} columns do not fit into an Excel sheet",
            hint="write parquet or csv",
        )
    for name, kind in rows.schema.items():
        longest = rows[name].str.len_chars().max() if kind == pl.String else None
        if isinstance(longest, int) and longest > _EXCEL_TEXT:
            raise DeliveryError(
                f"column {name} has a text of {longest:,} characters, Excel holds {_EXCEL_TEXT:,} in a cell",
                hint="write parquet or csv",
            )


def save(content: bytes, target: Path) -> None:
    """Put content in a file, whole or not at all, readable by its owner only.

    Raises:
        DeliveryError: The machine refuses.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise DeliveryError(
            f"cannot be written: {error.strerror}", where=str(target), hint="make room or rights, and run it again"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
