"""Answers become 0/1 scores, and respondents become members of groups: one rule for both, who fits a condition."""

from collections.abc import Iterable

import polars as pl

from tryghed.definitions.survey import MISSING_CODES, Among, Category, Indicator, Item, Range, Survey

_NO_ANSWER = list(map(float, MISSING_CODES.values()))


def scored(answers: pl.DataFrame, survey: Survey) -> pl.DataFrame:
    """Return `respondent` and one Int8 column per indicator: 1 counts, 0 does not, null is outside the base."""
    return answers.select(
        "respondent", *(_score(answers, survey, one).alias(name) for name, one in survey.scores.items())
    )


def _score(answers: pl.DataFrame, survey: Survey, indicator: Indicator) -> pl.Expr:
    needed = [indicator.item, *([indicator.among.item] if indicator.among else [])]
    if any(item not in answers.columns for item in needed):
        return pl.lit(None, dtype=pl.Int8)
    item = survey.items[indicator.item]
    answer = pl.col(indicator.item)
    base = answer.is_in(stored(item, indicator.base or item.codes))
    if item.numeric and not indicator.base:
        base = ~answer.cast(pl.Float64).is_in(_NO_ANSWER)
    if indicator.among:
        base &= belongs(indicator.among.item, survey.items[indicator.among.item], indicator.among)
    counts = (
        inside(answer, indicator.counts)
        if isinstance(indicator.counts, Range)
        else answer.is_in(stored(item, indicator.counts))
    )
    return pl.when(base).then(counts.cast(pl.Int8))


def belongs(name: str, item: Item, condition: Category | Among) -> pl.Expr:
    """Return whether the answer to an item has one of the condition's codes, or lies in its range."""
    answer = pl.col(name)
    if condition.range is not None:
        return inside(answer, condition.range)
    return answer.is_in(stored(item, condition.codes))


def stored(item: Item, codes: Iterable[int]) -> list[int] | list[float]:
    """Return questionnaire codes as they are stored: missing ones by their kind, in the type of the answers."""
    found = sorted({MISSING_CODES[item.missing[code].kind] if code in item.missing else code for code in codes})
    return list(map(float, found)) if item.numeric else found


def inside(answer: pl.Expr, bounds: Range) -> pl.Expr:
    """Return whether an answer is there and lies in the interval."""
    fits = ~answer.cast(pl.Float64).is_in(_NO_ANSWER)
    if bounds.min is not None:
        fits &= answer >= bounds.min
    if bounds.below is not None:
        fits &= answer < bounds.below
    return fits
