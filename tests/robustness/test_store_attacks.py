"""What an analyst types can read the store and nothing else, and cannot take the machine down."""

import hashlib
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest
from made_waves import wave

from tryghed.errors import QueryError
from tryghed.store import adhoc, answering, sandbox, schema, warehouse

#: {out} is a folder beside the store, {canary} a file in it, {other} another DuckDB file, {store} the store file.
ATTACKS = [
    # files
    "select content from read_text('/etc/passwd')",
    "select content from read_blob('{canary}')",
    "select * from read_csv('{canary}')",
    "select * from read_csv_auto('{canary}')",
    "select * from read_json('{canary}')",
    "select * from read_parquet('{canary}')",
    "select * from '{canary}'",
    "from '{out}/*.csv'",
    "select * from glob('{out}/*')",
    "select * from sniff_csv('{canary}')",
    "select * from parquet_metadata('{canary}')",
    "copy (select * from respondent) to '{out}/stolen.csv'",
    "copy respondent from '{canary}'",
    "export database '{out}/stolen'",
    "import database '{out}'",
    "explain analyze copy (select * from respondent) to '{out}/stolen.csv'",
    # other databases
    "attach '{other}' as other",
    "attach '{out}/new.duckdb' as other",
    "attach '{store}' as again",
    "attach ':memory:' as beside; copy from database store to beside",
    "detach store",
    # network and extensions
    "select * from read_csv('https://example.org/x.csv')",
    "install httpfs",
    "load httpfs",
    "load '{out}/evil.duckdb_extension'",
    "create secret s (type s3, key_id 'a', secret 'b')",
    # the configuration
    "set enable_external_access=true",
    "set lock_configuration=false",
    "set memory_limit='100GB'",
    "set max_execution_time=0",
    "set threads=64",
    "reset enable_external_access",
    "set python_enable_replacements=true",
    "pragma enable_external_access",
    "set allowed_directories=['/']",
    "set temp_directory='{out}'",
    "set log_query_path='{out}/log'",
    # the store itself
    "insert into respondent (wave) values ('x')",
    "update score set tryg_aften = 1",
    "delete from respondent",
    "drop table respondent",
    "truncate respondent",
    "alter table respondent add column x int",
    "create table t (a int)",
    "create view v as select 1",
    "comment on table respondent is 'x'",
    "explain analyze delete from respondent",
    "force checkpoint store",
    # this process
    "select * from secret_frame",
    "select * from SECRET_GLOBAL",
    "select getenv('HOME')",
    "call pragma_database_list()",
    # more than one, and what is left over
    "select 1; select 2",
    "select 1; attach '{other}'",
    "prepare p as select 1",
    "begin transaction",
    "",
]
SECRET_GLOBAL = schema.Stream(pl.DataFrame({"cpr": ["0101010101"]}))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    warehouse.publish(folder, wave())
    out = folder / "out"
    out.mkdir()
    (out / "canary.csv").write_text("cpr\n0101010101\n", encoding="utf-8")
    duckdb.connect(str(out / "other.duckdb")).close()
    return folder


def filled(text, project):
    out = project / "out"
    return text.format(
        out=out, canary=out / "canary.csv", other=out / "other.duckdb", store=warehouse.current(project).path
    )


def fingerprint(project):
    return {
        str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in Path(project).rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_may_not_be_asked_is_refused(project, attack):
    before = fingerprint(project)
    request = answering.Request(warehouse.current(project).path, "tryghed", filled(attack, project), {}, 5, 10**9, 10)

    with pytest.raises(QueryError):
        answering._answer(request)

    assert fingerprint(project) == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_connection_alone_lets_nothing_out(project, attack):
    # The second wall: as if the statement had passed the check of its kind.
    before = fingerprint(project)
    connection = sandbox.connect(warehouse.current(project).path, "tryghed", seconds=5)
    try:
        rows = fetched(connection, filled(attack, project))
        locked = fetched(connection, "select current_setting('lock_configuration')")
        access = fetched(connection, "select current_setting('enable_external_access')")
    finally:
        connection.close()

    assert "0101010101" not in str(rows)
    assert "root:" not in str(rows)
    assert fingerprint(project) == before
    assert (locked, access) == ([(True,)], [(False,)])


def fetched(connection, text):
    secret_frame = SECRET_GLOBAL  # noqa: F841  what a replacement scan finds: variables of the caller, and globals
    try:
        result = connection.execute(text)
        return result.fetchall() if result is not None else []
    except duckdb.Error:
        return []


def test_an_open_connection_would_have_let_it_out(project):
    # Guards against attacks that fail for another reason, such as a spelling mistake, and a blind eye.
    leaks = 0
    for attack in ATTACKS:
        connection = duckdb.connect(str(warehouse.current(project).path), read_only=True)
        rows = (
            fetched(connection, filled(attack, project)) if "{canary}" in attack or "SECRET" in attack.upper() else []
        )
        leaks += "0101010101" in str(rows)
        connection.close()

    assert leaks >= 6


@pytest.mark.parametrize("attack", ["from read_text('/etc/passwd')", "copy score to '/tmp/x'", "select 1; select 2"])
def test_the_child_refuses_too(project, attack):
    with pytest.raises(QueryError):
        adhoc.run_sql(project, "tryghed", attack)


@pytest.mark.parametrize(
    "bomb",
    [
        "select levenshtein(repeat('a', 300000), repeat('b', 300000))",
        "select damerau_levenshtein(repeat('a', 30000), repeat('b', 30000))",
        "select length(repeat('x', 4000000000))",
        "select sum(a.range * b.range) from range(100000000) a, range(100000000) b",
        "with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t",
        "select list(range) from range(1000000000)",
        "select " + "(" * 100_000 + "1" + ")" * 100_000,
    ],
)
def test_no_query_outlives_its_limit(project, bomb):
    began = time.monotonic()

    with pytest.raises(QueryError):
        adhoc.run_sql(project, "tryghed", bomb, seconds=1)

    assert time.monotonic() - began < 1 + 2 + 4  # the limit, the grace, and starting the process on a busy machine
