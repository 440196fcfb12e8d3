"""The tables of a store file, and an empty store with a sample survey to check queries against.

Schema `main` holds what is known about deliveries; each survey has a schema of its own. The column types and their
meaning are written here once, and into the file as comments.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import polars as pl

from tryghed.definitions.survey import Survey
from tryghed.store.sandbox import quoted

#: Written by DuckDB 2 in a format that DuckDB 1.5 (R, DBeaver) opens too.
STORAGE: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.5.0",
    "threads": 1,
    "temp_directory": "",
}

#: Schema names DuckDB has for itself.
RESERVED = frozenset({"main", "temp", "system", "information_schema", "pg_catalog"})

#: Tables about deliveries, in schema `main`: table, its meaning, its columns.
SHARED: dict[str, tuple[str, dict[str, str]]] = {
    "delivery": (
        "one row per survey and wave loaded: the file its numbers come from",
        {
            "survey": "varchar not null", "wave": "varchar not null", "file": "varchar not null",
            "sha256": "varchar not null", "verified": "boolean not null", "rows": "bigint not null",
            "columns": "bigint not null", "definition_sha256": "varchar not null", "loaded_at": "timestamp not null",
            "revision": "integer not null", "because": "varchar not null",
        },
    ),
    "finding": (
        "one row per problem found in a delivery; rows are the first row numbers, because says why it was accepted",
        {
            "survey": "varchar not null", "wave": "varchar not null", "code": "varchar not null",
            "severity": "varchar not null", "place": "varchar not null", "count": "bigint not null",
            "rows": "bigint[] not null", "message": "varchar not null",
            "because": "varchar", "accepted_by": "varchar", "accepted_on": "date",
        },
    ),
    "comparability": (
        "one row per survey, wave, earlier wave and indicator: may the two be compared, and why not",
        {
            "survey": "varchar not null", "wave": "varchar not null", "against": "varchar not null",
            "indicator": "varchar not null", "verdict": "varchar not null", "reasons": "varchar[] not null",
            "why": "varchar[] not null",
        },
    ),
}  # fmt: skip

#: Register tables (aggregates that others counted), in schema `main`: table, its meaning, its columns.
REGISTERS: dict[str, tuple[str, dict[str, str]]] = {
    "register": (
        "one row per register table loaded: what its figures are, and the file they come from",
        {
            "register": "varchar not null", "label": "varchar not null", "unit": "varchar not null",
            "denominator": "varchar not null", "source": "varchar not null", "area_set": "varchar not null",
            "area_version": "varchar not null", "file": "varchar not null", "sha256": "varchar not null",
            "verified": "boolean not null", "rows": "bigint not null", "definition_sha256": "varchar not null",
            "loaded_at": "timestamp not null",
        },
    ),
    "register_value": (
        "one row per register, area, year and category; area alle is the whole city; value is null where none is known",
        {
            "register": "varchar not null", "area": "varchar not null", "year": "integer not null",
            "category": "varchar not null", "value": "double", "denominator": "double",
        },
    ),
    "register_break": (
        "one row per register and year from which its figures cannot be compared with earlier ones",
        {"register": "varchar not null", "since": "integer not null", "why": "varchar not null"},
    ),
    "register_finding": (
        "one row per problem found in a register table; because says why it was accepted",
        {
            "register": "varchar not null", "code": "varchar not null", "severity": "varchar not null",
            "place": "varchar not null", "count": "bigint not null", "rows": "bigint[] not null",
            "message": "varchar not null", "because": "varchar", "accepted_by": "varchar", "accepted_on": "date",
        },
    ),
}  # fmt: skip

#: Name of the table that says what the file holds (`content.py`).
CONTENT = "content"

#: Tables about the file itself, in schema `main`: table, its meaning, its columns.
OWN: dict[str, tuple[str, dict[str, str]]] = {
    "layout": (
        "one row: the version of these tables, and of the software that made them so",
        {"version": "integer not null", "software": "varchar not null"},
    ),
    CONTENT: (
        "one row per table, survey and wave: how many rows it has, and a hash of their values",
        {
            "place": "varchar not null", "relation": "varchar not null", "survey": "varchar not null",
            "wave": "varchar not null", "rows": "bigint not null", "sha256": "varchar not null",
        },
    ),
    "erasure": (
        "one row per survey and wave that was erased and not loaded again since",
        {
            "survey": "varchar not null", "wave": "varchar not null", "erased_at": "timestamp not null",
            "because": "varchar not null", "archive": "varchar not null",
        },
    ),
}  # fmt: skip

#: All tables of schema `main`.
MAIN = SHARED | REGISTERS | OWN

#: Columns that tables of an earlier layout lack and that may not be null: what holds for the rows that are there.
FORMER: dict[tuple[str, str], str] = {("delivery", "revision"): "1", ("delivery", "because"): "''"}

#: Tables of a survey: table, its meaning, its columns. `answer` and `score` grow a column per item or indicator.
#: psu is unique within its stratum only, and null where people were sampled directly.
PER_SURVEY: dict[str, tuple[str, dict[str, str]]] = {
    "respondent": (
        "one row per wave and respondent; psu is unique within its stratum, null where people were sampled directly",
        {
            "wave": "varchar not null", "respondent": "varchar not null", "weight": "decimal(18,9) not null",
            "stratum": "varchar not null", "psu": "varchar", "unit": "varchar",
        },
    ),
    "answer": (
        "one row per wave and respondent, a column per item; negative codes are kinds of missing, null is not asked",
        {"wave": "varchar not null", "respondent": "varchar not null"},
    ),
    "score": (
        "one row per wave and respondent, a column per indicator: 1 counts, 0 does not, null is outside the base",
        {
            "wave": "varchar not null", "respondent": "varchar not null", "weight": "decimal(18,9) not null",
            "stratum": "varchar not null", "psu": "varchar", "location": "integer", "profile": "integer",
        },
    ),
    "location": (
        "one row per wave, number of a location (all areas that a respondent lies in) and area of it",
        {
            "wave": "varchar not null", "location": "integer not null", "area_set": "varchar not null",
            "area": "varchar not null",
        },
    ),
    "profile": (
        "one row per wave, number of a profile (all categories that a respondent belongs to) and category of it",
        {
            "wave": "varchar not null", "profile": "integer not null", "dimension": "varchar not null",
            "category": "varchar not null",
        },
    ),
    "membership": (
        "one row per respondent, area set and area it lies in; area alle holds everybody, in every set",
        {
            "wave": "varchar not null", "respondent": "varchar not null", "area_set": "varchar not null",
            "area": "varchar not null",
        },
    ),
    "grouping": (
        "one row per respondent, dimension and category; dimension alle holds everybody, sex*age is a crossing",
        {
            "wave": "varchar not null", "respondent": "varchar not null", "dimension": "varchar not null",
            "category": "varchar not null",
        },
    ),
    "design": (
        "one row per wave: what its definition says of strata with one PSU, of replicate weights and of calibration",
        {
            "wave": "varchar not null", "lonely_psu": "varchar not null", "replicates": "varchar",
            "factors": "double[]", "mse": "boolean", "calibration": "varchar",
        },
    ),
    "calibrated_weight": (
        "one row per wave and respondent, where weights were calibrated here: those delivered, and categories known",
        {
            "wave": "varchar not null", "respondent": "varchar not null", "delivered": "decimal(18,9) not null",
            "known": "varchar[] not null", "replicates": "decimal(18,9)[]",
        },
    ),
    "replicate_weight": (
        "one row per wave and respondent, where replicate weights were delivered: all of them in order",
        {"wave": "varchar not null", "respondent": "varchar not null", "weights": "decimal(18,9)[] not null"},
    ),
    "population": (
        "one row per wave and stratum with a known number of sampling units",
        {"wave": "varchar not null", "stratum": "varchar not null", "size": "double not null"},
    ),
    "invited": (
        "one row per wave, division (area set, group, stratum or alle) and category whose number of invited is known",
        {
            "wave": "varchar not null", "division": "varchar not null", "category": "varchar not null",
            "invited": "bigint not null",
        },
    ),
    "questionnaire": (
        "one row per wave and item, as the file asked it: column_name and its place, text is its label",
        {
            "wave": "varchar not null", "item": "varchar not null", "position": "bigint not null",
            "column_name": "varchar not null", "text": "varchar not null",
        },
    ),
    "answer_label": (
        "one row per wave, item and code that the file labels or declares missing",
        {
            "wave": "varchar not null", "item": "varchar not null", "code": "bigint not null",
            "label": "varchar not null", "declared_missing": "boolean not null",
        },
    ),
}  # fmt: skip

#: The survey of the empty store.
SAMPLE = "sample"
_SAMPLE_ITEMS = {"safe_evening": "smallint", "safe_day": "smallint", "age_years": "double"}
_SAMPLE_INDICATORS = ("tryg_aften", "utryg_aften", "tryg_dag", "safe_evening_svar_1", "safe_evening_svar_2")


class Stream:
    """A frame as DuckDB takes it without pyarrow: through the Arrow C stream alone."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)


