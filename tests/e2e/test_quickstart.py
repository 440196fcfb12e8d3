"""The quickstart is true: every command in it runs, in its order, and says what the guide shows.

`sh` blocks are run; a command whose comment says `afvises` must be refused. A `text` block behind one shows lines of
what was said. A `toml` block replaces the beginning of the new wave's definition, as the reader is told to do.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.e2e.conftest import REPOSITORY

GUIDE = REPOSITORY / "docs" / "quickstart.md"
README = REPOSITORY / "README.md"
MAIN = "from tryghed.cli.main import main; main()"
REFUSED = "# afvises"
SETUP = ("sh setup.sh", ". .venv/bin/activate")  # what the fixtures have done already


@pytest.fixture
def desk(demo, tmp_path):
    """A folder with the demo city in it, and `tryghed` on the path."""
    shutil.copytree(demo, tmp_path / "tryghed-demo")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "tryghed"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{MAIN}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def run(line, folder, desk):
    """Run one line of a guide; return the folder it ends in and all it said."""
    path = f"{desk / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", f"{line}\ncode=$?\npwd >'{desk}/pwd'\nexit $code"], cwd=folder, env=os.environ | {"PATH": path},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    refused = REFUSED in line
    assert (done.returncode != 0) == refused, f"{line}\n{said}"
    assert "Traceback" not in said
    return (desk / "pwd").read_text(encoding="utf-8").strip(), said


def blocks(path):
    return re.findall(r"^```(\w+)\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def plain(text):
    """Return text with runs of blanks as one, since tables move with their contents."""
    return re.sub(r"\s+", " ", text)


def test_every_command_of_the_quickstart_does_what_the_guide_says(desk):
    folder, said = desk, ""
    for kind, text in blocks(GUIDE):
        if kind == "sh":
            said = ""
            for line in text.splitlines():
                if not line.startswith(SETUP):
                    folder, more = run(line, folder, desk)
                    said += more
        elif kind == "toml":
            definition = desk / "tryghed-2026" / "surveys" / "tryghed" / "2026.toml"
            kept = definition.read_text(encoding="utf-8").partition("[design]")[2]
            definition.write_text(f"{text}\n[design]{kept}", encoding="utf-8")
        elif kind == "text" and not text.startswith("["):
            for line in text.splitlines():
                assert plain(line) in plain(said)

    assert (desk / "tryghed-demo" / "mangler.xlsx").exists()
    assert (desk / "tryghed-2026" / "out" / "2026" / "district-valby.pdf").exists()


def test_what_the_quickstart_says_of_the_folder_is_there(demo):
    named = re.findall(r"^\| `([^`]+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    folders = [name for name in named if "/" in name]

    assert len(folders) >= 10
    assert [name for name in folders if not (demo / name).exists()] == []
    assert (demo / "out" / "2025" / "tal.xlsx").exists()


def test_the_commands_of_the_readme_run(desk):
    ours = [line for kind, text in blocks(README) if kind == "sh" for line in text.splitlines()]
    folder = desk / "tryghed-demo"
    for line in ours:
        if line.startswith(SETUP):
            continue
        where = desk if line.startswith("tryghed init") else folder
        run(line, where, desk)

    assert sum(line.startswith("tryghed ") for line in ours) >= 5
