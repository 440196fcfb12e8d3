"""Questions between the reports: named queries, and SQL on a locked read-only connection.

What they answer has not passed the gate, and each command says so.
"""

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import click
import polars as pl

from tryghed.cli.options import form_of, open_project, output_options, project_option, quiet_option, say
from tryghed.cli.terminal import columns, fitted
from tryghed.definitions.project import Project
from tryghed.delivery import exports
from tryghed.delivery.answered import Provenance
from tryghed.delivery.exports import Form
from tryghed.errors import DefinitionError, QueryError, UsageError, all_at_once
from tryghed.meant import main_survey
from tryghed.store import adhoc, warehouse
from tryghed.store import query as query_files

_UNRELEASED = "unreleased numbers: for analysis, not for publication"
_ANALYSES = "analysis/"
_PLAIN_WIDTH = 100  # of a table that does not go to a terminal

survey_option = click.option("--survey", help="Survey whose tables are meant. Default: the one the reports are about.")
seconds_option = click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=60, show_default=True, help="Time the query may take."
)


@click.command("queries")
@project_option
def list_queries(project: Path | None) -> None:
    """List the named queries, with what each returns and the parameters it takes.

    They are the files in queries/analysis/: of the project, and those that come with the software. A file put there is
    a query at once.

    \b
    Example: tryghed queries
    """
    shelf = query_files.Shelf(open_project(project).queries)
    problems: list[DefinitionError] = []
    for name, whole in _analyses(shelf).items():
        try:
            one = shelf[whole]
        except DefinitionError as problem:
            problems.append(problem)
            continue
        given = " ".join(f"-p {key}=…" if known.required else f"[-p {key}=…]" for key, known in one.params.items())
        click.echo(fitted(f"{name}  {given}\n    {one.doc} ({one.grain})", sys.stdout))
    all_at_once(DefinitionError, problems)


