"""The order of the stations: the only module that knows it.

deliveries --accept--> rows --publish--> store --draft--> estimates --gate--> releases/NAME/ --render--> out/WAVE/
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tryghed import publication
from tryghed.definitions.areas import AreaSet
from tryghed.definitions.project import Project
from tryghed.errors import DataError, DefinitionError, UsageError, all_at_once
from tryghed.frames import Decision, Earlier, Finding, Source
from tryghed.intake import geography
from tryghed.intake.accept import accept, examine
from tryghed.intake.findings import blocking, finding
from tryghed.intake.geography import Outline, SetDescription
from tryghed.publication import Progress, Reported, Step
from tryghed.registration import load_registers, named_registers
from tryghed.release import archive, editions
from tryghed.reporting import render
from tryghed.store import audit, free_text, rounds, warehouse
from tryghed.store import query as queries
from tryghed.store.earlier import decisions as kept_decisions
from tryghed.store.earlier import earlier
from tryghed.store.warehouse import State


@dataclass(frozen=True)
class Ingested:
    """What became of one delivery: `changed` is False where the store already held it."""

    survey: str
    wave: str
    rows: int
    generation: int
    changed: bool
    revision: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Examination:
    """What was found in a delivery; `source` is None where it could not be read."""

    survey: str
    wave: str
    file: str
    source: Source | None
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """Whether it would be refused."""
        return bool(blocking(self.findings))


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


def latest_wave(project: Project, survey: str) -> str:
    """Return the newest wave defined for a survey.

    Raises:
        UsageError: It has none.
    """
    waves = list(project.waves.get(survey, {}))
    if not waves:
        raise UsageError(f"survey {survey!r} has no waves", hint=f"define one in surveys/{survey}/<wave>.toml")
    return waves[-1]


def present(project: Project) -> Project:
    """Return the project as it is without the waves that were erased: what can be reported on."""
    return project.without(warehouse.erased(project.folder))


def reported_surveys(project: Project) -> list[str]:
    """Return the surveys that the project's reports are about."""
    return list(dict.fromkeys(report.survey for report in project.reports.values()))


def main_survey(project: Project) -> str:
    """Return the survey meant when none is named: the first the reports are about, or the only one.

    Raises:
        UsageError: There is no such survey.
    """
    names = [*reported_surveys(project), *project.surveys]
    if not names:
        raise UsageError("the project has no survey", where=str(project.folder), hint="surveys/<name>/survey.toml")
    return names[0]


def examined(
    project: Project,
    waves: Sequence[tuple[str, str]],
    progress: Progress,
    *,
    decisions: Sequence[Decision] = (),
    revision: str = "",
    again: str = "",
) -> list[Examination]:
    """Read and check the deliveries of some waves, and leave everything as it is: no store, no key, no text.

    Args:
        project: The project.
        waves: What to look at.
        progress: Told of each.
        decisions: Warnings accepted beside those the definitions accept.
        revision: Why another file may replace the one a wave was loaded from, as in `ingest`.
        again: Why a wave that was erased may be loaded again, as in `ingest`.
    """
    found: list[Examination] = []
    there = warehouse.state(project.folder)
    for place, (survey, wave) in enumerate(waves):
        progress(Step("checking", f"{survey}/{wave}", place, len(waves)))
        file = project.wave(survey, wave).delivery.file
        try:
            known = _known(project, survey, wave, decisions)
            one = examine(project, survey, wave, earlier=known.earlier, decisions=known.decisions)
            stored = [*_replaced(there, survey, wave, one.source, revision), *_erased(there, survey, wave, again)]
            found.append(Examination(survey, wave, file, one.source, (*one.findings, *stored)))
        except DataError as problem:
            unreadable = finding("unreadable", problem.where or file, problem.message, hint=problem.hint)
            found.append(Examination(survey, wave, file, None, (unreadable,)))
    return found


def _replaced(there: State, survey: str, wave: str, source: Source, revision: str) -> Iterator[Finding]:
    loaded = there.loaded.get((survey, wave))
    if loaded is not None and loaded.sha256 != source.sha256 and not revision:
        message = f"the wave is loaded from another file, {loaded.file} with SHA-256 {loaded.sha256[:12]}…"
        yield finding("other_file", source.file, message, hint="load it with --revision --because, if it is meant")


def _erased(there: State, survey: str, wave: str, again: str) -> Iterator[Finding]:
    if (survey, wave) in there.erased and not again:
        message = f"the wave was erased on {there.erased[survey, wave]}"
        yield finding("erased", f"{survey}/{wave}", message, hint="load it with --again --because, if it is meant")


