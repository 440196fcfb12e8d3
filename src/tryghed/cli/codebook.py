"""The codebook of a survey."""

from pathlib import Path

import click

from tryghed.cli.options import open_project, project_option, quiet_option, say
from tryghed.waves.codebook import write


@click.command()
@click.argument("survey")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Where to write. Default: out/kodebog of the project.")  # fmt: skip
@click.option(
    "--counts",
    is_flag=True,
    help="Also count the answers, unweighted: kodebog-SURVEY-intern, unreleased, not to be handed on.",
)
@project_option
@quiet_option
def codebook(survey: str, folder: Path | None, counts: bool, project: Path | None, quiet: bool) -> None:
    """Write the codebook of a SURVEY as a web page, a PDF, and DDI-Codebook XML.

    It has every question with its wordings, columns, answers, kinds of missing, filters and indicators, the shares that
    releases have printed of the whole sample, how the waves were measured, and which may be compared. Of the answers it
    tells nothing else: how many gave which answer would pass by the gate. For the team's own work --counts has them.

    \b
    Example: tryghed codebook tryghed
             tryghed codebook tryghed --counts
    """
    opened = open_project(project)
    for path in write(opened, survey, folder or opened.folder / "out" / "kodebog", counted=counts):
        say(f"{path}", quiet=quiet)
    if counts:
        say("unreleased numbers: for analysis, not for publication", quiet=quiet)
