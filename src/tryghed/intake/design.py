"""The sample design as delivered: who, with which weight, drawn from which stratum and PSU."""

import polars as pl

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.wave import Area, Design
from tryghed.frames import Finding
from tryghed.intake import privacy
from tryghed.intake.catalogue import Severity
from tryghed.intake.findings import at_rows, finding
from tryghed.intake.values import as_numbers, as_text

#: A weight this many times the median is looked at.
_EXTREME = 20
_LARGEST = 1e9
#: How far sums of weights may be from what they should sum to.
_OFF = 0.05
#: More unknown areas than this share of the rows is a wrong column, not a typing error.
_TOO_MANY_UNKNOWN = 0.05
_TOO_MANY_MISSING = 0.5
_NAMED = 8


def respondents(rows: pl.DataFrame, design: Design) -> tuple[pl.Series, list[Finding]]:
    """Return the respondents' own numbers as text, and those missing or used twice."""
    ids = privacy.numbers(as_text(rows[design.respondent]))
    missing, twice = ids.is_null(), ids.is_duplicated() & ids.is_not_null()
    return ids, [
        *at_rows(missing, "missing_respondent", design.respondent, "{count} rows have no respondent number"),
        *at_rows(twice, "duplicate_respondent", design.respondent,
                 f"{{count}} rows share {ids.filter(twice).n_unique():,} respondent numbers"),
    ]  # fmt: skip


def weights(rows: pl.DataFrame, design: Design, *, decimal: str) -> tuple[pl.Series, list[Finding]]:
    """Return the weights as Decimal(18, 9), and those that cannot be weights."""
    where = design.weight
    numbers, wrong = as_numbers(rows[where], decimal=decimal)
    kept = numbers.round(9)
    zero = (kept == 0) & (numbers == 0)
    bad = wrong | ((kept <= 0) & ~zero) | (kept >= _LARGEST)
    hint = 'if weight 0 means outside the sample, set design.zero_weight = "outside"'
    found = [
        *at_rows(numbers.is_null() & ~wrong, "weight_missing", where, "{count} rows have no weight"),
        *at_rows(bad, "weight_not_positive", where, "{count} weights are not above 0 and below a thousand million"),
    ]
    if design.zero_weight == "refuse":
        found += at_rows(zero, "weight_not_positive", where, "{count} weights are 0", hint=hint)
    usable = kept.filter((kept > 0) & ~bad)
    if usable.len():
        middle = float(usable.median() or 0.0)  # type: ignore[arg-type]
        message = f"{{count}} weights are over {_EXTREME} times the median {middle:.4g}"
        found += at_rows((kept > _EXTREME * middle) & ~bad, "weight_extreme", where, message)
    usable_or_null = pl.select(pl.when(~bad.fill_null(value=True)).then(kept)).to_series()
    return usable_or_null.cast(pl.Decimal(18, 9)).alias("weight"), found


def strata(rows: pl.DataFrame, design: Design) -> tuple[pl.DataFrame, list[Finding]]:
    """Return `stratum` ("1" where there are none) and `psu` (null where people were sampled directly)."""
    none = pl.Series([None] * rows.height, dtype=pl.String)
    stratum = as_text(rows[design.stratum]) if design.stratum else none.fill_null("1")
    psu = as_text(rows[design.unit]) if design.unit else none
    found: list[Finding] = []
    if design.stratum:
        found += at_rows(stratum.is_null(), "missing_stratum", design.stratum, "{count} rows have no stratum")
    if design.psu:
        found += at_rows(psu.is_null(), "missing_psu", design.psu, "{count} rows have no PSU")
    if design.household:
        household = as_text(rows[design.household])
        found += at_rows(household.is_null(), "missing_household", design.household, "{count} rows have no household")
        found += _split(stratum, psu, household, design.household) if design.psu else []
    nested = pl.select(pl.concat_str(stratum, psu, separator="/")).to_series()
    both = pl.DataFrame({"stratum": stratum, "psu": nested})
    return both, found + _sizes(both, design)


def _split(stratum: pl.Series, psu: pl.Series, household: pl.Series, where: str) -> list[Finding]:
    """Return households whose members are in several PSUs of a stratum."""
    placed = pl.DataFrame({"stratum": stratum, "psu": psu, "household": household})
    several = placed.select(
        (pl.col("psu").n_unique().over("stratum", "household") > 1) & pl.col("household").is_not_null()
    )
    return at_rows(several.to_series(), "household_split", where, "{count} rows are in households of several PSUs")


