"""An erased wave is in no file of the store, raw bytes included, and all else is as it was."""

import pytest
from made_waves import wave

from tryghed.errors import DataError, StoreError
from tryghed.store import content, erasure, generations, loading, schema, warehouse
from tryghed.store.erasure import Tombstone

CANARY = b"canary-in-the-store"
STONE = Tombstone("kept for five years", "not-required")
GONE = ("tryghed", "2024")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A store of three waves, the middle one marked, in which nothing is compressed."""
    monkeypatch.setattr(schema, "STORAGE", schema.STORAGE | {"force_compression": "uncompressed"})
    warehouse.publish(tmp_path, wave("2023"))
    warehouse.publish(tmp_path, wave("2024", eights=20, mark=CANARY.decode()))
    warehouse.publish(tmp_path, wave("2025"))
    return tmp_path


def holding(folder, needle=CANARY):
    return [path.name for path in (folder / "store").iterdir() if needle in path.read_bytes()]


def test_no_byte_is_left(folder):
    assert sorted(holding(folder)) == ["gen-000002.duckdb", "gen-000003.duckdb"]

    erasure.erase(folder, GONE, STONE)

    assert holding(folder) == []
    assert set(warehouse.loaded(folder)) == {("tryghed", "2023"), ("tryghed", "2025")}


def test_deleting_rows_would_not_do(folder):
    # Guards against an erasure that only deletes, and against a search that would find nothing anyway.
    def delete(connection):
        for table in schema.PER_SURVEY:
            connection.execute(f"delete from tryghed.{table} where wave = '2024'")  # noqa: S608 our own names

    with generations.writing(folder) as store:
        before = warehouse.current(folder)
        generations.advance(store, before, lambda target: loading.change(target, before.path, delete))

    assert warehouse.current(folder).path.name in holding(folder)


def test_all_else_stays_as_it_was(folder):
    before = warehouse.verify(warehouse.current(folder))

    erasure.erase(folder, GONE, STONE)

    after = warehouse.verify(warehouse.current(folder))
    others = {part: one for part, one in before.items() if part.wave != "2024"}
    assert others == {part: one for part, one in after.items() if part.table != "erasure"}
    assert [str(part) for part in after if part.wave == "2024"] == ["main.erasure tryghed 2024"]


def test_tables_keep_their_comments(folder):
    def comments():
        with loading.opened(warehouse.current(folder).path) as connection:
            return connection.execute(
                "select schema_name, table_name, comment from duckdb_tables() order by all"
            ).fetchall()

    before = comments()
    erasure.erase(folder, GONE, STONE)

    assert comments() == before
    assert all(comment for *_, comment in before)


def test_generations_without_the_wave_are_kept(tmp_path):
    warehouse.publish(tmp_path, wave("2023"))
    warehouse.publish(tmp_path, wave("2024"))

    done = erasure.erase(tmp_path, GONE, STONE)

    assert [path.name for path in done.removed] == ["gen-000002.duckdb"]
    assert [one.number for one in generations.all_of(tmp_path)] == [1, 3]


def test_a_generation_that_cannot_be_read_is_removed(folder):
    (folder / "store" / "gen-000002.duckdb").write_bytes(b"noise" + CANARY)

    erasure.erase(folder, GONE, STONE)

    assert holding(folder) == []


def test_the_only_wave_can_be_erased(tmp_path):
    warehouse.publish(tmp_path, wave("2024"))

    erasure.erase(tmp_path, GONE, STONE)

    assert warehouse.loaded(tmp_path) == {}
    assert warehouse.publish(tmp_path, wave("2025"))[1]


def test_an_erased_wave_is_not_loaded_again_by_accident(folder):
    erasure.erase(folder, GONE, STONE)

    with pytest.raises(DataError, match=r"tryghed/2024: was erased on \d{4}-\d\d-\d\d") as caught:
        warehouse.publish(folder, wave("2024"))
    assert "--again --because" in caught.value.hint

    warehouse.publish(folder, wave("2024"), again="the archive wants a copy")
    assert warehouse.erased(folder) == {}
    assert warehouse.loaded(folder)[GONE].revision.number == 1


def test_a_second_name_on_the_disk_is_told(folder, tmp_path):
    (tmp_path / "elsewhere.duckdb").hardlink_to(warehouse.current(folder).path)

    done = erasure.erase(folder, GONE, STONE)

    assert [path.name for path in done.linked] == ["gen-000003.duckdb"]


@pytest.mark.parametrize(("module", "step", "is_gone"), [(generations, "_point", False), (erasure, "holding", True)])
def test_stopped_half_way_it_goes_on_from_there(folder, monkeypatch, module, step, is_gone):
    def stop(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, step, stop)
        with pytest.raises(KeyboardInterrupt):
            erasure.erase(folder, GONE, STONE)
    assert (GONE not in warehouse.loaded(folder)) == is_gone

    done = erasure.erase(folder, GONE, STONE)

    assert holding(folder) == []
    assert content.examine(done.generation.path)


def test_an_empty_store_has_nothing_to_erase(tmp_path):
    with pytest.raises(StoreError, match="the store is empty"):
        erasure.erase(tmp_path, GONE, STONE)
