"""Finds CPR numbers, however they are written: a valid date, a century digit, four digits.

Modulus 11 is not asked for: numbers without it have been issued since 2007. Numbers of administration, whose day is 60
higher, are found too. Numbers that were once text have lost a leading zero; they are read with it.
"""

import re
from typing import Final

import polars as pl

#: Signs that are others than they look like, or not seen at all: digits of other scripts, blanks and dashes of several
#: keyboards, and what word processors put in for the line break.
_ODD: Final = (
    "[\\t\\r\\n\u00a0\u00ad\u0660-\u0669\u06f0-\u06f9\u2000-\u2015\u202f\u2060\u2212\u3000\ufeff\uff0d\uff10-\uff19]"
)
_PLAIN: Final[dict[int, str | None]] = (
    {zero + digit: str(digit) for zero in (0x660, 0x6F0, 0xFF10) for digit in range(10)}
    | dict.fromkeys(map(ord, "\t\r\n\u00a0\u202f\u3000"), " ")
    | dict.fromkeys(range(0x2000, 0x200B), " ")
    | dict.fromkeys([0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
    | dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFF0D], "-")
)
#: What may stand between the parts of a written number; before the last four digits more is seen.
_GAP: Final = "[ ./_-]{0,3}"
_LAST_GAP: Final = "[ ./_:)-]{0,5}"
_SOME_GAP: Final = "[ ./_:)-]{1,5}"
_SIGN: Final = " ?[./-] ?"
_LAST: Final = "(?P<last>[0-9]{4})"
_SHORT, _LONG = "(?P<short>[0-9]{2})", "(?P<long>[0-9]{4})"
_PARTS: Final = (
    # ddmmyy-xxxx, or ddmmyyyy-xxxx where something parts the year from the last four digits
    rf"(?P<day>[0-9]{{2}}){_GAP}(?P<month>[0-9]{{2}}){_GAP}(?:{_SHORT}{_LAST_GAP}|{_LONG}{_SOME_GAP}){_LAST}",
    # d.m.yy-xxxx, without noughts
    rf"(?P<day>[0-9]{{1,2}}){_SIGN}(?P<month>[0-9]{{1,2}})(?:{_SIGN}| )(?:{_SHORT}|{_LONG}){_SOME_GAP}{_LAST}",
    # yyyy-mm-dd-xxxx
    rf"{_LONG}{_GAP}(?P<month>[0-9]{{2}}){_GAP}(?P<day>[0-9]{{2}}){_SOME_GAP}{_LAST}",
)
_WRITTEN: Final = tuple(rf"(?:^|[^0-9]){parts}(?:[^0-9]|$)" for parts in _PARTS)
#: For Python, where a match may not use up what stands around it.
_IN_TEXT: Final = tuple(re.compile(rf"(?<![0-9]){parts}(?![0-9])") for parts in _PARTS)
#: A number with decimals, which is not "010190.1234": a weight of 12.06331234 is no day in June.
_DECIMAL: Final = r"^[+-]?(?:[0-9]{0,5}|[0-9]{7,})[.][0-9]+(?:[eE][+-]?[0-9]+)?$"
#: A number as programs write it that keep it as a decimal: 1.01901234E8; fewer digits were rounded, and tell nothing.
_SCIENTIFIC: Final = r"^[0-9][.,][0-9]{6,9}[eE][+]?0?[89]$"
_WHOLE: Final = r"^[0-9]{9,10}(?:[.,]0+)?$"
_LEAST, _MOST = 101_000_000, 9_199_999_999  # 01.01.00-0000 without its zero, and the highest with 60 days more
_ADMINISTRATIVE = 60


def found(column: pl.Series) -> pl.Series:
    """Return the ten digits of the first CPR number in each value, null where there is none.

    Args:
        column: Any column; other types than numbers and text have none.
    """
    if column.dtype.is_numeric():
        return _in_numbers(column)
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return _in_texts(column.cast(pl.String))
    return pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, column.len())


def plain(text: str) -> str:
    """Return text with plain digits, blanks and dashes, and without signs that are not seen."""
    return text.translate(_PLAIN)


def replaced(text: str, sign: str) -> tuple[str, int]:
    """Return plain text with `sign` in place of every CPR number, and how many there were."""
    count = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal count
        if not _valid(match):
            return match.group()
        count += 1
        return sign

    for pattern in _IN_TEXT:
        text = pattern.sub(mark, text)
    return text, count


def _valid(match: re.Match[str]) -> bool:
    """Return whether the parts of a written number make a CPR number."""
    parts = match.groupdict()
    year = parts.get("short") or parts["long"]
    row = {"day": parts["day"], "month": parts["month"], "year": year, "last": parts["last"]}
    return bool(pl.DataFrame({name: [int(value)] for name, value in row.items()}).select(_holds()).item())


