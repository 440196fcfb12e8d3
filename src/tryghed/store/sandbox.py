"""The connection every read goes through: one store file, read-only, no files, no network, no host variables.

`read_only` alone leaves the file system, other databases and the frames of this process open to any `select`. The
store is attached to an in-memory instance of its own, so two readers of one process never share settings.
"""

from pathlib import Path

import duckdb

from tryghed.errors import StoreError

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "max_temp_directory_size": "0MB",
}


def connect(
    path: Path, survey: str = "", *, threads: int = 1, memory: str = "", seconds: float = 0
) -> duckdb.DuckDBPyConnection:
    """Open the store file `path` for reading, with nothing else in reach and the configuration locked.

    Args:
        path: A store file.
        survey: The survey whose tables are found first; only schema `main` without it.
        threads: With more than one, floating sums depend on the moment; decimal sums never do.
        memory: DuckDB's limit, such as "1GB"; its own default without it.
        seconds: DuckDB's own limit per statement; none when 0.

    Raises:
        StoreError: The file cannot be opened, or has no such survey.
    """
    config = _CLOSED | {"threads": threads} | ({"memory_limit": memory} if memory else {})
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute(f"attach {literal(str(path))} as store (read_only)")
        _choose(connection, survey, path)
        if seconds:
            connection.execute(f"set max_execution_time={int(seconds * 1000)}")
        connection.execute("set enable_progress_bar=false")
        connection.execute("set enable_external_access=false")
        connection.execute("set lock_configuration=true")
    except duckdb.Error as error:
        connection.close()
        raise StoreError(
            f"cannot be read: {error}", where=str(path), hint="tryghed doctor examines the store"
        ) from None
    except StoreError:
        connection.close()
        raise
    return connection


def surveys(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the surveys that have tables in the attached store."""
    rows = connection.execute(
        "select distinct schema_name from duckdb_tables() where database_name = 'store' and schema_name <> 'main'"
    ).fetchall()
    return sorted(name for (name,) in rows)


def quoted(name: str) -> str:
    """Return `name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _choose(connection: duckdb.DuckDBPyConnection, survey: str, path: Path) -> None:
    if survey and survey not in surveys(connection):
        known = ", ".join(surveys(connection)) or "none"
        raise StoreError(f"no survey {survey!r} in the store", where=str(path), hint=f"surveys loaded: {known}")
    places = ["store.main"] if not survey else [f"store.{quoted(survey)}", "store.main"]
    connection.execute(f"set search_path={literal(','.join(places))}")


def literal(text: str) -> str:
    """Return `text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
