"""Register tables: which there are, and what is loaded of them."""

from pathlib import Path

import click

from tryghed.cli import findings
from tryghed.cli.options import open_project, progress, project_option, quiet_option, say
from tryghed.registration import load_registers, named_registers, overview


@click.group()
def registers() -> None:
    """List register tables, and load them into the store.

    A register table holds figures that others have counted for areas and years: incomes, crime reports, population.
    What each is, and how its file is read, is written in surveys/registers/NAME.toml.

    \b
    Example: tryghed registers list
    """


@registers.command("list")
@project_option
def list_tables(project: Path | None) -> None:
    """List the register tables of the project, and what is loaded of each.

    Their figures: tryghed query register_series -p register=NAME.

    \b
    Example: tryghed registers list
    """
    for line in overview(open_project(project)):
        click.echo(line)


@registers.command("load")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@project_option
@quiet_option
def load(names: tuple[str, ...], project: Path | None, quiet: bool) -> None:
    """Load register tables into the store; all of them when none is named.

    A table is checked whole and refused whole: by an error, and by a warning until it is accepted under [[accepted]] in
    its definition. docs/findings.md tells what each finding means. The same file again changes nothing. A new file of
    the table replaces it; where it has other figures for years that are loaded, that is a warning.

    \b
    Example: tryghed registers load income turnout
    """
    opened = open_project(project)
    with progress(quiet=quiet) as step:
        done = load_registers(opened, named_registers(opened, names), step)
    for one in done:
        state = f"{one.figures} figures in generation {one.generation}" if one.changed else "already loaded"
        say("\n".join([f"{one.name}: {state}", *map(findings.note, one.findings)]), quiet=quiet)
