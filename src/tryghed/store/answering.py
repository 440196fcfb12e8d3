"""The child process of ad hoc SQL: limits first, then one statement, then the answer through a pipe.

It imports no more than DuckDB, so that the memory limit is spent on the query.
"""

import pickle
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tryghed.errors import QueryError, TryghedError
from tryghed.store import sandbox

_ALLOWED = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


@dataclass(frozen=True)
class Request:
    """What to run, on which file, within which limits (seconds, bytes, rows)."""

    path: Path
    survey: str
    text: str
    values: dict[str, object]
    seconds: float
    memory: int
    rows: int


@dataclass(frozen=True)
class Reply:
    """Column names, DuckDB types and rows; `cut` where there were more rows than asked for."""

    names: list[str]
    kinds: list[str]
    rows: list[tuple[object, ...]]
    cut: bool


def serve() -> None:
    """Answer the pickled `Request` on standard input with a pickled `Reply`, or the error as a `TryghedError`."""
    request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301 written by our own parent
    _limit(request)
    try:
        message = pickle.dumps(_answer(request), protocol=pickle.HIGHEST_PROTOCOL)
    except TryghedError as error:
        message = pickle.dumps(error)
    except MemoryError:
        message = pickle.dumps(too_large(request))
    sys.stdout.buffer.write(message)
    sys.stdout.flush()


def too_large(request: Request) -> QueryError:
    """Return the error for a query that took more memory than there is for it."""
    return QueryError(
        f"the query needs more than {request.memory / 1e9:.1f} GB of memory and was stopped",
        hint="aggregate in the query, or add a limit",
    )


def too_slow(request: Request) -> QueryError:
    """Return the error for a query that took more time than there is for it."""
    return QueryError(f"the query took more than {request.seconds:g} s and was stopped")


def _limit(request: Request) -> None:
    """Bound memory and processor time; forbid writing to any file."""
    resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = 2 * int(request.seconds) + 4
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _answer(request: Request) -> Reply:
    limit = f"{request.memory // 2_000_000}MB"
    connection = sandbox.connect(request.path, request.survey, threads=2, memory=limit, seconds=request.seconds)
    try:
        _require_one_select(connection, request.text)
        cursor = connection.execute(request.text, request.values)
        described = [(column[0], str(column[1])) for column in cursor.description or ()]
        rows = cursor.fetchmany(request.rows + 1)
    except duckdb.InterruptException:
        raise too_slow(request) from None
    except duckdb.OutOfMemoryException:
        raise too_large(request) from None
    except duckdb.Error as error:
        hint = "cast it: now()::timestamp" if "'pytz'" in str(error) else ""  # what DuckDB says of a time with a zone
        raise QueryError(str(error), hint=hint) from None
    finally:
        connection.close()
    return Reply(
        [name for name, _ in described], [kind for _, kind in described], rows[: request.rows], len(rows) > request.rows
    )


def _require_one_select(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    kinds = [statement.type for statement in connection.extract_statements(text)]
    if len(kinds) != 1:
        raise QueryError(f"give exactly one statement, not {len(kinds)}")
    if kinds[0] not in _ALLOWED:
        raise QueryError(
            f"{kinds[0].name} is not allowed here",
            hint="only select, with, from, describe, summarize, show and explain; write pivot with in (...)",
        )
