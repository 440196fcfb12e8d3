"""What a store file holds, as it can be compared years later: rows and a hash for every table and wave.

The hash is of the rows, not of the file: each row becomes a text (the columns that are not null, in order of name),
each text its SHA-256, and the sorted hashes of a table and wave together their SHA-256. So it stays the same when rows
are stored in another order, when a column is added that is null, when an item of codes becomes one of numbers, and in
another version of DuckDB. Computing it reads every value of the file.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from tryghed.errors import StoreError
from tryghed.store import results, sandbox, schema

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "FLOAT", "DOUBLE"})


class Part(NamedTuple):
    """Rows that belong together: those of one table, of one survey and wave where the table knows them."""

    schema: str
    table: str
    survey: str
    wave: str

    def belongs_to(self, survey: str, wave: str) -> bool:
        """Whether loading a wave may change this part: the wave's own rows, and what `main` says of its survey."""
        return self.survey == survey and (self.schema == "main" or self.wave == wave)

    def __str__(self) -> str:
        about = f"{self.survey} {self.wave}".strip() if self.schema == "main" else self.wave
        return f"{self.schema}.{self.table} {about}".strip()


class Measure(NamedTuple):
    """How many rows, and their hash."""

    rows: int
    sha256: str


Content = dict[Part, Measure]


def measure(connection: duckdb.DuckDBPyConnection, database: str, wave: tuple[str, str] | None = None) -> Content:
    """Return the content of an attached store file, having read every value of it.

    Args:
        connection: Has the file attached.
        database: The name it is attached as.
        wave: Survey and wave to hash, with what is known of the survey's other waves; all else is read and counted
            only, which takes a tenth of the time.
    """
    found: Content = {}
    for table in _tables(connection, database):
        found |= dict(table.hashed()) if wave is None else dict(table.counted()) | dict(table.hashed(wave))
    return found


def tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """Return schema and name of every table of an attached file."""
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $database order by all",
        {"database": database},
    ).fetchall()


def record(connection: duckdb.DuckDBPyConnection, content: Content) -> None:
    """Write the content into the opened file, instead of what is recorded there."""
    connection.execute(f"delete from main.{schema.CONTENT}")  # noqa: S608 our own name
    rows = [(*part, *known) for part, known in content.items()]
    names = ("place", "relation", "survey", "wave", "rows", "sha256")
    kinds = ("varchar", "varchar", "varchar", "varchar", "bigint", "varchar")
    connection.register("incoming", schema.Stream(results.frame(names, kinds, rows)))
    try:
        connection.execute(f"insert into main.{schema.CONTENT} by name select * from incoming")  # noqa: S608 our own name
    finally:
        connection.unregister("incoming")


def renew(connection: duckdb.DuckDBPyConnection, wave: tuple[str, str]) -> None:
    """Record anew what the opened file holds of one survey and wave, and what it knows of the survey's other waves."""
    database = connection.execute("select current_database()").fetchall()[0][0]
    known = recorded(connection, database) or {}
    kept = {part: one for part, one in known.items() if not part.belongs_to(*wave)}
    found = {part: one for table in _tables(connection, database) for part, one in table.hashed(wave)}
    record(connection, kept | found)


def recorded(connection: duckdb.DuckDBPyConnection, database: str) -> Content | None:
    """Return what was recorded when the file was made; None in files of the first layout, which recorded nothing."""
    if ("main", schema.CONTENT) not in tables(connection, database):
        return None
    rows = connection.execute(
        f"select place, relation, survey, wave, rows, sha256 from {sandbox.quoted(database)}.main.{schema.CONTENT}"  # noqa: S608 our own name
    ).fetchall()
    return {Part(*row[:4]): Measure(*row[4:]) for row in rows}


