import dataclasses
import stat

import duckdb
import polars as pl
import pytest
from made_waves import wave

from tryghed.errors import DataError, StoreError
from tryghed.store import disk, loading, sandbox, warehouse


def ask(folder, sql):
    connection = sandbox.connect(warehouse.current(folder).path, "tryghed")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_before_the_first_import_there_is_nothing(tmp_path):
    assert warehouse.current(tmp_path) is None
    assert warehouse.loaded(tmp_path) == {}
    with pytest.raises(StoreError, match="tryghed ingest"):
        warehouse.required(tmp_path)


def test_a_wave_is_stored_as_accepted(tmp_path):
    generation, new = warehouse.publish(tmp_path, wave())

    assert new
    assert generation == warehouse.current(tmp_path)
    assert generation.path.name == "gen-000001.duckdb"
    loaded = warehouse.loaded(tmp_path)[("tryghed", "2025")]
    assert (loaded.sha256, loaded.definition_sha256, loaded.revision.number) == ("a" * 64, "d" * 64, 1)
    assert ask(tmp_path, "select sum(weight)::varchar, count(*) from score") == [("16.000000000", 8)]
    assert ask(tmp_path, "select safe_evening, age_years from answer where respondent = 'r000005'") == [(-91, 25.5)]
    assert ask(tmp_path, "select tryg_aften from score where respondent = 'r000006'") == [(None,)]
    assert ask(tmp_path, "select stratum, size from population order by 1") == [("1", 10.0), ("2", 6.0)]
    assert ask(tmp_path, "select code, place, rows from finding") == [("weights_spread", "vaegt", [1, 3])]


def test_the_same_delivery_is_loaded_once(tmp_path):
    first, _ = warehouse.publish(tmp_path, wave())

    assert warehouse.publish(tmp_path, wave()) == (first, False)


@pytest.mark.parametrize("change", [{"sha256": "b" * 64}, {"definition": "e" * 64}])
def test_a_revision_or_a_new_definition_replaces_the_wave_alone(tmp_path, change):
    warehouse.publish(tmp_path, wave("2024"))
    warehouse.publish(tmp_path, wave("2025", eights=3))

    _, new = warehouse.publish(tmp_path, wave("2025", eights=2, **change), because="two were counted twice")

    assert new
    assert ask(tmp_path, "select wave, count(*) from respondent group by all order by 1") == [("2024", 8), ("2025", 16)]
    assert ask(tmp_path, "select wave, count(*) from finding group by all order by 1") == [("2024", 1), ("2025", 1)]


def test_another_file_is_refused_unless_somebody_wants_it(tmp_path):
    before, _ = warehouse.publish(tmp_path, wave())

    with pytest.raises(DataError, match=r"not the file that is loaded: its SHA-256 is b{12}…, .* is a{12}…") as caught:
        warehouse.publish(tmp_path, wave(sha256="b" * 64))

    assert "--revision --because" in caught.value.hint
    assert warehouse.current(tmp_path) == before


def test_revisions_are_counted_and_keep_their_reason(tmp_path):
    for letter in "abc":
        warehouse.publish(tmp_path, wave(sha256=letter * 64), because=f"file {letter}")
    warehouse.publish(tmp_path, wave(sha256="c" * 64, definition="e" * 64))  # the same file, read anew

    loaded = warehouse.loaded(tmp_path)["tryghed", "2025"]
    assert (loaded.revision.number, loaded.revision.because, loaded.sha256[0]) == (3, "file c", "c")


def test_new_indicators_become_columns_and_old_waves_keep_null(tmp_path):
    warehouse.publish(tmp_path, wave("2024"))
    later = wave("2025")
    later = dataclasses.replace(later, scores=later.scores.rename({"tryg_dag": "tryg_stop"}))

    warehouse.publish(tmp_path, later)

    rows = ask(tmp_path, "select wave, count(tryg_dag), count(tryg_stop) from score group by all order by 1")
    assert rows == [("2024", 8, 0), ("2025", 0, 8)]


def test_an_item_that_becomes_a_number_is_not_rounded(tmp_path):
    warehouse.publish(tmp_path, wave("2024"))
    later = wave("2025")
    later = dataclasses.replace(later, answers=later.answers.with_columns(safe_day=pl.lit(1.5)))

    warehouse.publish(tmp_path, later)
    warehouse.publish(tmp_path, wave("2026"))

    rows = ask(tmp_path, "select wave, sum(safe_day) from answer group by all order by 1")
    assert rows == [("2024", 12.0), ("2025", 12.0), ("2026", 12.0)]
    assert ask(tmp_path, "select distinct safe_day from answer where wave = '2025'") == [(1.5,)]


