"""An analyst's rates of what registers count: crude, and as if every area had the same ages and sexes.

Events and people come from register tables divided by sex, age or both; the limits are Dobson's (`statistics.rates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from tryghed.analysis.reading import Figures, read_register
from tryghed.definitions.areas import OUTSIDE
from tryghed.definitions.project import Project
from tryghed.definitions.registers import Register
from tryghed.delivery.answered import Answered, provenance
from tryghed.delivery.areascripts import RATES, Script
from tryghed.errors import DataError, UsageError, all_at_once
from tryghed.frames import EVERYBODY
from tryghed.statistics import populations, rates
from tryghed.statistics.origin import Origin
from tryghed.statistics.populations import Standard

#: A rate is as unsure as this, its interval over itself, before NCHS withholds it (Series 2, No. 200).
_WIDEST: Final = 1.60
_NAMED: Final = 8
_PLACES: Final = {EVERYBODY: "hele byen", OUTSIDE: "uden for inddeling"}


@dataclass(frozen=True, eq=False)
class _Counted:
    """Events and people of some years: `area`, `group`, `events`, `people`, of areas where all are known.

    `without` says of the other areas what they lack.
    """

    rows: pl.DataFrame
    without: dict[str, str]
    origins: tuple[Origin, ...]


def register_rates(
    project: Project, name: str, *, people: str, years: Sequence[int], standard: Standard, per: int
) -> Answered:
    """Return the crude and the standardised rate of every area and the city.

    Args:
        project: The project.
        name: Register table of counts, divided by the columns that are standardised for.
        people: Register table of those who are counted from, divided alike; empty where the counts have denominators.
        years: Years taken together: events over person-years; the newest where none is named.
        standard: The standard population: the city's in the same years, or the European one of 2013.
        per: People a rate is per.

    Raises:
        UsageError: A table does not exist, has no divisions or nobody to count from, or a break parts the years.
        StoreError: There is no store, it cannot be read, or a table is not loaded.
        DataError: No area has all its figures, or the divisions do not fit the standard.
    """
    figures = read_register(project, name)
    population = read_register(project, people) if people else None
    chosen = _years(figures, years)
    _expect_divided(figures, population, chosen)
    counted = _counted(figures, population, chosen)
    city = counted.rows.filter(area=EVERYBODY)
    weights = (
        populations.european(city["group"].to_list()) if standard == "esp2013" else city.select("group", "people")
    )  # fmt: skip
    found = rates.rates(counted.rows, weights, per=per)
    register = figures.register
    rows = _rows(project, register, found, counted.without)
    when = "+".join(map(str, chosen))
    to = {
        "city": f"the city's population of {when}",
        "esp2013": "the European Standard Population of 2013, spread evenly within its five years",
    }[standard]
    out_of = population.register.label if population else register.denominator
    says = (
        f"not tested; {register.label} of {when} per {per:,} ({out_of}{', person-years' if len(chosen) > 1 else ''}); "
        f"rate is directly standardised for {' and '.join(register.columns.category)} to {to}, crude is as it is; 95 % "
        f"Dobson intervals from exact Poisson limits of the count, each by itself; under {rates.FEWEST_EVENTS} events "
        f"there is no rate; a register has no sampling error: the intervals are those of chance in the count"
        f"{''.join(f'; {one}' for one in counted.without.values())}; {register.source}"
    )
    behind = counted.rows.join(weights.rename({"people": "standard"}), on="group").with_columns(per=pl.lit(per))
    return Answered(rows, says, (), provenance(counted.origins, says), script=Script(RATES, behind))


def _years(figures: Figures, wanted: Sequence[int]) -> list[int]:
    there = figures.rows.drop_nulls("value")["year"].unique().sort().to_list()
    chosen = sorted(set(wanted)) or there[-1:]
    problems = [UsageError(f"no figures of {one}", hint=f"years: {there}") for one in chosen if one not in there]
    problems += [
        UsageError(f"years before and from {one.since} on cannot be taken together: {one.why}")
        for one in figures.register.breaks
        if chosen[0] < one.since <= chosen[-1]
    ]
    all_at_once(UsageError, problems)
    if not chosen:
        raise UsageError(f"register {figures.register.name} has no figures")
    return chosen


def _expect_divided(figures: Figures, population: Figures | None, years: Sequence[int]) -> None:
    """Refuse tables that a rate cannot be standardised from."""
    counts, problems = figures.register, []
    if not counts.columns.category:
        problems.append(
            UsageError(
                f"register {counts.name} is not divided by age or sex",
                hint='category = ["Køn", "Alder"] in its columns',
            )
        )
    if counts.unit == "pct." or counts.unit.startswith("pr. "):
        problems.append(
            UsageError(
                f"register {counts.name} has no counts: its figures are {counts.unit}", hint="rates are of counts"
            )
        )
    if population is None and figures.rows.filter(pl.col("year").is_in(years))["denominator"].is_null().all():
        problems.append(
            UsageError(f"register {counts.name} has nobody to count from", hint="--population REGISTER, divided alike")
        )
    if population is not None and population.register.area_set != counts.area_set:
        problems.append(
            UsageError(f"register {population.register.name} is for {population.register.area_set}, "
                       f"not {counts.area_set}")
        )  # fmt: skip
    all_at_once(UsageError, problems)


def _counted(figures: Figures, population: Figures | None, years: Sequence[int]) -> _Counted:
    """Return events and people of the years, those of the city too: as the table has them, or added up."""
    key = ["area", "year", "category"]
    rows = figures.rows.filter(pl.col("year").is_in(years)).with_columns(pl.col("denominator").alias("people"))
    origins = [figures.origin]
    if population is not None:
        known = population.rows.select(*key, pl.col("value").alias("people"))
        rows = rows.drop("people").join(known, on=key, how="left")
        origins.append(population.origin)
    groups = sorted(rows["category"].unique())
    whole = pl.DataFrame({"area": rows["area"].unique().sort()}).join(
        pl.DataFrame({"year": list(years)}, schema={"year": pl.Int32}), how="cross"
    ).join(pl.DataFrame({"category": groups}), how="cross").join(rows, on=key, how="left")  # fmt: skip
    lacking = whole.filter(pl.col("value").is_null() | pl.col("people").is_null() | (pl.col("people") <= 0))
    without = {area: _lacks(area, part) for (area,), part in lacking.group_by("area", maintain_order=True)}
    complete = whole.filter(~pl.col("area").is_in(list(without)))
    if complete.is_empty():
        raise DataError("no area has all its figures: " + "; ".join(without.values()), where=figures.register.name)
    sums = complete.group_by("area", pl.col("category").alias("group")).agg(
        pl.col("value").sum().alias("events"), pl.col("people").sum()
    )
    if EVERYBODY not in sums["area"]:
        city = sums.group_by("group").agg(pl.col("events", "people").sum()).with_columns(area=pl.lit(EVERYBODY))
        sums = pl.concat([sums, city.select(sums.columns)])
    return _Counted(sums.sort("area", "group"), without, tuple(origins))


def _lacks(area: str, rows: pl.DataFrame) -> str:
    cells = [f"{one.replace('*', ' × ')} {year}" for one, year in rows.select("category", "year").iter_rows()]
    more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
    return f"{area}: no figure or nobody in {', '.join(cells[:_NAMED])}{more}"


def _rows(project: Project, register: Register, found: pl.DataFrame, without: dict[str, str]) -> pl.DataFrame:
    """Return the rows of areas in the order of their names, those without a rate too, the city last."""
    names = {code: area.name for code, area in project.area_sets[register.area_set].areas.items()} | _PLACES
    silent = pl.DataFrame({"area": list(without)}, schema={"area": pl.String})
    rows = pl.concat([found, silent], how="diagonal").with_columns(
        pl.col("area").replace(names).alias(register.area_set),
        pl.Series("flags", [_flags(project, row, without) for row in [*found.to_dicts(), *silent.to_dicts()]]),
    )
    last = pl.col("area").is_in([EVERYBODY, OUTSIDE])
    columns = [register.area_set, "events", "people", "crude", "rate", "lower", "upper", "flags"]
    return rows.sort(last, pl.col("area") == EVERYBODY, register.area_set).select(columns)


def _flags(project: Project, row: dict[str, float | str | None], without: dict[str, str]) -> str:
    if row["area"] in without:
        return "figures missing"
    events, rate, lower, upper = (float(row[name] or 0) for name in ("events", "rate", "lower", "upper"))
    found = {
        "secret": 0 < events < project.rules.secrecy.min_count,
        f"under {rates.FEWEST_EVENTS} events": events < rates.FEWEST_EVENTS,
        "uncertain": rate > 0 and (upper - lower) / rate > _WIDEST,
    }
    return ", ".join(flag for flag, holds in found.items() if holds)
