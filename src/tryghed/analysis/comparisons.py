"""An analyst's comparisons between the reports: areas, groups and waves, and how differences have changed.

Like the answers of `shares` they have not passed the gate. What reports compare (an area with everybody outside it,
categories, a wave with an earlier one) comes from the sums that reports are made of; areas with one another, changes,
and waves that share people from the respondents, by the same formulas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl

from tryghed.analysis.question import Question, areas_of, asked_for, categories_of, labelled, named, only, set_in_store
from tryghed.analysis.reading import Found, held, line, read_respondents, read_totals, sampled_as
from tryghed.analysis.remarks import (
    CELL,
    CORRECTIONS,
    LEVEL,
    Correcting,
    Correction,
    caveats,
    counted,
    described,
    flags,
)
from tryghed.definitions.pairing import expect_comparable, expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.errors import UsageError
from tryghed.frames import EVERYBODY
from tryghed.statistics import combinations as combining
from tryghed.statistics import contrasts, equivalence, estimate, families
from tryghed.statistics.intervals import t_quantile
from tryghed.statistics.respondents import Domain, Sampled
from tryghed.store import rounds

_KEYS: Final = ["survey", "area_set", "area", "dimension", "category", "indicator"]
_VERDICTS: Final = {1: "higher", -1: "lower", 0: "not shown"}


@dataclass(frozen=True)
class _Pair:
    """Two domains that are compared, of one indicator."""

    kind: str
    indicator: str
    against: str
    one: Domain
    other: Domain


def comparisons(
    project: Project, asked: Question, *, since: str | None, margin: float | None, correction: Correction
) -> Answered:  # fmt: skip
    """Return every comparison asked for, tested and corrected together.

    With `since` every domain is compared with itself in an earlier wave; else areas that are named with one another;
    else areas with everybody outside them; else, without an area set, the categories of one group with one another.

    Args:
        project: The project.
        asked: The question.
        since: An earlier wave.
        margin: A difference (share, 0-1) that is declared too small to matter; sides may then be called equivalent.
        correction: Over all tests.

    Raises:
        UsageError: There is nothing to compare, or a break lies between the waves.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    project = _informed(project, asked, since)
    pairs, what = _pairs(project, asked, since)
    waves = [*asked.waves, *([since] if since else [])]
    from_people = (pairs[:1] and pairs[0].kind == "area") or project.share_panel(asked.survey, waves)
    found = _of_respondents(project, asked, pairs, since) if from_people else _of_sums(project, asked, pairs, since)
    correcting, power = CORRECTIONS[correction], project.rules.power
    rows, told = _judged(found.rows, correcting, margin)
    columns = [
        *named(asked), "against", "difference", "lower", "upper", "p", "p_adjusted", "verdict",
        *(["p_equivalence", "needed"] if margin else []), "share", "n", "other_share", "other_n", "detectable", "flags",
        "se", "df",
    ]  # fmt: skip
    says = (
        f"{counted(rows.height, 'difference')}, {what}; two-sided t tests of log odds at 5 %, {correcting.name} over "
        f"{rows.height}, and a verdict only where the pointwise 95 % interval leaves out zero{told}; detectable with "
        f"{100 * power:.0f} % power before correction; {found.design}{_limits(project, asked)}"
        f"{_caveats(project, asked, since)}"
    )
    return Answered(
        labelled(project, rows, asked).select(columns), says, found.lines, provenance(found.origins, says),
        followed=found.followed,
    )  # fmt: skip


