import json
import multiprocessing
import os
import stat

import pytest

from tryghed.errors import StoreError
from tryghed.store import audit


def lines(folder):
    return (folder / "store" / audit.NAME).read_bytes().splitlines(keepends=True)


@pytest.fixture
def folder(tmp_path):
    for number in range(4):
        audit.record(tmp_path, "ingest", survey="tryghed", wave=f"202{number}", sha256="a" * 64, rows=number)
    return tmp_path


def test_before_the_first_entry_there_is_none(tmp_path):
    assert audit.read(tmp_path) == []


def test_an_entry_says_who_when_and_what(tmp_path):
    made = audit.record(tmp_path, "erase", survey="tryghed", wave="2020", because="æøå", rows=8, outcome="begun")

    assert audit.read(tmp_path) == [made]
    assert (made.number, made.command, made.because, made.rows, made.outcome) == (1, "erase", "æøå", 8, "begun")
    assert made.at.endswith("Z")
    assert made.user


def test_the_environment_cannot_say_who_it_was(tmp_path, monkeypatch):
    before = audit.record(tmp_path, "ingest").user
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")

    assert audit.record(tmp_path, "ingest").user == before


def test_the_log_is_private_and_grows(folder):
    before = lines(folder)
    audit.record(folder, "backup")

    assert lines(folder)[:4] == before
    assert stat.S_IMODE((folder / "store" / audit.NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_changed_line_is_found(folder, number):
    content = lines(folder)
    entry = json.loads(content[number]) | {"rows": 99}
    content[number] = json.dumps(entry).encode() + b"\n"
    (folder / "store" / audit.NAME).write_bytes(b"".join(content))

    with pytest.raises(StoreError, match=f"entry {number + 1} is not what was written"):
        audit.read(folder)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_line_taken_out_is_found(folder, number):
    content = lines(folder)
    del content[number]
    (folder / "store" / audit.NAME).write_bytes(b"".join(content))

    with pytest.raises(StoreError, match=f"entry {number + 1} is not"):
        audit.read(folder)


def test_noise_in_the_log_is_an_error_and_not_a_traceback(folder):
    (folder / "store" / audit.NAME).write_bytes(b"".join(lines(folder)) + b"\xff{\n")

    with pytest.raises(StoreError, match="entry 5 cannot be read"):
        audit.read(folder)
    with pytest.raises(StoreError, match="entry 5 cannot be read"):
        audit.record(folder, "ingest")


def test_a_line_cut_off_by_a_crash_is_no_entry_and_the_next_begins_clean(folder):
    path = folder / "store" / audit.NAME
    path.write_bytes(path.read_bytes() + b'{"number": 5, "at": "20')

    assert len(audit.read(folder)) == 4
    audit.record(folder, "ingest")
    assert [one.number for one in audit.read(folder)] == [1, 2, 3, 4, 5]


def _writes(folder):
    for _ in range(20):
        audit.record(folder, "ingest", target=str(os.getpid()))


def test_two_commands_at_once_both_get_their_lines(tmp_path):
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_writes, args=(tmp_path,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert len(audit.read(tmp_path)) == 40


def test_a_full_disk_leaves_the_log_whole(folder, monkeypatch):
    before = lines(folder)
    write = os.write

    def short(handle, line):
        if line.startswith(b"{"):
            return write(handle, line[:40])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit.os, "write", short)
    with pytest.raises(StoreError, match="No space left"):
        audit.record(folder, "ingest")

    assert lines(folder) == before