def examine(path: Path, wave: tuple[str, str] | None = None) -> Content:
    """Read everything in a store file and compare it with what was recorded in it.

    Args:
        path: A store file.
        wave: As in `measure`: the only wave whose values are compared, not just counted.

    Raises:
        StoreError: It cannot be read, or is not what was recorded; every difference is listed.
    """
    connection = sandbox.connect(path)
    try:
        known, found = recorded(connection, "store"), measure(connection, "store", wave)
    except duckdb.Error as error:
        raise StoreError(f"damaged: {error}", where=str(path), hint=_HINT) from None
    finally:
        connection.close()
    wrong = list(_differences(known, found)) if known is not None else []
    if wrong:
        raise StoreError(f"does not hold what was loaded: {'; '.join(wrong)}", where=str(path), hint=_HINT)
    return found


_HINT = "restore a backup with tryghed restore, or load the deliveries into a new store"


def as_rows(content: Content) -> pl.DataFrame:
    """Return one row per table, survey and wave."""
    rows = [(f"{part.schema}.{part.table}", part.survey, part.wave, *known) for part, known in content.items()]
    return results.frame(("table", "survey", "wave", "rows", "sha256"), ("varchar",) * 3 + ("bigint", "varchar"), rows)


class _Table:
    """A table of an attached file, and the SQL that reads all of it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        database: str,
        place: str,
        table: str,
        columns: Sequence[tuple[str, str]],
    ) -> None:
        self._connection = connection
        self._place, self._table, self._columns = place, table, columns
        names = {name for name, _ in columns}
        self._survey = "survey" if "survey" in names else sandbox.literal("" if place == "main" else place)
        self._wave = "wave" if "wave" in names else "''"
        self._name = ".".join(sandbox.quoted(part) for part in (database, place, table))

    def counted(self) -> Iterator[tuple[Part, Measure]]:
        """Yield rows without hashes. Counting alone leaves blocks unread, and damage in them unseen."""
        rows = self._connection.execute(
            f"select {self._survey} as s, {self._wave} as w, count(*), bit_xor(hash(columns(*))) from {self._name} "  # noqa: S608 quoted
            "group by s, w"
        ).fetchall()
        for survey, wave, count, *_ in rows:
            yield Part(self._place, self._table, survey, wave), Measure(count, "")

    def hashed(self, wave: tuple[str, str] | None = None) -> Iterator[tuple[Part, Measure]]:
        """Yield rows and hashes: of all, or of what belongs to one survey and wave."""
        text = ", ".join(_text(name, kind) for name, kind in self._columns)
        given = dict(zip(("survey", "wave"), wave or (), strict=False))
        if self._place == "main":
            given.pop("wave", None)
        only = " and ".join(f"{getattr(self, f'_{name}')} = ${name}" for name in given) or "true"
        rows = self._connection.execute(
            f"with told as (select {self._survey} as s, {self._wave} as w, sha256(concat_ws(chr(30), {text})) as h "  # noqa: S608 quoted
            f"from {self._name} where {only}) "
            "select s, w, count(*), sha256(string_agg(h, '' order by h)) from told group by s, w",
            given,
        ).fetchall()
        for of, when, count, digest in rows:
            yield Part(self._place, self._table, of, when), Measure(count, digest)


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> Iterator[_Table]:
    """Yield every table but the one that the content is recorded in."""
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = $database and not internal order by all",
        {"database": database},
    ).fetchall()
    for (place, table), columns in groupby(rows, key=itemgetter(0, 1)):
        if (place, table) != ("main", schema.CONTENT):
            yield _Table(connection, database, place, table, [(name, kind) for *_, name, kind in columns])


def _text(name: str, kind: str) -> str:
    """Return SQL for a column's part of a row's text: null where the value is, numbers alike whatever their type."""
    column, title = sandbox.quoted(name), sandbox.literal(f"{name}=")
    if kind in _WHOLE:
        return f"{title} || printf('%.17g', {column}::double)"
    if kind == "VARCHAR":
        return f"{title} || length({column}) || ':' || {column}"
    return f"{title} || {column}::varchar"


def _differences(known: Content, found: Content) -> Iterator[str]:
    for part in sorted(known.keys() | found.keys()):
        before, now = known.get(part, Measure(0, "")), found.get(part, Measure(0, ""))
        if before.rows != now.rows:
            yield f"{part}: {now.rows} rows instead of {before.rows}"
        elif now.sha256 and before.sha256 != now.sha256:
            yield f"{part}: other values than recorded in {now.rows} rows"
