"""Backup, erasure, restore and the log, as somebody types them; reports on the other waves go on."""

import json
import shutil

import pytest

from tests.e2e.conftest import tryghed

GONE = "tryghed/2019"
ERASE = ("erase", GONE, "--because", "kept for five years", "--archive", "not-required", "--delivery", "delete")


@pytest.fixture(scope="module")
def city(demo, tmp_path_factory):
    """A copy of the demo city with one backup, in which a wave has been erased."""
    copy = tmp_path_factory.mktemp("custody") / "city"
    shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("out"))
    tryghed("backup", copy.parent / "backups", cwd=copy)
    listed = tryghed("erase", GONE, "--dry-run", cwd=copy).stderr
    before = sorted(path.name for path in (copy / "store").iterdir())
    refusals = [
        tryghed("erase", GONE, "--archive", "not-required", "--delivery", "keep", cwd=copy, code=2).stderr,
        tryghed("erase", GONE, "--because", "x", "--delivery", "keep", cwd=copy, code=2).stderr,
        tryghed("erase", GONE, "--because", "x", "--archive", "offered", cwd=copy, code=2).stderr,
    ]
    assert sorted(path.name for path in (copy / "store").iterdir()) == before
    said = tryghed(*ERASE, cwd=copy).stderr
    return copy, listed, refusals, said


def test_a_dry_run_lists_what_would_go(city):
    _, listed, _, _ = city
    for part in ("generation", "from the backup", "goes with --delivery delete", "deliveries/tryghed_2019", "stays:"):
        assert part in listed


def test_nothing_is_erased_without_reason_archive_and_a_word_on_the_files(city):
    _, _, refusals, _ = city
    for refusal, missing in zip(refusals, ("--because", "--archive", "--delivery"), strict=True):
        assert missing in refusal
    assert "Rigsarkivet" in refusals[1]


def test_the_wave_is_gone_and_the_definition_stays(city):
    project, _, _, said = city
    assert "respondents erased" in said
    assert not list((project / "deliveries").glob("tryghed_2019*"))
    assert (project / "surveys" / "tryghed" / "2019.toml").exists()
    waves = tryghed("query", "waves_loaded", "-f", "csv", cwd=project).stdout
    assert ";2018;" in waves
    assert ";2019;" not in waves
    manifest = json.loads(next((project.parent / "backups").glob("*/manifest.json")).read_text(encoding="utf-8"))
    assert GONE not in manifest["waves"]


def test_the_other_waves_are_reported_on_and_the_erased_is_not_loaded_again(city):
    project, *_ = city
    pointer = (project / "store" / "current").read_text(encoding="ascii")

    tryghed("ingest", cwd=project)
    differs = tryghed("report", "--area", "valby", cwd=project, code=7).stderr
    tryghed("report", "--release", "2025", "--area", "valby", cwd=project)

    assert (project / "store" / "current").read_text(encoding="ascii") == pointer
    assert "tryghed 2019: only in the earlier release" in differs  # what was released does not change in silence
    assert (project / "out" / "2025" / "district-valby.pdf").exists()
    assert "--again" in tryghed("ingest", GONE, cwd=project, code=4).stderr


def test_the_log_tells_it_all(city):
    project, *_ = city
    entries = json.loads(tryghed("log", "-f", "json", cwd=project).stdout)
    told = [(one["command"], one["outcome"]) for one in entries]
    assert ("ingest", "revision 1") in told
    assert told[told.index(("erase", "begun")) + 1] == ("erase", "done")
    assert entries[-1]["user"]
    assert "tryghed;2019" in tryghed("log", "--wave", GONE, "-f", "csv", cwd=project).stdout.replace("'", "")
    verified = tryghed("verify", "--store", "--all", cwd=project).stderr
    assert "ok: audit log" in verified
    assert "10 waves, 1 erased, " in verified.splitlines()[-2]  # guards against counting what only a tombstone is of


def test_restoring_does_not_bring_it_back(city):
    project, *_ = city
    said = tryghed("restore", project.parent / "backups", cwd=project).stderr
    assert "restored as generation" in said
    assert ";2019;" not in tryghed("query", "waves_loaded", "-f", "csv", cwd=project).stdout


def test_damage_is_told_with_its_table_and_a_way_out(city, tmp_path):
    project = tmp_path / "city"
    shutil.copytree(city[0], project, ignore=shutil.ignore_patterns("out"))
    path = project / "store" / (project / "store" / "current").read_text(encoding="ascii").strip()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    said = tryghed("verify", "--store", cwd=project, code=4).stderr

    assert path.name in said
    assert "tryghed restore" in said
    assert "Traceback" not in said
