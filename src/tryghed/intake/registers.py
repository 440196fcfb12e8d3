"""Accepts a register table: reads the file, checks it against its definition, and brings it to one figure a row.

As with a wave, a table is accepted or refused whole, with everything that was found.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

import polars as pl

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.project import Project
from tryghed.definitions.registers import Kept, Register
from tryghed.definitions.survey import Range
from tryghed.frames import EVERYBODY, REGISTER_VALUE, AcceptedRegister, Decision, Finding, Source, conform
from tryghed.intake import privacy, readers
from tryghed.intake.delivered import Delivered
from tryghed.intake.findings import SHOWN, at_rows, decided, finding, refuse
from tryghed.intake.values import as_numbers, as_text

_YEAR = re.compile(r"(?:[Åå]r ?)?([12][0-9]{3})(?:\.0+)?")
_NUMBER = re.compile(r"-?[0-9]+")
_KEY = ("area", "year", "category")
_ROW = "row"  # its number in the file, header not counted


@dataclass(frozen=True)
class ExaminedRegister:
    """A register table that was read and checked; `values` is as in `frames.REGISTER_VALUE` where no error is found."""

    register: Register
    source: Source
    definition_sha256: str
    values: pl.DataFrame
    findings: tuple[Finding, ...]


def accept(project: Project, name: str, *, known: pl.DataFrame | None = None) -> AcceptedRegister:
    """Return a register table as the store keeps it.

    Args:
        project: The project.
        name: The register.
        known: `REGISTER_VALUE`, what is loaded of it already; None where nothing is.

    Raises:
        Refused: The table has errors, or warnings that its definition does not accept; all are listed.
        DataError: The file is missing or cannot be read.
    """
    one = examine(project, name, known=known)
    refuse(one.findings, where=f"registers/{name} ({one.source.file})", wave="")
    return AcceptedRegister(name, one.source, one.definition_sha256, one.values, one.findings)


def examine(project: Project, name: str, *, known: pl.DataFrame | None = None) -> ExaminedRegister:
    """Return a register table with everything found in it; the arguments are those of `accept`.

    Raises:
        DataError: The file is missing or cannot be read.
    """
    register = project.registers[name]
    area_set = project.area_sets[register.area_set]
    path = project.folder / register.delivery.file
    delivered = readers.read(path, register.delivery)
    source = Source(
        register.delivery.file, delivered.sha256, delivered.verified, delivered.rows.height, delivered.columns
    )
    findings = [*delivered.findings, *privacy.in_reasons(register.accepted)]
    if not delivered.verified:
        message = "sha256 and rows are not both declared"
        findings.append(finding("unverified", register.delivery.file, message))
    values = REGISTER_VALUE.to_frame()
    lacking = _lacking(register, delivered)
    findings += lacking
    if not lacking:
        belonging = _belonging(register, delivered.rows, findings)
        values = _values(register, area_set, _long(register, belonging, findings), findings)
        findings += [*_gaps(values, register, area_set), *_revised(values, known, register)]
    decisions = [Decision(one.code, one.because, one.by, one.date, one.where, one.count) for one in register.accepted]
    return ExaminedRegister(register, source, fingerprint(register, area_set), values, decided(findings, decisions))


def fingerprint(register: Register, area_set: AreaSet) -> str:
    """Return the SHA-256 of all that says what a register table becomes: its definition, and how areas are called."""
    parts = [register.model_dump_json(), area_set.model_dump_json(include={"name", "version", "aliases", "titles"})]
    parts += [one.model_dump_json(include={"code", "name", "short"}) for one in area_set.areas.values()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _lacking(register: Register, delivered: Delivered) -> list[Finding]:
    """Return columns that the definition names and the file does not have, and a table that is empty."""
    columns = register.columns
    named = [columns.area, columns.year, columns.value, columns.denominator, *columns.category]
    named += [one.column for one in register.rows]
    gone = [one for one in dict.fromkeys(named) if one is not None and one not in delivered.rows.columns]
    file = register.delivery.file
    found = [finding("empty_delivery", file, "no rows")] if not delivered.rows.height else []
    if columns.year is None and not any(_year(name) for name in delivered.rows.columns):
        gone.append("(a year)")
    if gone:
        has = ", ".join(delivered.rows.columns)
        found.append(finding("register_column", file, f"no column {', '.join(gone)}; it has {has}", count=len(gone)))
    return found


def _belonging(register: Register, rows: pl.DataFrame, found: list[Finding]) -> pl.DataFrame:
    """Return the rows of the file that belong to the register, as text, each with its number."""
    texts = rows.select(as_text(rows[name]) for name in rows.columns).with_row_index(_ROW, offset=1)
    kept = texts
    for one in register.rows:
        values = kept[one.column].to_list()
        kept = kept.filter(pl.Series([_belongs(one, value) for value in values], dtype=pl.Boolean))
    left = texts.height - kept.height
    if left:
        message = f"{left:,} of {texts.height:,} rows are of something else"
        found.append(finding("register_other_rows", register.delivery.file, message, count=left))
    return kept


def _belongs(one: Kept, value: str | None) -> bool:
    if value is None:
        return False
    if one.number is not None:
        number = _NUMBER.search(value)
        return number is not None and _within(int(number[0]), one.number)
    return value in one.values or any(value.startswith(start) for start in one.begins)


def _within(number: float, limits: Range) -> bool:
    return (limits.min is None or number >= limits.min) and (limits.below is None or number < limits.below)


def _long(register: Register, rows: pl.DataFrame, found: list[Finding]) -> pl.DataFrame:
    """Return row number, area, year, category, value and denominator, as numbers where they are some."""
    columns = register.columns
    parts = [pl.col(name).fill_null("") for name in columns.category]
    category = pl.concat_str(parts, separator="*") if parts else pl.lit(EVERYBODY)
    nothing = pl.lit(None, dtype=pl.String)
    if columns.year is not None and columns.value is not None:
        out_of = pl.col(columns.denominator) if columns.denominator else nothing
        table = rows.select(
            _ROW, pl.col(columns.area).alias("area"), pl.col(columns.year).alias("year"),
            category.alias("category"), pl.col(columns.value).alias("value"), out_of.alias("denominator"),
        )  # fmt: skip
    else:
        years = [name for name in rows.columns if _year(name)]
        table = rows.with_columns(category.alias("\0category")).unpivot(
            years, index=[_ROW, columns.area, "\0category"], variable_name="\0year", value_name="\0value"
        ).select(
            _ROW, pl.col(columns.area).alias("area"), pl.col("\0year").alias("year"),
            pl.col("\0category").alias("category"), pl.col("\0value").alias("value"), nothing.alias("denominator"),
        )  # fmt: skip
    decimal = "." if register.delivery.file.lower().endswith("xlsx") else register.delivery.csv.decimal
    blank = table["value"].is_null() | table["value"].is_in(register.missing)
    found += _at(table, blank, "register_blank", _where(register, "value"), "{count} figures are blank")
    table = table.with_columns(pl.when(~blank).then("value").alias("value"))
    for name in ("value", "denominator"):
        numbers, wrong = as_numbers(_ungrouped(table[name], columns.thousands), decimal=decimal)
        told = f"{{count}} of the column {name} are not numbers, such as {_first(table[name], wrong)!r}"
        found += _at(table, wrong, "register_not_a_number", _where(register, name), told)
        table = table.with_columns(numbers.alias(name))
    return table


def _ungrouped(column: pl.Series, thousands: str) -> pl.Series:
    """Return texts without the sign between thousands, where it stands between groups of three."""
    if not thousands:
        return column
    grouped = column.str.contains(rf"^[+-]?[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+([^0-9][0-9]*)?$")
    plain = column.str.replace_all(thousands, "", literal=True)
    return pl.select(pl.when(grouped).then(plain).otherwise(column)).to_series()


def _where(register: Register, part: str) -> str:
    return getattr(register.columns, part) or register.delivery.file


def _first(column: pl.Series, wrong: pl.Series) -> object:
    return next(iter(column.filter(wrong).to_list()), "")


def _at(table: pl.DataFrame, bad: pl.Series, code: str, where: str, message: str, *, hint: str = "") -> list[Finding]:
    """Return a finding for the rows where `bad` holds, with their numbers in the file."""
    rows = table[_ROW].filter(bad.fill_null(value=False)).unique().sort().head(SHOWN).to_list()
    return [replace(one, rows=tuple(rows)) for one in at_rows(bad, code, where, message, hint=hint)]


def _year(text: str) -> int | None:
    found = _YEAR.fullmatch(text.strip())
    return int(found[1]) if found else None


def _values(register: Register, area_set: AreaSet, table: pl.DataFrame, found: list[Finding]) -> pl.DataFrame:
    """Return `REGISTER_VALUE` of the rows that hold, and note those that do not."""
    names: dict[str, str | None] = {
        name: area_set.named(name) for name in table["area"].drop_nulls().unique().to_list()
    }
    codes = pl.Series("area", [names.get(name) if name else None for name in table["area"].to_list()], dtype=pl.String)
    strange = sorted(name for name, code in names.items() if code is None)
    told = f"{{count}} figures are for no area of {area_set.name}: {', '.join(map(repr, strange[:SHOWN])) or 'blank'}"
    found += _at(table, codes.is_null(), "register_area_unknown", _where(register, "area"), told,
                            hint=f"spellings go into the aliases of surveys/areas/{area_set.name}.toml")  # fmt: skip
    years = pl.Series("year", [_year(text) if text else None for text in table["year"].to_list()], dtype=pl.Int32)
    first, last = register.first_year or 1900, register.last_year or 2200
    outside = ~years.is_between(first, last).fill_null(value=False)
    told = f"{{count}} years are not between {first} and {last}, such as {_first(table['year'], outside)!r}"
    found += _at(table, outside, "register_year", _where(register, "year"), told)
    table = table.with_columns(codes, years)
    found += _limits(table, register)
    held = table.filter(codes.is_not_null() & ~outside)
    if register.adds_up:
        held = held.group_by(_KEY).agg(_sum("value"), _sum("denominator"))
    else:
        twice = held.select(_KEY).is_duplicated()
        some = ", ".join(f"{one['area']} {one['year']}" for one in held.filter(twice).head(3).to_dicts())
        found += _at(held, twice, "register_twice", _where(register, "area"),
                                f"{{count}} figures share area, year and category with others: {some}")  # fmt: skip
        held = held.unique(_KEY, keep="first", maintain_order=True)
    return conform(held.select(REGISTER_VALUE.names()), REGISTER_VALUE, where=register.name).sort(_KEY)


def _sum(name: str) -> pl.Expr:
    """Add up what is known: the sum is unknown where one of its parts is."""
    return pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)


def _limits(table: pl.DataFrame, register: Register) -> Iterator[Finding]:
    low, high = register.minimum, register.largest
    value = table["value"]
    smallest, largest = (-inf if low is None else low), (inf if high is None else high)
    out = ~value.is_between(smallest, largest).fill_null(value=True)
    limits = " and ".join(
        f"{said} {limit:g}" for said, limit in (("at least", low), ("at most", high)) if limit is not None
    )
    yield from _at(table, out, "register_out_of_range", _where(register, "value"),
                   f"{{count}} figures are not {limits}, such as {_first(value, out)}")  # fmt: skip
    out_of = (table["denominator"] <= 0).fill_null(value=False)
    yield from _at(table, out_of, "register_out_of_range", _where(register, "denominator"),
                   "{count} denominators are not above 0")  # fmt: skip


def _gaps(values: pl.DataFrame, register: Register, area_set: AreaSet) -> Iterator[Finding]:
    """Yield the areas of the set that have no figure in years others have."""
    years = values["year"].unique().to_list()
    there = set(values.select("area", "year").unique().rows())
    gaps = {code: [year for year in sorted(years) if (code, year) not in there] for code in area_set.areas}
    missing = {code: absent for code, absent in gaps.items() if absent}
    if missing and years:
        shown = [f"{code} ({_span(absent)})" for code, absent in list(missing.items())[:SHOWN]]
        more = " …" if len(missing) > SHOWN else ""
        message = f"{len(missing)} areas of {area_set.name} lack figures: {', '.join(shown)}{more}"
        yield finding("register_area_missing", register.delivery.file, message, count=len(missing))


def _span(years: Sequence[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}, {len(years)} years"


def _revised(values: pl.DataFrame, known: pl.DataFrame | None, register: Register) -> Iterator[Finding]:
    """Yield figures that are loaded already and are others in this file, or are gone from it."""
    if known is None:
        return
    both = known.drop_nulls("value").join(values, on=_KEY, how="left", suffix="_now")
    other = both.filter(pl.col("value_now").is_null() | (pl.col("value") != pl.col("value_now")))
    if other.height:
        one = other.row(0, named=True)
        now = "none" if one["value_now"] is None else f"{one['value_now']:g}"
        message = (
            f"{other.height:,} figures are revised, such as {one['area']} {one['year']}: {one['value']:g} is {now}"
        )
        yield finding("register_revised", register.delivery.file, message, count=other.height)
