"""An analyst's questions between the reports: shares, comparisons and developments with the design's uncertainty.

What is answered here has not passed the gate; the answers carry the gate's verdict as a flag and nothing is hidden.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from tryghed.definitions.pairing import cautions, expect_comparable, expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.delivery.rscript import Domain, Line
from tryghed.errors import UsageError, all_at_once
from tryghed.frames import EVERYBODY
from tryghed.question import Question, asked_for, labelled, named, only, set_in_store
from tryghed.release.rules import Cell, Verdict, reliability, secrecy
from tryghed.statistics import contrasts, estimate, families, intervals, pooling, totals, trends
from tryghed.statistics.folding import Design
from tryghed.statistics.functionals import Reference
from tryghed.statistics.intervals import Method, Numbers
from tryghed.statistics.origin import Origin
from tryghed.statistics.totals import Totals
from tryghed.store import query as queries
from tryghed.store import rounds
from tryghed.store.reader import open_reader

Correction = Literal["holm", "bh", "none"]

_LEVEL: Final = 0.05
FEW_DF: Final = 8
_ADJUST: Final[Mapping[Correction, tuple[str, Callable[[Numbers], Numbers]]]] = {
    "holm": ("Holm", families.holm),
    "bh": ("Benjamini-Hochberg", families.benjamini_hochberg),
    "none": ("no correction", lambda p: p),
}


def shares(project: Project, asked: Question, *, interval: Method, deff: Reference = "with") -> Answered:
    """Return every share asked for with standard error, interval, design effect, coefficient of variation and flags.

    Args:
        project: The project.
        asked: Names indicators.
        interval: Which confidence interval.
        deff: What design effects are held against.

    Raises:
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    sums = _totals(project, asked, asked.waves)
    effects = estimate.effects(sums, deff)
    rows = asked_for(estimate.shares(sums, interval=interval).with_columns(effects), asked)
    flags = [_flags(project, row, sums, _cell(row)) for row in rows.iter_rows(named=True)]
    shown = rows.with_columns(pl.Series("flags", flags, dtype=pl.String))
    columns = [*named(asked), "n", "share", "lower", "upper", "deff", "cv", "n_eff", "flags", "se", "df"]
    says = (
        f"not tested; 95 % {intervals.NAMES[interval]} intervals, each by itself; design effects against a simple "
        f"random sample {deff} replacement; {described(sums.design, sums.wave)}{only(project, asked)}"
    )
    pooled = dict.fromkeys(asked.indicators, tuple(combinations(dict.fromkeys(asked.waves), 2)))
    says += _caveats(project, asked, pooled)
    lines = tuple(_line(row, _domain(row, asked.waves)) for row in rows.iter_rows(named=True))
    return Answered(labelled(project, shown, asked).select(columns), says, lines, provenance(_origins([sums]), says))


