"""Files of earlier layouts open, are brought up in the copy, and keep what they hold."""

import shutil
from pathlib import Path

import duckdb
import pytest
from made_waves import wave

from tryghed.errors import StoreError
from tryghed.store import adhoc, content, layout, numbering, sandbox, schema, warehouse
from tryghed.store.query import Column, Query
from tryghed.store.reader import open_reader

LAYOUTS = Path(__file__).parent / "layouts"
EVERY = sorted(LAYOUTS.glob("layout_*.duckdb"))
COUNT = Query(
    "count", Path("count.sql"), "select wave, count(*) as n from score group by wave order by wave", "x", "x",
    ("score",), {}, {"wave": Column(type="varchar", doc="x"), "n": Column(type="bigint", doc="x")},
)  # fmt: skip


@pytest.fixture(params=EVERY, ids=lambda path: path.stem)
def old(request, tmp_path):
    """A project whose store was written by an earlier version."""
    (tmp_path / "store").mkdir(mode=0o700)
    shutil.copyfile(request.param, tmp_path / "store" / "gen-000004.duckdb")
    (tmp_path / "store" / "current").write_text("gen-000004.duckdb\n", encoding="ascii")
    return tmp_path


def columns(path):
    connection = sandbox.connect(path)
    try:
        rows = connection.execute(
            "select schema_name, table_name, column_name, lower(data_type), is_nullable "
            "from duckdb_columns() where database_name = 'store'"
        ).fetchall()
    finally:
        connection.close()
    return {(place, table, name): (kind, nullable) for place, table, name, kind, nullable in rows}


def rows(path, sql):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_there_is_a_file_of_every_earlier_layout():
    assert [path.stem for path in EVERY] == [f"layout_{number}" for number in range(1, layout.VERSION)]


def test_a_reader_opens_it(old):
    with open_reader(old, "tryghed") as reader:
        assert reader.run(COUNT).rows() == [("2024", 8), ("2025", 8)]


def test_sql_opens_it_and_finds_what_has_come_since(old):
    rows = adhoc.run_sql(old, "tryghed", "select wave, revision, because from delivery order by wave").rows
    assert rows.rows() == [("2024", 1, ""), ("2025", 1, "")]


def test_what_it_held_it_still_holds(old):
    before = warehouse.current(old)
    connection = sandbox.connect(before.path)
    held = content.measure(connection, "store")
    connection.close()

    after = warehouse.readable(old)

    assert (before.number, after.number, layout.is_current(after.path)) == (4, 5, True)
    found = warehouse.verify(after)
    added = {"delivery", "layout", "score"}  # have columns that they had not, or another number
    assert {part: one for part, one in held.items() if part.table not in added}.items() <= found.items()
    assert {part: one.rows for part, one in held.items()}.items() <= {
        part: one.rows for part, one in found.items()
    }.items()
    scores = "from tryghed.score order by wave, respondent"
    was = rows(before.path, f"select * {scores}")
    assert was
    assert was == rows(after.path, f"select * exclude (location, profile) {scores}")


def test_it_gets_every_table_and_column_declared_now(old):
    # Guards against a column that is declared, and that no store of an earlier version ever gets.
    found = columns(warehouse.readable(old).path)
    for place, tables in (("main", schema.MAIN), ("tryghed", schema.PER_SURVEY)):
        for table, (_, declared) in tables.items():
            for name, kind in declared.items():
                plain = kind.removesuffix(" not null")
                assert found[place, table, name] == (plain, plain == kind), name


def test_its_respondents_are_numbered_as_if_they_were_loaded_today(old):
    # Guards against estimates that leave out, or put elsewhere, everybody who was loaded before there were numbers.
    path = warehouse.readable(old).path

    for one in numbering.NUMBERINGS:
        asked = f"select wave, respondent, {', '.join(one.key)} from tryghed"  # noqa: S608 our own names
        given = rows(path, f"{asked}.{one.source} order by all")
        assert given
        assert given == rows(path, f"{asked}.score join tryghed.{one.name} using (wave, {one.name}) order by all")


def test_the_next_import_goes_on_from_it(old):
    generation, new = warehouse.publish(old, wave("2026"))

    assert (generation.number, new) == (5, True)
    assert {name: one.revision.number for name, one in warehouse.loaded(old).items()} == {
        ("tryghed", "2024"): 1, ("tryghed", "2025"): 1, ("tryghed", "2026"): 1,
    }  # fmt: skip


def test_nothing_of_it_is_changed_in_place(old):
    path = warehouse.current(old).path
    before = path.read_bytes()

    warehouse.readable(old)

    assert path.read_bytes() == before


def test_a_table_or_column_declared_since_comes_without_a_new_number(tmp_path):
    # Guards against a query that fails on a store of last month, because somebody forgot to count the layout up.
    before, _ = warehouse.publish(tmp_path, wave("2024"))
    with duckdb.connect(str(before.path)) as connection:
        connection.execute("drop table tryghed.questionnaire; alter table delivery drop column because")
        content.record(connection, content.measure(connection, before.path.stem))

    with open_reader(tmp_path, "tryghed") as reader:
        assert reader.generation.number == 2
    assert {"questionnaire", "because"} <= {name for key in columns(warehouse.current(tmp_path).path) for name in key}
    assert warehouse.verify(warehouse.current(tmp_path))


def test_a_file_of_a_later_version_is_refused(tmp_path):
    path = warehouse.publish(tmp_path, wave())[0].path
    with duckdb.connect(str(path)) as connection:
        connection.execute("update layout set version = version + 1, software = '9.0'")

    with pytest.raises(StoreError, match=rf"tryghed 9.0 in layout {layout.VERSION + 1}"):
        warehouse.publish(tmp_path, wave("2026"))
    with pytest.raises(StoreError, match=r"tryghed 9\.0"), open_reader(tmp_path, "tryghed"):
        pass


def test_duckdb_1_5_and_r_can_open_the_file(tmp_path):
    # The storage version stands behind the magic bytes: 68 is that of DuckDB 1.5, 69 that of 2.0, which 1.5 refuses.
    path = warehouse.publish(tmp_path, wave())[0].path
    head = path.read_bytes()[:20]

    assert head[8:12] == b"DUCK"
    assert 64 <= int.from_bytes(head[12:20], "little") <= 68
