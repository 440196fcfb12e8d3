"""One demo city for all end-to-end tests: made once, by the command a newcomer types."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


def tryghed(*arguments, cwd, code=0, **options):
    """Run the real command line; return the finished process, whose exit code must be `code`."""
    command = [sys.executable, "-c", "from tryghed.cli.main import main; main()", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=options.pop("text", True), timeout=900, check=False, **options
    )
    assert done.returncode == code, f"exit code {done.returncode}, not {code}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """This process's own copy of the one demo city that is made for all test processes of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    original = shared / "original" / "city"
    with (shared / "original.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not original.exists():
            drawn = tmp_path_factory.mktemp("drawing") / "city"
            done = tryghed("demo", drawn, cwd=drawn.parent)
            assert "14 reports written" in done.stderr, done.stderr
            drawn.parent.rename(original.parent)
    return shutil.copytree(original, tmp_path_factory.mktemp("demo") / "city", symlinks=True)


@pytest.fixture(scope="session")
def shared_data():
    if not SHARED_DATA.is_dir():
        pytest.skip("needs ../shared/data beside the repository (real survey files, not part of it)")
    return SHARED_DATA
