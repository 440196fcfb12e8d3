"""Which version of the tables a store file has, and how a file of an earlier version is brought up to this one.

    layout 1    no `layout` table: deliveries, findings and the tables of each survey
    layout 2    revisions of deliveries, the invited, replicate weights; the file's own layout, content and erasures
    layout 3    numbers of locations and profiles in `score`, and what they stand for

A file is never changed in place: it is brought up in the copy that becomes the next generation. Tables and columns
that are declared in `schema.py` and missing are added, whatever the number; a change that is more than that is a step
of its own here, and raises `VERSION`. Then a file of the former layout is frozen for the tests.
"""

from pathlib import Path

import duckdb

from tryghed import __version__
from tryghed.errors import StoreError
from tryghed.store import content, numbering, sandbox, schema

#: The layout this software writes.
VERSION = 3


def of(path: Path) -> int:
    """Return the layout of a store file.

    Raises:
        StoreError: It cannot be read, or a newer version of the software has written it.
    """
    connection = sandbox.connect(path)
    try:
        return known(connection, "store", path)
    finally:
        connection.close()


def is_current(path: Path) -> bool:
    """Return whether a store file has every table and column of this layout.

    Raises:
        StoreError: It cannot be read, or a newer version of the software has written it.
    """
    connection = sandbox.connect(path)
    try:
        return has_all(connection, "store", path)
    finally:
        connection.close()


def has_all(connection: duckdb.DuckDBPyConnection, database: str, path: Path) -> bool:
    """Return whether an attached store file has every table and column of this layout.

    Raises:
        StoreError: A newer version of the software has written it.
    """
    if known(connection, database, path) < VERSION:
        return False
    rows = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where database_name = $database and not internal",
        {"database": database},
    ).fetchall()
    surveys = {place for place, *_ in rows} - {"main"}
    places = {"main": schema.MAIN} | dict.fromkeys(surveys, schema.PER_SURVEY)
    return set(rows) >= {
        (place, table, column)
        for place, tables in places.items() for table, (_, columns) in tables.items() for column in columns
    }  # fmt: skip


def known(connection: duckdb.DuckDBPyConnection, database: str, path: Path) -> int:
    """Return the layout of an attached store file.

    Raises:
        StoreError: A newer version of the software has written it.
    """
    if ("main", "layout") not in content.tables(connection, database):
        return 1
    version, software = connection.execute(
        f"select version, software from {sandbox.quoted(database)}.main.layout"  # noqa: S608 quoted
    ).fetchall()[0]
    if version > VERSION:
        raise StoreError(
            f"was written by tryghed {software} in layout {version}; this is tryghed {__version__}, which knows "
            f"{VERSION}",
            where=str(path), hint="install that version, or a newer one",
        )  # fmt: skip
    return int(version)


def bring_up(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Give an opened file, which may be empty, the tables and columns of this layout, and its number.

    Raises:
        StoreError: A newer version of the software has written it.
    """
    database = connection.execute("select current_database()").fetchall()[0][0]
    if has_all(connection, database, path):
        return
    schema.create_shared(connection)
    for survey in sorted({place for place, _ in content.tables(connection, database)} - {"main"}):
        schema.create_survey(connection, survey)
        numbering.fill(connection, survey)
    connection.execute("delete from main.layout")
    connection.execute("insert into main.layout values ($version, $software)", _now())
    content.record(connection, content.measure(connection, database))


def _now() -> dict[str, object]:
    return {"version": VERSION, "software": __version__}
