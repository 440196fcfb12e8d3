"""Options that several commands share, and how they speak while they work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
import polars as pl

from tryghed.cli.terminal import columns, fitted
from tryghed.definitions.project import Project, find, load
from tryghed.delivery.exports import Form
from tryghed.errors import UsageError
from tryghed.intake.privacy import masked
from tryghed.progress import Progress, Step

Command = TypeVar("Command", bound=Callable[..., Any])

#: The forms a result can be written in.
FORMATS: tuple[Form, ...] = get_args(Form)
_CLEAR = "\r\033[K"
_BAR = 30  # characters


def project_option(command: Command) -> Command:
    """Add `--project`: the project folder, by default the nearest one with `surveys/` at or above this one."""
    return click.option(
        "--project",
        type=click.Path(path_type=Path, file_okay=False),
        help="Project folder. Default: the nearest folder with surveys/, from here upwards.",
    )(command)


def quiet_option(command: Command) -> Command:
    """Add `--quiet`: only errors are told."""
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")(command)


Words = TypeVar("Words", str, tuple[str, ...])


def impersonal(_context: click.Context, parameter: click.Parameter, said: Words) -> Words:
    """Refuse reasons that hold what tells who somebody is: they are kept in the audit log, and some are printed.

    Raises:
        UsageError: A reason holds a CPR number, an e-mail address or a telephone number.
    """
    if masked(pl.Series([said] if isinstance(said, str) else list(said), dtype=pl.String)).count:
        raise UsageError(
            f"{parameter.opts[0]}: holds what looks like a CPR number, an e-mail address or a telephone number",
            hint="the reason is kept where nothing personal may be: say it without",
        )
    return said


def because_option(command: Command) -> Command:
    """Add `--because`: the reason, which is kept in the audit log."""
    told = "The reason; it is kept. Name no respondent."
    return click.option("--because", default="", metavar="TEXT", callback=impersonal, help=told)(command)


def apart(context: click.Context, parameter: click.Parameter, file: Path | None) -> Path | None:
    """Refuse a file that another option of the command writes too: the later one would overwrite the earlier.

    `--r NAME.R` writes NAME.csv beside the script, the rows it needs.

    Raises:
        UsageError: Two of `--r`, its rows, `--output` and `--save` are one file.
    """
    given = {**context.params, parameter.name: file}
    script = given.get("script")
    named = {"--r": script, "the rows of --r": script and script.with_suffix(".csv"), "--output": given.get("output"),
             "--save": given.get("save")}  # fmt: skip
    known: dict[Path, str] = {}
    for option, path in named.items():
        if path is None:
            continue
        first = known.setdefault(path.resolve(), option)
        if first != option:
            raise UsageError(
                f"{first} and {option} would be one file", where=str(path),
                hint="the script NAME.R reads its rows from NAME.csv: give the files different names",
            )  # fmt: skip
    return file


def output_options(command: Command) -> Command:
    """Add `--format` and `--output`."""
    form = click.option(
        "-f", "--format", "form", type=click.Choice(FORMATS), help="Default: table, or what OUTPUT's name ends in."
    )
    target = click.option(
        "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), callback=apart,
        help="File to write instead of the terminal.",
    )  # fmt: skip
    return form(target(command))


def open_project(folder: Path | None) -> Project:
    """Return the project in `folder`, or the nearest one at or above the current folder."""
    return load(folder if folder is not None else find(Path.cwd()))


def say(text: str, *, quiet: bool = False) -> None:
    """Tell the user something, on stderr."""
    if not quiet:
        click.echo(fitted(text, sys.stderr), err=True)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Give a function to be told of each step: one line that is written over on a terminal, nothing elsewhere."""
    width = None if quiet else columns(sys.stderr)

    def show(step: Step) -> None:
        if width is not None:
            click.echo(_CLEAR + _line(step)[: width - 1], err=True, nl=False)

    try:
        yield show
    finally:
        if width is not None:
            click.echo(_CLEAR, err=True, nl=False)


def _line(step: Step) -> str:
    if not step.steps:
        return f"{step.stage} {step.at} …"
    filled = _BAR * step.done // step.steps
    return f"{step.stage} {'█' * filled}{'░' * (_BAR - filled)} {step.done}/{step.steps} {step.at}"


def form_of(form: str | None, output: Path | None) -> Form:
    """Return the form to write in: the one asked for, else what the file's name ends in, else a table.

    Raises:
        UsageError: The file's name ends in none of the forms.
    """
    named = form or (output.suffix.removeprefix(".") if output is not None else "table")
    for known in FORMATS:
        if named == known:
            return known
    problem = f"no format {named!r}" if named else "its name tells no format"
    where = str(output) if output is not None else ""
    raise UsageError(problem, where=where, hint=f"formats: {', '.join(FORMATS)}; give one with --format")
