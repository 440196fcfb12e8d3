"""The yearly production: demo, init, check, ingest, report, run."""

import os
import sys
from pathlib import Path

import click

from tryghed import ingestion, meant, pipeline
from tryghed.cli import findings
from tryghed.cli.options import impersonal, open_project, progress, project_option, quiet_option, say
from tryghed.definitions.project import Project, find, load
from tryghed.definitions.starting import begin
from tryghed.demo.build import build
from tryghed.errors import DataError, UsageError
from tryghed.ingestion import Said
from tryghed.publication import Reported
from tryghed.release import telling

workers_option = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    help="Worker processes. Default: one per core.",
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("tryghed-demo"))
@click.option("--seed", type=int, default=2035, show_default=True, help="Another seed draws another sample.")
@workers_option
@quiet_option
def demo(folder: Path, seed: int, workers: int, quiet: bool) -> None:
    """Make a synthetic city in FOLDER and its reports.

    FOLDER (default: tryghed-demo) must be new or empty. It gets raw deliveries as a survey institute would send them,
    the definitions that read them, the store, and the reports in out/2025/. All answers are made up, and every page
    says so.

    \b
    Example: tryghed demo /tmp/city
    """
    say(f"drawing a synthetic city in {folder}", quiet=quiet)
    build(folder, seed)
    _run(open_project(folder), workers, quiet)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@quiet_option
def init(folder: Path, quiet: bool) -> None:
    """Begin a new project in FOLDER, which must be new or empty.

    It gets surveys/, policy/, queries/analysis/ and the report definitions in reports/, to change as you like.
    Templates and the queries behind the estimates stay with the software; a file of the same name in the project's
    reports/templates/ goes before the software's.

    \b
    Example: tryghed init tryghed-2026
    """
    begin(folder)
    say(f"{folder}: put deliveries in {folder / 'deliveries'}, then: tryghed --help", quiet=quiet)


@click.command()
@project_option
@quiet_option
def check(project: Path | None, quiet: bool) -> None:
    """Check every definition, query and template, without data.

    All problems are told at once, but those of reports about a survey that cannot be read.

    \b
    Example: tryghed check
    """
    folder = project if project is not None else find(Path.cwd())
    for line in pipeline.check(folder):
        say(f"ok: {line}", quiet=quiet)
    for line in pipeline.past_retention(load(folder)):
        say(f"warning: {line}")


@click.command()
@click.argument("waves", nargs=-1, metavar="[SURVEY/WAVE]...")
@click.option(
    "--accept",
    "codes",
    multiple=True,
    metavar="CODE",
    help="Load the wave in spite of this warning; may be repeated, each with a --because.",
)
@click.option("--revision", is_flag=True, help="Another file may replace the one the wave was loaded from.")
@click.option("--again", is_flag=True, help="A wave that was erased may be loaded again.")
@click.option(
    "--because",
    "reasons",
    multiple=True,
    metavar="TEXT",
    callback=impersonal,
    help="Why; kept with the wave, with who and when.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be found; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: as JSON.")
