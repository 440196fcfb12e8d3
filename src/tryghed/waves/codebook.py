"""Writes a survey's codebook: as a web page, as a PDF, and as DDI-Codebook for archives and catalogues.

Of the answers it tells what releases have printed and nothing else, so that it needs no gate of its own. Counts of
answers are in another one, for the team's own work, as unreleased as numbers at the terminal
(docs/decisions/codebook.md).
"""

import tempfile
from pathlib import Path

from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.survey import MISSING_CODES, Item
from tryghed.delivery import ddi, exports
from tryghed.errors import UsageError
from tryghed.frames import EVERYBODY
from tryghed.release import archive, ledger
from tryghed.release.released import Share, Withheld
from tryghed.reporting import pages, render
from tryghed.reporting.pages.codebook import Counts, Printed
from tryghed.store import query as queries
from tryghed.store import rounds, warehouse
from tryghed.store.reader import open_reader


def write(project: Project, survey: str, folder: Path, *, counted: bool = False) -> list[Path]:
    """Write `kodebog-SURVEY.html`, `.pdf` and `.xml` into a folder, which is made where it is missing.

    Waves that are not loaded are described by their definitions, without counts.

    Args:
        project: The project.
        survey: The survey.
        folder: Where to write.
        counted: Also count the answers of each loaded wave: the files are called `kodebog-SURVEY-intern`, say so on
            every page, and are readable by their owner only.

    Raises:
        UsageError: There is no such survey, or it has no wave.
        StoreError: The store cannot be read.
        ReleaseError: The ledger of releases cannot be read.
        RenderError: The page cannot be made.
        DeliveryError: A file with counts cannot be written.
    """
    if survey not in project.surveys:
        raise UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(project.surveys)}")
    if not project.waves[survey]:
        raise UsageError(f"survey {survey!r} has no waves", hint=f"begin one with tryghed wave new {survey} WAVE FILE")
    project = rounds.informed(project)
    about, loaded = project.surveys[survey], rounds.loaded(project, survey)
    every = [loaded.get(name) or Round(about, wave) for name, wave in project.waves[survey].items()]
    counts = _counts(project, survey) if counted else None
    page = pages.codebook(about, every, _printed(project, survey), project.comparisons, counts)
    html = render.html(page, project.templates)
    files = {
        "html": render.alone(page, project.templates).encode(),
        "pdf": _pdf(html, project),
        "xml": ddi.codebook(about, every, project.comparisons, counts),
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"kodebog-{survey}{'-intern' if counted else ''}.{ending}" for ending in files]
    for path, content in zip(paths, files.values(), strict=True):
        if counted:
            exports.save(content, path)  # readable by its owner only
        else:
            path.write_bytes(content)
    return paths


def _pdf(html: str, project: Project) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        render.pdf(html, Path(folder) / "codebook.pdf", project.templates)
        return (Path(folder) / "codebook.pdf").read_bytes()


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


def _counts(project: Project, survey: str) -> Counts:
    """Return the number of each answer in each loaded wave, also of those that nobody gave."""
    if not any(name == survey for name, _ in warehouse.loaded(project.folder)):
        return {}
    about = project.surveys[survey]
    numbers = [name for name, item in about.items.items() if item.numeric]
    with open_reader(project.folder, survey) as reader:
        rows = reader.run(queries.Shelf(project.queries)["waves/answer_counts"], numbers=numbers)
    counted = {(wave, item, code): n for wave, item, code, n in rows.iter_rows()}
    seen = {(item, code) for _, item, code in counted}
    seen |= {(name, code) for name, item in about.items.items() for code in _stored(item)}
    waves = {wave for wave, _, _ in counted} & project.waves[survey].keys()
    return {
        (wave, item, code): counted.get((wave, item, code), 0)
        for wave in waves for item, code in seen if item in project.waves[survey][wave].columns
    }  # fmt: skip


def _stored(item: Item) -> set[int]:
    """Return the codes of an item as they are stored, kinds of missing among them."""
    return {*item.codes, *(MISSING_CODES[one.kind] for one in item.missing.values())}
