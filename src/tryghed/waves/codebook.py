"""Writes a survey's codebook: as a web page, as a PDF, and as DDI-Codebook for archives and catalogues.

Of the answers it tells what releases have printed and nothing else, so that it needs no gate of its own
(docs/decisions/codebook.md).
"""

from pathlib import Path

from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round
from tryghed.delivery import ddi
from tryghed.errors import UsageError
from tryghed.frames import EVERYBODY
from tryghed.release import archive, ledger
from tryghed.release.released import Share, Withheld
from tryghed.reporting import pages, render
from tryghed.reporting.pages.codebook import Printed
from tryghed.store import rounds


def write(project: Project, survey: str, folder: Path) -> list[Path]:
    """Write `kodebog-SURVEY.html`, `.pdf` and `.xml` into a folder, which is made where it is missing.

    Waves that are not loaded are described by their definitions.

    Raises:
        UsageError: There is no such survey, or it has no wave.
        StoreError: The store cannot be read.
        ReleaseError: The ledger of releases cannot be read.
        RenderError: The page cannot be made.
    """
    if survey not in project.surveys:
        raise UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(project.surveys)}")
    if not project.waves[survey]:
        raise UsageError(f"survey {survey!r} has no waves", hint=f"begin one with tryghed wave new {survey} WAVE FILE")
    project = rounds.informed(project)
    about, loaded = project.surveys[survey], rounds.loaded(project, survey)
    every = [loaded.get(name) or Round(about, wave) for name, wave in project.waves[survey].items()]
    page = pages.codebook(about, every, _printed(project, survey), project.comparisons)
    folder.mkdir(parents=True, exist_ok=True)
    html, pdf, xml = (folder / f"kodebog-{survey}.{ending}" for ending in ("html", "pdf", "xml"))
    html.write_text(render.alone(page, project.templates), encoding="utf-8")
    render.pdf(render.html(page, project.templates), pdf, project.templates)
    xml.write_bytes(ddi.codebook(about, every, project.comparisons))
    return [html, pdf, xml]


def _printed(project: Project, survey: str) -> Printed:
    """Return the whole sample's shares in single waves as releases told them last, by wave and indicator."""
    told = [
        one for one in ledger.read(project.folder / archive.FOLDER).entries
        if one.cell.survey == survey and {one.cell.area, one.cell.category} == {EVERYBODY}
    ]  # fmt: skip
    return {
        (one.cell.wave, one.cell.indicator): Share(
            one.share, None, None, one.n, one.sensitive, Withheld[one.withheld] if one.withheld else None
        )
        for one in told if one.cell.wave in project.waves[survey]
    }  # fmt: skip
