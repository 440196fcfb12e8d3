"""A backup is whole or not there; restoring verifies first, and brings back neither erased waves nor old releases."""

import json
import shutil
import stat

import pytest
from made_waves import wave

from tryghed.errors import StoreError
from tryghed.store import audit, backup, erasure, layout, restoring, schema, warehouse
from tryghed.store.erasure import Tombstone

GONE = ("tryghed", "2024")
STONE = Tombstone("kept for five years", "not-required")


@pytest.fixture
def folder(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    for year in ("2023", "2024"):
        warehouse.publish(project, wave(year, mark=f"canary-{year}"))
    audit.record(project, "ingest", survey="tryghed", wave="2024")
    (project / "releases" / "2024").mkdir(parents=True)
    (project / "releases" / "2024" / "cells.csv").write_text("released", encoding="utf-8")
    return project


@pytest.fixture
def made(folder, tmp_path):
    return backup.make(folder, tmp_path / "backups")


def content(folder):
    return warehouse.verify(warehouse.current(folder))


def test_a_backup_holds_store_log_and_releases_and_nothing_else(made):
    names = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}

    assert names == {"manifest.json", "store.duckdb", "audit.jsonl", "releases/2024/cells.csv"}
    assert set(made.manifest.waves) == {"tryghed/2023", "tryghed/2024"}
    assert backup.read(made.folder) == made.manifest
    assert not list(made.folder.parent.glob(".part*"))


def test_a_backup_is_private(made):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made.folder.rglob("*")}
    assert modes == {0o600, 0o700}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700


def test_the_log_says_where_it_is(folder, made):
    last = audit.read(folder)[-1]
    assert (last.command, last.outcome, last.target, last.sha256) == ("backup", "done", str(made.folder), made.sha256)
    assert backup.managed(folder) == ([made.folder], [])


def test_the_round_trip_gives_the_same_content(folder, made, tmp_path):
    other = tmp_path / "other"
    other.mkdir()

    done = restoring.restore(other, made.folder)

    assert (done.generation.number, content(other)) == (1, content(folder))
    assert (other / "releases" / "2024" / "cells.csv").read_text(encoding="utf-8") == "released"
    assert [one.command for one in audit.read(other)] == ["ingest", "backup", "restore"]


def test_restoring_goes_forward_and_keeps_what_was_released_and_recorded_since(folder, made):
    (folder / "releases" / "2024" / "cells.csv").write_text("released again", encoding="utf-8")
    entries = len(audit.read(folder))

    done = restoring.restore(folder, made.folder)

    assert done.generation.number == 3
    assert (folder / "releases" / "2024" / "cells.csv").read_text(encoding="utf-8") == "released again"
    assert len(audit.read(folder)) == entries + 1


def test_what_the_backup_lacks_is_not_thrown_away_unasked(folder, made):
    warehouse.publish(folder, wave("2023", sha256="b" * 64), because="corrected")
    warehouse.publish(folder, wave("2025"))

    with pytest.raises(StoreError, match=r"tryghed/2023 \(revision 2, .*tryghed/2025 \(revision 1") as caught:
        restoring.restore(folder, made.folder)
    assert "--replace" in caught.value.hint
    assert len(warehouse.loaded(folder)) == 3

    restoring.restore(folder, made.folder, replace=True)
    assert set(warehouse.loaded(folder)) == {("tryghed", "2023"), GONE}


def erased(folder):
    audit.record(folder, "erase", survey="tryghed", wave="2024", because="x", outcome="begun")
    erasure.erase(folder, GONE, STONE)


def test_an_erased_wave_does_not_come_back(folder, made, monkeypatch):
    monkeypatch.setattr(schema, "STORAGE", schema.STORAGE | {"force_compression": "uncompressed"})
    erased(folder)

    done = restoring.restore(folder, made.folder)

    assert done.left_out == ("tryghed/2024",)
    assert set(warehouse.loaded(folder)) == {("tryghed", "2023")}
    assert GONE in warehouse.erased(folder)
    assert b"canary-2024" not in done.generation.path.read_bytes()


def test_not_even_when_the_store_itself_is_lost(folder, made):
    erased(folder)
    for path in (folder / "store").glob("gen-*"):
        path.write_bytes(b"lost")
    (folder / "store" / "current").write_bytes(b"\xff")

    assert restoring.restore(folder, made.folder).left_out == ("tryghed/2024",)
    assert set(warehouse.loaded(folder)) == {("tryghed", "2023")}


def test_a_wave_that_was_loaded_again_comes_back(folder, made):
    erased(folder)
    warehouse.publish(folder, wave("2024"), again="may be")
    audit.record(folder, "ingest", survey="tryghed", wave="2024")

    assert restoring.restore(folder, made.folder, replace=True).left_out == ()


