"""The store's own commands: what a look at it finds, who did what to it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import polars as pl

from tryghed import examination
from tryghed.cli.options import form_of, open_project, output_options, project_option, quiet_option, say
from tryghed.cli.terminal import columns
from tryghed.delivery import exports
from tryghed.errors import StoreError
from tryghed.store import audit

_PLAIN_WIDTH = 100  # of a table that does not go to a terminal


@click.command()
@project_option
@quiet_option
def doctor(project: Path | None, quiet: bool) -> None:
    """Examine the store and what is around it.

    Is the store whole, and the audit log; are store and keys private; is there room, and an encrypted volume; has the
    time of a wave run out; are the keys there, and a backup. A problem ends with exit code 4, a warning does not.

    \b
    Example: tryghed doctor
    """
    found = examination.examine(open_project(project), datetime.now(UTC).date())
    for one in found:
        hint = f"\n  hint: {one.hint}" if one.hint else ""
        say(f"{one.state}: {one.about}: {one.message}{hint}", quiet=quiet and one.state != "problem")
    sys.exit(StoreError.exit_code if any(one.state == "problem" for one in found) else 0)


@click.command()
@click.option("--wave", "about", metavar="SURVEY/WAVE", help="Only what was done to this wave.")
@click.option("--last", type=click.IntRange(min=1), help="Only the last so many.")
@output_options
@project_option
@quiet_option
def log(
    about: str | None, last: int | None, form: str | None, output: Path | None, project: Path | None, quiet: bool
) -> None:
    """Show who did what to the data, and when (UTC).

    The log is kept in store/audit.jsonl, where lines are only ever added; each carries the hash of the one before it,
    and a log in which a line was changed is not shown but refused.

    \b
    Example: tryghed log --wave tryghed/2025
    """
    entries = audit.read(open_project(project).folder)
    if about is not None:
        entries = [one for one in entries if f"{one.survey}/{one.wave}" == about]
    rows = audit.as_rows(entries[-last:] if last else entries)
    _hand_over(rows, form, output, quiet)


def _hand_over(rows: pl.DataFrame, form: str | None, output: Path | None, quiet: bool) -> None:
    chosen = form_of(form, output)
    if chosen == "table":
        rows = rows.with_columns(pl.col("sha256").str.slice(0, 12), pl.col("chain").str.slice(0, 12)).drop("previous")
    width = columns(sys.stdout) if output is None else None
    content = exports.write(rows, output, chosen, width=width or _PLAIN_WIDTH)
    if output is not None:
        say(f"{output}: {rows.height} rows", quiet=quiet)
    elif isinstance(content, str):
        click.echo(content.rstrip("\n"))
    else:
        sys.stdout.buffer.write(content)
