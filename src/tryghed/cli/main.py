"""The `tryghed` command: its groups, and the one place where an error becomes a message and an exit code.

Commands are imported when they are called, so that `tryghed --help` answers at once; a test holds the short helps told
here to those of the commands.
"""

import errno
import importlib
import signal
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from tryghed import __version__
from tryghed.cli.terminal import fitted
from tryghed.errors import DeliveryError, TryghedError
from tryghed.interrupts import waiting

#: Command, its module and attribute, and its help in one line, in the order a newcomer meets them.
COMMANDS: Final[dict[str, tuple[str, str, str]]] = {
    "demo": ("production", "demo", "Make a synthetic city in FOLDER and its reports."),
    "init": ("production", "init", "Begin a new project in FOLDER, which must be new or empty."),
    "check": ("production", "check", "Check every definition, query and template, without data."),
    "ingest": ("production", "ingest", "Load deliveries into the store; all of them when no wave is named."),
    "report": ("production", "report", "Write the reports of a wave to out/WAVE/."),
    "release": ("release", "release", "Freeze what reports show; correct, withdraw and review releases."),
    "run": ("production", "run", "Do everything that is not up to date."),
    "explain": ("explain", "explain", "Tell where the numbers of a report come from."),
    "share": (
        "estimates",
        "share",
        "Estimate shares of indicators, with their intervals, or of every answer to an item.",
    ),
    "compare": ("estimates", "compare", "Test differences between areas, groups or waves."),
    "associate": ("estimates", "associate", "Test whether answers have to do with a group, or with other answers."),
    "mean": ("measures", "mean", "Estimate means of items, with their intervals."),
    "total": ("measures", "total", "Estimate totals: people an indicator counts, or the sum of a number."),
    "ratio": ("measures", "ratio", "Estimate one total over another."),
    "quantile": ("measures", "quantile", "Estimate quantiles of items: medians, unless asked for others."),
    "rate": ("registers", "rate", "Give rates of what a register counts, standardised for age and sex."),
    "weights": ("weights", "weights", "Hold a wave's weights against the population; calibrate and trim them."),
    "trend": ("estimates", "trend", "Fit a straight line through the comparable waves of a share."),
    "wave": ("wave", "wave", "Begin a new wave, compare two, and see which waves may be compared."),
    "codebook": ("codebook", "codebook", "Write the codebook of a SURVEY as a web page, a PDF, and DDI-Codebook XML."),
    "nonresponse": ("nonresponse", "nonresponse", "Tell who did not answer, by district, sex and age."),
    "queries": ("adhoc", "list_queries", "List the named queries, with what each returns and the parameters it takes."),
    "query": ("adhoc", "run_query", "Run a named query; `tryghed queries` lists them."),
    "sql": ("adhoc", "run_sql", 'Run one SELECT on the store; "-" reads it from standard input.'),
    "verify": ("verify", "verify", "Hold finished reports against their inputs, or the store against its record."),
    "doctor": ("store", "doctor", "Examine the store and what is around it."),
    "backup": ("custody", "backup", "Back the store up into a new folder in TARGET."),
    "restore": ("custody", "restore", "Make a backup the store in force."),
    "erase": ("custody", "erase", "Erase a wave, so that no byte of its answers is left."),
    "texts": ("custody", "texts", "Read what people wrote in their own words in a wave, for a stated reason."),
    "log": ("store", "log", "Show who did what to the data, and when (UTC)."),
    "registers": ("registers", "registers", "List register tables, and load them into the store."),
    "areas": ("areas", "areas", "List area sets, load their outlines, unite areas into coarser ones."),
}

#: What the machine may refuse that is no fault of the program: a full or read-only disk, a quota, missing rights.
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES}
#: What DuckDB makes of Ctrl-C while it runs a query.
_DUCKDB_INTERRUPTED = "Query interrupted"


class _Commands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (the base class decides)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        with waiting():  # half an import is told as a broken library
            found = getattr(importlib.import_module(f"tryghed.cli.{module}"), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, _, told) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tryghed")
def tryghed() -> None:
    """From raw safety-survey files to district reports that can be trusted.

    \b
    First time:   tryghed demo
    Every year:   tryghed check && tryghed run
    Ad hoc:       tryghed share INDICATOR --by district; tryghed compare INDICATOR --by district
                  tryghed queries; tryghed query NAME -p key=value; tryghed sql "select …"
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code: 0 ok, 1 a bug, 2 usage, otherwise the error's own code."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # asked to stop: as by Ctrl-C
    try:
        sys.exit(tryghed.main(args=arguments, prog_name="tryghed", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _interrupted()
    except RuntimeError as error:
        if str(error) != _DUCKDB_INTERRUPTED:
            raise
        _interrupted()
    except TryghedError as error:
        click.echo(fitted(f"error: {error}", sys.stderr), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        if error.errno not in _MACHINE:
            raise
        click.echo(f"error: {error.filename or 'a file'}: {error.strerror}\n  hint: make room or rights", err=True)
        sys.exit(DeliveryError.exit_code)


def _interrupted() -> NoReturn:
    click.echo("\ninterrupted: what was published before is unchanged", err=True)
    sys.exit(130)
