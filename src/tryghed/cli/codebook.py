"""The codebook of a survey."""

from pathlib import Path

import click

from tryghed.cli.options import open_project, project_option, quiet_option, say
from tryghed.waves.codebook import write


@click.command()
@click.argument("survey")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Where to write. Default: out/kodebog of the project.")  # fmt: skip
@project_option
@quiet_option
def codebook(survey: str, folder: Path | None, project: Path | None, quiet: bool) -> None:
    """Write the codebook of a SURVEY as a web page, a PDF, and DDI-Codebook XML.

    It has every question with its wordings, columns, answers, kinds of missing, filters and indicators, unweighted
    counts for each wave, how the waves were measured, and which may be compared. In sensitive topics counts are rounded
    to the nearest ten and small ones are not shown. Waves that are not loaded have no counts.

    \b
    Example: tryghed codebook tryghed
    """
    opened = open_project(project)
    for path in write(opened, survey, folder or opened.folder / "out" / "kodebog"):
        say(f"{path}", quiet=quiet)