def test_surveys_live_side_by_side(tmp_path):
    warehouse.publish(tmp_path, wave())
    warehouse.publish(tmp_path, wave("2021", survey="sundhed"))

    assert set(warehouse.loaded(tmp_path)) == {("tryghed", "2025"), ("sundhed", "2021")}
    found = warehouse.verify(warehouse.current(tmp_path))
    assert found[("sundhed", "respondent", "sundhed", "2021")].rows == 8


def test_three_generations_are_kept_and_rests_removed(tmp_path):
    for year in range(2020, 2024):
        warehouse.publish(tmp_path, wave(str(year)))
    store = tmp_path / "store"
    (store / "gen-000005.tmp").write_bytes(b"half an import")
    (store / "gen-000005.tmp.wal").write_bytes(b"half an import")
    (store / "gen-000009.duckdb").write_bytes(b"never pointed to")

    warehouse.publish(tmp_path, wave("2024"))

    names = ["current", "gen-000003.duckdb", "gen-000004.duckdb", "gen-000005.duckdb", "lock"]
    assert sorted(path.name for path in store.iterdir()) == names


def test_files_are_private(tmp_path):
    warehouse.publish(tmp_path, wave())

    store = tmp_path / "store"
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"survey": "main"}, "DuckDB's own"),
        ({"survey": "x; drop"}, "survey name"),
        ({"scores": pl.DataFrame({"respondent": ["r000000"], "weight": [1]})}, "score column 'weight'"),
        ({"answers": pl.DataFrame({"respondent": ["r000000"], 'a"b': [1]})}, "answer column"),
    ],
)
def test_what_cannot_be_stored_is_refused_before_anything_is_written(tmp_path, change, message):
    with pytest.raises(StoreError, match=message):
        warehouse.publish(tmp_path, dataclasses.replace(wave(), **change))

    assert not (tmp_path / "store").exists()


def test_an_import_that_does_not_verify_changes_nothing(tmp_path, monkeypatch):
    before, _ = warehouse.publish(tmp_path, wave())
    insert = loading.insert

    def lose_a_row(connection, table, rows):
        insert(connection, table, rows.head(rows.height - 1) if table.endswith("membership") else rows)

    monkeypatch.setattr(loading, "insert", lose_a_row)
    with pytest.raises(StoreError, match=r"tryghed.membership 2026: 15 rows instead of 16"):
        warehouse.publish(tmp_path, wave("2026"))

    assert warehouse.current(tmp_path) == before
    assert not list((tmp_path / "store").glob("*.tmp"))


def test_too_little_space_is_told_beforehand(tmp_path, monkeypatch):
    before, _ = warehouse.publish(tmp_path, wave())
    usage = disk.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: usage._replace(free=1000))

    with pytest.raises(StoreError, match=r"needs \d+ MB free, has 0 MB"):
        warehouse.publish(tmp_path, wave("2026"))

    assert warehouse.current(tmp_path) == before


def test_a_damaged_pointer_is_an_error_and_not_an_empty_store(tmp_path):
    warehouse.publish(tmp_path, wave())
    (tmp_path / "store" / "current").write_text("gen-x\n", encoding="ascii")

    with pytest.raises(StoreError, match="not a generation"):
        warehouse.publish(tmp_path, wave("2026"))


def test_a_store_of_an_earlier_version_gets_the_tables_it_lacks(tmp_path):
    generation, _ = warehouse.publish(tmp_path, wave("2024"))
    with duckdb.connect(str(generation.path)) as connection:
        connection.execute("drop table tryghed.questionnaire; drop table main.comparability")

    warehouse.publish(tmp_path, wave("2025"))

    assert ask(tmp_path, "select wave, count(*) from respondent group by all order by 1") == [("2024", 8), ("2025", 8)]
    assert ask(tmp_path, "select count(*) from questionnaire") == [(0,)]


def test_a_slow_import_writes_no_progress_bar_to_standard_output(tmp_path):
    with loading.opened(tmp_path / "x.duckdb") as connection:
        assert connection.execute("select current_setting('enable_progress_bar')").fetchall() == [(False,)]
