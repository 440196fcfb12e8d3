"""Starts the child processes of the robustness tests, and keeps the figures they come to."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: How long a child may take at most, in seconds: only a hanging one does.
_PATIENCE = 3600


@dataclass(frozen=True)
class Child:
    """A forked child, and the file it speaks into."""

    pid: int
    out: Path

    def said(self):
        """Return the lines it has finished so far."""
        text = self.out.read_text(encoding="utf-8") if self.out.exists() else ""
        return text.split("\n")[:-1]

    def alive(self):
        """Whether it, or a thread of it, has not ended: its last thread closes its files and gives up its locks.

        Its parent never waits for it, so its number stays its own when it is dead.
        """
        process = Path(f"/proc/{self.pid}")
        state = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state not in "ZX" or len([*(process / "task").iterdir()]) > 1

    def until(self, holds):
        """Wait until something holds of what it said, or it is dead."""
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends and self.alive() and not holds(self.said()):
            time.sleep(0.005)
        return self

    def kill(self):
        """Kill it, and return when it is dead."""
        os.kill(self.pid, signal.SIGKILL)
        self.join()

    def join(self):
        """Return what it said in the end."""
        self.until(lambda _: False)
        return self.said()


@pytest.fixture(scope="session")
def start(tmp_path_factory):
    """Return a function that has a child do an action of `importing.py`; all are killed in the end."""
    lines = tmp_path_factory.mktemp("said")
    parent = subprocess.Popen(
        [sys.executable, HERE / "importing.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
    )  # fmt: skip
    started, numbers = [], itertools.count()

    def run(action, folder, *arguments):
        out = lines / str(next(numbers))
        parent.stdin.write(" ".join(map(str, (action, folder, out, *arguments))) + "\n")
        parent.stdin.flush()
        started.append(Child(int(parent.stdout.readline()), out))
        return started[-1]

    yield run
    for child in started:
        child.kill()  # before their parent ends: until then no other process can have their numbers
    parent.stdin.close()
    parent.wait()
    parent.stdout.close()


@pytest.fixture
def measured(request):
    """Return a function that keeps the figures of a test in the file TRYGHED_FIGURES names, where it names one."""

    def keep(**figures):
        target = os.environ.get("TRYGHED_FIGURES")
        if target:
            with Path(target).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"test": request.node.name} | figures) + "\n")

    return keep
