"""Accepts a wave: reads the delivery, checks it against the definitions, and maps it to the survey."""

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from tryghed.definitions.project import Project
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Acceptance, Delivery, Part, Wave
from tryghed.frames import (
    GROUPING,
    MEMBERSHIP,
    RESPONDENT,
    Accepted,
    Decision,
    Earlier,
    Finding,
    ReplicateWeights,
    Source,
    conform,
)
from tryghed.intake import allowed, continuity, dates, design, invited, privacy, questions, readers, texts
from tryghed.intake.answers import coded, decimal_sign, form_of
from tryghed.intake.findings import Refused, at_rows, decided, finding, refuse
from tryghed.intake.garbled import garbled
from tryghed.intake.groups import areas_of, grouped, placed
from tryghed.intake.pseudonyms import pseudonyms
from tryghed.intake.questionnaire import answer_labels, questionnaire
from tryghed.intake.readers import Delivered
from tryghed.intake.replicates import replicates
from tryghed.intake.scores import scored

__all__ = ["Refused", "accept", "examine", "taken"]

#: Codes of what is found when weights are calibrated, after the delivery has been checked.
LATER: Final = ("weight_rules",)


@dataclass
class _Checked:
    """What the checks have made of the delivery so far, column by column, and what they found."""

    answers: list[pl.Series] = field(default_factory=list)
    sample: dict[str, pl.Series] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Examined:
    """A delivery that was read and checked; `findings` tell what was found, and what of it was accepted."""

    survey: Survey
    wave: Wave
    delivered: Delivered
    findings: tuple[Finding, ...]
    answers: tuple[pl.Series, ...]
    sample: dict[str, pl.Series]
    invited: pl.DataFrame
    written: pl.DataFrame

    @property
    def source(self) -> Source:
        """The file it came from."""
        return Source(
            file=self.wave.delivery.file, sha256=self.delivered.sha256, verified=self.delivered.verified,
            rows=self.delivered.rows.height, columns=self.delivered.columns,
        )  # fmt: skip


def examine(
    project: Project, survey: str, wave: str, *, earlier: Earlier | None = None, decisions: Sequence[Decision] = ()
) -> Examined:
    """Return the delivery of one wave with all that was found in it. Nothing is written, and no key is made.

    Args:
        project: The project.
        survey: The survey.
        wave: Its wave.
        earlier: The wave before as the store has it; without it nothing is held against it.
        decisions: Warnings accepted elsewhere than in the wave's definition.

    Raises:
        UsageError: There is no such survey or wave.
        DataError: The delivery cannot be read.
    """
    defined, about = project.wave(survey, wave), project.surveys[survey]
    delivered = readers.read(project.folder / defined.delivery.file, defined.delivery)
    checked = _Checked(findings=[*_whole(delivered, defined), *_columns(delivered, defined)])
    _check_design(checked, delivered, defined, project)
    _check_items(checked, delivered, defined, about)
    asked, found = invited.invited(project, defined)
    checked.findings += found
    written, found = texts.written(delivered, defined)
    checked.findings += found
    _check_counts(checked, defined, project, asked, earlier)
    checked.findings += _before(delivered, defined, project, earlier)
    checked.findings += privacy.in_reasons(defined.accepted)
    now = [one for one in taken(defined, delivered.sha256, decisions) if one.code not in LATER]
    return Examined(
        about, defined, delivered, decided(checked.findings, now), tuple(checked.answers), checked.sample, asked,
        written,
    )  # fmt: skip


def taken(wave: Wave, sha256: str, decisions: Sequence[Decision]) -> list[Decision]:
    """Return what was accepted of a file: in the wave's definition, and of `decisions` what is not of other files."""
    return [*map(_decision, wave.accepted), *(one for one in decisions if one.sha256 in ("", sha256))]


def accept(
    project: Project, survey: str, wave: str, *, earlier: Earlier | None = None, decisions: Sequence[Decision] = ()
) -> Accepted:
    """Return the delivery of one wave, mapped to the survey and ready for the store; arguments as in `examine`.

    Raises:
        UsageError: There is no such survey or wave.
        DataError: The delivery cannot be read.
        Refused: It can be read, but not used; `findings` has everything found in it.
    """
    examined = examine(project, survey, wave, earlier=earlier, decisions=decisions)
    file = examined.wave.delivery.file
    refuse(examined.findings, where=f"{survey} {wave} ({file})", wave=f"{survey}/{wave}")
    return _mapped(project, examined)