@project_option
@quiet_option
def ingest(
    waves: tuple[str, ...], codes: tuple[str, ...], revision: bool, again: bool, reasons: tuple[str, ...],
    dry_run: bool, as_json: bool, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Load deliveries into the store; all of them when no wave is named.

    Where the file is and what its columns mean is written in surveys/SURVEY/WAVE.toml. A delivery is checked whole,
    and refused whole: by an error, and by a warning until a person accepts it, here or under [[accepted]] in the wave's
    definition. docs/findings.md tells what each finding means. Loading the same file again changes nothing,
    unless its definition has changed: then it is read anew.

    Another file for a wave that is loaded is refused, unless --revision says that it is meant, and so is a wave that
    was erased, unless --again does. The first --because says why.

    --dry-run shows everything found in the deliveries, and ends with 4 where one would be refused.

    \b
    Example: tryghed ingest tryghed/2025 sundhed
             tryghed ingest tryghed/2025 --dry-run
             tryghed ingest tryghed/2025 --accept weight_extreme --because "The institute confirms them, 3 March"
             tryghed ingest tryghed/2025 --revision --because "Epinion corrected the weights of Valby"
    """
    opened = open_project(project)
    _tell_drafts(opened, quiet)
    named = pipeline.named_waves(opened, waves)
    reason, reasons = _reason(waves, revision=revision, again=again, reasons=reasons)
    decisions = findings.decisions(codes, reasons, named)
    if as_json and not dry_run:
        raise UsageError("--json goes with --dry-run")
    said = Said(tuple(decisions), revision=reason if revision else "", again=reason if again else "")
    with progress(quiet=quiet) as step:
        if dry_run:
            looked = ingestion.examined(opened, named, step, said=said)
        else:
            done = ingestion.ingest(opened, named, step, said=said)
    if dry_run:
        click.echo(findings.as_json(looked) if as_json else findings.as_text(looked))
        sys.exit(DataError.exit_code if any(one.refused for one in looked) else 0)
    for one in done:
        state = f"{one.rows} answers in generation {one.generation}" if one.changed else "already loaded"
        state += f", revision {one.revision}" if one.revision > 1 else ""
        say("\n".join([f"{one.survey}/{one.wave}: {state}", *map(findings.note, one.findings)]), quiet=quiet)


def _reason(
    waves: tuple[str, ...], *, revision: bool, again: bool, reasons: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Return the reason for loading a wave in spite of what is known of it, and the reasons left for its findings."""
    if not (revision or again):
        return "", reasons
    if not waves or not reasons or not reasons[0].strip():
        raise UsageError(
            "--revision and --again need the name of a wave and --because", hint='--because "what changed"'
        )
    return reasons[0], reasons[1:]


@click.command()
@click.option("--survey", help="Survey to report on. Default: the one the reports are about.")
@click.option("--wave", help="Wave to report on. Default: the newest.")
@click.option("--area", "areas", multiple=True, metavar="CODE", help="Only this area's report; may be repeated.")
@click.option("--release", "name", metavar="NAME", help="Print this frozen release again, as it was made.")
@workers_option
@project_option
@quiet_option
def report(
    survey: str | None, wave: str | None, areas: tuple[str, ...], name: str | None, workers: int,
    project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Write the reports of a wave to out/WAVE/.

    They are made from the wave's frozen release in releases/, which is built where there is none. Where the numbers
    have changed since, nothing is made; the message says what can be done.

    There is one for the city and one for each district, and beside them the released numbers as tal.csv, tal.xlsx
    and tal.json, comparisons and places included. Reports whose numbers and look have not changed are kept as they are.

    \b
    Example: tryghed report --wave 2025 --area bispebjerg --area valby
    """
    opened = meant.present(open_project(project))
    if name is not None and (survey or wave):
        raise click.UsageError("--release names survey and wave by itself")
    with progress(quiet=quiet) as step:
        if name is not None:
            done = pipeline.print_again(opened, name, areas=areas, workers=workers, progress=step)
        else:
            about = survey or meant.main_survey(opened)
            done = pipeline.report(
                opened, about, wave or meant.latest_wave(opened, about), areas=areas, workers=workers, progress=step
            )
    _tell(done, quiet)


@click.command()
@workers_option
@project_option
@quiet_option
def run(workers: int, project: Path | None, quiet: bool) -> None:
    """Do everything that is not up to date.

    Loads new and changed deliveries and register tables, and writes the reports of the newest wave.

    \b
    Example: tryghed run
    """
    _run(open_project(project), workers, quiet)


def _tell_drafts(project: Project, quiet: bool) -> None:
    """Tell of definitions that have guesses left to confirm: their waves are passed over."""
    for problem in project.drafts.values():
        say(f"{problem.where}: {problem.message}; not loaded", quiet=quiet)


def _run(project: Project, workers: int, quiet: bool) -> None:
    _tell_drafts(project, quiet)
    with progress(quiet=quiet) as step:
        done = pipeline.run(project, workers=workers, progress=step)
    for one in done:
        _tell(one, quiet)


def _tell(done: Reported, quiet: bool) -> None:
    made = f"{len(done.made)} report{'' if len(done.made) == 1 else 's'} written"
    say(f"{made}, {len(done.kept)} unchanged, of release {done.release}, in {done.folder}", quiet=quiet)
    for told in telling.said(done.put_back):
        say(told, quiet=quiet)
    if done.old:
        names = ", ".join(path.name for path in done.old)
        say(f"of an earlier release, and not made now: {names}; tryghed report makes them all", quiet=quiet)