def create_shared(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables about deliveries, registers and the file, and their columns, where they are missing."""
    for table, (meaning, columns) in MAIN.items():
        _create(connection, "main", table, meaning, columns)


def create_survey(connection: duckdb.DuckDBPyConnection, survey: str) -> None:
    """Create a survey's schema, tables and declared columns where they are missing."""
    connection.execute(f"create schema if not exists {quoted(survey)}")
    for table, (meaning, columns) in PER_SURVEY.items():
        _create(connection, survey, table, meaning, columns)


def add_columns(connection: duckdb.DuckDBPyConnection, survey: str, table: str, columns: Mapping[str, str]) -> None:
    """Add the columns a table does not have yet; earlier waves have null in them.

    An item that was a code and is now a number becomes one for all waves: nothing is rounded to fit.
    """
    described = connection.execute(f"describe {quoted(survey)}.{quoted(table)}").fetchall()
    present = {name: kind.lower() for name, kind, *_ in described}
    for name, kind in columns.items():
        change = f"alter table {quoted(survey)}.{quoted(table)}"
        if name not in present:
            connection.execute(f"{change} add column {quoted(name)} {kind}")
        elif kind == "double" and present[name] != kind:
            connection.execute(f"{change} alter column {quoted(name)} set data type double")


@contextmanager
def empty(surveys: Sequence[Survey] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty store in memory, with the tables of a sample survey on the search path.

    Args:
        surveys: Their items and indicators are columns too, beside the sample's.
    """
    items = dict(_SAMPLE_ITEMS)
    indicators = dict.fromkeys(_SAMPLE_INDICATORS, "tinyint")
    for survey in surveys:
        items |= {name: "double" if item.numeric else "smallint" for name, item in survey.items.items()}
        indicators |= dict.fromkeys(survey.scores, "tinyint")
    connection = duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": "1"})
    try:
        create_shared(connection)
        create_survey(connection, SAMPLE)
        add_columns(connection, SAMPLE, "answer", items)
        add_columns(connection, SAMPLE, "score", indicators)
        connection.execute(f"set search_path='{SAMPLE},main'")
        yield connection
    finally:
        connection.close()


def _create(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, meaning: str, columns: Mapping[str, str]
) -> None:
    name = f"{quoted(schema)}.{quoted(table)}"
    declared = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
    connection.execute(f"create table if not exists {name} ({declared})")
    connection.execute(f"comment on table {name} is '{meaning}'")
    present = {column for column, *_ in connection.execute(f"describe {name}").fetchall()}
    for column, kind in columns.items():
        if column not in present:
            _add(connection, name, column, kind, FORMER.get((table, column), "null"))


def _add(connection: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, former: str) -> None:
    """Add a column to a table that has rows: `former` is its value in them."""
    plain = kind.removesuffix(" not null")
    connection.execute(f"alter table {table} add column {quoted(column)} {plain} default {former}")
    connection.execute(f"alter table {table} alter column {quoted(column)} drop default")
    if plain != kind:
        connection.execute(f"alter table {table} alter column {quoted(column)} set not null")