def _sizes(both: pl.DataFrame, design: Design) -> list[Finding]:
    """Return strata whose population is not given, of which nobody answered, or that are smaller than their sample."""
    if not design.population:
        return []
    where = "design.population"
    stratum = both["stratum"]
    unknown = stratum.is_not_null() & ~stratum.is_in(list(design.population))
    names = _some(stratum.filter(unknown))
    found = at_rows(unknown, "stratum_without_population", where, f"{{count}} rows are in strata not listed: {names}")
    there = set(stratum.drop_nulls())
    absent = [one for one in design.population if one not in there]
    if absent:
        message = f"nobody answered in {len(absent)} of {len(design.population)} strata: {', '.join(absent[:_NAMED])}"
        hint = "ask for the missing rows; take a stratum that was not sampled out of the definition"
        found.append(finding("stratum_empty", where, message, count=len(absent), hint=hint))
    units = both.drop_nulls("stratum").group_by("stratum").agg(
        (pl.col("psu").n_unique() if design.unit else pl.len()).alias("units")
    )  # fmt: skip
    for name, sampled in sorted(units.iter_rows()):
        size = design.population.get(name)
        if size is not None and size < sampled:
            message = f"stratum {name}: {sampled:,} sampled out of a population of {size:,.0f}"
            found.append(finding("population_too_small", where, message, count=sampled))
    return found


def sums(weight: pl.Series, stratum: pl.Series, design: Design) -> list[Finding]:
    """Return weights that sum to something else than the population, all together or stratum by stratum.

    Weights may sum to the people or to the respondents, as long as the strata keep their parts of the population.
    Where PSUs were sampled, `design.population` counts PSUs, and nothing can be said.
    """
    if not design.population or design.unit:
        return []
    of_stratum = pl.DataFrame({"stratum": stratum, "weight": weight.cast(pl.Float64)}).drop_nulls()
    sizes = pl.DataFrame({"stratum": list(design.population), "size": list(design.population.values())})
    both = of_stratum.group_by("stratum").agg(pl.col("weight").sum()).join(sizes, on="stratum")
    total, people = float(both["weight"].sum()), float(both["size"].sum())
    if not total:
        return []
    found: list[Finding] = []
    if not any(abs(total / wanted - 1) <= _OFF for wanted in (people, of_stratum.height)):
        message = f"they sum to {total:,.0f}, not to the population {people:,.0f} or {of_stratum.height:,} respondents"
        found.append(finding("weight_sum", design.weight, message, count=1))
    ratio = pl.col("weight") / pl.col("size") * people / total
    off = both.select("stratum", ratio=ratio).filter((pl.col("ratio") - 1).abs() > _OFF).sort("stratum")
    if off.height:
        named = ", ".join(f"{name} ({100 * part:.0f} %)" for name, part in off.head(_NAMED).iter_rows())
        message = f"{off.height} of {both.height} strata have another part of the weights than of the people: {named}"
        found.append(finding("weight_strata", design.weight, message, count=off.height))
    return found


def units(rows: pl.DataFrame, area: Area | None, area_sets: dict[str, AreaSet]) -> tuple[pl.Series, list[Finding]]:
    """Return each respondent's smallest area, null where there is none or it is unknown."""
    if area is None:
        return pl.Series("unit", [None] * rows.height, dtype=pl.String), []
    delivered = as_text(rows[area.column]).alias("unit")
    known = delivered.is_in(list(area_sets[area.set].areas))
    unknown = delivered.is_not_null() & ~known
    names = _some(delivered.filter(unknown))
    severity: Severity = "error" if unknown.sum() > _TOO_MANY_UNKNOWN * rows.height else "warning"
    found = at_rows(
        unknown, "unknown_area", area.column, f"{{count}} rows are in areas that {area.set} does not have: {names}",
        severity=severity, hint="they count in the whole, but in no area",
    )  # fmt: skip
    missing = delivered.null_count() / max(rows.height, 1)
    weight: Severity = "error" if missing >= _TOO_MANY_MISSING else "info"
    found += at_rows(delivered.is_null(), "missing_area", area.column, "{count} rows have no area", severity=weight)
    return pl.select(pl.when(known).then(delivered)).to_series().alias("unit"), found


def _some(values: pl.Series) -> str:
    """Return a few of the values as a message may tell them."""
    return ", ".join(privacy.listed(values.unique().sort().head(_NAMED)))