def _check_design(checked: _Checked, delivered: Delivered, wave: Wave, project: Project) -> None:
    """Check the columns of the sample design that are there."""
    rows, there = delivered.rows, set(delivered.rows.columns)
    if wave.design.respondent in there:
        checked.sample["respondent"], found = design.respondents(rows, wave.design)
        checked.findings += found
    if wave.design.weight in there:
        checked.sample["weight"], found = design.weights(rows, wave.design, decimal=decimal_sign(wave))
        checked.findings += found
    if {wave.design.stratum, wave.design.psu, wave.design.household} - {None} <= there:
        both, found = design.strata(rows, wave.design)
        checked.sample |= {"stratum": both["stratum"], "psu": both["psu"]}
        checked.findings += found
    if wave.design.weight in there:
        checked.sample["replicates"], found = replicates(rows, wave.design, decimal=decimal_sign(wave))
        checked.findings += found
    if wave.area is None or wave.area.column in there:
        checked.sample["unit"], found = design.units(rows, wave.area, project.area_sets)
        checked.findings += found + _outside(checked.sample["unit"], wave, project)
    if {"weight", "stratum"} <= checked.sample.keys():
        checked.findings += design.sums(checked.sample["weight"], checked.sample["stratum"], wave.design)
    if wave.fieldwork.answer_date in there:
        checked.findings += dates.outside(rows[wave.fieldwork.answer_date], wave.fieldwork, form_of(wave))


def _check_items(checked: _Checked, delivered: Delivered, wave: Wave, survey: Survey) -> None:
    """Code the items whose columns are there."""
    for name, column in wave.columns.items():
        if column in delivered.rows.columns:
            answers, found = coded(delivered, wave, name, survey.items[name])
            checked.answers.append(answers)
            checked.findings += found
    checked.findings += questions.differing(delivered, wave, survey)


def _check_counts(
    checked: _Checked, wave: Wave, project: Project, asked: pl.DataFrame, earlier: Earlier | None
) -> None:
    """Hold the numbers of respondents against those invited and those of the wave before, once all are known."""
    if not {"respondent", "unit", "stratum"} <= checked.sample.keys():
        return
    answers = pl.DataFrame([checked.sample["respondent"].alias("respondent"), *checked.answers])
    membership = _membership(project, wave, answers, checked.sample["unit"])
    grouping = grouped(answers, project.surveys[wave.survey])
    there = continuity.counts(membership, grouping, checked.sample["stratum"])
    checked.findings += continuity.more_than_invited(there, asked)
    if earlier is not None and answers.height:
        checked.findings += continuity.fewer(there, project.area_sets, earlier)
    of_survey = [project.area_sets[name] for name in project.surveys[wave.survey].area_sets]
    checked.findings += continuity.unanswered(answers, membership, of_survey, wave.columns)


def _before(delivered: Delivered, wave: Wave, project: Project, earlier: Earlier | None) -> list[Finding]:
    """Return what has changed since the wave before, that nothing has, or that nothing could be held against it."""
    names = list(project.waves[wave.survey])
    place = names.index(wave.wave)
    if earlier is not None and earlier.sha256 == delivered.sha256:
        message = f"the file is that of {earlier.wave}, byte for byte"
        return [finding("same_file", wave.delivery.file, message)]
    if earlier is not None:
        return questions.changed(delivered, wave, project, earlier)
    if not place:
        return []
    message = f"{names[place - 1]} is not in the store: districts and question texts were not compared with it"
    return [finding("not_compared", wave.delivery.file, message)]


def _membership(project: Project, wave: Wave, answers: pl.DataFrame, unit: pl.Series) -> pl.DataFrame:
    unit_set = wave.area.set if wave.area else None
    return placed(answers, unit, unit_set, project.surveys[wave.survey], project.area_sets)


def _decision(one: Acceptance) -> Decision:
    return Decision(one.code, one.because, one.by, one.date, one.where, one.count)


