"""One way to write a value: identifiers and codes as text, answers as numbers, labels made comparable."""

import unicodedata
from decimal import Decimal
from math import isfinite

import polars as pl


def as_text(column: pl.Series) -> pl.Series:
    """Return identifiers and area codes as trimmed text: 3.0 is "3", blank and NaN are null."""
    if column.dtype.is_numeric():
        return pl.Series(column.name, [_digits(value) for value in column.to_list()], dtype=pl.String)
    text = column.cast(pl.String).to_list()
    return pl.Series(column.name, [trimmed(value) or None if value else None for value in text], dtype=pl.String)


def as_numbers(column: pl.Series, *, decimal: str = ".") -> tuple[pl.Series, pl.Series]:
    """Return the column as Float64, and where it holds something that is not a finite number.

    Args:
        column: Numbers, or text with numbers ("1.234,5" where `decimal` is a comma); blank is missing.
        decimal: The decimal sign of text.
    """
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        numbers = column.cast(pl.Float64)
        blank = column.is_null()
    else:
        text = column.cast(pl.String).str.strip_chars()
        blank = text.is_null() | (text == "").fill_null(value=True)
        numbers = _plain_digits(text, decimal).cast(pl.Float64, strict=False)
    unusable = numbers.is_infinite() | numbers.is_nan() | numbers.is_null()
    wrong = unusable.fill_null(value=True) & ~blank
    return pl.select(pl.when(wrong).then(None).otherwise(numbers)).to_series().alias(column.name), wrong


def plain(label: str) -> str:
    """Return a label as it is compared: composed, without case, one blank between words."""
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())


def trimmed(text: str) -> str:
    """Return text composed and without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def _plain_digits(text: pl.Series, decimal: str) -> pl.Series:
    """Return only what reads as one number, with a decimal point; thousands must stand in threes.

    "1.234" is a number only where the column tells what its points mean, by a decimal comma or by two groups of
    thousands: alone it could be 1234, or 1.234 from a program that did not know of commas.
    """
    if decimal == ".":
        return text.str.replace(r"^\+", "")
    grouped = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?$"
    simple = r"^[+-]?[0-9]*,?[0-9]*([eE][+-]?[0-9]+)?$"
    told = text.str.contains(r"[0-9],[0-9]|\.[0-9]{3}\.[0-9]{3}").any()
    once = text.str.contains(r"^[+-]?[0-9]{1,3}\.[0-9]{3}$")
    known = (text.str.contains(grouped) & (told | ~once)) | text.str.contains(simple)
    points = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True).str.replace(r"^\+", "")
    return pl.select(pl.when(known).then(points)).to_series()


def _digits(value: float | Decimal | None) -> str | None:
    if value is None or not isfinite(value):
        return None
    if value == value // 1:
        return str(int(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else repr(value)
