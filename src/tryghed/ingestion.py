"""Deliveries from file to store: read, checked, and published one generation a wave; or only looked at."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tryghed.definitions.project import Project
from tryghed.errors import DataError, DefinitionError, DesignError, TryghedError, all_at_once
from tryghed.frames import Accepted, Decision, Earlier, Finding, Source
from tryghed.intake.accept import LATER, accept, examine, taken
from tryghed.intake.findings import blocking, decided, finding, refuse
from tryghed.intake.pseudonyms import key_file, own_key_file
from tryghed.progress import Progress, Step
from tryghed.statistics import adopting
from tryghed.store import audit, free_text, rounds, warehouse
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


@dataclass(frozen=True)
class Said:
    """What a person has said of deliveries beside their definitions.

    Attributes:
        decisions: Warnings accepted beside those the definitions accept.
        revision: Why another file may replace the one a wave was loaded from; without a reason it may not.
        again: Why a wave that was erased may be loaded again; without a reason it may not.
    """

    decisions: tuple[Decision, ...] = ()
    revision: str = ""
    again: str = ""


def examined(
    project: Project, waves: Sequence[tuple[str, str]], progress: Progress, *, said: Said
) -> list[Examination]:
    """Read and check the deliveries of some waves, and leave everything as it is: no store, no key, no text."""
    found: list[Examination] = []
    there = warehouse.state(project.folder)
    for place, (survey, wave) in enumerate(waves):
        progress(Step("checking", f"{survey}/{wave}", place, len(waves)))
        file = project.wave(survey, wave).delivery.file
        try:
            known = _known(project, survey, wave, said)
            one = examine(project, survey, wave, earlier=known.earlier, decisions=known.decisions)
            stored = [*_replaced(there, survey, wave, one.source, said), *_erased(there, survey, wave, said)]
            found.append(Examination(survey, wave, file, one.source, (*one.findings, *stored)))
        except DataError as problem:
            unreadable = finding("unreadable", problem.where or file, problem.message, hint=problem.hint)
            found.append(Examination(survey, wave, file, None, (unreadable,)))
    return found


def _replaced(there: State, survey: str, wave: str, source: Source, said: Said) -> Iterator[Finding]:
    loaded = there.loaded.get((survey, wave))
    if loaded is not None and loaded.sha256 != source.sha256 and not said.revision:
        message = f"the wave is loaded from another file, {loaded.file} with SHA-256 {loaded.sha256[:12]}…"
        yield finding("other_file", source.file, message, hint="load it with --revision --because, if it is meant")


def _erased(there: State, survey: str, wave: str, said: Said) -> Iterator[Finding]:
    if (survey, wave) in there.erased and not said.again:
        message = f"the wave was erased on {there.erased[survey, wave]}"
        yield finding("erased", f"{survey}/{wave}", message, hint="load it with --again --because, if it is meant")


def ingest(project: Project, waves: Sequence[tuple[str, str]], progress: Progress, *, said: Said) -> list[Ingested]:
    """Read, check and publish the deliveries of some waves, one generation of the store for each that changed.

    A delivery that is refused does not keep the others out; all refusals are told together at the end, as an error of
    the first one's kind.

    Raises:
        DataError: Deliveries were refused.
        DefinitionError: Margins to calibrate to do not hold.
        DesignError: Weights cannot be calibrated.
    """
    done: list[Ingested] = []
    refused: list[TryghedError] = []
    for place, (survey, wave) in enumerate(waves):
        progress(Step("loading", f"{survey}/{wave}", place, len(waves)))
        try:
            done.append(_ingest(project, survey, wave, said))
        except (DataError, DefinitionError, DesignError) as problem:
            refused.append(problem)
            audit.record(project.folder, "ingest", outcome="refused", survey=survey, wave=wave)
    all_at_once(type(refused[0]) if refused else DataError, refused)
    return done


def _ingest(project: Project, survey: str, wave: str, said: Said) -> Ingested:
    warehouse.expect_not_erased(warehouse.erased(project.folder), survey, wave, again=said.again)
    known = _known(project, survey, wave, said)
    accepted = accept(project, survey, wave, earlier=known.earlier, decisions=known.decisions)
    accepted = _weighed(project, accepted, known.decisions)
    accepted = replace(accepted, comparability=rounds.verdicts(project, accepted))
    generation, changed = warehouse.publish(project.folder, accepted, because=said.revision, again=said.again)
    free_text.keep(project.folder, survey, wave, accepted.source.sha256, accepted.free_text)
    if project.waves[survey][wave].design.panel:  # its pseudonyms are made with the panel's key: its own is for nobody
        own_key_file(project.folder, project.waves[survey][wave]).unlink(missing_ok=True)
    revision_number = warehouse.loaded(project.folder)[survey, wave].revision.number
    if changed or not audit.knows(project.folder, survey, wave, accepted.source.sha256):  # we may have been killed here
        audit.record(
            project.folder, "ingest", survey=survey, wave=wave, sha256=accepted.source.sha256,
            rows=accepted.respondents.height, because=said.revision or said.again,
            outcome=f"revision {revision_number}",
        )  # fmt: skip
    return Ingested(
        survey, wave, accepted.respondents.height, generation.number, changed, revision_number, accepted.findings
    )


def _weighed(project: Project, accepted: Accepted, decisions: Sequence[Decision]) -> Accepted:
    """Return a wave with the weights that estimates use; each rule that those calibrated here break is a warning.

    Raises:
        Refused: Nobody accepted a warning.
        DefinitionError: Margins to calibrate to do not hold.
        DesignError: Weights cannot be calibrated.
    """
    survey, wave, defined = accepted.survey, accepted.wave, project.wave(accepted.survey, accepted.wave)
    adopted = adopting.adopt(project, accepted)
    hint = "give bounds, unite small categories of the margins, or ask for trimmed weights"
    broken = [finding("weight_rules", "design.calibration", one.told, hint=hint) for one in adopted.broken]
    later = [one for one in taken(defined, accepted.source.sha256, decisions) if one.code in LATER]
    found = decided(broken, later)
    refuse(found, where=f"{survey} {wave} ({accepted.source.file})", wave=f"{survey}/{wave}")
    reasons = [f"{one.message} {one.accepted.because} {one.accepted.by}" for one in found if one.accepted]
    definition = adopted.accepted.definition_sha256
    if reasons:  # or a wave whose weights somebody has just accepted would be taken for loaded
        definition = hashlib.sha256("\n".join([definition, *reasons]).encode()).hexdigest()
    return replace(adopted.accepted, findings=(*accepted.findings, *found), definition_sha256=definition)


@dataclass(frozen=True)
class _Known:
    """What is known before a delivery is read: the wave before, and what was accepted."""

    earlier: Earlier | None
    decisions: tuple[Decision, ...]


def _known(project: Project, survey: str, wave: str, said: Said) -> _Known:
    _expect_panel_key(project, survey, wave)
    before = list(project.waves[survey])
    place = before.index(wave)
    last = earlier(project.folder, survey, before[place - 1]) if place else None
    return _Known(last, (*said.decisions, *kept_decisions(project.folder, survey, wave)))


def _expect_panel_key(project: Project, survey: str, wave: str) -> None:
    """Refuse to make a panel's key anew: its people would be others than in the waves that are loaded.

    Raises:
        DataError: The key is not there, and the store holds waves of the panel that were loaded with it. A wave that
            was loaded before it belonged to the panel still has a key of its own.
    """
    waves = project.waves[survey]
    panel, key = waves[wave].design.panel, key_file(project.folder, waves[wave])
    if not panel or key.exists():
        return
    there = warehouse.loaded(project.folder)
    others = [
        name for name, one in waves.items()
        if one.design.panel == panel and (survey, name) in there and not own_key_file(project.folder, one).exists()
    ]  # fmt: skip
    if others:
        hint = "put the key back from where a copy of it is kept; if it is lost, the wave cannot belong to the panel"
        raise DataError(f"the key of the panel of {', '.join(others)} is not there", where=str(key), hint=hint)
