"""What must not come in: CPR numbers in any delivered column, e-mail addresses, telephone numbers; and their masks."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from tryghed.definitions.wave import Acceptance
from tryghed.frames import Finding
from tryghed.intake import cpr
from tryghed.intake.catalogue import Severity
from tryghed.intake.delivered import Delivered
from tryghed.intake.findings import at_rows, finding

#: A column with at least this part of its values is one of CPR numbers, or of addresses or telephone numbers.
_A_COLUMN: Final = 0.2
#: Different numbers a column needs before their days of birth can tell that they are something else.
_ENOUGH: Final = 20
#: Letters a value may have beside a number and still be one, as in "CPR-nummer 010190-1234"; more is text.
_LETTERS: Final = 10
#: Births spread over the days of the month: where one day has more of the numbers than this, they count something.
_ONE_DAY: Final = 0.5

_E_MAIL: Final = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
#: As people write it who would rather not have it found.
_SPELLED_OUT: Final = (
    r"[\w.+-]+ ?(?:@|[(\[{] ?(?:at|snabel-?a) ?[)\]}]) ?"
    r"[\w-]+(?:(?:\.| ?[(\[{] ?(?:dot|punktum) ?[)\]}] ?)[a-z]{2,})+"
)
_PAIRS: Final = "|".join(rf"[2-9]\d(?:{sign}\d\d){{3}}" for sign in (" ", "-", r"\."))
_NUMBER: Final = rf"(?:\+|00)45[ .-]?(?:\d[ .-]?){{7}}\d|{_PAIRS}|(?:2[1-9]|[3-9]\d)\d{{2}}[ -]\d{{4}}"
_TELEPHONE: Final = rf"(?:^|[^\d.,-]|\p{{L}}\.)(?:{_NUMBER})(?:[^\d-]|$)"
#: What is a telephone number where people write, and may be anything in a column.
_IN_TEXTS: Final = r"[2-9]\d{7}|(?:2[1-9]|[3-9]\d)\d{2} \d\d \d\d"
#: What nothing else looks like; "2300-1234" could be a postal code and a number after it.
_SURELY: Final = rf"{_E_MAIL}|(?:^|[^\d.,-])(?:\+45[ .-]?(?:\d[ .-]?){{7}}\d|[2-9]\d(?: \d\d){{3}})(?:[^\d-]|$)"
_CALLED: Final = re.compile(r"tlf|telefon|mobil|phone", re.IGNORECASE)
_EIGHT_DIGITS: Final = r"^[2-9]\d{7}$"

_MARKS: Final = (
    (re.compile(_E_MAIL), "[e-mail]"),
    (re.compile(_SPELLED_OUT, re.IGNORECASE), "[e-mail]"),
    (re.compile(rf"(?:(?<![\d.,-])|(?<=[^\W\d]\.))(?:{_NUMBER}|{_IN_TEXTS})(?![\d-])", re.ASCII), "[telefon]"),
)


@dataclass(frozen=True)
class Masked:
    """Text without what tells who wrote it, and how many marks stand in it for that."""

    text: pl.Series
    count: int


def found(
    delivered: Delivered, *, respondent: str, free_text: Collection[str], kept: Collection[str] = ()
) -> list[Finding]:
    """Return the columns and values with CPR numbers, e-mail addresses and telephone numbers.

    Args:
        delivered: Every column of the delivery, whether the definition names it or not.
        respondent: The column that may hold CPR numbers, because pseudonyms will stand for them.
        free_text: Columns in which single ones are masked.
        kept: Columns that enter as they are, such as stratum, weight and answers: a single number or address in
            them refuses the file.
    """
    results: list[Finding] = []
    for column in delivered.rows:
        severity: Severity = "error" if column.name in kept else "warning"
        results += _cpr_in(
            column, is_key=column.name == respondent, is_text=column.name in free_text, severity=severity
        )
        if column.name not in free_text:
            called = f"{column.name} {delivered.labels.get(column.name, '')}"
            results += _contacts_in(column, called=called, severity=severity)
    return results


def numbers(ids: pl.Series) -> pl.Series:
    """Return respondents' own numbers, each CPR number among them in ten digits, where that is what they are."""
    hits = cpr.found(ids)
    return hits.fill_null(ids).alias(ids.name) if _is_column(hits, ids) else ids


