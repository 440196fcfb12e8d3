"""The reading process is killed, hangs, eats memory or is interrupted: one error, and nobody left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pytest

from tryghed.errors import DataError
from tryghed.intake import isolation
from tryghed.intake.delivered import Delivered
from tryghed.intake.isolation import Task


def die(_path, options):
    os.kill(os.getpid(), options)


def hang(_path, _options):
    time.sleep(600)


def busy(_path, _options):
    while True:
        pass


def gorge(_path, _options):
    return Delivered(pl.DataFrame({"a": [bytes(8_000_000_000)]}))


def panic(_path, _options):
    raise SystemExit(3)


def stumble(_path, _options):
    raise ValueError("not what I expected")


def shout(_path, _options):
    os.write(1, b"thread panicked")
    os.write(2, b"thread panicked")
    raise ValueError("as a parser does that prints first")


def wink(path, _options):
    (path.parent / "started").write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(600)


def refusal(reader, options=None, **limits):
    with pytest.raises(DataError) as caught:
        isolation.run(Task(reader, Path("wave.sav"), "sav", options, **limits))
    assert caught.value.where == "wave.sav"
    assert caught.value.hint
    assert not multiprocessing.active_children()
    return caught.value.message


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_crashing_reader_is_one_error(how):
    # Guards against a damaged file taking the whole program down.
    assert refusal(die, how) == f"cannot be read as sav (the reader crashed, exit code {-how})"


@pytest.mark.parametrize("reader", [hang, busy])
def test_a_hanging_reader_is_stopped(reader):
    before = time.monotonic()
    assert refusal(reader, seconds=1) == "reading sav took more than 1 seconds"
    assert time.monotonic() - before < 20


def test_a_reader_may_not_take_all_memory():
    assert refusal(gorge) == "reading sav needs more than 4 GB of memory"


@pytest.mark.parametrize(("reader", "reason"), [(panic, "SystemExit: 3"), (stumble, "ValueError: not what I expected")])
def test_whatever_a_reader_raises_is_one_error(reader, reason):
    assert refusal(reader) == f"cannot be read as sav ({reason})"


SCRIPT = """
import sys
from pathlib import Path
from tryghed.intake import isolation
sys.path.insert(0, {here!r})
from test_intake_child import wink
if __name__ == "__main__":
    isolation.run(isolation.Task(wink, Path({file!r}), "sav", None))
"""


def test_what_a_parser_prints_does_not_reach_the_terminal(tmp_path):
    # Guards against the stack traces of a Rust parser above the one line that tells what is wrong with the file.
    script = tmp_path / "script.py"
    script.write_text(
        f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_intake_child import refusal, shout
if __name__ == "__main__":
    print(refusal(shout))
""",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "cannot be read as sav (ValueError: as a parser does that prints first)\n"
    assert done.stderr == ""


@pytest.fixture
def scratch():
    """A folder with a short name: the fork server's socket lies in it, whose path may have 107 characters."""
    with tempfile.TemporaryDirectory(prefix="scratch-") as folder:
        yield Path(folder)


def test_an_interrupt_leaves_no_process_and_no_file(tmp_path, scratch):
    # Guards against readers that go on after Ctrl-C, and answers of people left in a temporary folder.
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(here=str(Path(__file__).parent), file=str(tmp_path / "a.sav")), encoding="utf-8")
    program = subprocess.Popen(
        [sys.executable, script], stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(scratch)},
        start_new_session=True,
    )  # fmt: skip
    started = tmp_path / "started"
    assert _within(60, lambda: started.exists() and started.read_text(encoding="utf-8"))
    child = int(started.read_text(encoding="utf-8"))
    os.killpg(program.pid, signal.SIGINT)
    _, complaint = program.communicate(timeout=60)
    assert b"KeyboardInterrupt" in complaint
    assert _within(20, lambda: not _alive(child))
    assert not [one.name for one in scratch.iterdir() if one.name.startswith("tryghed-")]


def _within(seconds, holds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.1)
    return False


def _alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
