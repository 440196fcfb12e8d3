"""What one number of a release was computed from: sums by stratum, the rules it met, and how R computes it.

Everything here is unreleased: it is for the analyst's own terminal, never for a page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.project import Project
from tryghed.delivery.rscript import Line
from tryghed.frames import EVERYBODY
from tryghed.release.released import CellKey, Lookup
from tryghed.release.rules import Cell, Verdict, reliability, secrecy
from tryghed.statistics import contrasts, estimate, panels, totals
from tryghed.statistics.panels import Panel
from tryghed.statistics.respondents import Domain
from tryghed.statistics.totals import Totals
from tryghed.store import query as queries
from tryghed.store.reader import open_reader

#: What the rules look at.
_CELL: Final = ("n", "positives", "share", "n_eff", "lower", "upper")
#: The sums that are told, and what they are called.
_SUMS: Final = {"n": "n", "positives": "positives", "psus": "psus", "a": "weight", "y": "weight_counted"}
_NUMBERS: Final = ("n", "share", "se", "df", "n_eff", "lower", "upper")


@dataclass(frozen=True, slots=True)
class Run:
    """A query as it was run: its name, the survey it reads, and its parameters as they are typed."""

    query: str
    survey: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a number: a share has one, a comparison two.

    `outside` means everybody of the category who is not in the area.
    """

    waves: tuple[str, ...]
    area: str
    category: str
    outside: bool = False

    def __str__(self) -> str:
        area = f"everybody outside {self.area}" if self.outside else self.area
        return " ".join([*self.waves, area, *([self.category] if self.category != EVERYBODY else [])])


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule on one side: what it looked at, what it found, its limit, and whether the number may be shown."""

    side: str
    rule: str
    found: str
    limit: str
    passed: bool


@dataclass(frozen=True)
class Evidence:
    """One number before the gate.

    Attributes:
        lookup: What it is.
        values: Share, standard error, degrees of freedom and interval of each side, and of their difference.
        sums: Sums of each side by stratum, and over all strata.
        outcomes: What the rules for a single number say; what was withheld together with others is not among it.
        runs: The queries behind it.
        lines: What R recomputes.
        followed: Whether people are followed from wave to wave; R then has the difference only, in that design.
    """

    lookup: Lookup
    values: pl.DataFrame
    sums: pl.DataFrame
    outcomes: tuple[Outcome, ...]
    runs: tuple[Run, ...]
    lines: tuple[Line, ...]
    followed: bool


def gather(project: Project, lookup: Lookup) -> Evidence:
    """Return what a number was computed from, out of the project's store.

    Args:
        project: The project, with the definitions of the release, and a store that holds its deliveries.
        lookup: A share or a comparison.

    Raises:
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    cell = lookup.cell
    both = sides(lookup)
    read = {side.waves: _totals(project, cell, side.waves) for side in both}
    panel = _panel(project, lookup, both)
    contrast = _contrast(project, lookup, both, read, panel)
    rows = [_estimate(read[side.waves], side, contrast) for side in both]
    sensitive = project.surveys[cell.survey].scores[cell.indicator].sensitive
    outcomes = [
        outcome for side, row in zip(both, rows, strict=True) if row is not None
        for outcome in _outcomes(str(side), row, project.rules, sensitive=sensitive)
    ]  # fmt: skip
    return Evidence(
        lookup,
        _values(both, rows, contrast),
        pl.concat([_sums(read[side.waves], cell, side) for side in both]),
        tuple(outcomes),
        tuple(run for waves in read for run in _runs(cell, waves)),
        _lines(cell, both)[-1:] if panel else _lines(cell, both),
        panel is not None,
    )


def sides(lookup: Lookup) -> tuple[Side, ...]:
    """Return the sides of a number."""
    cell = lookup.cell
    waves = tuple(cell.wave.split("+"))
    one = Side(waves, cell.area, cell.category)
    match lookup.kind:
        case "rest":
            return (one, Side(waves, cell.area, cell.category, outside=True))
        case "wave":
            return (one, Side(tuple(lookup.against.split("+")), cell.area, cell.category))
        case "category":
            return (one, Side(waves, cell.area, lookup.against))
        case _:
            return (one,)


def _totals(project: Project, cell: CellKey, waves: Sequence[str]) -> Totals:
    with open_reader(project.folder, cell.survey) as reader:
        return totals.read(
            reader, queries.Shelf(project.queries), survey=cell.survey, waves=waves, area_sets=[cell.area_set],
            dimensions=[cell.dimension], indicators=[cell.indicator],
        )  # fmt: skip


def _panel(project: Project, lookup: Lookup, both: Sequence[Side]) -> Panel | None:
    """Return the people of two waves of a panel that are compared; None where they are not followed."""
    waves = [wave for side in both for wave in side.waves]
    if lookup.kind != "wave" or not project.share_panel(lookup.cell.survey, waves):
        return None
    cell = lookup.cell
    with open_reader(project.folder, cell.survey) as reader:
        found = panels.read(
            reader, queries.Shelf(project.queries), survey=cell.survey, waves=both[0].waves, since=both[1].waves[0],
            area_sets=[cell.area_set], dimensions=[cell.dimension], indicators=[cell.indicator],
        )  # fmt: skip
    return found if found.followed else None