@click.command("query")
@click.argument("name")
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="KEY=VALUE",
    help="May be repeated; a list is written with commas.",
)
@survey_option
@seconds_option
@output_options
@project_option
@quiet_option
def run_query(
    name: str, params: tuple[str, ...], survey: str | None, seconds: float, form: str | None, output: Path | None,
    project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Run a named query; `tryghed queries` lists them.

    The queries behind the estimates run too, by their folder and name. What it answers has not passed the gate: it is
    for analysis, not for publication.

    \b
    Example: tryghed query share_by_area -p wave=2025 -p indicator=tryg_aften
             tryghed query estimate/strata -p waves=2025
    """
    opened = open_project(project)
    shelf = query_files.Shelf(opened.queries)
    analyses = _analyses(shelf)
    whole = analyses.get(name, name)
    if whole not in shelf:
        raise UsageError(f"no query {name!r}", hint=f"queries: {', '.join(analyses)}")
    named = pairs(params, example="-p wave=2025")
    about = survey or main_survey(opened)
    _expect_waves(opened, about, named)
    try:
        answer = adhoc.run_named(opened.folder, about, shelf[whole], named, seconds=seconds)
    except QueryError:
        _expect_indicator(opened, about, named)
        raise
    _hand_over(opened, answer, survey or main_survey(opened), form_of(form, output), output, quiet)


@click.command("sql")
@click.argument("text", metavar="SQL")
@survey_option
@seconds_option
@output_options
@project_option
@quiet_option
def run_sql(
    text: str, survey: str | None, seconds: float, form: str | None, output: Path | None, project: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Run one SELECT on the store; "-" reads it from standard input.

    The tables are respondent, answer, score, membership, grouping and population of the survey, and delivery and
    finding; queries/README.md of the software describes them. A statement can change nothing and read no files. What
    it answers has not passed the gate: it is for analysis, not for publication.

    \b
    Example: tryghed sql "select wave, count(*) as n from respondent group by wave order by wave"
    """
    opened = open_project(project)
    statement = sys.stdin.read() if text == "-" else text
    answer = adhoc.run_sql(opened.folder, survey or main_survey(opened), statement, seconds=seconds)
    _hand_over(opened, answer, survey or main_survey(opened), form_of(form, output), output, quiet)


def _hand_over(
    project: Project, answer: adhoc.Answer, survey: str, form: Form, output: Path | None, quiet: bool
) -> None:
    """Hand over an answer; where nobody has confirmed a wave of the store, that stands beside a file too."""
    notice = with_unverified(project, answer.notice, survey)
    deliver(answer.rows, notice, _whole(answer, form), output, quiet)
    if output is not None and (mark := with_unverified(project, "", survey)):
        exports.beside(output, {"note": mark})


def _expect_waves(project: Project, survey: str, named: Mapping[str, str]) -> None:
    """Refuse waves that are not in the store: a query answers them with no rows, as if nobody had been asked.

    Raises:
        UsageError: A parameter called wave or waves names them; the hint lists those there are.
    """
    loaded = [wave for about, wave in warehouse.loaded(project.folder) if about == survey]
    asked = [one.strip() for name in ("wave", "waves") for one in named.get(name, "").split(",") if one.strip()]
    missing = [one for one in dict.fromkeys(asked) if one not in loaded]
    if missing:
        told = f"no wave {' or '.join(map(repr, missing))} of {survey} in the store"
        raise UsageError(told, hint=f"waves there: {', '.join(sorted(loaded)) or 'none'}")


def _expect_indicator(project: Project, survey: str, named: Mapping[str, str]) -> None:
    """Tell of a query that did not run that its indicator does not exist, where that is so.

    Raises:
        UsageError: The survey has no such indicator; the hint lists those it has.
    """
    known = project.surveys[survey].scores
    if named.get("indicator", "") not in {"", *known}:
        raise UsageError(f"no indicator {named['indicator']!r} in {survey}", hint=f"indicators: {', '.join(known)}")


def _whole(answer: adhoc.Answer, form: Form) -> Form:
    """Return the format; a file or another program gets all rows or none.

    Raises:
        QueryError: The answer is cut, and not shown as a table to a person, who is told.
    """
    if answer.cut and form != "table":
        hint = "aggregate in the query, or take them in parts with limit and offset"
        raise QueryError(f"the result has more than {adhoc.ROWS:,} rows, and {form} would lack the others", hint=hint)
    return form


def with_unverified(project: Project, notice: str, survey: str, waves: Collection[str] = ()) -> str:
    """Return what must be known of an answer, with the waves nobody has confirmed: of these, or of all in the store."""
    loaded = warehouse.unverified(project.folder)
    found = sorted(wave for about, wave in loaded if about == survey and (not waves or wave in waves))
    mark = f"uverificeret: sha256 and rows of {', '.join(found)} are not both declared" if found else ""
    return "\n".join(filter(None, (notice, mark)))


def _analyses(shelf: query_files.Shelf) -> dict[str, str]:
    """Return the names an analyst calls queries by, with their names on the shelf."""
    return {name.removeprefix(_ANALYSES): name for name in shelf if name.startswith(_ANALYSES)}


def pairs(params: Sequence[str], *, example: str) -> dict[str, str]:
    """Return KEY=VALUE texts as a mapping.

    Raises:
        UsageError: Some are not of that form, or a key is given twice; all are listed.
    """
    wrong = [
        UsageError(f"not KEY=VALUE: {param}", hint=f"for example {example}") for param in params if "=" not in param
    ]
    keys = [param.partition("=")[0] for param in params]
    twice = [
        UsageError(f"{key} is given {keys.count(key)} times") for key in dict.fromkeys(keys) if keys.count(key) > 1
    ]
    all_at_once(UsageError, [*wrong, *twice])
    return {key: value for key, _, value in (param.partition("=") for param in params)}


def deliver(
    rows: pl.DataFrame, notice: str, form: Form, output: Path | None, quiet: bool, *, kept: Collection[str] = (),
    source: Provenance | None = None,
) -> None:  # fmt: skip
    """Hand over unreleased numbers as data, and tell on stderr what must be known of them."""
    show(rows, form, output, quiet, kept=kept, source=source)
    empty = "" if rows.height else "no rows"
    for line in filter(None, (empty, notice, source.line() if source else "", _UNRELEASED)):
        say(line, quiet=quiet)


def show(
    rows: pl.DataFrame, form: Form, output: Path | None, quiet: bool, *, kept: Collection[str] = (),
    source: Provenance | None = None,
) -> None:  # fmt: skip
    """Hand over a table: to a file where one is named, else to standard output."""
    width = columns(sys.stdout) if output is None else None
    record = source.record() if source else None
    content = exports.write(rows, output, form, width=width or _PLAIN_WIDTH, kept=kept, source=record)
    if output is not None:
        say(f"{output}: {rows.height} rows", quiet=quiet)
    elif isinstance(content, str):
        click.echo(content.rstrip("\n"))
    elif sys.stdout.isatty():
        raise QueryError(f"{form} is not text", hint="name a file with --output, or redirect standard output")
    else:
        sys.stdout.buffer.write(content)
