"""Register tables: which there are, what is loaded of them, and rates of what they count."""

from pathlib import Path
from typing import cast, get_args

import click

from tryghed.analysis.rates import register_rates
from tryghed.cli import findings
from tryghed.cli.estimates import tell
from tryghed.cli.options import apart, open_project, output_options, progress, project_option, quiet_option, say
from tryghed.delivery import areascripts
from tryghed.errors import UsageError
from tryghed.registration import load_registers, named_registers, overview
from tryghed.statistics.populations import Standard


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


@click.command()
@click.argument("register")
@click.option("--standard", type=click.Choice(get_args(Standard)), default="city", show_default=True,
              help="Standard population: the city's in the same years, or the European one of 2013.")  # fmt: skip
@click.option("--per", type=click.Choice(["1000", "100000"]), default="1000", show_default=True,
              help="People a rate is per.")  # fmt: skip
@click.option("--year", "years", metavar="YEAR[,YEAR]", default="",
              help="Default: the newest. Several are taken together.")  # fmt: skip
@click.option("--population", "people", metavar="REGISTER", default="",
              help="Register table with the people, divided alike, where the counts have no denominators.")  # fmt: skip
@click.option("--r", "script", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.R", callback=apart,
              help="Also write an R script that recomputes the rates, and the counts beside it.")  # fmt: skip
@output_options
@project_option
@quiet_option
def rate(
    register: str, standard: str, per: str, years: str, people: str, script: Path | None, form: str | None,
    output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Give rates of what a register counts, standardised for age and sex.

    REGISTER is a register table whose figures are counts divided by columns such as sex and age (category in its
    definition). The rate is what each area's would be if it had the ages and sexes of the standard population.

    \b
    Example: tryghed rate violence_contacts
             tryghed rate violence_contacts --standard esp2013 --per 100000 --year 2022,2023,2024
    """
    answer = register_rates(
        open_project(project), register, people=people, years=_years(years), standard=cast("Standard", standard),
        per=int(per),
    )  # fmt: skip
    if script is not None and answer.script is not None:
        say(f"{script}; {areascripts.write(answer.script, script)}: the counts behind it", quiet=quiet)
    tell(answer, form, output, quiet, middle="rate")


def _years(text: str) -> list[int]:
    """Return the years named in a text.

    Raises:
        UsageError: One of them is no year.
    """
    try:
        return [int(one) for one in text.split(",") if one.strip()]
    except ValueError:
        raise UsageError(f"no years: --year {text}", hint="for example --year 2023,2024") from None