def masked(texts: pl.Series) -> Masked:
    """Return texts with a mark in place of every CPR number, e-mail address and telephone number."""
    count = 0
    results: list[str | None] = []
    for text in texts.to_list():
        clean, marks = _masked_one(text) if text else (None, 0)
        results.append(clean)
        count += marks
    return Masked(pl.Series(texts.name, results, dtype=pl.String), count)


def in_reasons(accepted: Iterable[Acceptance]) -> Iterator[Finding]:
    """Yield the acceptances of a definition whose reason, which is kept and shown, tells who somebody is."""
    for one in accepted:
        if masked(pl.Series([one.because])).count:
            message = "the reason holds what looks like a CPR number, an e-mail address or a telephone number"
            yield finding("reason_personal", f"accepted {one.code}", message)


def listed(values: Iterable[object]) -> list[str]:
    """Return values as they may be told in a message: masked."""
    return [_masked_one(str(value))[0] for value in values]


def without_cpr(text: str) -> tuple[str, int]:
    """Return a text with a mark in place of every CPR number in it, and how many there were."""
    clean, count = cpr.replaced(cpr.plain(text), "[cpr]")
    return (clean if count else text), count  # what people wrote is changed only where it must be


def _masked_one(text: str) -> tuple[str, int]:
    clean, count = without_cpr(text)
    for pattern, sign in _MARKS:
        clean, times = pattern.subn(sign, clean)
        count += times
    return clean, count


def _cpr_in(column: pl.Series, *, is_key: bool, is_text: bool, severity: Severity) -> Iterator[Finding]:
    hits = cpr.found(column)
    there = hits.is_not_null()
    if not there.any():
        return
    if _is_column(hits, column):
        code, message = ("cpr_replaced", "") if is_key else ("cpr_column", "{count} values hold CPR numbers")
        yield from at_rows(there, code, column.name, message or "pseudonyms stand for {count} CPR numbers")
    elif not is_text and not is_key and not _is_series(column):
        message = "{count} values hold what looks like a CPR number"
        yield from at_rows(there, "cpr_in_text", column.name, message, severity=severity)


def _is_column(hits: pl.Series, column: pl.Series) -> bool:
    """Return whether a column is one of CPR numbers: enough of its values are, and their days are those of births."""
    values = column.drop_nulls()
    if not column.dtype.is_numeric():
        text = column.cast(pl.String)
        values = text.filter(text.str.strip_chars() != "")
        hits = hits.filter(text.str.count_matches(r"\p{L}") <= _LETTERS)
    if not values.len() or hits.count() < _A_COLUMN * values.len():
        return False
    distinct = hits.drop_nulls().unique()
    if distinct.len() < _ENOUGH:
        return distinct.len() > 0
    commonest = distinct.str.slice(0, 2).value_counts()["count"].max()
    return isinstance(commonest, int) and commonest <= _ONE_DAY * distinct.len()


def _is_series(column: pl.Series) -> bool:
    """Return whether most values are plain whole numbers of nine or ten digits, some of which look like birthdays."""
    digits = column.drop_nulls().cast(pl.String).str.replace(r"\.0$", "")
    return bool(digits.len()) and digits.str.contains(r"^\d{9,10}$").sum() > digits.len() / 2


def _contacts_in(column: pl.Series, *, called: str, severity: Severity) -> list[Finding]:
    text = column.cast(pl.String) if column.dtype in (pl.String, pl.Categorical, pl.Enum) else None
    if text is not None:
        hits = text.str.contains(_E_MAIL) | text.str.contains(_TELEPHONE)
        surely = text.str.contains(_SURELY)
        if _CALLED.search(called):
            hits |= text.str.strip_chars().str.contains(_EIGHT_DIGITS)
            surely = hits
    elif _CALLED.search(called) and column.dtype.is_numeric():
        hits = surely = column.is_between(20_000_000, 99_999_999)
    else:
        return []
    message = "{count} values hold an e-mail address or a telephone number"
    return at_rows(hits, "contact_details", column.name, message, severity=severity if surely.any() else "warning")