def ingest(
    project: Project,
    waves: Sequence[tuple[str, str]],
    progress: Progress,
    *,
    decisions: Sequence[Decision] = (),
    revision: str = "",
    again: str = "",
) -> list[Ingested]:
    """Read, check and publish the deliveries of some waves, one generation of the store for each that changed.

    A delivery that is refused does not keep the others out; all refusals are told together at the end.

    Args:
        project: The project.
        waves: What to load.
        progress: Told of each.
        decisions: Warnings accepted beside those the definitions accept.
        revision: Why another file may replace the one a wave was loaded from; without a reason it may not.
        again: Why a wave that was erased may be loaded again; without a reason it may not.

    Raises:
        DataError: Deliveries were refused; the message lists all of them.
    """
    done: list[Ingested] = []
    refused: list[DataError] = []
    for place, (survey, wave) in enumerate(waves):
        progress(Step("loading", f"{survey}/{wave}", place, len(waves)))
        try:
            done.append(_ingest(project, survey, wave, decisions, revision=revision, again=again))
        except DataError as problem:
            refused.append(problem)
            audit.record(project.folder, "ingest", outcome="refused", survey=survey, wave=wave)
    all_at_once(DataError, refused)
    return done


def _ingest(
    project: Project, survey: str, wave: str, decisions: Sequence[Decision], *, revision: str, again: str
) -> Ingested:
    warehouse.expect_not_erased(warehouse.erased(project.folder), survey, wave, again=again)
    known = _known(project, survey, wave, decisions)
    accepted = accept(project, survey, wave, earlier=known.earlier, decisions=known.decisions)
    accepted = replace(accepted, comparability=rounds.verdicts(project, accepted))
    generation, changed = warehouse.publish(project.folder, accepted, because=revision, again=again)
    free_text.keep(project.folder, survey, wave, accepted.free_text)
    revision_number = warehouse.loaded(project.folder)[survey, wave].revision.number
    if changed or not audit.knows(project.folder, survey, wave, accepted.source.sha256):  # we may have been killed here
        audit.record(
            project.folder, "ingest", survey=survey, wave=wave, sha256=accepted.source.sha256,
            rows=accepted.respondents.height, because=revision or again, outcome=f"revision {revision_number}",
        )  # fmt: skip
    return Ingested(
        survey, wave, accepted.respondents.height, generation.number, changed, revision_number, accepted.findings
    )


@dataclass(frozen=True)
class _Known:
    """What is known before a delivery is read: the wave before, and what was accepted."""

    earlier: Earlier | None
    decisions: tuple[Decision, ...]


def _known(project: Project, survey: str, wave: str, decisions: Sequence[Decision]) -> _Known:
    before = list(project.waves[survey])
    place = before.index(wave)
    last = earlier(project.folder, survey, before[place - 1]) if place else None
    return _Known(last, (*decisions, *kept_decisions(project.folder, survey, wave)))


def load_areas(
    project: Project,
    description: SetDescription,
    outlines: Sequence[Outline],
    *,
    tolerance_m: float,
    overlapping: bool,
) -> Path:
    """Simplify outlines and write them as a new area set, or as new outlines of one the project has.

    Areas of a set the project has are known by their code, else by their name in any of its spellings.

    Raises:
        DataError: Areas overlap and `overlapping` does not say so; the project's set has areas that the outlines lack,
            or the file gives one of its codes to an area of another name. All are listed.
    """
    folder = project.folder / "surveys" / "areas"
    across = [] if overlapping else geography.overlaps(outlines)
    if across:
        pairs = ", ".join(f"{one} and {other} by {part:.1%}" for one, other, part in across)
        hint = "if they are meant to: --overlapping; otherwise ask for a corrected file"
        raise DataError(f"areas lie across each other: {pairs} of the smaller", where=description.name, hint=hint)
    thin = geography.simplify(outlines, tolerance_m=tolerance_m, overlapping=overlapping)
    known = project.area_sets.get(description.name)
    if known is None:
        return geography.save_set(folder, description, thin)
    target = _save_known(known, _recognised(known, thin), folder / f"{known.name}.geojson")
    about = {"source": description.source, "outlines": target.name}
    about |= {"version": description.version} if description.version else {}
    about |= {"attribution": description.attribution} if description.attribution else {}
    geography.revise_set(folder / f"{known.name}.toml", about)
    return target