def _runs(cell: CellKey, waves: Sequence[str]) -> list[Run]:
    params = {
        "waves": ",".join(waves), "area_sets": cell.area_set, "dimensions": cell.dimension,
        "pattern": queries.names_pattern([cell.indicator]),
    }  # fmt: skip
    return [Run("estimate/domain_totals", cell.survey, params)]


def _estimate(sums: Totals, side: Side, contrast: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the estimate of one side; that of everybody outside an area is part of the comparison."""
    if side.outside:
        found = {name: contrast[f"other_{name}"] for name in _CELL} if contrast else None
        return found and {**found, "se": None, "df": None}
    rows = estimate.shares(sums).filter(pl.col("area") == side.area, pl.col("category") == side.category)
    return rows.row(0, named=True) if rows.height else None


def _values(
    both: Sequence[Side], rows: Sequence[Mapping[str, Any] | None], contrast: Mapping[str, Any] | None
) -> pl.DataFrame:
    found = [
        {"of": str(side), **{name: row[name] for name in _NUMBERS}}
        for side, row in zip(both, rows, strict=True)
        if row is not None
    ]
    if contrast is not None:
        own = {name: contrast[name] for name in ("se", "df", "lower", "upper")}
        found.append({"of": "difference", "share": contrast["difference"], **own})
    types: dict[str, Any] = {"of": pl.String, **dict.fromkeys(_NUMBERS, pl.Float64), "n": pl.Int64, "df": pl.Int64}
    return pl.DataFrame(found, schema=types)


def _contrast(
    project: Project, lookup: Lookup, both: Sequence[Side], read: Mapping[tuple[str, ...], Totals], panel: Panel | None
) -> dict[str, Any] | None:
    own, power = read[both[0].waves], project.rules.power
    match lookup.kind:
        case "rest":
            rows = contrasts.against_rest(own, power=power)
        case "wave":
            pairing = panel.paired if panel else None
            rows = contrasts.against_wave(own, read[both[1].waves], power=power, pairing=pairing)
        case "category":
            pair = (lookup.cell.dimension, lookup.cell.category, lookup.against)
            rows = contrasts.between_categories(own, pairs=[pair], power=power)
        case _:
            return None
    rows = rows.filter(pl.col("area") == lookup.cell.area, pl.col("category") == lookup.cell.category)
    return rows.row(0, named=True) if rows.height else None


def _sums(sums: Totals, cell: CellKey, side: Side) -> pl.DataFrame:
    """Return the sums of one side by stratum; of everybody outside an area they are the whole's less the area's."""
    at, strata = sums.positions, sums.design.strata
    own = at.get((cell.area_set, side.area, cell.dimension, side.category))
    everybody = at.get((cell.area_set, EVERYBODY, cell.dimension, side.category)) if side.outside else None
    columns: dict[str, Any] = {"of": [str(side)] * len(strata), "stratum": [" ".join(one) for one in strata]}
    for name, said in _SUMS.items():
        inside = getattr(sums.of([own], 0), name)[0] if own is not None else 0.0 * sums.design.psus
        columns[said] = inside if everybody is None else getattr(sums.of([everybody], 0), name)[0] - inside
    rows = pl.DataFrame(columns).filter(pl.col("n") > 0).with_columns(pl.col("n", "positives").cast(pl.Int64))
    return pl.concat([rows, rows.sum().with_columns(of=pl.lit(str(side)), stratum=pl.lit("all"))])


def _outcomes(side: str, row: Mapping[str, Any], rules: ReleaseRules, *, sensitive: bool) -> list[Outcome]:
    """Return what the rules for a single number looked at, and their two verdicts."""
    cell, limits = Cell(**{name: row[name] for name in _CELL}), rules.reliability
    effective = cell.n if cell.extreme else cell.n_eff
    found = [
        ("secrecy: answers", f"{cell.n}", f"at least {rules.secrecy.min_base}", cell.n >= rules.secrecy.min_base),
        ("reliability: effective n", _told(effective, 1), f"at least {limits.min_effective_n:g}",
         effective is not None and effective >= limits.min_effective_n),
        ("reliability: width of the interval", _told(cell.width, 3),
         f"under {limits.max_width:g}, and at most {limits.max_relative_width:g} of the share; "
         f"always enough: {limits.always_show_width:g}",
         reliability(cell, limits) is Verdict.SHOW),
    ]  # fmt: skip
    if sensitive:
        fewest = min(cell.positives, cell.n - cell.positives)
        shown = secrecy(cell, rules.secrecy, sensitive=True) is Verdict.SHOW
        found.insert(1, ("secrecy: fewest alike", f"{fewest}", f"at least {rules.secrecy.min_count}", shown))
    return [Outcome(side, rule, value, limit, passed) for rule, value, limit, passed in found]


def _told(value: float | None, decimals: int) -> str:
    return "none" if value is None else f"{value:.{decimals}f}"


def _lines(cell: CellKey, both: Sequence[Side]) -> tuple[Line, ...]:
    domains = [Domain(side.waves, side.area, side.category, side.outside) for side in both]
    shares = [Line(str(side), cell.indicator, one) for side, one in zip(both, domains, strict=True)]
    if len(domains) == 1:
        return tuple(shares)
    return (*shares, Line("difference", cell.indicator, domains[0], domains[1]))
