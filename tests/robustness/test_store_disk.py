"""A full disk leaves the store as it was, and files are private while and after they are written."""

import os
import random
import shutil
import stat
import subprocess
from collections import Counter

import pytest
from importing import numbered
from made_waves import wave
from test_store_crashes import LARGE, faults, waves

from tryghed.errors import StoreError
from tryghed.store import disk, sandbox, warehouse

POINTS = 60 if LARGE else 30


def test_files_that_may_not_grow_stand_in_for_a_full_disk(tmp_path, start, measured):
    for k in range(3):
        warehouse.publish(tmp_path, numbered(k))
    said = start("full", tmp_path, 60).join()[1:]
    outcomes = Counter((outcome, changed) for _, outcome, changed in (line.split() for line in said))

    measured(points=len(said), refused=outcomes["refused", "False"], done=len(said) - outcomes["refused", "False"])
    assert len(said) == 60, said[-1]
    assert set(outcomes) <= {("refused", "False"), ("done", "True"), ("done", "False")}, outcomes
    assert outcomes["refused", "False"] >= 20
    assert outcomes["done", "True"] >= 5
    assert faults(tmp_path, [waves(tmp_path)]) == []
    assert not [*tmp_path.glob("store/*.tmp*"), *tmp_path.glob("backups/.part-*")]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 32 MB, where the machine lets us mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    mounted = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=32m", "tmpfs", place], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount a small file system")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("ask_first", [True, False])
def test_a_full_disk_leaves_what_was_there(small_disk, monkeypatch, measured, ask_first):
    points = POINTS if not ask_first else 10
    warehouse.publish(small_disk, numbered(0))
    if not ask_first:
        monkeypatch.setattr(disk, "require_space", lambda *_args, **_options: None)
    ballast = small_disk / "ballast"
    size = warehouse.current(small_disk).path.stat().st_size
    refusals, done = [], 0
    for k in range(1, points + 1):
        before, held = warehouse.current(small_disk), waves(small_disk)
        room = shutil.disk_usage(small_disk).free + (ballast.stat().st_size if ballast.exists() else 0)
        ballast.write_bytes(b"x" * max(0, room - 3 * size * k // points))
        try:
            warehouse.publish(small_disk, numbered(k), because="again")
            done += 1
        except StoreError as error:
            refusals.append(str(error))
            assert warehouse.current(small_disk) == before
            assert faults(small_disk, [held]) == []
        warehouse.verify(warehouse.current(small_disk))

    measured(points=points, refused=len(refusals), done=done)
    assert len(refusals) >= points // 5
    assert all("untouched" in refusal for refusal in refusals)


def test_files_are_private_while_an_import_runs(tmp_path, monkeypatch):
    warehouse.publish(tmp_path, wave())
    (tmp_path / "store" / "gen-000001.duckdb").chmod(0o644)  # as a copy made by hand would be
    seen = {}
    write = warehouse.loading.write

    def look(*args):
        write(*args)
        seen.update({path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "store").iterdir()})

    monkeypatch.setattr(warehouse.loading, "write", look)
    before = os.umask(0o022)
    try:
        warehouse.publish(tmp_path, wave("2030"))
    finally:
        os.umask(before)

    assert any(name.endswith(".tmp") for name in seen)
    assert set(seen.values()) == {0o600}


def damaged(content, chance):
    place = chance.randrange(len(content))
    kind = chance.choice(["flip", "noise", "zeros", "cut"])
    if kind == "cut":
        return content[:place]
    new = {"flip": bytes([content[place] ^ 16]), "noise": chance.randbytes(64), "zeros": bytes(4096)}[kind]
    return content[:place] + new + content[place + len(new) :]


def test_damage_is_found_or_harmless(tmp_path, measured):
    warehouse.publish(tmp_path, numbered(0))
    path = warehouse.current(tmp_path).path
    sound, content = contents(path), path.read_bytes()
    chance = random.Random(3)  # noqa: S311 where to spoil is no secret
    files, found = 150 if LARGE else 40, 0
    for _ in range(files):
        path.write_bytes(damaged(content, chance))
        try:
            warehouse.verify(warehouse.current(tmp_path))
        except StoreError:
            found += 1
        else:
            assert contents(path) == sound  # nothing wrong is read in silence

    measured(files=files, found=found, harmless=files - found)
    assert found >= files // 2
    path.write_bytes(content)


def contents(path):
    connection = sandbox.connect(path, "tryghed")
    try:
        return [
            connection.execute(f"from {table} order by all").fetchall()
            for table in ("respondent", "answer", "score", "membership", "delivery", "finding")
        ]
    finally:
        connection.close()