def _recognised(known: AreaSet, outlines: Sequence[Outline]) -> list[Outline]:
    """Return the outlines under the codes of a set."""
    meant = [known.named(one.name) for one in outlines]
    codes = [
        one.code if one.code in known.areas else other or one.code for one, other in zip(outlines, meant, strict=True)
    ]
    problems = [
        f"code {code} is {known.areas[code].name}, in the file it is {one.name}"
        for one, code, other in zip(outlines, codes, meant, strict=True)
        if other in known.areas and other != code
    ]
    problems += [f"several outlines are {code}" for code in sorted({code for code in codes if codes.count(code) > 1})]
    hint = "another property has the codes: bydel_nr, not id; nothing was written"
    all_at_once(DataError, [DataError(one, where=known.name, hint=hint) for one in problems])
    return [replace(one, code=code) for one, code in zip(outlines, codes, strict=True)]


def place_units(project: Project, name: str, units: str) -> dict[str, tuple[str, ...]]:
    """Write which units lie in which areas of a set, by their outlines; return the areas of each unit.

    Raises:
        UsageError: One of the sets is unknown or has no outlines.
    """
    problems = [
        UsageError(f"no area set {one!r} with outlines", hint="tryghed areas list; tryghed areas load FILE gives some")
        for one in (name, units) if one not in project.area_sets or project.area_sets[one].outlines is None
    ]  # fmt: skip
    all_at_once(UsageError, problems)
    area_set = project.area_sets[name]
    places = {
        one: geography.read(outlines, code="code", name="name")
        for one in (name, units) if (outlines := project.area_sets[one].outlines)
    }  # fmt: skip
    found = geography.members(places[units], places[name], overlapping=area_set.kind in ("vulnerable", "housing"))
    geography.save_members(project.folder / "surveys" / "areas" / f"{name}.toml", units, found)
    return found


def unite_areas(project: Project, name: str, finer: str) -> Path:
    """Write the outlines of an area set as unions of the areas of a finer one.

    Raises:
        UsageError: One of the sets is unknown, or the finer one has no outlines.
        DataError: Areas of the set are the parent of no finer area.
    """
    unknown = [one for one in (name, finer) if one not in project.area_sets]
    if unknown:
        raise UsageError(f"no area set {', '.join(unknown)}", hint=f"area sets: {', '.join(project.area_sets)}")
    target = project.folder / "surveys" / "areas" / f"{name}.geojson"
    return _save_known(project.area_sets[name], geography.union(project.area_sets[finer]), target)


def _save_known(known: AreaSet, outlines: Sequence[Outline], target: Path) -> Path:
    missing = sorted(set(known.areas) - {one.code for one in outlines})
    if missing:
        raise DataError(f"no outline for {', '.join(missing)}", where=known.name, hint="nothing was written")
    named = [replace(one, name=known.areas[one.code].name) for one in outlines if one.code in known.areas]
    geography.save_outlines(named, target)
    return target


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
    built = editions.build(project, survey, wave, estimating=lambda: progress(Step("estimating", f"{survey}/{wave}")))
    return publication.publish(
        project, built.entry.name, definitions=project, areas=areas, workers=workers, progress=progress
    )


def print_again(project: Project, name: str, *, areas: Sequence[str], workers: int, progress: Progress) -> Reported:
    """Write the reports of a frozen release as it was made, whatever definitions and store say now.

    Raises:
        UsageError: There is no such release, or an area is unknown.
        ReleaseError: The release has been edited.
        RenderError: Reports could not be made; the others are.
    """
    frozen = archive.frozen_project(project, name)
    return publication.publish(project, name, definitions=frozen, areas=areas, workers=workers, progress=progress)


def run(project: Project, *, workers: int, progress: Progress) -> list[Reported]:
    """Load deliveries and register tables that are new, then report the newest wave of each survey."""
    ingest(project, named_waves(project, ()), progress)
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


def check(project: Project) -> list[str]:
    """Validate queries and templates of a loaded project without data; return what was checked, in words.

    Loading the project has validated its definitions already.

    Raises:
        DefinitionError: Queries or templates do not hold; all problems are listed.
    """
    problems: list[DefinitionError] = list(project.drafts.values())
    shelf: dict[str, queries.Query] = {}
    templates: list[str] = []
    try:
        shelf = queries.load_all(project.queries)
        queries.check(shelf, tuple(project.surveys.values()))
    except DefinitionError as problem:
        problems.append(problem)
    try:
        templates = render.check_templates(project.templates)
    except DefinitionError as problem:
        problems.append(problem)
    all_at_once(DefinitionError, problems)
    waves = sum(len(one) for one in project.waves.values())
    return [
        f"{len(project.surveys)} surveys with {waves} waves",
        f"{len(project.area_sets)} area sets",
        f"{len(project.registers)} register tables",
        f"{len(project.reports)} reports",
        f"{len(shelf)} queries",
        f"{len(templates)} templates",
    ]
