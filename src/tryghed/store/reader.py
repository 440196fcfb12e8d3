"""Runs query files on the current generation of the store."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.errors import QueryError, StoreError
from tryghed.store import layout, results, sandbox, warehouse
from tryghed.store.query import Query, column_for


class Reader:
    """A closed-in connection to one generation, with one survey's tables in front of the shared ones.

    A generation never changes, so all that one reader reads belongs together, whatever is imported meanwhile.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, survey: str, generation: warehouse.Generation) -> None:
        self._connection = connection
        self.survey = survey
        self.generation = generation

    def run(self, query: Query, /, **params: object) -> pl.DataFrame:
        """Return the result with the column types the query's header declares.

        Raises:
            QueryError: Parameters are missing or unknown, DuckDB refuses, or the result is not as declared.
        """
        names, rows = self.fetch(query, **params)
        return results.frame(names, _kinds(query, names), rows)

    def arrays(self, query: Query, /, **params: object) -> dict[str, NDArray[np.generic]]:
        """Return the result column by column, as DuckDB has it: for wide results, whose columns are never null.

        Raises:
            QueryError: Parameters are missing or unknown, DuckDB refuses, or the result is not as declared.
        """
        try:
            found = self._connection.execute(query.sql, _bound(query, params)).fetchnumpy()
        except duckdb.Error as error:
            raise QueryError(str(error), where=str(query.path)) from None
        _kinds(query, list(found))
        return {name: np.asarray(values) for name, values in found.items()}

    def fetch(self, query: Query, /, **params: object) -> tuple[list[str], list[tuple[object, ...]]]:
        """Return column names and plain rows: decimals as `Decimal`, structs as dictionaries.

        Raises:
            QueryError: Parameters are missing or unknown, or DuckDB refuses.
        """
        try:
            cursor = self._connection.execute(query.sql, _bound(query, params))
            names = [column[0] for column in cursor.description or ()]
            return names, cursor.fetchall()
        except duckdb.Error as error:
            raise QueryError(str(error), where=str(query.path)) from None


@contextmanager
def open_reader(folder: Path, survey: str, *, threads: int = 1) -> Iterator[Reader]:
    """Open the current generation of the project's store for reading.

    Args:
        folder: The project folder.
        survey: The survey whose tables the queries mean.
        threads: 1 gives the same bits for every sum, floating ones too.

    Raises:
        StoreError: There is no store yet, it cannot be read, or it has no such survey.
    """
    generation, connection = _open(folder, survey, threads)
    try:
        yield Reader(connection, survey, generation)
    finally:
        connection.close()


def _open(folder: Path, survey: str, threads: int) -> tuple[warehouse.Generation, duckdb.DuckDBPyConnection]:
    """Open the current generation, again where it was retired between reading the pointer and opening it."""
    generation = warehouse.required(folder)
    while True:
        try:
            connection = sandbox.connect(generation.path, survey, threads=threads)
            if layout.has_all(connection, "store", generation.path):
                return generation, connection
            connection.close()
            generation = warehouse.readable(folder)
        except StoreError:
            newer = warehouse.required(folder)
            if newer == generation:
                raise
            generation = newer


def _kinds(query: Query, names: Sequence[str]) -> list[str]:
    """Return the declared type of each column of a result."""
    columns = [column_for(query, name) for name in names]
    unknown = [name for name, column in zip(names, columns, strict=True) if column is None]
    if unknown:
        raise QueryError(f"columns {unknown} are not in the header", where=str(query.path))
    return [column.type for column in columns if column]


def _bound(query: Query, params: dict[str, object]) -> dict[str, object]:
    missing = [name for name, one in query.params.items() if one.required and name not in params]
    unknown = [name for name in params if name not in query.params]
    if missing or unknown:
        raise QueryError(f"parameters missing {missing}, unknown {unknown}", where=str(query.path))
    return {name: params.get(name, one.default) for name, one in query.params.items()}
