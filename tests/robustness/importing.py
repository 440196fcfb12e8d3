"""Child processes of the robustness tests. They are forked from one process that has loaded the libraries.

python importing.py    reads "ACTION FOLDER OUT ARGUMENT…" from standard input, forks a child that does it and says into
                       the file OUT how far it has come, and answers with its process id.
"""

import os
import resource
import sys
import time
from pathlib import Path

import duckdb
from made_waves import wave

from tryghed.errors import StoreError
from tryghed.store import audit, backup, erasure, generations, loading, restoring, schema, warehouse
from tryghed.store.erasure import Tombstone
from tryghed.store.query import Column, Query
from tryghed.store.reader import open_reader

EIGHTS = 40
STONE = Tombstone("kept for five years", "not-required")
MARKS = Query(
    "marks", Path("marks.sql"),
    "select wave, count(*) as n, count(distinct unit) as marks, min(unit) as mark from respondent group by wave",
    "x", "x", ("respondent",), {},
    {name: Column(type=kind, doc="x") for name, kind in
     (("wave", "varchar"), ("n", "bigint"), ("marks", "bigint"), ("mark", "varchar"))},
)  # fmt: skip


def numbered(k, name=""):
    """Return the k-th import, its respondents marked with k: a wave, by default one of three."""
    return wave(name or str(2020 + k % 3), eights=EIGHTS, mark=mark(k), sha256=f"{k:064}")


def mark(k):
    """Return what stands in every row of the k-th import, and is searched for in raw bytes."""
    return f"mark-{k:06}-mark"


def publish(folder, say, name, k):
    """Import or replace a wave."""
    warehouse.publish(folder, numbered(int(k), name), because="again", again="again")
    audit.record(folder, "ingest", survey="tryghed", wave=name, sha256=f"{int(k):064}")
    say("done")


def erase(folder, say, name):
    """Erase a wave from the store and from the backups that can be reached."""
    audit.record(folder, "erase", survey="tryghed", wave=name, outcome="begun")
    erasure.erase(folder, ("tryghed", name), STONE)
    with generations.writing(folder):
        assert backup.forget(folder, ("tryghed", name), STONE) == []
    audit.record(folder, "erase", survey="tryghed", wave=name)
    say("done")


def back_up(folder, say):
    """Make a backup."""
    backup.make(folder, folder / "backups")
    say("done")


def restore(folder, say):
    """Restore the newest backup."""
    restoring.restore(folder, backup.find(folder / "backups"), replace=True)
    say("done")


def in_place(folder, say, name, k):
    """Replace a wave the wrong way: in the file itself, statement by statement."""
    made = numbered(int(k), name)
    with duckdb.connect(str(warehouse.current(folder).path)) as connection:
        connection.execute("delete from tryghed.respondent where wave = $wave", {"wave": made.wave})
        rows = dict(loading._tables(made))["respondent"]
        for start in range(0, rows.height, 32):
            loading.insert(connection, "tryghed.respondent", rows.slice(start, 32))
    say("done")


def slow(folder, say):
    """Hold an import open until it is killed."""

    def never(*_):
        say("held")
        time.sleep(600)

    loading.write = never
    warehouse.publish(folder, numbered(99), because="again")


def read(folder, say, stop):
    """Read until there is a file `stop`; say how often."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # they leave the importer, and others, the machine
    reads = 0
    while not Path(stop).exists():
        with open_reader(folder, "tryghed") as reader:
            rows = reader.run(MARKS)
        assert (rows["n"] == 8 * EIGHTS).all()
        assert (rows["marks"] == 1).all()
        reads += 1
        time.sleep(0.05)
        if reads == 1:
            say("reading")
    say(f"reads {reads}")


def full(folder, say, points):
    """Import, replace, erase and back up while no file may grow beyond a limit, at that many limits."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    for step in range(int(points)):
        limit = 2 * warehouse.current(folder).path.stat().st_size * step // int(points)
        acts = [
            lambda k=step: warehouse.publish(folder, numbered(1000 + k), because="again", again="again"),
            lambda k=step: erasure.erase(folder, ("tryghed", str(2020 + k % 3)), STONE),
            lambda: backup.make(folder, folder / "backups"),
        ]
        before = warehouse.current(folder).number
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            acts[step % 3]()
            outcome = "done"
        except StoreError as error:
            outcome = "refused" if not isinstance(error.__context__, KeyError) else "odd"
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        changed = warehouse.current(folder).number != before
        warehouse.verify(warehouse.current(folder))
        audit.read(folder)
        say(f"{step} {outcome} {changed}")
        if step % 3 == 1 and changed:
            warehouse.publish(folder, numbered(step, str(2020 + step % 3)), again="again")


ACTIONS = {
    one.__name__: one for one in (publish, erase, back_up, restore, in_place, slow, read, full)
}  # fmt: skip


def main():
    """Fork a child for every line of standard input, and wait for none: a test may kill it by its number."""
    schema.STORAGE["force_compression"] = "uncompressed"  # so that raw bytes can be searched for
    for line in sys.stdin:
        action, folder, out, *arguments = line.split()
        child = os.fork()
        if not child:
            _serve(action, Path(folder), out, arguments)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _serve(action, folder, out, arguments):
    def say(text):
        with Path(out).open("a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")

    code = 1
    try:
        sys.stdin.close()
        say("begun")
        ACTIONS[action](folder, say, *arguments)
        code = 0
    except BaseException as error:  # noqa: BLE001 it is told, and the test looks for it
        say(f"failed {type(error).__name__}: {error}".replace("\n", " "))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
