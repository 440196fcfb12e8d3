"""Import, revision, erasure, backup and restore are all or nothing, whenever they are killed.

python bench/robustness.py runs these tests, and those of disks and readers, at the numbers of a release.
"""

import os
import random
import shutil
import time
from collections import Counter

import pytest
from importing import EIGHTS, mark, numbered
from made_waves import wave

from tryghed.errors import StoreError
from tryghed.store import audit, backup, content, warehouse

LARGE = bool(os.environ.get("TRYGHED_LARGE"))
#: Stores, each of which is killed this often.
STORES, KILLS = 10 if LARGE else 1, 100
NAMES = [str(year) for year in range(2020, 2028)]


def waves(folder):
    """Return wave -> number of the import it is from."""
    return {name: int(one.sha256) for (_, name), one in warehouse.loaded(folder).items()}


def of_manifest(manifest):
    return {name.partition("/")[2]: int(one["sha256"]) for name, one in manifest.waves.items()}


def faults(folder, allowed):
    """Return what is wrong with a store that must hold one of the `allowed` states, whole."""
    try:
        found = waves(folder)
        parts = content.examine(warehouse.current(folder).path)
    except StoreError as error:
        return [f"cannot be read: {error}"]
    rows = {part.wave: one.rows for part, one in parts.items() if part.table == "respondent"}
    half = [f"{name} has {count} rows" for name, count in rows.items() if count != 8 * EIGHTS]
    lost = [] if found in allowed and set(rows) == set(found) else [f"{found} is none of {allowed}"]
    return [*half, *lost]


class World:
    """A project as it should be, and the next act on it."""

    def __init__(self, folder, chance):
        self.folder, self.chance, self.k, self.kinds = folder, chance, 100, []
        for k in range(3):
            warehouse.publish(folder, numbered(k))

    def next_act(self):
        """Return an action, its arguments, and the states that are right before and after it."""
        before = waves(self.folder)
        new = [name for name in NAMES if name not in before]
        if not self.kinds:  # dealt, so that every kind has its turns
            self.kinds = [*["import", "replace", "erase"] * 3, "back_up", "restore"]
            self.chance.shuffle(self.kinds)
        kind = self.kinds.pop()
        if (kind == "erase" and len(before) == 1) or not before:
            kind = "import"
        if kind == "import" and not new:
            kind = "replace"
        name = self.chance.choice(new if kind == "import" else sorted(before))
        self.k += 1
        if kind in ("import", "replace"):
            return kind, ("publish", name, self.k), before, before | {name: self.k}
        if kind == "erase":
            return kind, ("erase", name), before, {one: k for one, k in before.items() if one != name}
        if kind == "restore" and self.backups():
            held = of_manifest(backup.read(self.backups()[-1]))
            gone = {name for _, name in warehouse.erased(self.folder)}
            return kind, ("restore",), before, {one: k for one, k in held.items() if one not in gone}
        return "back_up", ("back_up",), before, before

    def backups(self):
        """Return the whole backups there are, and keep the last two."""
        there = sorted(path.parent for path in self.folder.glob("backups/tryghed-*/manifest.json"))
        for path in there[:-2]:
            shutil.rmtree(path)
        return there[-2:]

    def holding(self, needle):
        """Return the files that hold some bytes."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return [str(path.relative_to(self.folder)) for path in files if needle in path.read_bytes()]


def killed_after(child, seconds):
    """Kill a child some time after it began; return whether it said that it was done."""
    child.until(lambda said: said)
    time.sleep(seconds)
    child.kill()
    said = child.said()
    assert not [line for line in said if line.startswith("failed")], said
    return "done" in said


@pytest.mark.parametrize("store", range(STORES))
def test_kill_9_at_any_moment_loses_nothing_and_leaves_nothing_half(tmp_path, start, measured, store):
    world = World(tmp_path, random.Random(store))  # noqa: S311 where to kill is no secret
    took = dict.fromkeys(("import", "replace", "erase", "back_up", "restore"), 0.5)
    figures, wrong = Counter(), []
    for _ in range(KILLS):
        kind, act, before, after = world.next_act()
        done = killed_after(start(act[0], tmp_path, *act[1:]), world.chance.uniform(0, took[kind]))
        took[kind] *= 0.7 if done else 1.3  # so that two in five are done, however quick the machine is
        rests = [*tmp_path.glob("store/*.tmp*"), *tmp_path.glob("backups/.part-*")]
        wrong += faults(tmp_path, [after] if done else [before, after])
        wrong += [f"backup {path.name}" for path in world.backups() if not backup.read(path)]
        durable = not done and before != after == waves(tmp_path)  # killed between the pointer and the word
        figures.update({"kills": 1, kind: 1, "done": done, "durable": durable, "swept": bool(rests)})
        audit.read(tmp_path)
        if kind == "erase" and not done:
            assert start("erase", tmp_path, act[1]).join()[-1] == "done"
            wrong += faults(tmp_path, [after])
        if kind == "erase":
            wrong += [f"{act[1]} is left in {name}" for name in world.holding(mark(before[act[1]]).encode())]
        assert wrong == [], (kind, act, wrong)

    measured(**figures)
    assert figures["swept"] > 0  # some kills did hit work under way
    assert min(figures[kind] for kind in ("import", "replace", "erase")) >= KILLS // 10


def test_the_wrong_way_is_caught_by_the_same_eye(tmp_path, start, measured):
    # Guards against a kill test that would pass whatever the store did.
    world = World(tmp_path, random.Random(7))  # noqa: S311 where to kill is no secret
    caught, kills = 0, 100 if LARGE else 20
    for k in range(kills):
        before = waves(tmp_path)
        killed_after(start("in_place", tmp_path, "2021", 200 + k), world.chance.uniform(0, 0.3))
        caught += bool(faults(tmp_path, [before]))
        if caught and not LARGE:
            break
        warehouse.publish(tmp_path, numbered(1000 + k, "2021"), because="mended")

    measured(kills=k + 1, caught=caught)
    assert caught > 0


def test_a_second_import_is_refused_at_once_and_told_who_runs(tmp_path, start):
    warehouse.publish(tmp_path, wave())
    child = start("slow", tmp_path).until(lambda said: "held" in said)

    with pytest.raises(StoreError, match=rf"another command is writing it \(PID {child.pid} on "):
        warehouse.publish(tmp_path, numbered(5))

    child.kill()
    assert warehouse.publish(tmp_path, numbered(5))[1]  # the lock dies with its process


def test_who_removes_the_file_lock_does_not_get_in(tmp_path, start):
    # Guards against a lock that is gone with its file.
    warehouse.publish(tmp_path, wave())
    start("slow", tmp_path).until(lambda said: "held" in said)
    (tmp_path / "store" / "lock").unlink()

    with pytest.raises(StoreError, match=r"another command is writing it \(just started\)"):
        warehouse.publish(tmp_path, numbered(5))
