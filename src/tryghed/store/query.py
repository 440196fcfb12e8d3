r"""Query files: one `select` per file, with a TOML header in the leading comment that says what it returns.

    /*
    doc = "Weighted totals of every indicator, per area"
    grain = "one row per wave, area set and area"
    reads = ["score", "membership"]

    [params]
    waves = { type = "varchar[]", doc = "waves to read" }
    area_set = { type = "varchar", doc = "set of areas", default = "survey_districts_13" }
    pattern = { type = "varchar", doc = "indicators, as a regular expression", example = "(tryg_aften)" }

    [result]
    wave = { type = "varchar", doc = "fieldwork round" }
    area = { type = "varchar", doc = "code of the area, alle for everybody" }
    n = { type = "bigint", doc = "respondents" }
    "wy_(.*)" = { type = "decimal(38,9)", doc = "sum of weight times score, a column per indicator" }
    */
    with asked as (select unnest($waves::varchar[]) as wave)
    select wave, area, count(*) as n, sum(weight * columns($pattern)) as 'wy_\1'
    from asked join score using (wave) ...

* `reads` names the tables of the store (`schema.PER_SURVEY`, `schema.SHARED`), unqualified, as the text does.
* A parameter is `$name` in the text, cast once (`$wave::varchar`). It is required unless it has a `default`.
  `example` is bound when the file is checked; only `columns($pattern)` needs one, for DuckDB names the result
  columns from its value.
* A `[result]` key is a column's name, or a regular expression of the names `columns($pattern)` makes. Types are
  DuckDB's, structs included (`struct(n bigint, wy decimal(38,9))`).

DuckDB is the judge of all of it: `check` compares the header with DuckDB's own parser and `describe`.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from pydantic import Field, ValidationError

from tryghed.definitions.survey import Name, Survey
from tryghed.definitions.toml import Definition
from tryghed.errors import DefinitionError, all_at_once
from tryghed.store import schema

_HEADER = re.compile(r"\A\s*/\*(.*?)\*/", re.DOTALL)


class Parameter(Definition):
    """A value the query is run with. `type` is DuckDB's; a list is written `varchar[]`."""

    type: str
    doc: str = Field(min_length=1)
    default: object = None
    example: object = None

    @property
    def required(self) -> bool:
        """Whether the caller must give a value."""
        return self.default is None

    @property
    def sample(self) -> object:
        """The value bound when the query is described without data."""
        return self.default if self.example is None else self.example


class Column(Definition):
    """A column of the result."""

    type: str
    doc: str = Field(min_length=1)


class Header(Definition):
    """The TOML in a query file's leading comment."""

    doc: str = Field(min_length=1)
    grain: str = Field(min_length=1)
    reads: list[str]
    params: dict[Name, Parameter] = {}
    result: dict[str, Column] = Field(min_length=1)


@dataclass(frozen=True)
class Query:
    """One query file. `sql` is its whole text, header included, so that it runs as it is read."""

    name: str
    path: Path
    sql: str
    doc: str
    grain: str
    reads: tuple[str, ...]
    params: Mapping[str, Parameter]
    result: Mapping[str, Column]