def changes(project: Project, asked: Question, *, since: str, margin: float | None, correction: Correction) -> Answered:
    """Return how every difference asked for has changed since an earlier wave: differences of differences.

    The sides are those of `comparisons` without an earlier wave.

    Raises:
        UsageError: There is nothing to compare, or a break lies between the waves.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    project = _informed(project, asked, since)
    pairs, what = _pairs(project, asked, None)
    sampled = read_respondents(project, asked, [asked.waves, (since,)])
    found = pl.DataFrame([_changed(project, asked, sampled, one, since) for one in pairs], schema=_CHANGE)
    lines = tuple(
        line(_named(asked, one), one.one, one.other, prefix=f"since {since}", then=_earlier(one, since))
        for one in pairs
    )  # fmt: skip
    correcting = CORRECTIONS[correction]
    rows, told = _judged(found, correcting, margin)
    columns = [
        *named(asked), "against", "difference", "lower", "upper", "p", "p_adjusted", "verdict",
        *(["p_equivalence", "needed"] if margin else []), "change", "other_change", "n", "other_n", "detectable",
        "flags", "se", "df",
    ]  # fmt: skip
    says = (
        f"{counted(rows.height, 'difference')} of changes, wave {asked.wave} less {since}: the change of one side less "
        f"that of the other, {what}; two-sided t tests at 5 %, {correcting.name} over {rows.height}{told}; whether "
        "both sides would otherwise have changed alike is not tested; detectable with "
        f"{100 * project.rules.power:.0f} % power before correction; {sampled_as(asked, sampled, since)}"
        f"{_limits(project, asked)}{_caveats(project, asked, since)}"
    )
    return Answered(
        labelled(project, rows, asked).select(columns), says, lines, provenance([sampled.origin], says),
        followed=sampled.followed,
    )  # fmt: skip


def _informed(project: Project, asked: Question, since: str | None) -> Project:
    """Return the project with the stored verdicts on its waves; waves that a break parts are refused."""
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    if since is not None:
        expect_comparable(project, asked.survey, asked.indicators, asked.waves, since)
    return project


def _pairs(project: Project, asked: Question, since: str | None) -> tuple[list[_Pair], str]:
    """Return every pair of domains to compare, and in words what is compared with what.

    Raises:
        UsageError: There is nothing to compare.
    """
    categories, waves = categories_of(project, asked), asked.waves
    sides: list[tuple[str, str, Domain, Domain]]
    if since is not None:
        places = [(area, category) for area in areas_of(project, asked) for category in categories]
        sides = [("wave", since, Domain(waves, *place), Domain((since,), *place)) for place in places]
        what = f"wave {asked.wave} against {since}"
    elif len(asked.areas) > 1:
        sides = [
            ("area", other, Domain(waves, one, category), Domain(waves, other, category))
            for one, other in combinations(asked.areas, 2) for category in categories
        ]  # fmt: skip
        names = [project.area_sets[str(asked.area_set)].areas[one].name for one in asked.areas]
        what = f"{names[0]} against {names[1]}" if len(names) == 2 else f"{', '.join(names)} with one another"  # noqa: PLR2004
    elif asked.area_set:
        sides = [
            ("rest", contrasts.REST, Domain(waves, area, category), Domain(waves, area, category, outside=True))
            for area in areas_of(project, asked) for category in categories
        ]  # fmt: skip
        what = "each area against everybody outside it"
    elif len(asked.groups) == 1:
        sides = [
            ("category", other, Domain(waves, category=one), Domain(waves, category=other))
            for one, other in combinations(project.surveys[asked.survey].groups[asked.groups[0]].categories, 2)
        ]
        what = f"categories of {asked.groups[0]} with one another"
    else:
        raise UsageError(
            "nothing to compare", hint="give --since WAVE, --area two times or more, or --by an area set or one group"
        )
    return [_Pair(side[0], one, *side[1:]) for one in asked.indicators for side in sides], what


def _of_sums(project: Project, asked: Question, pairs: Sequence[_Pair], since: str | None) -> Found:
    """Return the differences of pairs that the store sums products for; pairs nobody is in are left out."""
    sums = earlier = read_totals(project, asked, asked.waves)
    how: dict[str, Any] = {"power": project.rules.power, "interval": project.rules.interval}
    if since is not None:
        earlier = read_totals(project, asked, (since,))
        rows = contrasts.against_wave(sums, earlier, **how)
    elif asked.area_set:
        rows = contrasts.against_rest(sums, **how)
    else:
        compared = [(asked.dimension, one.one.category, one.against) for one in pairs]
        rows = contrasts.between_categories(sums, pairs=compared, **how)
    own = estimate.shares(sums, interval=project.rules.interval).select(*_KEYS, *CELL)
    both = asked_for(rows, asked).join(own, on=_KEYS, how="left", maintain_order="left", suffix="_own")
    found = list(both.iter_rows(named=True))
    marks = [
        _flags_of_both(
            project, row, sums.lonely(_cell(row), row["indicator"]),
            earlier.lonely(_other_cell(row), row["indicator"]),
        )
        for row in found
    ]  # fmt: skip
    sides = {(one.indicator, one.one.area, one.one.category, one.against): one for one in pairs}
    known = [sides[row["indicator"], row["area"], row["category"], row["against"]] for row in found]
    designs = {one.wave: described(one.design, one.wave) for one in (sums, earlier)}
    design = "; ".join(designs.values()) + (", independent samples" if since else "")
    origins = tuple(one.origin for one in (sums, earlier) if one.origin)
    return Found(
        both.with_columns(pl.Series("flags", marks, dtype=pl.String)),
        tuple(line(row, one.one, one.other) for row, one in zip(found, known, strict=True)), design, origins,
    )  # fmt: skip


def _of_respondents(project: Project, asked: Question, pairs: Sequence[_Pair], since: str | None) -> Found:
    """Return the differences of any pairs."""
    sampled = read_respondents(project, asked, [asked.waves, *([(since,)] if since else [])])
    parts = []
    for indicator in asked.indicators:
        own = [one for one in pairs if one.indicator == indicator]
        compared = sampled.compared(indicator, [(one.one, one.other) for one in own])
        keys = pl.DataFrame([_named(asked, one) | {"area_set": set_in_store(project, asked)} for one in own])
        rows = contrasts.framed(keys, compared, power=project.rules.power, interval=project.rules.interval)
        cells = {one.name: one for one in estimate.columns(compared.one, project.rules.interval)}
        columns = [cells[name].alias(f"{name}_own" if name in rows.columns else name) for name in CELL]
        parts.append(rows.with_columns(columns))
    rows = pl.concat(parts)
    marks = [
        _flags_of_both(project, row, *(sampled.lonely(one.indicator, side) for side in (one.one, one.other)))
        for one, row in zip(pairs, rows.iter_rows(named=True), strict=True)
    ]
    return Found(
        rows.with_columns(pl.Series("flags", marks, dtype=pl.String)),
        tuple(line(_named(asked, one), one.one, one.other) for one in pairs), sampled_as(asked, sampled, since),
        (sampled.origin,), sampled.followed,
    )  # fmt: skip


#: Of a change that is compared: the columns of a contrast that `_judged` and the reader need.
_CHANGE: Final = pl.Schema(
    {
        **dict.fromkeys(("kind", "survey", "wave", "area", "dimension", "category"), pl.String()),
        **dict.fromkeys(("indicator", "against"), pl.String()),
        **dict.fromkeys(("change", "other_change", "difference", "lower", "upper"), pl.Float64()),
        **dict.fromkeys(("p", "se", "detectable"), pl.Float64()),
        **dict.fromkeys(("n", "other_n", "df"), pl.Int64()),
        "testable": pl.Boolean(),
        "flags": pl.String(),
    }
)  # fmt: skip


def _changed(project: Project, asked: Question, sampled: Sampled, one: _Pair, since: str) -> dict[str, Any]:
    """Return how a difference changed; n is that of the newer waves."""
    sides = [one.one, one.other, *_earlier(one, since)]
    known = sampled.moments(one.indicator, sides)
    found = combining.contrast(known, (1, -1, -1, 1))
    inner = bool(((known.share > 0) & (known.share < 1)).all())
    now, other, then, other_then = known.share
    reach = float(t_quantile(np.array([found.df]), 2 * project.rules.power - 1)[0]) if found.df > 0 else np.nan
    half = (found.upper - found.lower) / 2
    lower, upper = found.lower, found.upper
    if not inner:
        described = [sampled.described(one.indicator, [side]) for side in sides]
        below, above = contrasts.reaches(described, (1, -1, -1, 1), project.rules.interval)
        lower, upper = found.estimate - below[0], found.estimate + above[0]
    numbers = {
        "change": now - then, "other_change": other - other_then, "difference": found.estimate, "lower": lower,
        "upper": upper, "p": found.p if inner else np.nan, "se": found.se,
        "detectable": half + reach * found.se if inner else np.nan,
    }  # fmt: skip
    return {
        **_named(asked, one), **{name: None if np.isnan(value) else float(value) for name, value in numbers.items()},
        "n": int(known.n[0]), "other_n": int(known.n[1]), "df": int(found.df), "testable": inner,
        "flags": _flags_of_sides(project, asked, sampled, one.indicator, sides),
    }  # fmt: skip


def _flags_of_sides(
    project: Project, asked: Question, sampled: Sampled, indicator: str, sides: Sequence[Domain]
) -> str:  # fmt: skip
    """Return the flags of both sides in both periods, each with what it is of."""
    known = {one.name: one for one in estimate.columns(sampled.described(indicator, sides), project.rules.interval)}
    names = ("", "against: ", "earlier: ", "against, earlier: ")
    found = []
    for place, (name, side) in enumerate(zip(names, sides, strict=True)):
        row = {column: known[column][place] for column in (*CELL, "df")}
        about = {"survey": asked.survey, "indicator": indicator}
        told = flags(project, about | row, sampled.lonely(indicator, side))
        found += [f"{name}{told}"] if told else []
    return "; ".join(found)


def _judged(rows: pl.DataFrame, correcting: Correcting, margin: float | None) -> tuple[pl.DataFrame, str]:
    """Return the rows with corrected p values and verdicts, and in words what was tested of equivalence."""
    adjusted = correcting.over(rows["p"])
    verdicts = [_VERDICTS[int(one)] for one in families.directions(rows, adjusted, LEVEL)]
    filled = rows.with_columns(pl.Series("p_adjusted", adjusted, dtype=pl.Float64))
    if margin is None:
        return filled.with_columns(pl.Series("verdict", verdicts, dtype=pl.String)), ""
    testable = rows["testable"] if "testable" in rows.columns else rows["log_odds_se"].is_not_null()
    gap, se, df = (rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("difference", "se", "df"))
    found = equivalence.two_one_sided(np.where(testable.to_numpy(), gap, np.nan), se, df, margin=margin, alpha=LEVEL)
    p = correcting.over(pl.Series(found.p).fill_nan(None))
    level = {True: {"not shown": "equivalent", "higher": "higher, equivalent", "lower": "lower, equivalent"}}
    verdicts = [level.get(bool(same), {}).get(one, one) for one, same in zip(verdicts, p < LEVEL, strict=True)]
    told = (
        f"; equivalent: within {100 * margin:g} percentage points by two one-sided t tests at 5 %, {correcting.name} "
        f"over {rows.height}, and needed is the smallest margin that would have done before correction"
    )
    return filled.with_columns(
        pl.Series("p_equivalence", p, dtype=pl.Float64), pl.Series("needed", found.needed).fill_nan(None),
        pl.Series("verdict", verdicts, dtype=pl.String),
    ), told  # fmt: skip


def _flags_of_both(project: Project, row: Mapping[str, Any], treated: Sequence[str], others: Sequence[str]) -> str:
    """Return the flags of a comparison's own side, and those of the side it is held against."""
    about = {name: row[name] for name in ("survey", "indicator", "df")}
    own = {name: row[name if name in ("n", "positives", "share", "n_eff") else f"{name}_own"] for name in CELL}
    told = {
        "": flags(project, about | own, treated),
        "against: ": flags(project, about | {name: row[f"other_{name}"] for name in CELL}, others),
    }
    return "; ".join(f"{side}{found}" for side, found in told.items() if found)


def _cell(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return row["area_set"], row["area"], row["dimension"], row["category"]


def _other_cell(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    area_set, area, dimension, category = _cell(row)
    return {
        "rest": (area_set, EVERYBODY, dimension, category), "category": (area_set, area, dimension, row["against"]),
    }.get(row["kind"], _cell(row))  # fmt: skip


def _earlier(one: _Pair, since: str) -> tuple[Domain, Domain]:
    """Return both sides in the earlier wave."""
    return replace(one.one, waves=(since,)), replace(one.other, waves=(since,))


def _named(asked: Question, one: _Pair) -> dict[str, str]:
    return {
        "kind": one.kind, "survey": asked.survey, "wave": asked.wave, "area": one.one.area,
        "dimension": asked.dimension, "category": one.one.category, "indicator": one.indicator, "against": one.against,
    }  # fmt: skip


def _limits(project: Project, asked: Question) -> str:
    """Return what the answer is restricted to; areas that are compared with one another are no restriction."""
    return only(project, replace(asked, areas=()) if len(asked.areas) > 1 else asked)


def _caveats(project: Project, asked: Question, since: str | None) -> str:
    return caveats(project, asked.survey, dict.fromkeys(asked.indicators, held(asked, since)))
