"""What `tryghed --help` tells without importing the commands is true of them."""

import subprocess
import sys

import click
import pytest

from tryghed.cli.main import COMMANDS, tryghed

#: What takes longer to import than a help text may take.
HEAVY = "altair duckdb numpy polars pydantic pyreadstat scipy shapely vl_convert weasyprint"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_is_the_first_line_of_the_command_s_own(name):
    _, _, told = COMMANDS[name]
    command = tryghed.get_command(click.Context(tryghed), name)

    assert command.name == name
    assert (command.help or "").splitlines()[0] == told


def test_help_imports_no_library_that_takes_its_time():
    # 1.1 seconds of imports before the first word, where a shell that completes names asks at every key.
    code = "import sys, tryghed.cli.main; print(*[name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY.split()], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []
