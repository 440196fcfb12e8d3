"""Rates of what registers count, for an analyst at the terminal."""

from pathlib import Path
from typing import cast, get_args

import click

from tryghed.cli.estimates import tell
from tryghed.cli.options import open_project, output_options, project_option, quiet_option
from tryghed.errors import UsageError
from tryghed.register_rates import register_rates
from tryghed.statistics.populations import Standard


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
@output_options
@project_option
@quiet_option
def rate(
    register: str, standard: str, per: str, years: str, people: str, form: str | None, output: Path | None,
    project: Path | None, quiet: bool,
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
