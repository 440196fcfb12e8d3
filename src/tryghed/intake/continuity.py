"""Respondents counted by area, group and stratum: against the wave before, those invited, and the rest of the city."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.survey import MISSING_CODES
from tryghed.frames import Earlier, Finding
from tryghed.intake.findings import finding
from tryghed.intake.invited import STRATUM

_LEFT = 0.5
#: Respondents an area needs before: small areas halve by chance.
_ENOUGH = 50
#: People an area must have asked for their silence to tell anything, where at least `_LEFT` of the others answered:
#: once in a thousand by chance.
_ASKED = 10
_NOT_ASKED = [MISSING_CODES["ikke stillet"], MISSING_CODES["filtreret fra"]]

#: (division, category) → respondents; divisions are area sets, groups and `STRATUM`.
Counts = Mapping[tuple[str, str], int]


def counts(membership: pl.DataFrame, grouping: pl.DataFrame, stratum: pl.Series) -> Counts:
    """Return how many respondents there are in each area, category and stratum."""
    tables = (
        membership.group_by("area_set", "area").len(),
        grouping.group_by("dimension", "category").len(),
        pl.DataFrame({"stratum": stratum}).drop_nulls().group_by(pl.lit(STRATUM).alias("division"), "stratum").len(),
    )
    return {(division, category): n for table in tables for division, category, n in table.iter_rows()}


def fewer(there: Counts, area_sets: Mapping[str, AreaSet], earlier: Earlier) -> list[Finding]:
    """Return the district sets with areas that have less than half the respondents of the wave before."""
    results: list[Finding] = []
    for name, before in earlier.respondents.items():
        if name not in area_sets or area_sets[name].kind != "district":
            continue
        lost = [
            f"{area_sets[name].areas[code].name} {there.get((name, code), 0):,} (was {was:,})"
            for code, was in before.items()
            if code in area_sets[name].areas and was >= _ENOUGH and there.get((name, code), 0) < _LEFT * was
        ]
        if lost:
            message = f"less than half the respondents of {earlier.wave}: {', '.join(lost)}"
            results.append(finding("area_fewer", name, message, count=len(lost)))
    return results


def unanswered(
    answers: pl.DataFrame, membership: pl.DataFrame, area_sets: Sequence[AreaSet], columns: Mapping[str, str]
) -> list[Finding]:
    """Return the items that nobody of a whole district answered, while others did; each in the first set that shows it.

    Args:
        answers: `respondent` and a column for each item, with `MISSING_CODES`.
        membership: `frames.MEMBERSHIP`.
        area_sets: Sets of the survey; only those of districts are looked at.
        columns: The file's column of each item.
    """
    items = [name for name in answers.columns if name != "respondent"]
    asked = [(~_is(name, _NOT_ASKED)).sum().alias(f"{name} asked") for name in items]
    told = [(~_is(name, MISSING_CODES.values())).sum().alias(f"{name} answered") for name in items]
    found: dict[str, Finding] = {}
    for one in (area_set for area_set in area_sets if area_set.kind == "district"):
        placed = membership.filter(pl.col("area_set") == one.name).select("respondent", "area")
        counted = answers.join(placed, on="respondent").group_by("area").agg(*asked, *told).sort("area")
        for name in (item for item in items if item not in found):
            areas = counted.select("area", asked=f"{name} asked", answered=f"{name} answered")
            silent = areas.filter((pl.col("answered") == 0) & (pl.col("asked") >= _ASKED))
            others = areas.filter(pl.col("answered") > 0).sum()
            if silent.height and others["answered"].item() >= _LEFT * others["asked"].item() > 0:
                where = ", ".join(f"{one.areas[area].name} ({n:,} asked)" for area, n, _ in silent.iter_rows())
                message = f"nobody answered in {where}"
                count = int(silent["asked"].sum())
                found[name] = finding("area_unanswered", f"{name} ({columns[name]})", message, count=count)
    return list(found.values())


def _is(item: str, codes: Iterable[int]) -> pl.Expr:
    return pl.col(item).cast(pl.Float64).is_in([float(code) for code in codes])


def more_than_invited(there: Counts, invited: pl.DataFrame) -> list[Finding]:
    """Return the categories of `frames.INVITED` in which more answered than were invited."""
    over = [
        f"{division} {category}: {there[division, category]:,} of {asked:,}"
        for division, category, asked in invited.iter_rows()
        if there.get((division, category), 0) > asked
    ]
    if not over:
        return []
    message = f"more answered than were invited: {', '.join(over)}"
    return [finding("invited_too_few", "fieldwork.invited_by", message, count=len(over))]
