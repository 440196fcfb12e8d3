"""The doctor finds what it says it looks for, and goes on when one thing cannot be looked at."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from made_waves import wave

from tryghed.definitions.project import load
from tryghed.examination import examine
from tryghed.intake.pseudonyms import key_file
from tryghed.store import audit, backup, disk, erasure, warehouse
from tryghed.store.erasure import Tombstone

REPOSITORY = Path(__file__).parents[2]
TODAY = date(2026, 1, 1)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A sound project with one wave, its key and a backup, on an encrypted disk."""
    made = replace(load(REPOSITORY), folder=tmp_path / "project")
    made.folder.mkdir()
    warehouse.publish(made.folder, wave("2025"))
    key = key_file(made.folder, made.waves["tryghed"]["2025"])
    key.parent.mkdir(mode=0o700)
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    backup.make(made.folder, tmp_path / "backups")
    monkeypatch.setattr(disk, "encrypted", lambda _: True)
    return made


def found(project, state, today=TODAY):
    return {one.about: f"{one.message} | {one.hint}" for one in examine(project, today) if one.state == state}


def test_a_sound_project_is_told_to_be_one(project):
    assert set(found(project, "ok")) == {"store", "log", "rights", "disk", "retention", "keys", "backups"}
    assert found(project, "problem") == {}
    assert found(project, "warning") == {}


def test_an_empty_project_has_no_problem(tmp_path):
    assert found(replace(load(REPOSITORY), folder=tmp_path), "problem") == {}


def test_a_damaged_store_is_a_problem_and_the_rest_is_seen(project):
    path = warehouse.current(project.folder).path
    path.write_bytes(path.read_bytes()[:50_000])

    assert "tryghed restore" in found(project, "problem")["store"] or "read" in found(project, "problem")["store"]
    assert "rights" in found(project, "ok")


@pytest.mark.parametrize("part", ["store/current", "keys/tryghed-2025.key", "store"])
def test_what_others_can_get_at_is_a_problem(project, part):
    (project.folder / part).chmod(0o755)

    assert f"chmod {'700' if part == 'store' else '600'}" in found(project, "problem")["rights"]


def test_texts_of_a_wave_that_is_not_loaded_are_a_problem(project):
    for name in ("tryghed-2025", "tryghed-2019"):
        path = project.folder / "store" / "free-text" / f"{name}.parquet"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(0o600)

    assert found(project, "problem") == {
        "store": "store/free-text/tryghed-2019.parquet is left over | delete it: the wave it is of is not loaded"
    }


def test_time_that_has_run_out_is_a_problem(project):
    until = project.waves["tryghed"]["2025"].privacy.retain_until
    later = until.replace(year=until.year + 1)

    assert "tryghed erase tryghed/2025" in found(project, "problem", later)["retention"]


def test_an_erasure_that_was_not_completed_is_a_problem(project):
    audit.record(project.folder, "erase", survey="tryghed", wave="2025", outcome="begun")
    erasure.erase(project.folder, ("tryghed", "2025"), Tombstone("x", "offered"))

    assert "erasing tryghed/2025 was begun" in found(project, "problem")["log"]


def test_a_missing_key_an_old_backup_and_an_open_disk_are_warnings(project, monkeypatch):
    key_file(project.folder, project.waves["tryghed"]["2025"]).unlink()
    monkeypatch.setattr(disk, "encrypted", lambda _: False)

    warnings = found(project, "warning", date(2027, 6, 1))

    assert set(warnings) >= {"keys", "backups", "disk"}


def test_little_room_is_a_problem(project, monkeypatch):
    monkeypatch.setattr(disk, "free", lambda _: 1000)

    assert "make room" in found(project, "problem")["disk"]


def test_a_second_name_of_the_store_is_a_warning(project, tmp_path):
    (tmp_path / "copy").hardlink_to(warehouse.current(project.folder).path)

    assert "another name" in found(project, "warning")["store"]
