"""Numbers for respondents who are alike: `location` for all their areas together, `profile` for all their categories.

Every domain holds some locations and some profiles whole. So sums are made once per location and profile, in one pass
over `score`, and what belongs to whom is looked up in two small tables instead of a row per respondent and area.
"""

from collections.abc import Iterator
from typing import NamedTuple

import duckdb
import polars as pl

from tryghed.store import sandbox, schema


class Numbering(NamedTuple):
    """What is numbered: the column of `score` and table, the table with a row per respondent, and its key."""

    name: str
    source: str
    key: tuple[str, str]


NUMBERINGS = (
    Numbering("location", "membership", ("area_set", "area")),
    Numbering("profile", "grouping", ("dimension", "category")),
)


def numbered(rows: pl.DataFrame, numbering: Numbering) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number the combinations of one wave.

    Args:
        rows: A row per respondent and area (or category) of one wave, in any order.
        numbering: What is numbered.

    Returns:
        The number of each respondent, and the areas (or categories) of each number. The same rows get the same
        numbers, whatever their order.
    """
    key = list(numbering.key)
    entries = rows.select(key).unique().sort(key).with_row_index("entry")
    lists = rows.join(entries, on=key).group_by("respondent").agg(pl.col("entry").sort())
    lists = lists.with_columns(pl.col("entry").cast(pl.List(pl.String)).list.join(" ").alias("text"))
    numbers = lists.group_by("text").agg(pl.col("entry").first()).sort("text")
    numbers = numbers.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias(numbering.name))
    return (
        lists.join(numbers, on="text").select("respondent", numbering.name),
        numbers.select(numbering.name, "entry").explode("entry").join(entries, on="entry")
        .select(numbering.name, *key).sort(numbering.name, *key),
    )  # fmt: skip


def fill(connection: duckdb.DuckDBPyConnection, survey: str) -> None:
    """Number the respondents of waves that an earlier version has stored, in an opened file."""
    place = sandbox.quoted(survey)
    for wave, numbering in _unnumbered(connection, place):
        rows = connection.execute(
            f"select respondent, {', '.join(numbering.key)} from {place}.{numbering.source} where wave = $wave",  # noqa: S608 our own names
            {"wave": wave},
        ).fetchall()
        given = pl.DataFrame(rows, schema=dict.fromkeys(("respondent", *numbering.key), pl.String), orient="row")
        of, meaning = numbered(given, numbering)
        connection.execute(f"delete from {place}.{numbering.name} where wave = $wave", {"wave": wave})  # noqa: S608
        connection.register("numbers", schema.Stream(of))
        connection.register("meanings", schema.Stream(meaning))
        connection.execute(
            f"update {place}.score set {numbering.name} = numbers.{numbering.name} from numbers "  # noqa: S608
            "where score.wave = $wave and score.respondent = numbers.respondent",
            {"wave": wave},
        )
        connection.execute(
            f"insert into {place}.{numbering.name} by name select $wave::varchar as wave, * from meanings",  # noqa: S608
            {"wave": wave},
        )
        connection.unregister("numbers")
        connection.unregister("meanings")


def _unnumbered(connection: duckdb.DuckDBPyConnection, place: str) -> Iterator[tuple[str, Numbering]]:
    for numbering in NUMBERINGS:
        waves = connection.execute(
            f"select distinct wave from {place}.score where {numbering.name} is null order by wave"  # noqa: S608
        ).fetchall()
        yield from ((wave, numbering) for (wave,) in waves)
