"""What `tryghed --help` tells without importing the commands is true of them."""

import subprocess
import sys

import click
import pytest

from tryghed.cli.main import COMMANDS, tryghed
from tryghed.errors import UsageError

#: What takes longer to import than a help text may take.
HEAVY = "altair duckdb numpy polars pydantic pyreadstat scipy shapely vl_convert weasyprint"
#: Without it a command would remember help options of its own, which other tests read.
ABOVE = click.Context(tryghed, info_name="tryghed", **tryghed.context_settings)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_is_the_first_line_of_the_command_s_own(name):
    _, _, told = COMMANDS[name]
    command = tryghed.get_command(ABOVE, name)

    assert command.name == name
    assert (command.help or "").splitlines()[0] == told


def test_help_imports_no_library_that_takes_its_time():
    # 1.1 seconds of imports before the first word, where a shell that completes names asks at every key.
    code = "import sys, tryghed.cli.main; print(*[name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY.split()], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_an_answer_never_overwrites_the_rows_of_its_script():
    # Guards against --r X.R -o X.csv: the rows the script reads were the answer, and R could not read them.
    commands = {name: tryghed.get_command(ABOVE, name) for name in COMMANDS}
    scripted = {name: one for name, one in commands.items() if any("--r" in option.opts for option in one.params)}

    assert {"share", "compare", "trend", "associate", "mean", "quantile", "rate", "weights", "explain"} <= set(scripted)
    for name, command in scripted.items():
        for clash in (
            ["--r", "x.R", "-o", "x.csv"],
            ["-o", "./x.csv", "--r", "x.R"],
            ["--r", "x.R", "-o", "x.R"],
            ["--r", "x.csv"],
        ):
            with pytest.raises(UsageError, match="would be one file"):
                command.make_context(name, ["name", *clash], parent=ABOVE)
    with pytest.raises(UsageError, match="would be one file"):
        commands["weights"].make_context("weights", ["2025", "--r", "x.R", "--save", "x.csv"], parent=ABOVE)
    commands["share"].make_context("share", ["name", "--r", "x.R", "-o", "y.csv"], parent=ABOVE)
