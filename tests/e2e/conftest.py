"""One demo city for all end-to-end tests: made once, by the command a newcomer types."""

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
    folder = tmp_path_factory.mktemp("demo") / "city"
    done = tryghed("demo", folder, cwd=folder.parent)
    assert "14 reports written" in done.stderr, done.stderr
    return folder


@pytest.fixture(scope="session")
def shared_data():
    if not SHARED_DATA.is_dir():
        pytest.skip("needs ../shared/data beside the repository (real survey files, not part of it)")
    return SHARED_DATA