def comparisons(project: Project, asked: Question, *, since: str | None, correction: Correction) -> Answered:
    """Return every comparison asked for, tested and corrected together.

    With `since` every domain is compared with itself in an earlier wave; else areas with everybody outside them; else,
    without an area set, the categories of one group with one another.

    Raises:
        UsageError: There is nothing to compare, or a break lies between the waves.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    sums = earlier = _totals(project, asked, asked.waves)
    power = project.rules.power
    if since is not None:
        expect_comparable(project, asked.survey, asked.indicators, asked.waves, since)
        earlier = _totals(project, asked, (since,))
        rows = contrasts.against_wave(sums, earlier, power=power, interval=project.rules.interval)
        what = f"wave {asked.wave} against {since}, independent samples"
    elif asked.area_set:
        rows = contrasts.against_rest(sums, power=power, interval=project.rules.interval)
        what = "each area against everybody outside it"
    elif len(asked.groups) == 1:
        categories = list(project.surveys[asked.survey].groups[asked.groups[0]].categories)
        pairs = [(asked.groups[0], one, other) for at, one in enumerate(categories) for other in categories[at + 1 :]]
        rows = contrasts.between_categories(sums, pairs=pairs, power=power, interval=project.rules.interval)
        what = f"categories of {asked.groups[0]} with one another"
    else:
        raise UsageError("nothing to compare", hint="give --since WAVE, or --by an area set or one group")
    rows = asked_for(rows, asked)
    name, adjust = _ADJUST[correction]
    adjusted = adjust(rows["p"].fill_null(1.0).to_numpy()) if rows.height else np.empty(0)
    verdicts = {1: "higher", -1: "lower", 0: "not shown"}
    own = asked_for(estimate.shares(sums, interval=project.rules.interval), asked).select(*_KEYS, *_CELL)
    both = rows.join(own, on=_KEYS, how="left", maintain_order="left", suffix="_own")
    filled = both.with_columns(
        pl.Series("p_adjusted", adjusted, dtype=pl.Float64),
        pl.Series(
            "verdict", [verdicts[int(one)] for one in families.directions(rows, adjusted, _LEVEL)], dtype=pl.String
        ),
        pl.Series(
            "flags",
            [_flags_of_both(project, row, sums, earlier) for row in both.iter_rows(named=True)],
            dtype=pl.String,
        ),
    )
    columns = [
        *named(asked), "against", "difference", "lower", "upper", "p", "p_adjusted", "verdict", "share", "n",
        "other_share", "other_n", "detectable", "flags", "se", "df",
    ]  # fmt: skip
    held = (*combinations(dict.fromkeys(asked.waves), 2), *((one, since) for one in asked.waves if since))
    count = f"{rows.height} difference{'' if rows.height == 1 else 's'}"
    says = (
        f"{count}, {what}; two-sided t tests of log odds at 5 %, {name} over {rows.height}, and a verdict only where "
        f"the pointwise 95 % interval leaves out zero; detectable with {100 * power:.0f} % power before correction; "
        f"{described(sums.design, sums.wave)}{only(project, asked)}"
        f"{_caveats(project, asked, dict.fromkeys(asked.indicators, held))}"
    )
    lines = tuple(
        _line(row, _domain(row, asked.waves), _other_side(row, asked.waves, since))
        for row in rows.iter_rows(named=True)
    )
    return Answered(
        labelled(project, filled, asked).select(columns), says, lines, provenance(_origins([sums, earlier]), says)
    )


def developments(project: Project, asked: Question, *, correction: Correction) -> Answered:
    """Return the straight line through the comparable waves of every domain, tested and corrected together.

    Raises:
        UsageError: Waves are pooled, or an indicator has only one comparable wave.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    if len(asked.waves) > 1:
        raise UsageError("a line goes through single waves, not pooled ones", hint="name the last wave only")
    project = rounds.informed(project)
    comparable = {one: project.comparable(asked.survey, one, asked.wave) for one in asked.indicators}
    alone = [one for one, waves in comparable.items() if len(waves) < 2]  # noqa: PLR2004 (a line has two points)
    all_at_once(UsageError, [UsageError(f"{one}: no earlier wave is comparable with {asked.wave}") for one in alone])
    waves = [one for one in project.waves[asked.survey] if any(one in known for known in comparable.values())]
    read = [_totals(project, asked, (one,)) for one in waves]
    parts = [asked_for(estimate.shares(one), asked) for one in read]
    years = {one: float(project.wave(asked.survey, one).year) for one in waves}
    rows = trends.trends(pl.concat(parts), years=years, comparable=comparable)
    name, adjust = _ADJUST[correction]
    adjusted = adjust(rows["p"].fill_null(1.0).to_numpy()) if rows.height else np.empty(0)
    filled = rows.with_columns(
        pl.Series("p_adjusted", adjusted, dtype=pl.Float64),
        verdict=pl.when(~pl.col("named")).then(pl.lit(f"under {trends.FEWEST_WAVES} waves"))
        .when(pl.Series(adjusted >= _LEVEL)).then(pl.lit("not shown"))
        .when(pl.col("slope") > 0).then(pl.lit("rising")).otherwise(pl.lit("falling")),
        flags=pl.when(pl.col("q_p") < _LEVEL).then(pl.lit("not a straight line")).otherwise(pl.lit("")),
    )  # fmt: skip
    columns = [
        *named(asked), "first", "last", "waves", "slope", "lower", "upper", "p", "p_adjusted", "verdict", "q_p",
        "flags", "se", "chi2", "q", "q_df",
    ]  # fmt: skip
    held = {one: [(wave, asked.wave) for wave in known] for one, known in comparable.items()}
    count = f"{rows.height} line{'' if rows.height == 1 else 's'}"
    says = (
        f"{count} through comparable waves, change of the share per year; chi-square tests at 5 %, {name} over "
        f"{rows.height}; pointwise 95 % intervals; q_p tests that it is a straight line{only(project, asked)}"
        f"{_caveats(project, asked, held)}"
    )
    series = pl.concat(parts).iter_rows(named=True)
    lines = tuple(
        _line(row, _domain(row, (row["wave"],)), prefix=row["wave"])
        for row in series if row["wave"] in comparable[row["indicator"]]
    )  # fmt: skip
    return Answered(labelled(project, filled, asked).select(columns), says, lines, provenance(_origins(read), says))


def rows_behind(project: Project, asked: Question, lines: Sequence[Line]) -> pl.DataFrame:
    """Return the respondents an answer's lines rest on, as `estimate/respondent_rows` describes them: personal data.

    Raises:
        StoreError: There is no store, or it cannot be read.
    """
    sides = [side for line in lines for side in (line.one, line.other) if side]
    waves = sorted({wave for side in sides for wave in side.waves})
    with open_reader(project.folder, asked.survey) as reader:
        return reader.run(
            queries.Shelf(project.queries)["estimate/respondent_rows"], waves=waves,
            area_set=set_in_store(project, asked), dimension=asked.dimension,
            pattern=queries.names_pattern(asked.indicators),
        )  # fmt: skip


