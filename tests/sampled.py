"""Samples written out row by row for tests of the statistics, read through the real queries from memory.

A row is a mapping with `respondent`, `weight`, `stratum`, `psu` (None where people were sampled directly), indicators,
and whatever columns hold areas (a code, None, or several codes) and categories.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from tryghed.statistics import points as reading
from tryghed.statistics import respondents, totals
from tryghed.store import numbering, query, schema
from tryghed.store.reader import Reader
from tryghed.store.warehouse import Generation

ROOT = Path(__file__).parents[1]
QUERIES = query.load_all([ROOT / "queries"])
SURVEY = "sampled"


def read(waves, *, indicators, areas=None, groups=None, population=None, threads=1, wanted=None, asked=None,
         lonely_psu="fail", replicates=None):  # fmt: skip
    """Return the totals of `waves` (wave → rows), pooled.

    `areas` maps area sets, `groups` dimensions, to columns of the rows; `population` maps (wave, stratum) to its size.
    `wanted` names the waves to read, `asked` the indicators, by default all; `lonely_psu` is the definition's strategy.
    `replicates` is kind, factors and mse; a row's `replicate_weights` then holds as many weights.
    """
    areas, groups = areas or {"places": None}, groups or {}
    with _store(waves, indicators, areas, groups, population or {}, threads, lonely_psu, (), replicates) as reader:
        return totals.read(
            reader, QUERIES, survey=SURVEY, waves=wanted or list(waves), area_sets=list(areas),
            dimensions=["alle", *groups], indicators=asked or indicators,
        )  # fmt: skip


def points(waves, value, other=None, *, items, area="alle", area_set="places", areas=None, population=None,
           lonely_psu="fail", replicates=None):  # fmt: skip
    """Return the points of everybody in an area; `items` are columns of the rows that are answers."""
    with _store(waves, [], areas or {"places": None}, {}, population or {}, 1, lonely_psu, items, replicates) as reader:
        found = reading.read(
            reader, QUERIES, survey=SURVEY, waves=list(waves), area_set=area_set, areas=[area], dimension="alle",
            value=value, other=other,
        )  # fmt: skip
    return found.points[area, "alle"]


def people(waves, *, indicators, periods, area_set="places", dimension="alle", areas=None, groups=None,
           population=None, lonely_psu="fail", replicates=None):  # fmt: skip
    """Return the respondents of `periods` (each one wave or several), one by one."""
    areas, groups = areas or {"places": None}, groups or {}
    with _store(waves, indicators, areas, groups, population or {}, 1, lonely_psu, (), replicates) as reader:
        return respondents.read(
            reader, QUERIES, survey=SURVEY, periods=periods, area_set=area_set, dimension=dimension,
            indicators=indicators,
        )  # fmt: skip


@contextmanager
def _store(waves, indicators, areas, groups, population, threads, lonely_psu="fail", items=(), replicates=None):
    with duckdb.connect(":memory:", config={"threads": threads}) as connection:
        schema.create_shared(connection)
        schema.create_survey(connection, SURVEY)
        schema.add_columns(connection, SURVEY, "score", dict.fromkeys(indicators, "tinyint"))
        schema.add_columns(connection, SURVEY, "answer", dict.fromkeys(items, "double"))
        connection.execute(f"set search_path='{SURVEY},main'")
        for wave, rows in waves.items():
            _fill(connection, wave, rows, indicators, areas, groups)
            answers = [(wave, str(row["respondent"]), *(row[one] for one in items)) for row in rows]
            _insert(connection, "answer", answers)
        numbering.fill(connection, SURVEY)
        kind, factors, mse = replicates or (None, None, None)
        for wave in waves:
            known = [wave, lonely_psu, kind, factors, mse, None]
            connection.execute("insert into design values (?, ?, ?, ?, ?, ?)", known)
        for wave, rows in waves.items() if replicates else ():
            weights = [(wave, str(row["respondent"]), list(map(repr, row["replicate_weights"]))) for row in rows]
            _insert(connection, "replicate_weight", weights)
        _insert(connection, "population", [(*stratum, size) for stratum, size in population.items()])
        yield Reader(connection, SURVEY, Generation(0, Path()))


def _fill(connection, wave, rows, indicators, areas, groups):
    design = ("weight", "stratum", "psu")
    unnumbered = (None, None)  # location and profile
    scores = [
        (wave, str(row["respondent"]), *(_plain(row[name]) for name in design), *unnumbered,
         *(row[name] for name in indicators))
        for row in rows
    ]  # fmt: skip
    memberships = [
        (wave, str(row["respondent"]), area_set, area)
        for row in rows
        for area_set, column in areas.items()
        for area in ("alle", *_several(row[column] if column else None))
    ]
    groupings = [
        (wave, str(row["respondent"]), dimension, category)
        for row in rows
        for dimension, category in (("alle", "alle"), *((name, row[column]) for name, column in groups.items()))
        if category is not None
    ]
    for table, filled in (("score", scores), ("membership", memberships), ("grouping", groupings)):
        _insert(connection, table, filled)


class _Stream:
    """A frame as DuckDB takes it without pyarrow."""

    def __init__(self, rows):
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema=None):
        return self._rows.__arrow_c_stream__(requested_schema)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        columns = [pl.Series(f"column_{place}", values) for place, values in enumerate(zip(*rows, strict=True))]
        columns = [one.cast(pl.String) if one.dtype == pl.Null else one for one in columns]
        connection.register("arriving", _Stream(pl.DataFrame(columns)))
        connection.execute(f"insert into {table} select * from arriving")  # noqa: S608 - our own table names
        connection.unregister("arriving")


def _plain(value):
    return repr(value) if isinstance(value, float) else value  # text becomes a decimal without rounding


def _several(value):
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def share(rows, indicator, area="alle", *, area_set="places", dimension="alle", category="alle"):
    """Return the one row of an estimate or a contrast for a domain."""
    found = rows.filter(
        area_set=area_set, area=area, dimension=dimension, category=category, indicator=indicator
    ).to_dicts()
    assert len(found) == 1
    return found[0]
