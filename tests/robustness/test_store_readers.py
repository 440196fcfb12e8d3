"""Readers are never blocked by imports, and each sees one published state."""

from importing import numbered
from test_store_crashes import LARGE

from tryghed.store import warehouse

READERS, IMPORTS = (200, 100) if LARGE else (8, 8)


def test_readers_are_never_blocked(tmp_path, start, measured):
    for k in range(3):
        warehouse.publish(tmp_path, numbered(k))
    stop = tmp_path / "stop"
    readers = [start("read", tmp_path, stop) for _ in range(READERS)]
    for child in readers:
        child.until(lambda said: "reading" in said)
    for k in range(3, 3 + IMPORTS):
        warehouse.publish(tmp_path, numbered(k), because="again")
    stop.touch()
    ended = [child.join()[-1] for child in readers]

    failed = [line for line in ended if not line.startswith("reads ")]
    reads = [int(line.split()[1]) for line in ended if line.startswith("reads ")]
    measured(readers=READERS, imports=IMPORTS, reads=sum(reads), failed=len(failed))
    assert failed == []
    assert min(reads) >= 1
    assert warehouse.current(tmp_path).number == 3 + IMPORTS