class Shelf(Mapping[str, Query]):
    """The queries below some folders, by name; each file is read when it is asked for.

    A name is the file's path below its folder, without `.sql`. Where two folders have the same name, the earlier
    folder's file is used. Asking for a query whose header does not hold raises `DefinitionError`.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._paths = {
            path.relative_to(folder).with_suffix("").as_posix(): path
            for folder in reversed(folders)
            for path in folder.rglob("*.sql")
        }
        self._read: dict[str, Query] = {}

    def __getitem__(self, name: str) -> Query:
        if name not in self._read:
            self._read[name] = load(name, self._paths[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._paths))

    def __len__(self) -> int:
        return len(self._paths)


def load_all(folders: Sequence[Path]) -> dict[str, Query]:
    """Return every query below `folders`, by name.

    Raises:
        DefinitionError: Headers do not hold; every problem of every file is listed.
    """
    shelf = Shelf(folders)
    queries: dict[str, Query] = {}
    problems: list[DefinitionError] = []
    for name in shelf:
        try:
            queries[name] = shelf[name]
        except DefinitionError as problem:
            problems.append(problem)
    all_at_once(DefinitionError, problems)
    return queries


def load(name: str, path: Path) -> Query:
    """Return the query in one file.

    Raises:
        DefinitionError: There is no header, or it does not hold.
    """
    text = path.read_text(encoding="utf-8")
    header = _header(text, path)
    return Query(name, path, text, header.doc, header.grain, tuple(header.reads), header.params, header.result)


def check(queries: Mapping[str, Query], surveys: Sequence[Survey] = ()) -> None:
    """Compare every header with what DuckDB makes of the text, on an empty store.

    Args:
        queries: What to check.
        surveys: Surveys whose items and indicators a query may name as columns, beside those of the sample survey.

    Raises:
        DefinitionError: Parameters, tables, columns or types differ, or a text is not one `select`; every
            problem of every query is listed.
    """
    problems: list[DefinitionError] = []
    with schema.empty(surveys) as connection:
        for query in queries.values():
            found = _problems(connection, query)
            problems.extend(DefinitionError(problem, where=str(query.path)) for problem in found)
    all_at_once(DefinitionError, problems)


def names_pattern(names: Sequence[str]) -> str:
    """Return the regular expression for `columns($pattern)` that selects exactly `names`, with its group."""
    return f"^({'|'.join(re.escape(name) for name in names)})$"


def column_for(query: Query, name: str) -> Column | None:
    """Return the declaration of the result column `name`: its own key, else the first pattern that fits."""
    if name in query.result:
        return query.result[name]
    return next((column for key, column in query.result.items() if re.fullmatch(key, name)), None)


def _header(text: str, path: Path) -> Header:
    found = _HEADER.match(text)
    if found is None:
        raise DefinitionError("no header: the file must begin with /* and TOML", where=str(path))
    try:
        return Header.model_validate(tomllib.loads(found.group(1)))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"the header is not valid TOML: {error}", where=str(path)) from None
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        raise DefinitionError("header: " + "; ".join(lines), where=str(path)) from None


def _problems(connection: duckdb.DuckDBPyConnection, query: Query) -> list[str]:
    try:
        statements = connection.extract_statements(query.sql)
    except duckdb.Error as error:
        return [str(error)]
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        return [f"must hold exactly one select, holds {len(statements)} statement(s)"]
    used = set(statements[0].named_parameters)
    problems = [
        *_differences("parameter", set(query.params), used),
        *_differences("table", set(query.reads), _tables(connection, query.sql)),
        *_unknown_types(query),
    ]
    return problems or list(_result_problems(connection, query))


def _differences(what: str, declared: set[str], used: set[str]) -> list[str]:
    return [
        *(f"{what} {name} is used but not in the header" for name in sorted(used - declared)),
        *(f"{what} {name} is in the header but not used" for name in sorted(declared - used)),
    ]


def _unknown_types(query: Query) -> Iterator[str]:
    for kind, declared in (("params", query.params), ("result", query.result)):
        for name, one in declared.items():
            try:
                duckdb.type(one.type)
            except duckdb.Error:
                yield f"{kind}.{name}: no such type {one.type!r}"


def _tables(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """Return the tables the text reads, without the names it defines itself."""
    tree = connection.execute("select json_serialize_sql($text::varchar)", {"text": sql}).fetchall()[0][0]
    tables: set[str] = set()
    defined: set[str] = set()
    pending: list[Any] = [json.loads(tree)]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                tables.add(node["table_name"])
            if "cte_map" in node:
                defined.update(entry["key"] for entry in node["cte_map"]["map"])
        pending.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
    return tables - defined


def _result_problems(connection: duckdb.DuckDBPyConnection, query: Query) -> Iterator[str]:
    samples = {name: parameter.sample for name, parameter in query.params.items()}
    try:
        described = connection.execute(f"describe {_HEADER.sub('', query.sql, count=1)}", samples).fetchall()
    except duckdb.Error as error:
        yield str(error)
        return
    unseen = dict.fromkeys(query.result)
    for name, kind, *_ in described:
        column = column_for(query, name)
        if column is None:
            yield f"result column {name} ({kind.lower()}) is not in the header"
        elif str(duckdb.type(column.type)) != kind:
            yield f"result column {name} is {kind.lower()}, the header says {column.type}"
        unseen = {key: None for key in unseen if key != name and not re.fullmatch(key, name)}
    yield from (f"result column {name} is in the header but not made" for name in unseen)