def _in_numbers(column: pl.Series) -> pl.Series:
    """Return the numbers among whole numbers of nine or ten digits."""
    numbers = column.cast(pl.Float64) if column.dtype.is_decimal() else column
    top = numbers.max()
    none = pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, column.len())
    if not isinstance(top, int | float) or not top >= _LEAST:
        return none
    value = pl.col(column.name)
    within = value.is_between(_LEAST, _MOST)
    if numbers.dtype.is_float():
        within &= value == value.floor()
    whole = numbers.to_frame().select(pl.when(within).then(value).cast(pl.Int64).alias("whole"))
    return _checked(whole["whole"]).alias(column.name)


def _in_texts(column: pl.Series) -> pl.Series:
    text = column.str.strip_chars()
    if text.str.contains(_ODD).any():
        text = pl.Series(column.name, [plain(one) if one else one for one in text.to_list()], dtype=pl.String)
    if not (text.str.len_bytes() >= 9).any():  # noqa: PLR2004 the shortest that can be one
        return pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, column.len())
    whole = text.str.contains(_WHOLE)
    digits = pl.select(pl.when(whole).then(text.str.extract(r"^([0-9]+)", 1))).to_series()
    numbers_only = _checked(digits.cast(pl.Int64, strict=False))
    rest = pl.select(pl.when(~whole & ~text.str.contains(_DECIMAL)).then(text)).to_series()
    found = [numbers_only, _scientific(text), *(_as_written(rest, pattern) for pattern in _WRITTEN)]
    return pl.select(pl.coalesce(found)).to_series().alias(column.name)


def _scientific(text: pl.Series) -> pl.Series:
    decimal = text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    whole = pl.DataFrame({"n": decimal}).select(
        pl.when(text.str.contains(_SCIENTIFIC) & (pl.col("n") == pl.col("n").floor()) & (pl.col("n") <= _MOST))
        .then(pl.col("n")).cast(pl.Int64)
    )  # fmt: skip
    return _checked(whole.to_series())


def _as_written(text: pl.Series, pattern: str) -> pl.Series:
    """Return the ten digits of the first CPR number in each text that is written like `pattern`."""
    none = pl.Series([None], dtype=pl.String).new_from_index(0, text.len())
    at = text.str.contains(pattern).fill_null(value=False)
    if not at.any():
        return none
    written = pl.DataFrame({"row": at.arg_true(), "text": text.filter(at).str.extract_all(pattern)}).explode("text")
    parts = written.with_columns(written["text"].str.extract_groups(pattern).struct.unnest())
    year = pl.coalesce(pl.col(name).cast(pl.Int64) for name in ("short", "long") if name in parts.columns)
    numbers = parts.with_columns(pl.col("day", "month", "last").cast(pl.Int64), year=year)
    digits = pl.concat_str(
        [pl.col(one).cast(pl.String).str.zfill(2) for one in ("day", "month")]
        + [(pl.col("year") % 100).cast(pl.String).str.zfill(2), pl.col("last").cast(pl.String).str.zfill(4)]
    )
    hits = numbers.filter(_holds()).select("row", digits.alias("number")).unique("row", keep="first")
    return none.scatter(hits["row"], hits["number"])


def _checked(whole: pl.Series) -> pl.Series:
    """Return whole numbers as ten digits where these are a CPR number."""
    number = pl.col("n")
    parts = pl.DataFrame({"n": whole}).with_columns(
        day=number // 10**8, month=number // 10**6 % 100, year=number // 10**4 % 100, last=number % 10**4
    )
    return parts.select(pl.when(_holds()).then(number.cast(pl.String).str.zfill(10))).to_series()


def _holds() -> pl.Expr:
    """Return whether `day`, `month`, `year` (two digits or four) and `last` are those of a CPR number.

    A year of four digits must be that which the seventh digit tells: "02.05.2019 2200" is a day and a postal code.
    """
    written, last = pl.col("year"), pl.col("last")
    day = pl.when(pl.col("day") > _ADMINISTRATIVE).then(pl.col("day") - _ADMINISTRATIVE).otherwise(pl.col("day"))
    month = pl.col("month")
    year = pl.when(written > 99).then(written).otherwise(written + _century(written, last // 1000))  # noqa: PLR2004
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = (
        pl.when(month == 2).then(pl.when(leap).then(29).otherwise(28))  # noqa: PLR2004
        .when(month.is_in([4, 6, 9, 11])).then(30).otherwise(31)
    )  # fmt: skip
    told = (written <= 99) | (year == written % 100 + _century(written % 100, last // 1000))  # noqa: PLR2004
    return told & day.is_between(1, days) & month.is_between(1, 12) & year.is_between(1858, 2057)


def _century(year: pl.Expr, seventh: pl.Expr) -> pl.Expr:
    """Return the century a number's seventh digit tells, by CPR-kontoret's table."""
    return (
        pl.when(seventh <= 3).then(1900)  # noqa: PLR2004
        .when(seventh.is_in([4, 9])).then(pl.when(year <= 36).then(2000).otherwise(1900))  # noqa: PLR2004
        .when(year <= 57).then(2000).otherwise(1800)  # noqa: PLR2004
    )  # fmt: skip