def _mapped(project: Project, examined: Examined) -> Accepted:
    survey, wave, delivered, sample = examined.survey, examined.wave, examined.delivered, examined.sample
    ids = pseudonyms(sample["respondent"], project.folder, wave)
    about = {name: column for name, column in sample.items() if name != "replicates"}
    respondents = conform(pl.DataFrame(about | {"respondent": ids}), RESPONDENT, where="respondents")
    answers = pl.DataFrame([ids, *examined.answers])
    scores = scored(answers, survey)
    outside = respondents["weight"] == 0
    if outside.any():
        hidden = (pl.when(~outside).then(pl.col(name)).alias(name) for name in survey.scores)
        scores = scores.with_columns(hidden)
    membership = _membership(project, wave, answers, respondents["unit"])
    return Accepted(
        survey=survey.name, wave=wave.wave, source=examined.source,
        definition_sha256=_fingerprint(project, examined),
        respondents=respondents, answers=answers, scores=scores,
        membership=conform(membership, MEMBERSHIP, where="membership"),
        grouping=conform(grouped(answers, survey), GROUPING, where="grouping"),
        population=dict(wave.design.population), lonely_psu=wave.design.lonely_psu, findings=examined.findings,
        replicates=_replicates(wave, ids, sample["replicates"]),
        questionnaire=questionnaire(delivered, wave), answer_labels=answer_labels(delivered, wave),
        invited=examined.invited, free_text=texts.texts(project, wave, sample["respondent"], examined.written),
    )  # fmt: skip


def _replicates(wave: Wave, ids: pl.Series, weights: pl.Series) -> ReplicateWeights | None:
    declared = wave.design.replicates
    if declared is None:
        return None
    count = int(weights.list.len().max() or 0)  # type: ignore[arg-type]
    rows = pl.DataFrame([ids.alias("respondent"), weights])
    return ReplicateWeights(declared.kind, tuple(declared.factors(count)), declared.mse, rows)


def _whole(delivered: Delivered, wave: Wave) -> Iterator[Finding]:
    """Yield what can be said of the file as a whole."""
    file = wave.delivery.file
    if not delivered.rows.height:
        yield finding("empty_delivery", file, "no rows")
    entering, there = {column for _, column in allowed.named(wave)}, set(delivered.rows.columns)
    yield from (one for one in delivered.findings if one.where in entering or one.where not in there)
    yield from garbled(delivered, entering)
    known: dict[str, Delivery | Part] = {file: wave.delivery, **{part.file: part for part in wave.delivery.join}}
    for name, one in known.items():
        if not one.sha256 or one.rows is None:
            message = "sha256 and rows are not both given: nobody can tell that this is the right file"
            rows = f" and rows = {delivered.rows.height}" if name == file and delivered.rows.height else ""
            hint = f'once the provider has confirmed it, write sha256 = "{delivered.files[name]}"{rows}'
            yield finding("unverified", name, message, hint=hint)
    if wave.privacy.retain_until < datetime.date.today():
        message = f"the answers may be kept until {wave.privacy.retain_until}"
        yield finding("retention_passed", "privacy.retain_until", message)


def _columns(delivered: Delivered, wave: Wave) -> Iterator[Finding]:
    """Yield what can be said of the columns before their answers are looked at."""
    there = delivered.rows.columns
    yield from allowed.missing(there, wave)
    yield from allowed.unnamed(there, wave)
    design = wave.design
    kept = {one for one in (design.stratum, design.psu, design.household) if one}
    kept |= {design.weight, *wave.columns.values(), *(design.replicates.among(there) if design.replicates else ())}
    yield from privacy.found(delivered, respondent=design.respondent, free_text=wave.free_text.values(), kept=kept)


def _outside(units: pl.Series, wave: Wave, project: Project) -> list[Finding]:
    """Return the known units that lie in no area of a district set: a hole in its members."""
    found: list[Finding] = []
    for name in project.surveys[wave.survey].area_sets:
        one = project.area_sets[name]
        if wave.area is None or one.kind != "district":
            continue
        inside = [unit for unit in units.drop_nulls().unique().to_list() if areas_of(unit, wave.area.set, one)]
        message = f"{{count}} rows are in no area of {name}"
        outside = units.is_not_null() & ~units.is_in(inside)
        found += at_rows(outside, "unit_without_area", wave.area.column, message)
    return found


def _fingerprint(project: Project, examined: Examined) -> str:
    """Return the SHA-256 of all the definitions and decisions that say what the wave becomes."""
    survey, wave = examined.survey, examined.wave
    names = sorted({*survey.area_sets, *([wave.area.set] if wave.area else [])})
    taken = [
        f"{one.code} {one.where} {one.accepted.because} {one.accepted.by} {one.accepted.on}"
        for one in examined.findings if one.accepted
    ]  # fmt: skip
    parts = [
        survey.model_dump_json(),
        wave.model_dump_json(),
        project.comparability.model_dump_json(exclude={"limits": {"missing_points"}}),  # only shown, never decides
        *(project.area_sets[name].model_dump_json(exclude={"outlines", "aliases", "titles"}) for name in names),
        examined.invited.write_csv(),
        *taken,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
