"""Waves: the draft of a new one, what differs between two, and which may be compared."""

import sys
from collections import Counter
from pathlib import Path

import click
import polars as pl

from tryghed.cli.options import form_of, open_project, output_options, project_option, quiet_option, say
from tryghed.cli.terminal import columns, fitted
from tryghed.definitions.comparability import Comparability
from tryghed.delivery import exports
from tryghed.reporting import pages, render
from tryghed.waves import difference
from tryghed.waves.draft import draft

_PLAIN_WIDTH = 100  # of a table that does not go to a terminal


@click.group()
def wave() -> None:
    """Begin a new wave, compare two, and see which waves may be compared.

    \b
    Example: tryghed wave new tryghed 2026 deliveries/tryghed_2026.sav
    """


@wave.command()
@click.argument("survey")
@click.argument("name", metavar="WAVE")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--rows", multiple=True, type=click.IntRange(min=1),
              help="Rows a FILE must have, as the provider says; once for each FILE, in order.")  # fmt: skip
@click.option("--sheet", default="", help="Sheet of an Excel file. Default: that of the wave before.")
@click.option("--separator", default="", metavar="SIGN",
              help="Between the columns of a text file. Default: that of the wave before.")  # fmt: skip
@project_option
@quiet_option
def new(
    survey: str, name: str, files: tuple[Path, ...], rows: tuple[int, ...], sheet: str, separator: str,
    project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Draft surveys/SURVEY/WAVE.toml from a delivered FILE and the wave before.

    Columns are found by question text, name and labels; further FILEs are joined to the first. Every guess is marked
    with CONFIRM and its reason. Check each, correct it, and delete its mark: as long as one is left, `tryghed check`
    refuses the file and the wave is not loaded. A definition that exists is never overwritten.

    \b
    Example: tryghed wave new tryghed 2026 deliveries/tryghed_2026.sav
    """
    done = draft(open_project(project), survey, name, files, rows=rows, sheet=sheet, separator=separator)
    say(f"{done.path}: a draft with {done.guesses} guesses to confirm", quiet=quiet)
    if done.missing:
        say(f"items of the wave before that were not found: {', '.join(done.missing)}", quiet=quiet)
    if done.unused:
        say(f"columns that nothing uses: {', '.join(done.unused)}", quiet=quiet)


@wave.command("diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write it as one web page too, in Danish.")  # fmt: skip
@project_option
@quiet_option
def diff(one: str, other: str, html: Path | None, project: Path | None, quiet: bool) -> None:
    """Show what changed between waves A and B, each written SURVEY/WAVE.

    How they were measured, which questions have another wording, other answers, another filter, place or name, which
    are new and gone, of which many more or fewer have no answer, and what that makes of comparing each indicator. The
    raw files are not needed: what a delivery asked is kept in the store; a wave that is not loaded is known by its
    definition alone. Shares without an answer are unreleased, and on the terminal only: the page has none.

    \b
    Example: tryghed wave diff tryghed/2024 tryghed/2025 --html forskelle.html
    """
    opened = open_project(project)
    found = difference.compared(opened, one, other)
    width = columns(sys.stdout) or _PLAIN_WIDTH
    click.echo(exports.table(difference.facts(found), width=width))
    click.echo(fitted("\n".join(difference.questions(opened, found)), sys.stdout))
    told, moved = difference.missing(opened, found)
    click.echo(fitted(f"\n{told}", sys.stdout))
    if moved is not None:
        click.echo(exports.table(moved, width=width).rstrip("\n"))
    alike = difference.verdicts(found).group_by("verdict", "reasons", "why", maintain_order=True).agg("indicator")
    for verdict, reasons, why, indicators in alike.iter_rows():
        click.echo(fitted(f"\n{verdict} ({reasons}): {', '.join(indicators)}\n  {why}", sys.stdout))
    count = Counter(one.verdict for one in found.comparisons)
    told = f"{count[Comparability.BREAK]} may not be compared, {count[Comparability.CAVEAT]} with a caveat"
    say(f"{len(found.comparisons)} indicators in both: {told}", quiet=quiet)
    if html is not None:
        page = pages.wave_difference(opened, found.before, found.after, found.comparisons)
        text = render.alone(page, opened.templates)
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(text, encoding="utf-8")
        say(f"{html}: written", quiet=quiet)


@wave.command()
@click.argument("survey")
@output_options
@project_option
@quiet_option
def comparability(survey: str, form: str | None, output: Path | None, project: Path | None, quiet: bool) -> None:
    """Show which waves of a SURVEY may be compared, for each indicator.

    A row is an indicator and a wave, a column an earlier wave: sammenlignelig, forbehold (compared with a footnote) or
    brud (charts split, comparisons are refused), and empty where one of the two did not ask. The rules are in
    policy/comparability.toml; REASONS are kinds of difference listed there.

    \b
    Example: tryghed wave comparability tryghed
    """
    rows = difference.matrix(open_project(project), survey)
    chosen = form_of(form, output)
    if chosen == "table" and output is None:
        for indicators, part in difference.groups(rows):
            click.echo(fitted(", ".join(indicators), sys.stdout))
            short = part.with_columns(pl.exclude("wave", "reasons").replace("sammenlignelig", "ja"))
            click.echo(exports.table(short, width=columns(sys.stdout) or _PLAIN_WIDTH))
        say("ja: comparable; forbehold: with a caveat; brud: may not be compared", quiet=quiet)
        return
    content = exports.write(rows, output, chosen)
    if output is not None:
        say(f"{output}: {rows.height} rows", quiet=quiet)
    elif isinstance(content, str):
        click.echo(content.rstrip("\n"))
    else:
        sys.stdout.buffer.write(content)
