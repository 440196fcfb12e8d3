"""What becomes of loaded data: erase a wave, back the store up, restore it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar, get_args

import click

from tryghed import custody
from tryghed.cli.adhoc import show
from tryghed.cli.options import (
    because_option,
    form_of,
    open_project,
    output_options,
    project_option,
    quiet_option,
    say,
)
from tryghed.custody import Archive, Deliveries, Going
from tryghed.errors import UsageError
from tryghed.store import backup as backups
from tryghed.store import generations, restoring

Choice = TypeVar("Choice", bound=str)

_ARCHIVE = (
    "Arkivloven: research data may have to be offered to Rigsarkivet before they are destroyed. What was decided?"
)
_DELIVERIES = "Are the delivered files deleted too?"


@click.command()
@click.argument("wave", metavar="SURVEY/WAVE")
@because_option
@click.option("--archive", type=click.Choice(get_args(Archive)), help="What was decided about Rigsarkivet.")
@click.option("--delivery", type=click.Choice(get_args(Deliveries)), help="What becomes of the delivered files.")
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@project_option
@quiet_option
def erase(
    wave: str, because: str, archive: Archive | None, delivery: Deliveries | None, dry_run: bool, project: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Erase a wave, so that no byte of its answers is left.

    The store is written anew without it, older generations that hold it are removed, and the backups this project has
    made and that can be reached are written anew too. The key of its pseudonyms is destroyed, unless other waves of a
    panel share it. Its definition, the reports, the released numbers and the audit
    log stay. What is out of reach is listed: copies you have made by hand, and backups that are elsewhere now.

    The wave is not loaded again by tryghed run; tryghed ingest wants --again for it. Erasing can be stopped at any
    moment: the wave is there or gone, and the same command completes it.

    \b
    Example: tryghed erase tryghed/2018 --because "kept for 5 years" --archive not-required --delivery delete
    """
    opened = open_project(project)
    survey, _, name = wave.partition("/")
    about = custody.going(opened, survey, name)
    say("\n".join(_listed(about, delivery)), quiet=quiet and not dry_run)
    if dry_run:
        return
    if not because:
        raise UsageError("erasing needs a reason", hint='--because "why it has to go"; it is kept in the audit log')
    done = custody.erase(
        opened, survey, name, because=because, archive=_chosen(archive, "--archive", _ARCHIVE, get_args(Archive)),
        deliveries=_chosen(delivery, "--delivery", _DELIVERIES, get_args(Deliveries)),
    )  # fmt: skip
    for path in done.linked:
        say(f"warning: {path} had another name on this disk: look for it, answers are in it", quiet=quiet)
    say(f"{wave}: {about.rows} respondents erased; generation {done.generation} is in force", quiet=quiet)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@project_option
@quiet_option
def backup(target: Path, project: Path | None, quiet: bool) -> None:
    """Back the store up into a new folder in TARGET.

    The current generation is verified, copied and verified again, and with it go the audit log and what was released;
    a manifest has the checksum of each file. A backup that was interrupted has no manifest and is not taken for one.

    The key of the pseudonyms (keys/) is not in it, for whoever has both can tell who answered what. Keep a copy of it
    somewhere else. Deliveries and definitions are not in it either: they are files of yours.

    \b
    Example: tryghed backup /mnt/backup/tryghed
    """
    opened = open_project(project)
    made = backups.make(opened.folder, target)
    size = sum(int(about["bytes"]) for about in made.manifest.files.values())
    waves = len(made.manifest.waves)
    say(f"{made.folder}: generation {made.manifest.generation}, {waves} waves, {size / 1e6:.1f} MB", quiet=quiet)


@click.command()
@click.argument("source", type=click.Path(path_type=Path, file_okay=False))
@click.option("--replace", is_flag=True, help="The store may hold what the backup lacks.")
@project_option
@quiet_option
def restore(source: Path, replace: bool, project: Path | None, quiet: bool) -> None:
    """Make a backup the store in force.

    SOURCE is a folder made by tryghed backup, or the folder that backups are put in: then the newest is taken. Every
    file is verified before anything is changed, and half a backup is refused. The audit log and what was released are
    put back only where they are missing, and waves that were erased since the backup was made stay erased.

    \b
    Example: tryghed restore /mnt/backup/tryghed
    """
    opened = open_project(project)
    place = backups.find(source)
    done = restoring.restore(opened.folder, place, replace=replace)
    for wave in done.left_out:
        say(f"left out, for it was erased: {wave}", quiet=quiet)
    say(f"{place}: restored as generation {done.generation.number}", quiet=quiet)


@click.command()
@click.argument("wave", metavar="SURVEY/WAVE")
@click.option("--question", "questions", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@because_option
@output_options
@project_option
@quiet_option
def texts(
    wave: str, questions: tuple[str, ...], because: str, form: str | None, output: Path | None, project: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Read what people wrote in their own words in a wave, for a stated reason.

    CPR numbers, e-mail addresses and telephone numbers are masked; names and addresses are not, for no program finds
    them all. Texts stand in alphabetical order, without any number of who wrote them. Only whoever has the rights of
    the folder store/free-text can read them, and who did, when and why is in the audit log (tryghed log) before
    anything is shown. A quotation for a report is chosen by a person, one by one.

    \b
    Example: tryghed texts tryghed/2025 --question other_places --because "categories for the report"
    """
    if not because.strip():
        raise UsageError("reading texts needs a reason", hint='--because "what for"; it is kept in the audit log')
    survey, _, name = wave.partition("/")
    chosen = form_of(form, output)
    rows = custody.texts(open_project(project), survey, name, because=because.strip(), questions=questions)
    with generations.private():
        show(rows, chosen, output, quiet)
    say(f"{wave}: {rows.height} texts; that you have read them is in the audit log", quiet=quiet)
    say("personal data: not for publication, and erased with the wave only where they are kept here", quiet=quiet)


def _listed(about: Going, delivery: Deliveries | None) -> Iterator[str]:
    """Yield what goes, what stays, and what is out of reach."""
    yield f"{'/'.join(about.wave)}: {about.rows} respondents in the store"
    yield from _paths("goes: generation", about.generations)
    yield from _paths("goes: from the backup", about.backups)
    yield from _paths("goes: what people wrote", about.texts)
    yield from _paths("goes: key of its pseudonyms", about.key)
    yield from _paths("goes: left by a reader that was killed", about.leftovers)
    for path in about.deliveries:
        stays = "stays: delivery of another wave too" if path in about.shared else None
        asked = {"keep": "stays: delivery", "delete": "goes: delivery", None: "goes with --delivery delete:"}[delivery]
        yield f"  {stays or asked} {path}"
    yield from _paths("OUT OF REACH, erase it yourself: backup", about.unreachable)
    yield "  stays: the definition, reports, released numbers, the audit log; copies made by hand are not known here"


def _paths(what: str, paths: Sequence[Path]) -> Iterator[str]:
    yield from (f"  {what} {path}" for path in paths)


def _chosen(given: Choice | None, option: str, question: str, choices: tuple[Choice, ...]) -> Choice:
    """Return what was given, or ask for it on a terminal.

    Raises:
        UsageError: There is nobody to ask.
    """
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(f"{option} is missing", hint=f"{option} {'|'.join(choices)}: {question}")
    chosen: Choice = click.prompt(question, type=click.Choice(choices), err=True)
    return chosen
