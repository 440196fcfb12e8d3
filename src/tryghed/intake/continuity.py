"""Respondents counted by area, group and stratum: held against the wave before, and against those invited."""

from collections.abc import Mapping

import polars as pl

from tryghed.definitions.areas import AreaSet
from tryghed.frames import Earlier, Finding
from tryghed.intake.findings import finding
from tryghed.intake.invited import STRATUM

_LEFT = 0.5
#: Respondents an area needs before: small areas halve by chance.
_ENOUGH = 50

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
