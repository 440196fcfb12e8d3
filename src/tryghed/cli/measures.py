"""Means, totals, ratios and quantiles for an analyst at the terminal, with the design's uncertainty.

What they answer has not passed the gate, and each command says so.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from tryghed.analysis import measures
from tryghed.analysis.measures import Kind
from tryghed.cli.adhoc import survey_option
from tryghed.cli.estimates import (
    ask,
    by_option,
    deff_option,
    marked,
    r_option,
    tell,
    wave_option,
    where_option,
    write_script,
)
from tryghed.cli.options import open_project, output_options, project_option, quiet_option
from tryghed.errors import UsageError, all_at_once
from tryghed.meant import present
from tryghed.statistics.estimate import Reference

Command = TypeVar("Command", bound=Callable[..., Any])


def _asking(command: Command) -> Command:
    """Add the options of a question about answers."""
    options = (
        by_option,
        where_option,
        wave_option,
        r_option,
        survey_option,
        output_options,
        project_option,
        quiet_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ITEM...")
@_asking
@deff_option
def mean(names: tuple[str, ...], deff: str, **asked: Any) -> None:  # noqa: ANN401 (options of every question)
    """Estimate means of items, with their intervals.

    The mean of an item with codes is the mean of the codes; the line below the table says what they run from and to.
    Kinds of missing are never part of it.

    \b
    Example: tryghed mean age --by district
             tryghed mean safe_evening --by sex
    """
    _estimate("mean", names, deff, **asked)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_asking
@deff_option
def total(names: tuple[str, ...], deff: str, **asked: Any) -> None:  # noqa: ANN401
    """Estimate totals: people an indicator counts, or the sum of a number.

    Totals are sums of weights, and mean people where the weights sum to the population; where they sum to the answers,
    totals are flagged "not people".

    \b
    Example: tryghed total utryg_aften --by district
    """
    _estimate("total", names, deff, **asked)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME/NAME...")
@_asking
@deff_option
def ratio(names: tuple[str, ...], deff: str, **asked: Any) -> None:  # noqa: ANN401
    """Estimate one total over another.

    Both are indicators, or items that are numbers, of those who answered both.

    \b
    Example: tryghed ratio utryg_aften/tryg_aften --by district
    """
    wrong = [one for one in names if one.count("/") != 1 or one.startswith("/") or one.endswith("/")]
    all_at_once(UsageError, [UsageError(f"not NAME/NAME: {one}") for one in wrong])
    _estimate("ratio", tuple(part for one in names for part in one.split("/")), deff, **asked)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ITEM...")
@click.option(
    "--at", "parts", metavar="PART[,PART]", default="0.5", show_default=True, help="Parts of the weight, 0.5: median."
)
@_asking
def quantile(
    names: tuple[str, ...], parts: str, by: str, where: tuple[str, ...], waves: str, script: Path | None,
    survey: str | None, form: str | None, output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Estimate quantiles of items: medians, unless asked for others.

    A quantile is the smallest answer up to which that part of the weight lies. On a scale of few answers it moves in
    steps; a mean or the shares of the answers (tryghed share ITEM) say more there.

    \b
    Example: tryghed quantile age --by district
             tryghed quantile age --at 0.25,0.5,0.75
    """
    opened = present(open_project(project))
    asked = ask(opened, survey, waves, names, by, where, known=measures.nameable)
    answer = measures.quantiles(opened, asked, _parts(parts))
    write_script(answer, opened, asked, script, quiet)
    tell(marked(answer, opened, asked), form, output, quiet, middle="quantile")


def _estimate(
    kind: Kind, names: tuple[str, ...], deff: str, by: str, where: tuple[str, ...], waves: str, script: Path | None,
    survey: str | None, form: str | None, output: Path | None, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    opened = present(open_project(project))
    each = 2 if kind == "ratio" else 1
    asked = ask(opened, survey, waves, names, by, where, known=measures.nameable, each=each)
    answer = measures.estimates(opened, asked, kind, deff=cast("Reference", deff))
    write_script(answer, opened, asked, script, quiet)
    tell(marked(answer, opened, asked), form, output, quiet, middle=kind)


def _parts(text: str) -> list[float]:
    """Return the parts of the weight named in a text.

    Raises:
        UsageError: One of them is no number.
    """
    try:
        return [float(one) for one in text.split(",")]
    except ValueError:
        raise UsageError(f"no numbers: --at {text}", hint="for example --at 0.25,0.5,0.75") from None
