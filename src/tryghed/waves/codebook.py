"""Writes a survey's codebook: as a web page, as a PDF, and as DDI-Codebook for archives and catalogues."""

from pathlib import Path

from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.survey import MISSING_CODES, Item
from tryghed.delivery import ddi
from tryghed.errors import UsageError
from tryghed.release.counts import shown
from tryghed.reporting import pages, render
from tryghed.reporting.pages.codebook import Counts
from tryghed.store import query as queries
from tryghed.store import rounds, warehouse
from tryghed.store.reader import open_reader


def write(project: Project, survey: str, folder: Path) -> list[Path]:
    """Write `kodebog-SURVEY.html`, `.pdf` and `.xml` into a folder, which is made where it is missing.

    Waves that are not loaded are described by their definitions, without counts.

    Raises:
        UsageError: There is no such survey, or it has no wave.
        StoreError: The store cannot be read.
        RenderError: The page cannot be made.
    """
    if survey not in project.surveys:
        raise UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(project.surveys)}")
    if not project.waves[survey]:
        raise UsageError(f"survey {survey!r} has no waves", hint=f"begin one with tryghed wave new {survey} WAVE FILE")
    project = rounds.informed(project)
    about, loaded = project.surveys[survey], rounds.loaded(project, survey)
    every = [loaded.get(name) or Round(about, wave) for name, wave in project.waves[survey].items()]
    counts = _counts(project, survey)
    page = pages.codebook(about, every, counts, project.comparisons, project.rules.secrecy.min_count)
    folder.mkdir(parents=True, exist_ok=True)
    html, pdf, xml = (folder / f"kodebog-{survey}.{ending}" for ending in ("html", "pdf", "xml"))
    html.write_text(render.alone(page, project.templates), encoding="utf-8")
    render.pdf(render.html(page, project.templates), pdf, project.templates)
    xml.write_bytes(ddi.codebook(about, every, counts, project.comparisons))
    return [html, pdf, xml]


def _counts(project: Project, survey: str) -> Counts:
    """Return the number of each answer in each loaded wave, as it may be shown."""
    if not any(name == survey for name, _ in warehouse.loaded(project.folder)):
        return {}
    about = project.surveys[survey]
    numbers = [name for name, item in about.items.items() if item.numeric]
    with open_reader(project.folder, survey) as reader:
        rows = reader.run(queries.Shelf(project.queries)["waves/answer_counts"], numbers=numbers)
    counted = {(wave, item, code): n for wave, item, code, n in rows.iter_rows()}
    seen = {(item, code) for _, item, code in counted}
    seen |= {(name, code) for name, item in about.items.items() for code in _stored(item)}
    waves = {wave for wave, _, _ in counted}
    sensitive = about.sensitive_items
    # Nobody and too few look the same in a sensitive topic, so that zeros are counts as well.
    return {
        (wave, item, code): shown(
            counted.get((wave, item, code), 0), project.rules.secrecy, sensitive=item in sensitive
        )
        for wave in waves & project.waves[survey].keys()
        for item, code in seen
        if item in project.waves[survey][wave].columns
    }


def _stored(item: Item) -> set[int]:
    """Return the codes of an item as they are stored, kinds of missing among them."""
    return {*item.codes, *(MISSING_CODES[one.kind] for one in item.missing.values())}
