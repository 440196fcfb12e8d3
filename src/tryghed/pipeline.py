"""The order of the stations: the only module that knows it.

deliveries --accept--> rows --publish--> store --draft--> estimates --gate--> releases/NAME/ --render--> out/WAVE/
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tryghed import publication, trial
from tryghed.definitions.project import Project, load, shelves
from tryghed.errors import DefinitionError, UsageError, all_at_once
from tryghed.ingestion import Said, ingest
from tryghed.meant import latest_wave, present, reported_surveys
from tryghed.progress import Progress, Step
from tryghed.publication import Reported
from tryghed.registration import load_registers, named_registers
from tryghed.release import archive
from tryghed.release.editions import Built
from tryghed.reporting import render
from tryghed.store import query as queries
from tryghed.store import rounds, warehouse


def named_waves(project: Project, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the (survey, wave) pairs that `names` ("tryghed/2025", "sundhed") mean; all of them without names.

    Waves that were erased are meant only where they are named one by one.

    Raises:
        UsageError: A name means nothing here; every such name is listed.
    """
    problems: list[UsageError] = []
    found: list[tuple[str, str]] = []
    gone = warehouse.erased(project.folder)
    for name in names or tuple(project.surveys):
        survey, _, wave = name.partition("/")
        try:
            every = [one for one in project.waves.get(survey, {}) if (survey, one) not in gone]
            wanted = [wave] if wave or survey not in project.waves else every
            found += [(survey, project.wave(survey, one).wave) for one in wanted]
        except UsageError as problem:
            problems.append(problem)
    all_at_once(UsageError, problems)
    return list(dict.fromkeys(found))


def report(
    project: Project, survey: str, wave: str, *, areas: Sequence[str], workers: int, progress: Progress
) -> Reported:
    """Write the reports of one wave from its frozen release, which is built where there is none.

    Args:
        project: The project.
        survey: The survey the reports are about.
        wave: What to report on.
        areas: Codes of the areas wanted; every area and the whole city when empty.
        workers: Worker processes.
        progress: Told when the estimates begin, and of each finished report.

    Raises:
        UsageError: An area is unknown, or the wave, or one it needs, is not defined or not loaded.
        ReleaseError: The wave was released with other numbers, or its release has been edited.
        DesignError: The sample design cannot support an estimate.
        RenderError: Reports could not be made; the others are.
    """
    publication.wanted(project, survey, areas)
    project = rounds.informed(project)
    built = build(project, survey, wave, progress=progress)
    done = publication.publish(
        project, built.entry.name, definitions=project, areas=areas, workers=workers, progress=progress
    )
    return replace(done, put_back=built.put_back)


def build(project: Project, survey: str, wave: str, *, because: str = "", progress: Progress) -> Built:
    """Return the edition of a wave in force, after freezing one where there is none, as `trial.build` does.

    Raises:
        UsageError: The wave, or one it needs, is not defined or not loaded.
        ReleaseError: The wave was released with other numbers, or they give away what must not be known.
        DesignError: The sample design cannot support an estimate.
    """
    named = f"{survey}/{wave}"
    return trial.build(
        project, survey, wave, because=because, estimating=lambda: progress(Step("estimating", named)),
        attacking=lambda: progress(Step("attacking", named)),
    )  # fmt: skip


def print_again(project: Project, name: str, *, areas: Sequence[str], workers: int, progress: Progress) -> Reported:
    """Write the reports of a frozen release as it was made, whatever definitions and store say now.

    Raises:
        UsageError: There is no such release, or an area is unknown.
        ReleaseError: The release has been edited, or is not in the ledger.
        RenderError: Reports could not be made; the others are.
    """
    frozen = archive.frozen_project(project, name)
    return publication.publish(project, name, definitions=frozen, areas=areas, workers=workers, progress=progress)


def run(project: Project, *, workers: int, progress: Progress) -> list[Reported]:
    """Load deliveries and register tables that are new, then report the newest wave of each survey."""
    ingest(project, named_waves(project, ()), progress, said=Said())
    load_registers(project, named_registers(project, ()), progress)
    there = present(project)
    return [
        report(there, survey, latest_wave(there, survey), areas=(), workers=workers, progress=progress)
        for survey in reported_surveys(there)
    ]


def past_retention(project: Project) -> list[str]:
    """Return the waves whose answers should have been erased by now and are not, in words.

    Raises:
        StoreError: The store cannot be read.
    """
    gone = warehouse.erased(project.folder)
    return [
        f"{survey}/{name} was to be kept until {wave.privacy.retain_until}: erase it, or write the new day in its "
        "definition"
        for survey, waves in project.waves.items()
        for name, wave in waves.items()
        if wave.privacy.retain_until < datetime.date.today() and (survey, name) not in gone
    ]


def check(folder: Path) -> list[str]:
    """Validate definitions, queries and templates of the project in `folder` without data; return what was checked.

    Raises:
        DefinitionError: Definitions, queries or templates do not hold; all problems are listed.
    """
    problems: list[DefinitionError] = []
    shelf: dict[str, queries.Query] = {}
    templates: list[str] = []
    project = None
    try:
        project = load(folder)
        problems += project.drafts.values()
    except DefinitionError as problem:
        problems.append(problem)
    try:
        shelf = queries.load_all(shelves(folder, "queries"))
        if project is not None:
            queries.check(shelf, tuple(project.surveys.values()))
    except DefinitionError as problem:
        problems.append(problem)
    try:
        templates = render.check_templates(shelves(folder, "reports/templates"))
    except DefinitionError as problem:
        problems.append(problem)
    all_at_once(DefinitionError, problems)
    return [*_counted(project), f"{len(shelf)} queries", f"{len(templates)} templates"] if project else []


def _counted(project: Project) -> list[str]:
    waves = sum(len(one) for one in project.waves.values())
    return [
        f"{len(project.surveys)} surveys with {waves} waves",
        f"{len(project.area_sets)} area sets",
        f"{len(project.registers)} register tables",
        f"{len(project.reports)} reports",
    ]
