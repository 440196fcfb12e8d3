"""Ad hoc SQL and the analysts' named queries, each in a child process that cannot hurt the machine or the data.

DuckDB's own limits are not enough: some functions ignore its memory limit and its clock. The child has an address
space limit, may not write a single byte to a file, and is killed when its time is over.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import duckdb
import polars as pl

from tryghed.errors import TryghedError, UsageError
from tryghed.store import answering, results, schema, warehouse
from tryghed.store.answering import Reply, Request
from tryghed.store.query import Parameter, Query

#: Address space of the child, in bytes.
MEMORY = 3_000_000_000

#: Rows an answer holds at most.
ROWS = 100_000

_GRACE = 2.0


@dataclass(frozen=True)
class Answer:
    """A result; `cut` says that there were more than `ROWS` rows."""

    rows: pl.DataFrame
    cut: bool = False

    @property
    def notice(self) -> str:
        """What the reader must know about it: nothing where it is complete."""
        return f"only the first {ROWS:,} rows are shown; the result has more" if self.cut else ""


def run_sql(folder: Path, survey: str, text: str, *, seconds: float = 60) -> Answer:
    """Run one statement an analyst typed on the current generation.

    Args:
        folder: The project folder.
        survey: The survey whose tables are found first.
        text: One select, describe, summarize, show or explain.
        seconds: When to stop it.

    Returns:
        At most `ROWS` rows; `cut` says when there were more.

    Raises:
        QueryError: It is not one such statement, does not hold (DuckDB's message, with the place), or was stopped.
        StoreError: There is no store, or no such survey in it.
    """
    return _run(folder, survey, text, {}, seconds)


def run_named(folder: Path, survey: str, query: Query, given: Mapping[str, str], *, seconds: float = 60) -> Answer:
    """Run a query file with parameters as typed on a command line; lists are separated by commas.

    A query of tables that all surveys share needs no survey that is loaded: register tables may come first.

    Raises:
        UsageError: Parameters are missing, unknown or not of their type: all at once, with what is declared.
        QueryError: It could not be run, or was stopped.
    """
    shared = set(query.reads) <= schema.MAIN.keys()
    return _run(folder, "" if shared else survey, query.sql, values(query, given), seconds)


def values(query: Query, given: Mapping[str, str]) -> dict[str, object]:
    """Return `given` as values of the declared types, defaults filled in.

    Raises:
        UsageError: Parameters are missing, unknown or not of their type: all at once, with what is declared.
    """
    problems = [f"unknown {name}" for name in given if name not in query.params]
    found: dict[str, object] = {}
    connection = duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": 1})
    try:
        for name, parameter in query.params.items():
            if name not in given and parameter.required:
                problems.append(f"missing {name}")
                continue
            try:
                found[name] = _cast(connection, given[name], parameter) if name in given else parameter.default
            except duckdb.Error:
                problems.append(f"{name}: {given[name]!r} is not {parameter.type}")
    finally:
        connection.close()
    if problems:
        raise UsageError("; ".join(problems), where=query.name, hint=_declared(query))
    return found


def _cast(connection: duckdb.DuckDBPyConnection, text: str, parameter: Parameter) -> object:
    value: object = text
    if parameter.type.endswith("[]"):
        value = [part.strip() for part in text.split(",") if part.strip()]
    statement = f"select cast($value as {duckdb.type(parameter.type)})"
    return connection.execute(statement, {"value": value}).fetchall()[0][0]


def _declared(query: Query) -> str:
    lines = [
        f"{name}: {one.type}{'' if one.required else f' (default {one.default})'}, {one.doc}"
        for name, one in query.params.items()
    ]
    return "\n    ".join(["its parameters are", *lines]) if lines else "the query has no parameters"


def _run(folder: Path, survey: str, text: str, given: dict[str, object], seconds: float) -> Answer:
    path = warehouse.readable(folder).path
    request = Request(path, survey, text, given, seconds, MEMORY, ROWS)
    reply = _ask(request)
    return Answer(results.frame(reply.names, reply.kinds, reply.rows), reply.cut)


def _ask(request: Request) -> Reply:
    """Run the child and take its answer, or kill it. A fresh interpreter loads DuckDB and nothing of its parent."""
    command = [sys.executable, "-P", "-c", f"from {answering.__name__} import serve; serve()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # noqa: S603 ourselves
        try:
            written, complaint = child.communicate(pickle.dumps(request), timeout=request.seconds + _GRACE)
        except subprocess.TimeoutExpired:
            raise answering.too_slow(request) from None
        finally:
            child.kill()
    if child.returncode < 0:
        raise answering.too_large(request)
    if child.returncode > 0:
        raise RuntimeError(f"the query process failed: {complaint.decode(errors='replace')}")
    reply = pickle.loads(written)  # noqa: S301 written by our own child
    if isinstance(reply, TryghedError):
        raise reply
    return cast(Reply, reply)
