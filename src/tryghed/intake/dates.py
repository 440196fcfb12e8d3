"""The days of the answers, held against the fieldwork."""

import datetime
from typing import Final

import polars as pl

from tryghed.definitions.wave import Fieldwork
from tryghed.frames import Finding
from tryghed.intake.findings import at_rows

#: How dates are written as text; the first that fits is taken, value by value.
_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")
_SPSS_EPOCH: Final = datetime.datetime(1582, 10, 14)
_SAS_EPOCH: Final = datetime.datetime(1960, 1, 1)
_DIGITS: Final = (19_000_101, 21_001_231)  # 20250131
_DAYS_BELOW, _SECONDS_BELOW = 10**6, 10**10


def outside(column: pl.Series, fieldwork: Fieldwork, form: str) -> list[Finding]:
    """Return values that are no dates, days outside the fieldwork, and rows without a day.

    Args:
        column: The column with the day of the answer.
        fieldwork: When people were asked.
        form: Format of the file, which decides what the numbers of SPSS, Stata and SAS count.
    """
    days = _days(column, form)
    blank = column.is_null()
    if column.dtype == pl.String:
        blank |= (column.str.strip_chars() == "").fill_null(value=True)
    start, end = fieldwork.start or datetime.date.min, fieldwork.end or datetime.date.max
    known = days.drop_nulls().sort()
    first, last = (known.item(0), known.item(-1)) if known.len() else ("", "")
    return [
        *at_rows(days.is_null() & ~blank, "date_unreadable", column.name,
                 "{count} values are no date such as 2025-01-31 or 31-01-2025"),
        *at_rows((days < start) | (days > end), "date_outside_fieldwork", column.name,
                 f"{{count}} answers are dated outside {start} to {end}; the days run from {first} to {last}"),
        *at_rows(blank, "date_missing", column.name, "{count} rows have no date of answer"),
    ]  # fmt: skip


def _days(column: pl.Series, form: str) -> pl.Series:
    """Return a column as days, null where it has none."""
    if column.dtype in (pl.Date, pl.Datetime):
        return column.cast(pl.Date)
    if column.dtype.is_numeric():
        return _counted(column.cast(pl.Float64), form)
    if column.dtype != pl.String:
        return pl.Series(column.name, [None], dtype=pl.Date).new_from_index(0, column.len())
    day = column.str.strip_chars().str.extract(r"^([\d./-]+)", 1)
    readings = [day.str.to_date(one, strict=False).alias(one) for one in _FORMS]
    return pl.select(pl.coalesce(readings)).to_series()


def _counted(numbers: pl.Series, form: str) -> pl.Series:
    """Return what numbers count: digits of a date, SPSS's seconds, or the days, seconds or milliseconds of the rest."""
    value = pl.col(numbers.name)
    digits = value.cast(pl.Int64, strict=False).cast(pl.String).str.to_date("%Y%m%d", strict=False)
    if form in ("sav", "zsav", "por"):
        counted = pl.lit(_SPSS_EPOCH) + pl.duration(seconds=pl.when(value > _DIGITS[1]).then(value))
    else:
        counted = pl.lit(_SAS_EPOCH) + (
            pl.when(value.abs() < _DAYS_BELOW).then(pl.duration(days=value))
            .when(value.abs() < _SECONDS_BELOW).then(pl.duration(seconds=value))
            .otherwise(pl.duration(milliseconds=value))
        )  # fmt: skip
    chosen = pl.when(value.is_between(*_DIGITS)).then(digits).otherwise(counted.cast(pl.Date))
    return numbers.to_frame().select(chosen.alias("day")).to_series()