def test_erasing_from_a_backup_leaves_no_byte_and_a_whole_backup(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "STORAGE", schema.STORAGE | {"force_compression": "uncompressed"})
    warehouse.publish(folder, wave("2024", mark="canary-2024", definition="e" * 64))
    made = backup.make(folder, tmp_path / "backups")
    assert b"canary-2024" in (made.folder / "store.duckdb").read_bytes()

    backup.drop(made.folder, GONE, STONE)

    assert [path for path in made.folder.rglob("*") if path.is_file() and b"canary-2024" in path.read_bytes()] == []
    assert set(backup.read(made.folder).waves) == {"tryghed/2023"}
    backup.drop(made.folder, GONE, STONE)  # again changes nothing
    assert restoring.restore(folder, made.folder, replace=True).generation.number == 4


def test_erasing_from_a_backup_that_was_stopped_completes(made, monkeypatch):
    def stop(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(backup.Path, "unlink", stop)
        with pytest.raises(KeyboardInterrupt):
            backup.drop(made.folder, GONE, STONE)
    assert not backup.read(made.folder).holds(GONE)

    backup.drop(made.folder, GONE, STONE)

    assert len(list(made.folder.glob("*.duckdb"))) == 1


def spoil(made, kind):
    store = made.folder / "store.duckdb"
    if kind == "cut":
        store.write_bytes(store.read_bytes()[:-4096])
    elif kind == "bit":
        content = bytearray(store.read_bytes())
        content[len(content) // 2] ^= 1
        store.write_bytes(content)
    elif kind == "gone":
        store.unlink()
    elif kind == "manifest":
        path = made.folder / "manifest.json"
        path.write_text(path.read_text(encoding="utf-8").replace("tryghed/2024", "tryghed/2020"), encoding="utf-8")
    elif kind == "noise":
        (made.folder / "manifest.json").write_bytes(b"{")
    else:
        (made.folder / "manifest.json").unlink()


@pytest.mark.parametrize("kind", ["cut", "bit", "gone", "manifest", "noise", "no manifest"])
def test_half_a_backup_is_refused_and_nothing_is_changed(folder, made, kind):
    spoil(made, kind)
    before = warehouse.current(folder)

    with pytest.raises(StoreError):
        restoring.restore(folder, backup.find(made.folder))

    assert warehouse.current(folder) == before
    assert len(list((folder / "store").glob("gen-*"))) == 2


def test_a_backup_of_a_later_format_is_refused(folder, made):
    path = made.folder / "manifest.json"
    parts = json.loads(path.read_text(encoding="utf-8")) | {"format": 2, "software": "9.0"}
    path.write_text(json.dumps(parts), encoding="utf-8")

    with pytest.raises(StoreError, match="format 2") as caught:
        restoring.restore(folder, made.folder)
    assert "tryghed 9.0" in caught.value.hint


def test_the_newest_backup_of_a_folder_is_found(made):
    shutil.copytree(made.folder, made.folder.with_name("tryghed-project-20200101T000000Z"))
    half = made.folder.with_name("tryghed-project-20991231T000000Z")
    half.mkdir()

    assert backup.find(made.folder.parent) == made.folder
    with pytest.raises(StoreError, match="no backup there"):
        backup.find(half)


def test_a_folder_with_backups_of_two_projects_is_not_guessed_at(made):
    shutil.copytree(made.folder, made.folder.with_name("tryghed-other-20990101T000000Z"))

    with pytest.raises(StoreError, match="several projects"):
        backup.find(made.folder.parent)


def test_a_damaged_store_is_not_backed_up(folder, tmp_path):
    path = warehouse.current(folder).path
    path.write_bytes(path.read_bytes()[:100_000])

    with pytest.raises(StoreError):
        backup.make(folder, tmp_path / "backups")

    assert not list((tmp_path / "backups").glob("*")) if (tmp_path / "backups").exists() else True


def test_a_backup_of_an_earlier_layout_is_brought_up(tmp_path):
    from tests.unit.store.test_layout import LAYOUTS  # the frozen file

    place = tmp_path / "tryghed-20200101T000000Z"
    place.mkdir()
    shutil.copyfile(LAYOUTS / "layout_1.duckdb", place / "store.duckdb")
    waves = {"tryghed/2024": {"revision": 1, "sha256": "4" * 64}}
    backup._write(place, backup.Manifest(1, "0.0", "2020", 1, "store.duckdb", waves, backup._files(place)))

    done = restoring.restore(tmp_path, place)

    assert layout.is_current(done.generation.path)
    assert ("tryghed", "2024") in warehouse.loaded(tmp_path)
