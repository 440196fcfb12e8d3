"""What the columns of a delivered file look like: a respondent number, a weight, a date, a filter question.

Every guess comes with its reason, for a person to confirm.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.questionnaire import spoken
from tryghed.intake.delivered import Delivered
from tryghed.intake.values import as_numbers, as_text

Part = Literal["respondent", "weight", "stratum", "psu"]

#: What columns of the design are called, in names and labels.
_CALLED: Mapping[Part, tuple[str, ...]] = {
    "respondent": (
        "respnr",
        "respondent",
        "lbnr",
        "løbenummer",
        "lobenr",
        "seqn",
        "respid",
        "caseid",
        "rowlabel",
        "id",
    ),
    "weight": ("vægt", "vaegt", "weight", "wgt", "wt"),
    "stratum": ("stratum", "strata", "stra", "bydel_nr"),
    "psu": ("psu", "klynge", "cluster"),
}  # fmt: skip
_SPSS_EPOCH = datetime(1582, 10, 14)
_DAY = 86_400
_MOSTLY = 0.97
_RARELY = 0.10
_BLANKS_OF_A_FILTER = 0.05
_MOST_ANSWERS_OF_A_FILTER = 12
_IN_A_SET = 0.9


@dataclass(frozen=True)
class Guess:
    """A column, why it is taken to be what it is, and others it might be."""

    column: str
    why: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filter:
    """A column whose answers tell who was asked an item: those with one of `codes`."""

    column: str
    codes: tuple[int, ...]
    why: str


def design_column(part: Part, delivered: Delivered, before: str | None) -> Guess | None:
    """Return the column for a part of the sample design: the earlier wave's, else one called so."""
    names = delivered.rows.columns
    if before is not None and before in names and _possible(part, delivered.rows[before]):
        return Guess(before, "the column of the wave before")
    called = [name for name in names if _is_called(part, name, delivered.labels.get(name, ""))]
    fitting = [name for name in called if _possible(part, delivered.rows[name])]
    if not fitting:
        return None
    return Guess(fitting[0], "by its name and values", tuple(fitting[1:]))


def area_column(delivered: Delivered, sets: Iterable[AreaSet], before: str | None) -> tuple[Guess, str] | None:
    """Return the column whose values are areas of a set, and the set: finer sets go first."""
    best: tuple[float, Guess, str] | None = None
    for one in sorted(sets, key=lambda known: -len(known.areas)):
        names = [name for name in delivered.rows.columns if before is None or name == before]
        for name in names:
            values = as_text(delivered.rows[name]).drop_nulls()
            if not values.len() or (before is None and values.n_unique() < min(len(one.areas), _FEWEST_AREAS)):
                continue
            known = float(values.is_in(list(one.areas)).mean() or 0.0)  # type: ignore[arg-type]
            if known >= _IN_A_SET and (best is None or known > best[0]):
                unknown = sorted(set(values.to_list()) - set(one.areas))
                why = f"{100 * known:.1f} % of its values are areas of {one.name}"
                named = f"; unknown: {', '.join(unknown[:8])}" if unknown else ""
                best = (known, Guess(name, why + named), one.name)
    return best[1:] if best else None


_FEWEST_AREAS = 5


def dates(delivered: Delivered) -> tuple[date, date, str] | None:
    """Return the first and last day answers were given, and the column that tells; None where no column does."""
    for name in delivered.rows.columns:
        words = f"{spoken(name)} {spoken(delivered.labels.get(name, ''))}"
        if any(word in words for word in ("dato", "date", "svardag")):
            days = _days(delivered.rows[name])
            if days:
                return min(days), max(days), name
    return None


def filter_of(delivered: Delivered, column: str, candidates: Sequence[str]) -> Filter | None:
    """Return the column that tells where another is blank: nearly everybody with some of its codes, hardly any else."""
    blank = delivered.rows[column].is_null()
    if not float(blank.mean() or 0.0) >= _BLANKS_OF_A_FILTER:  # type: ignore[arg-type]
        return None
    for name in candidates:
        answers, _ = as_numbers(delivered.rows[name])
        if name == column or answers.null_count() > (1 - _MOSTLY) * answers.len():
            continue
        if answers.n_unique() > _MOST_ANSWERS_OF_A_FILTER:
            continue
        shares = (
            pl.DataFrame({"code": answers, "blank": blank}).drop_nulls().group_by("code").agg(pl.col("blank").mean())
        )
        asked = sorted(int(code) for code, share in shares.iter_rows() if share <= _RARELY)
        passed = [code for code, share in shares.iter_rows() if share >= _MOSTLY]
        if asked and passed and len(asked) + len(passed) == shares.height:
            codes = ", ".join(f"{code:g}" for code in sorted(passed))
            return Filter(name, tuple(asked), f"blank for nearly everybody with {name} = {codes}")
    return None


def _is_called(part: Part, name: str, label: str) -> bool:
    whole, words = name.casefold(), spoken(f"{name.replace('_', ' ')} {label}").split()
    return any(
        whole == called or called in words or (len(called) > _SHORT and called in whole) or
        (part in ("weight", "psu") and whole.startswith(called)) for called in _CALLED[part]
    )  # fmt: skip


_SHORT = 3


def _possible(part: Part, values: pl.Series) -> bool:
    """Return whether the values can be what a part of the design is."""
    if part == "respondent":
        return values.null_count() == 0 and values.n_unique() == values.len()
    if part == "weight":
        return any(_weights(values, decimal) for decimal in (",", "."))
    return values.n_unique() < values.len()


def _weights(values: pl.Series, decimal: str) -> bool:
    numbers, wrong = as_numbers(values, decimal=decimal)
    return not wrong.any() and numbers.null_count() == 0 and bool((numbers >= 0).all()) and numbers.n_unique() > 1


def _days(values: pl.Series) -> list[date]:
    """Return the days of a column of dates: SPSS's seconds, or text; empty where it holds something else."""
    if values.dtype.is_temporal():
        return list(values.cast(pl.Date).drop_nulls().to_list())
    if values.dtype.is_numeric():
        seconds = values.cast(pl.Float64).drop_nulls().to_list()
        found = [(_SPSS_EPOCH + timedelta(seconds=one)).date() for one in seconds if 0 < one < _LAST_SECOND]
        return found if found and len(found) == len(seconds) and min(found) > _FIRST_DAY else []
    return list(_written(values.drop_nulls().to_list()))


_LAST_SECOND = 200_000 * _DAY  # the year 2130
_FIRST_DAY = date(1990, 1, 1)


def _written(texts: Sequence[str]) -> Iterator[date]:
    for text in texts:
        for form in ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y"):
            try:
                yield datetime.strptime(str(text)[:10], form).date()
            except ValueError:
                continue
            break
