"""Releases: what the reports would show, frozen numbers, corrections."""

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import click
import polars as pl

from tryghed import meant, pipeline, trial
from tryghed.cli.options import impersonal, open_project, progress, project_option, quiet_option, say
from tryghed.cli.terminal import columns
from tryghed.definitions.project import Project
from tryghed.delivery import checklist, exports, tracing
from tryghed.delivery.summaries import listed, planned, shown
from tryghed.frames import EVERYBODY
from tryghed.progress import Step
from tryghed.release import archive, editions, history, telling
from tryghed.release import review as reviews
from tryghed.release.plan import empty, plan
from tryghed.release.records import plain
from tryghed.release.released import CellKey, Exemption, Released
from tryghed.store import rounds

survey_option = click.option("--survey", help="Survey the reports are about. Default: the first they are about.")
wave_option = click.option("--wave", help="Wave. Default: the newest.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
because_option = click.option(
    "--because", required=True, metavar="REASON", callback=impersonal, help="Why; kept, and printed."
)
_WIDTH = 100
_ROWS = 12  # of each list of a review


@click.group()
def release() -> None:
    """Freeze what reports show; correct, withdraw and review releases.

    Reports can only be made from a frozen release in releases/NAME/. `tryghed report` and `tryghed run` build the
    first one of a wave by themselves.

    \b
    Example: tryghed release list
    """


@release.command("plan")
@survey_option
@wave_option
@json_option
@click.option("--try", "tried", is_flag=True, help="Compute it, and tell what would be withheld. Nothing is frozen.")
@project_option
@quiet_option
def show_plan(
    survey: str | None, wave: str | None, as_json: bool, tried: bool, project: Path | None, quiet: bool
) -> None:
    """Show what the reports of a wave would show, without computing it.

    What a report names and no number would be of is told: an area set the survey is not reported on, a question the
    wave did not ask, groups nobody crossed.

    With --try it is computed: how much would be withheld, which categories to merge where that is too much of a table,
    and what conflicts with earlier releases. A correction is attacked beside the editions before it, and what has to be
    held back because of them is told.

    \b
    Example: tryghed release plan --wave 2025
             tryghed release plan --try
    """
    opened, about, of_wave = _opened(project, survey, wave)
    rows = planned(opened, plan(rounds.informed(opened), about, of_wave))
    click.echo(_written(rows, as_json))
    if nothing := empty(rounds.informed(opened), about, of_wave):
        click.echo("\n".join(["no numbers of what reports name:", *_listed(nothing)]), err=as_json)
    if tried:
        with progress(quiet=quiet) as step:
            step(Step("estimating", f"{about}/{of_wave}"))
            found = trial.tried(opened, about, of_wave, attacking=lambda: step(Step("attacking", f"{about}/{of_wave}")))
        click.echo(
            "\n".join([f"{_counted(found)}", *_listed((*map(history.told, found.conflicts), *found.advice))]),
            err=as_json,
        )


@release.command()
@survey_option
@wave_option
@click.option(
    "--because",
    default="",
    metavar="REASON",
    callback=impersonal,
    help="Why numbers are corrected; printed in the reports.",
)
@project_option
@quiet_option
def build(survey: str | None, wave: str | None, because: str, project: Path | None, quiet: bool) -> None:
    """Freeze what the reports of a wave show in releases/NAME/.

    The first release of a wave has the wave's name. Building the same numbers again is the same release. Where numbers
    differ from it, nothing is built without --because: the correction is a release of its own ("2025-2") that says
    what changed and by how much.

    \b
    Example: tryghed release build --wave 2025
             tryghed release build --wave 2025 --because "Vægten for Valby var forkert"
    """
    opened, about, of_wave = _opened(project, survey, wave)
    with progress(quiet=quiet) as step:
        built = pipeline.build(opened, about, of_wave, because=because, progress=step)
    say(told(built), quiet=quiet)


@release.command("list")
@json_option
@project_option
def list_releases(as_json: bool, project: Path | None) -> None:
    """List the releases, oldest first.

    \b
    Example: tryghed release list
    """
    click.echo(_written(listed(archive.entries(open_project(project).folder)), as_json))


@release.command()
@click.argument("name")
@json_option
@project_option
def show(name: str, as_json: bool, project: Path | None) -> None:
    """Show what a release holds, after making sure that nobody has edited it.

    \b
    Example: tryghed release show 2025
    """
    opened = open_project(project)
    entry, released = archive.entry(opened.folder, name), archive.load(opened.folder, name)
    found = shown(entry, released)
    if as_json:
        click.echo(json.dumps(plain(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(f"{label:<14} {text}" for label, text in found.items()))


@release.command()
@click.argument("name")
@because_option
@project_option
@quiet_option
def withdraw(name: str, because: str, project: Path | None, quiet: bool) -> None:
    """Take away a release that was never handed out.

    Only the newest edition of a wave can be withdrawn. It is kept in releases/withdrawn/, and its name is free again.
    What somebody has is corrected instead: tryghed release build --because REASON. Files in out/ that still show it are
    named; the next report replaces them.

    \b
    Example: tryghed release withdraw 2025 --because "Definitionen af tryg er rettet før udgivelsen"
    """
    opened = open_project(project)
    known = editions.withdraw(opened, name, because)
    say(f"release {known.name} ({known.release_id}) is withdrawn; kept in releases/withdrawn/", quiet=quiet)
    left = tracing.made_of(known.release_id, opened.folder / "out")
    if left:
        named = ", ".join(str(path.relative_to(opened.folder)) for path in left)
        hint = f"do not hand them out; tryghed report --wave {known.wave} replaces them"
        files = "1 file that still shows it" if len(left) == 1 else f"{len(left)} files that still show it"
        click.echo("\n".join(_listed([f"{files}: {named}; {hint}"])), err=True)


@release.command("except")
@click.argument("verdict", type=click.Choice(["show", "withhold", "secret", "rules"]))
@click.argument("indicator")
@survey_option
@wave_option
@click.option("--of", "source", metavar="SURVEY/WAVE", help="Where the share is from, if not the release's own wave.")
@click.option("--area-set", help="Area set. Default: that of the reports.")
@click.option("--area", default=EVERYBODY, show_default=True, metavar="CODE", help="Area.")
@click.option("--dimension", default=EVERYBODY, show_default=True, help="Group, or groups crossed: sex*age.")
@click.option("--category", default=EVERYBODY, show_default=True, help="Category of the group.")
@click.option("--by", default="", metavar="NAME", help="Who decides.")
@click.option("--because", default="", metavar="REASON", callback=impersonal, help="Why; printed as a footnote.")
@click.option("--seconded-by", default="", metavar="NAME", help="Who agrees: another person.")
@project_option
@quiet_option
def decide(
    verdict: Literal["show", "withhold", "secret", "rules"], indicator: str, survey: str | None, wave: str | None,
    source: str | None, area_set: str | None, area: str, dimension: str, category: str, by: str, because: str,
    seconded_by: str, project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Make an exemption from the rules for one share; two people have to agree.

    VERDICT is `withhold` (the number and all else the same people answered to the question; n is shown, and the report
    says who decided it), `secret` (the same without n, and whatever else in the release it could be worked out from,
    which is much for a large area; what an earlier release told stays told), `show` (though too uncertain; never what
    could point at a person), or `rules`, which takes an exemption back. The first person gives --by and --because. It
    is in force once a second one agrees, at once or later by repeating the command with --seconded-by alone. Exemptions
    are printed as footnotes and kept.

    \b
    Example: tryghed release except withhold tryg_aften --area valby --by "Anna Holm" --because "Skemaet var forkert"
             tryghed release except withhold tryg_aften --area valby --seconded-by "Bo Friis"
    """
    opened, about, of_wave = _opened(project, survey, wave)
    named, _, its_wave = (source or f"{about}/{of_wave}").partition("/")
    cell = CellKey(
        named, its_wave, area_set or plan(opened, about, of_wave).area_set, area, dimension, category, indicator
    )
    decided = Exemption(cell, verdict, by, because, archive.today(), seconded_by)
    made = editions.decide(opened, about, of_wave, decided)
    state = f"agreed by {made.seconded_by}: in force" if made.seconded_by else "waits for --seconded-by a second person"
    say(f"{made.verdict} {' '.join(cell)}: decided by {made.by}, {state}", quiet=quiet)


@release.command()
@click.argument("name", required=False)
@survey_option
@wave_option
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Also as a page, with all rows.")
@click.option("--all", "everything", is_flag=True, help="All rows on the terminal, not the first of each list.")
@project_option
@quiet_option
def review(
    name: str | None, survey: str | None, wave: str | None, page: Path | None, everything: bool,
    project: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """List what a person should look at before a release is handed out.

    What is withheld and by which rule, what is close to a limit, what differs from the release before and from the
    wave before, files nobody has verified, accepted warnings, exemptions. The numbers are those a build would release
    now; NAME names the release of a wave instead of --wave. The list tells more than may be published.

    \b
    Example: tryghed release review --html kontrol.html
             tryghed release review 2025
    """
    if name is not None and (survey or wave):
        raise click.UsageError("NAME names survey and wave by itself")
    opened = open_project(project)
    if name is not None:
        entry = archive.entry(opened.folder, name)
        survey, wave = entry.survey, entry.wave
    _, about, of_wave = _opened(project, survey, wave)
    with progress(quiet=quiet) as step:
        step(Step("estimating", f"{about}/{of_wave}"))
        found = reviews.review(opened, about, of_wave)
    for heading, rows in checklist.tables(found).items():
        shown = rows if everything else rows.head(_ROWS)
        more = f", the first {_ROWS}" if rows.height > shown.height else ""
        click.echo(f"{heading}: {rows.height}{more}\n{checked(shown)}".rstrip() + "\n")
    if page is not None:
        exports.save(checklist.html(found, opened).encode(), page)
        say(f"{page}: all rows", quiet=quiet)
    say("for the team that makes the release: it tells more than may be published", quiet=quiet)


def told(built: editions.Built) -> str:
    """Return what became of a build, what stands in its way of what was released before, and what to merge."""
    entry, put_back = built.entry, telling.said(built.put_back)
    if not built.new:
        line = f"release {entry.name} ({entry.release_id}) of {entry.created}: nothing has changed"
        return "\n".join([line, *_listed((*put_back, *built.advice))])
    line = f"release {entry.name} ({entry.release_id}): {_counted(built.released)}"
    edition = built.released.edition
    if edition is not None and edition.corrects:
        corrected = len(edition.changes)
        line += f"; corrects {corrected:,} number{'' if corrected == 1 else 's'} of {edition.corrects}"
    return "\n".join([line, *_listed((*put_back, *map(history.told, built.released.conflicts), *built.advice))])


def _counted(released: Released) -> str:
    withheld = sum(share.withheld is not None for _, share in released.shares())
    return f"{len(released.shares()):,} shares, {withheld:,} withheld"


def _listed(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines for the terminal, indented; further ones of a long text deeper."""
    for one in lines:
        yield from textwrap.wrap(one, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _opened(project: Path | None, survey: str | None, wave: str | None) -> tuple[Project, str, str]:
    opened = meant.present(open_project(project))
    about = survey or meant.main_survey(opened)
    return opened, about, wave or meant.latest_wave(opened, about)


def checked(rows: pl.DataFrame) -> str:
    """Return one list of a review with its reasons and checksums whole; conflicts are sentences, and no table."""
    if rows.columns == ["conflict"]:
        return "\n".join(_listed(rows["conflict"].to_list()))
    return _written(rows, as_json=False, kept=("why", "sha256"))


def _written(rows: pl.DataFrame, as_json: bool, kept: Sequence[str] = ()) -> str:
    text = exports.write(rows, None, "json" if as_json else "table", width=columns(sys.stdout) or _WIDTH, kept=kept)
    assert isinstance(text, str)
    return text.rstrip("\n")
