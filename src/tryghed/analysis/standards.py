"""An analyst's shares as they would be if every area had the same ages, or the same ages and sexes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl

from tryghed.analysis.question import Question, areas_of, categories_of, labelled, named, only
from tryghed.analysis.reading import held, line, read_respondents, sampled_as
from tryghed.analysis.remarks import caveats, flags
from tryghed.definitions.pairing import expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.errors import UsageError
from tryghed.statistics import standardisation
from tryghed.statistics.intervals import NAMES, Method, effective_n
from tryghed.statistics.respondents import Domain, Sampled
from tryghed.store import rounds

_ROW: Final = pl.Schema(
    {
        **dict.fromkeys(("survey", "area", "category", "indicator"), pl.String()),
        "n": pl.Int64(),
        **dict.fromkeys(("share", "lower", "upper", "unadjusted", "difference", "se"), pl.Float64()),
        "df": pl.Int64(),
        "flags": pl.String(),
    }
)


def standardised(project: Project, asked: Question, *, interval: Method) -> Answered:
    """Return the shares of areas, each with the categories of the whole city.

    Args:
        project: The project.
        asked: Divided by an area set (or by nothing: the city itself) and the groups that are standardised for.
        interval: Which confidence interval.

    Raises:
        UsageError: There is nothing to standardise for.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    if not asked.groups:
        raise UsageError("nothing to standardise for", hint="name groups: --standardise age")
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    sampled = read_respondents(project, asked, [asked.waves])
    standard = _standard(sampled, categories_of(project, asked))
    found, lines = [], []
    for indicator in asked.indicators:
        for area in areas_of(project, asked):
            row = {"survey": asked.survey, "area": area, "category": "", "indicator": indicator}
            found.append(row | _numbers(project, sampled, row, asked, standard, interval))
            if found[-1].get("share") is not None:
                lines.append(line(row, Domain(asked.waves, area), standard=tuple(standard.items())))
    by_area = replace(asked, groups=(), within=())
    columns = [*named(by_area), "n", "share", "lower", "upper", "unadjusted", "difference", "flags", "se", "df"]
    parts = ", ".join(f"{_called(project, asked, name)} {100 * part:.1f} %" for name, part in standard.items())
    says = (
        f"not tested; shares standardised for {' and '.join(asked.groups)} to the city of wave {asked.wave} as "
        f"weighted ({parts}); unadjusted is the share of the same people as they are; 95 % "
        f"{NAMES[interval]} intervals, each by itself; {sampled_as(asked, sampled, None)}{only(project, by_area)}"
        f"{caveats(project, asked.survey, dict.fromkeys(asked.indicators, held(asked, None)))}"
    )
    rows = labelled(project, pl.DataFrame(found, schema=_ROW), by_area).select(columns)
    return Answered(rows, says, tuple(lines), provenance([sampled.origin], says), followed=sampled.followed)


def _standard(sampled: Sampled, categories: list[str]) -> dict[str, float]:
    """Return the part of everybody with a category that is in each."""
    people = sampled.rows["weight"].to_numpy()
    waves = tuple(sampled.rows["wave"].unique())
    sums = {one: float(people[Domain(waves, category=one).members(sampled.rows)].sum()) for one in categories}
    return {one: weight / sum(sums.values()) for one, weight in sums.items() if weight > 0}


def _called(project: Project, asked: Question, category: str) -> str:
    """Return a category by its labels: `Kvinder × 18–24 år`."""
    groups = project.surveys[asked.survey].groups
    parts = zip(asked.groups, category.split("*"), strict=True)
    return " × ".join(groups[group].categories[one].label for group, one in parts)


def _numbers(
    project: Project, sampled: Sampled, row: Mapping[str, str], asked: Question,
    standard: Mapping[str, float], interval: Method,
) -> dict[str, Any]:  # fmt: skip
    """Return the numbers of one area; without somebody with an answer in every category there is no share."""
    domains = [Domain(asked.waves, row["area"], category) for category in standard]
    known = sampled.moments(row["indicator"], domains)
    n = int(known.n.sum())
    empty = [_called(project, asked, one) for one, there in zip(standard, known.n, strict=True) if there == 0]
    if empty:
        return {"n": n, "flags": f"nobody in {', '.join(empty)}" if n else "no answers"}
    found = standardisation.standardised_share(known, np.array(list(standard.values())), interval)
    variance = np.array([found.se**2])
    cell = {
        "n": n, "positives": int(known.positives.sum()), "share": found.estimate, "lower": found.lower,
        "upper": found.upper, "df": int(found.df),
        "n_eff": float(effective_n(np.array([found.estimate]), variance, np.array([float(n)]))[0]),
    }  # fmt: skip
    crude = float(known.counted.sum() / known.base.sum())
    treated = sampled.lonely(row["indicator"], Domain(asked.waves, row["area"]))
    return {
        "n": n, "share": found.estimate, "lower": found.lower, "upper": found.upper, "unadjusted": crude,
        "difference": found.estimate - crude, "se": found.se, "df": int(found.df),
        "flags": flags(project, {**row, **cell}, treated),
    }  # fmt: skip
