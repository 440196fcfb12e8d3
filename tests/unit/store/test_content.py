import hashlib

import duckdb
import pytest
from made_waves import wave

from tryghed.errors import StoreError
from tryghed.store import content, loading, warehouse


def measured(script):
    with duckdb.connect(":memory:") as connection:
        connection.execute(script)
        return content.measure(connection, "memory")


BASE = "create schema s; create table s.t (wave varchar, code {kind}, word varchar); insert into s.t values {rows};"


def of(rows="('a', 1, 'x'), ('a', 2, null)", kind="smallint", more=""):
    return measured(BASE.format(kind=kind, rows=rows) + more)


@pytest.mark.parametrize(
    "same",
    [
        {"rows": "('a', 2, null), ('a', 1, 'x')"},
        {"kind": "double"},
        {"more": "alter table s.t add column later smallint"},
    ],
)
def test_order_types_of_numbers_and_empty_columns_do_not_matter(same):
    assert of(**same) == of()


@pytest.mark.parametrize(
    "rows",
    [
        "('a', 1, 'x'), ('a', 3, null)",
        "('a', 1, null), ('a', 2, 'x')",
        "('a', 1, 'x'), ('a', 2, '')",
        "('a', 1, 'x'), ('a', 2, null), ('a', 2, null)",
        "('a', 1, 'X'), ('a', 2, null)",
    ],
)
def test_every_value_matters(rows):
    assert of(rows) != of()


def test_waves_are_told_apart():
    found = of("('a', 1, 'x'), ('b', 1, 'x')")
    assert {part.wave: known.rows for part, known in found.items()} == {"a": 1, "b": 1}


def test_the_hash_is_what_another_program_would_compute():
    # Guards against a hash that depends on the version of DuckDB: this one is of text, by SHA-256.
    lines = ["code=1\x1ewave=1:a\x1eword=1:x", "code=2\x1ewave=1:a"]
    digests = sorted(hashlib.sha256(line.encode()).hexdigest() for line in lines)
    expected = hashlib.sha256("".join(digests).encode()).hexdigest()
    assert [known.sha256 for known in of().values()] == [expected]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "update tryghed.answer set safe_day = 5 where respondent = 'r000003' and wave = '2024'",
            "tryghed.answer 2024",
        ),
        ("update main.delivery set sha256 = 'x' where wave = '2025'", "main.delivery tryghed 2025"),
        (
            "delete from tryghed.membership where respondent = 'r000001'",
            r"tryghed.membership 2024: 14 rows instead of 16",
        ),
        ("insert into tryghed.population values ('1999', '1', 1)", "tryghed.population 1999: 1 rows instead of 0"),
        ("drop table tryghed.grouping", "tryghed.grouping 2025: 0 rows instead of 16"),
    ],
)
def test_a_store_that_was_changed_behind_our_back_does_not_verify(tmp_path, change, told):
    warehouse.publish(tmp_path, wave("2024"))
    generation, _ = warehouse.publish(tmp_path, wave("2025"))
    with loading.opened(generation.path) as connection:
        connection.execute(change)

    with pytest.raises(StoreError, match=told):
        warehouse.verify(generation)


def test_a_copy_that_lost_rows_of_another_wave_is_not_published(tmp_path, monkeypatch):
    before, _ = warehouse.publish(tmp_path, wave("2024"))
    prepare = loading._prepare

    def careless(connection, accepted):
        prepare(connection, accepted)
        connection.execute("delete from tryghed.score where wave = '2024' and respondent = 'r000001'")

    monkeypatch.setattr(loading, "_prepare", careless)
    with pytest.raises(StoreError, match=r"tryghed\.score 2024: 7 rows instead of 8"):
        warehouse.publish(tmp_path, wave("2025"))

    assert warehouse.current(tmp_path) == before