_KEYS: Final = ["survey", "area_set", "area", "dimension", "category", "indicator"]
#: What the rules of the gate look at.
_CELL: Final = ["n", "positives", "share", "n_eff", "lower", "upper"]


def _totals(project: Project, asked: Question, waves: Sequence[str]) -> Totals:
    with open_reader(project.folder, asked.survey) as reader:
        sums = totals.read(
            reader, queries.Shelf(project.queries), survey=asked.survey, waves=waves,
            area_sets=[set_in_store(project, asked)], dimensions=[asked.dimension], indicators=asked.indicators,
        )  # fmt: skip
    pooling.expect_one_scale(sums)
    return sums


def _domain(row: Mapping[str, Any], waves: tuple[str, ...]) -> Domain:
    return Domain(waves, row["area"], row["category"])


def _other_side(row: Mapping[str, Any], waves: tuple[str, ...], since: str | None) -> Domain:
    if row["kind"] == "category":
        return Domain(waves, row["area"], row["against"])
    return Domain((since,) if since else waves, row["area"], row["category"], outside=row["kind"] == "rest")


def _line(row: Mapping[str, Any], one: Domain, other: Domain | None = None, prefix: str = "") -> Line:
    said = [prefix, row["indicator"], row["area"], row["category"], *(["against", row["against"]] if other else [])]
    return Line(" ".join(dict.fromkeys(filter(None, said))), row["indicator"], one, other)


def _flags(project: Project, row: Mapping[str, object], sums: Totals, domain: totals.Domain) -> str:
    """Return what a reader of the share must know.

    The gate's verdicts on it, few degrees of freedom, 0 or 100 %, and how strata with one PSU were treated.
    """
    cell = Cell(**{name: row[name] for name in _CELL})  # type: ignore[arg-type]
    sensitive = project.surveys[str(row["survey"])].scores[str(row["indicator"])].sensitive
    found = []
    if cell.n == 0:
        return "no answers"
    if secrecy(cell, project.rules.secrecy, sensitive=sensitive) >= Verdict.SECRET:
        found.append("secret")
    if reliability(cell, project.rules.reliability) >= Verdict.UNRELIABLE:
        found.append("uncertain")
    if int(str(row["df"])) < FEW_DF:
        found.append(f"df {row['df']}")
    if cell.positives in (0, cell.n):
        found.append("0 or 100 %")
    treated = sums.lonely(domain, str(row["indicator"]))
    if treated:
        found.append(f"lonely PSU: {', '.join(treated)}")
    return ", ".join(found)


def _flags_of_both(project: Project, row: Mapping[str, Any], sums: Totals, others: Totals) -> str:
    """Return the flags of a comparison's own side, and those of the side it is held against."""
    area_set, area, dimension, category = _cell(row)
    other = {
        "rest": (area_set, EVERYBODY, dimension, category), "category": (area_set, area, dimension, row["against"]),
    }.get(row["kind"], _cell(row))  # fmt: skip
    about = {name: row[name] for name in ("survey", "indicator", "df")}
    own = {name: row[name if name in ("n", "positives", "share", "n_eff") else f"{name}_own"] for name in _CELL}
    flags = {
        "": _flags(project, about | own, sums, _cell(row)),
        "against: ": _flags(project, about | {name: row[f"other_{name}"] for name in _CELL}, others, other),
    }
    return "; ".join(f"{side}{found}" for side, found in flags.items() if found)


def _origins(sums: Sequence[Totals]) -> list[Origin]:
    return [one.origin for one in sums if one.origin]


def _cell(row: Mapping[str, Any]) -> totals.Domain:
    return row["area_set"], row["area"], row["dimension"], row["category"]


def described(design: Design, wave: str) -> str:
    """Return a sample design in words."""
    sampled = "clusters" if design.clustered.any() else "people sampled directly"
    if design.replication:
        kinds = " and ".join(dict.fromkeys(design.replication.kinds))
        return f"{len(design.replication.factor)} replicate weights ({kinds}), wave {wave}"
    corrected = (design.psus > 1) & (design.factor * (design.psus - 1) < design.psus)
    finite = ", finite population correction" if corrected.any() else ""
    lonely = [f"{wave}/{stratum}" for (wave, stratum), how in zip(design.strata, design.lonely, strict=True) if how]
    treated = f", strata with one PSU ({', '.join(lonely)}): {', '.join(sorted(set(design.lonely) - {''}))}"
    count = f"{len(design.strata)} strat{'um' if len(design.strata) == 1 else 'a'}"
    return f"{count}, {sampled}{finite}{treated if lonely else ''}, wave {wave}"


def _caveats(project: Project, asked: Question, pairs: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """Return why pairs of waves may be compared with a caveat only, each reason on a line of its own."""
    return "".join(f"\n{told}" for told in cautions(project, asked.survey, pairs))
