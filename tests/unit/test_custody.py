"""Erasing reaches everything that is a wave's own, leaves what others need, and says what it cannot reach."""

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from made_waves import wave

from tryghed import custody
from tryghed.definitions.project import load
from tryghed.errors import StoreError, UsageError
from tryghed.intake.pseudonyms import key_file
from tryghed.store import audit, backup, warehouse

REPOSITORY = Path(__file__).parents[2]
WAVE = ("tryghed", "2024")
CANARY = b"canary-in-the-store"


@pytest.fixture
def project(tmp_path):
    """The starting project's definitions in a folder of its own: two waves, one backup, keys, texts and files."""
    made = replace(load(REPOSITORY), folder=tmp_path / "project")
    for name in ("2024", "2025"):
        defined = made.waves["tryghed"][name]
        warehouse.publish(made.folder, wave(name))
        audit.record(made.folder, "ingest", survey="tryghed", wave=name)
        for path in (key_file(made.folder, defined), made.folder / defined.delivery.file,
                     made.folder / "store" / "free-text" / f"tryghed-{name}.parquet"):  # fmt: skip
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(CANARY if name == "2024" else b"x")
    backup.make(made.folder, tmp_path / "backups")
    return made


def erase(project, **given):
    options = {"because": "kept for five years", "archive": "not-required", "deliveries": "delete"} | given
    return custody.erase(project, *WAVE, **options)


def holding(project):
    files = [path for path in project.folder.parent.rglob("*") if path.is_file()]
    return [path.name for path in files if CANARY in path.read_bytes()]


def test_a_dry_run_lists_everything_and_touches_nothing(project):
    before = {path: path.stat().st_mtime_ns for path in project.folder.parent.rglob("*")}

    found = custody.going(project, *WAVE)

    assert (found.rows, len(found.backups), found.unreachable, found.shared) == (8, 1, (), ())
    names = [path.name for path in (*found.generations, *found.deliveries, *found.texts, *found.key)]
    assert names == ["gen-000001.duckdb", "gen-000002.duckdb", "tryghed_2024.sav", "tryghed-2024.parquet",
                     "tryghed-2024.key"]  # fmt: skip
    assert {path: path.stat().st_mtime_ns for path in project.folder.parent.rglob("*")} == before


def test_everything_of_the_wave_goes_and_everything_else_stays(project):
    assert len(holding(project)) == 4  # the key, the delivery, the texts, and those in the backup

    erase(project)

    assert holding(project) == []
    left = {path.name for path in project.folder.rglob("*") if path.is_file()}
    assert left == {"audit.jsonl", "current", "gen-000003.duckdb", "lock", "tryghed-2025.key", "tryghed-2025.parquet",
                    "tryghed_2025.sav"}  # fmt: skip
    place = backup.managed(project.folder)[0][0]
    assert set(backup.read(place).waves) == {"tryghed/2025"}


def test_deliveries_are_kept_where_that_is_wanted(project):
    erase(project, deliveries="keep")

    assert holding(project) == ["tryghed_2024.sav"]


def test_a_file_that_another_wave_is_loaded_from_is_kept(project):
    waves = project.waves["tryghed"]
    same = waves["2025"].model_copy(update={"delivery": waves["2024"].delivery})
    both = replace(project, waves=project.waves | {"tryghed": waves | {"2025": same}})

    assert [path.name for path in custody.going(both, *WAVE).shared] == ["tryghed_2024.sav"]
    erase(both)

    assert holding(both) == ["tryghed_2024.sav"]


def test_the_key_of_a_panel_is_kept_until_its_last_wave_goes(project):
    waves = {
        name: one.model_copy(update={"design": one.design.model_copy(update={"panel": "borgere"})})
        for name, one in project.waves["tryghed"].items()
    }
    panel = replace(project, waves=project.waves | {"tryghed": waves})
    key = key_file(project.folder, waves["2024"])
    key.parent.mkdir(parents=True)
    key.write_bytes(b"key")

    assert custody.going(panel, *WAVE).key == ()
    erase(panel)
    assert custody.going(panel, "tryghed", "2025").key == (key,)


def test_backups_out_of_reach_are_named(project):
    place = backup.managed(project.folder)[0][0]
    shutil.move(place, place.parent / "moved")

    assert custody.going(project, *WAVE).unreachable == (place,)


def test_a_backup_that_is_damaged_is_told_and_the_rest_is_done(project):
    place = backup.managed(project.folder)[0][0]
    (place / "store.duckdb").write_bytes(b"damaged" + CANARY)

    with pytest.raises(StoreError, match=r"store\.duckdb is not what was copied"):
        erase(project)

    assert holding(project) == ["store.duckdb", "tryghed-2024.parquet"]  # both in the backup
    assert audit.read(project.folder)[-1].outcome == "incomplete"
    shutil.rmtree(place)
    erase(project)
    assert audit.read(project.folder)[-1].outcome == "done"


def test_what_killed_readers_left_goes_and_other_folders_stay(project, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    monkeypatch.setattr(custody.tempfile, "tempdir", str(scratch))
    for name, content in (("tryghed-abcdefgh", "rows.arrow"), ("tryghed-district", "district.pdf")):
        (scratch / name).mkdir(parents=True)
        (scratch / name / content).write_bytes(b"x")
        os.utime(scratch / name, (0, time.time() - 7200))
    (scratch / "tryghed-running0").mkdir()
    (scratch / "tryghed-running0" / "rows.arrow").write_bytes(b"x")

    erase(project)

    assert sorted(path.name for path in scratch.iterdir()) == ["tryghed-district", "tryghed-running0"]


def test_what_is_not_stored_cannot_be_erased(project):
    with pytest.raises(UsageError, match="tryghed/2018 is not in the store"):
        custody.going(project, "tryghed", "2018")
    with pytest.raises(UsageError, match="no wave"):
        custody.going(project, "tryghed", "1999")
