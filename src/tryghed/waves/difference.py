"""What differs between two waves, as rows for the terminal and as a page; the raw files are not needed."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tryghed.definitions.comparability import Comparability, Comparison, verdict_on
from tryghed.definitions.differences import Difference, differences
from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.unanswered import Shift, shifts
from tryghed.errors import UsageError
from tryghed.store import rounds

_SHORT = 50  # characters of two sides that stand on one line


@dataclass(frozen=True)
class WaveDifference:
    """Two waves of a survey, the earlier first: what differs, and what that makes of each indicator.

    `shifts` are the shares without an answer that moved; None where one of the waves is not loaded.
    """

    before: Round
    after: Round
    differences: tuple[Difference, ...]
    comparisons: tuple[Comparison, ...]
    shifts: tuple[Shift, ...] | None


def compared(project: Project, one: str, other: str) -> WaveDifference:
    """Return what differs between two waves, each written SURVEY/WAVE, in whichever order.

    A wave that is not loaded is known by its definition alone.

    Raises:
        UsageError: A wave is unknown, or they are of two surveys.
        StoreError: The store cannot be read.
    """
    project = rounds.informed(project)
    (survey, first), (survey_too, second) = (_named(project, name) for name in (one, other))
    if survey != survey_too:
        raise UsageError(f"waves of one survey can be compared, not of {survey} and {survey_too}")
    if first == second:
        raise UsageError(f"{survey}/{first} is named twice")
    order = list(project.waves[survey])
    earlier, later = sorted((first, second), key=order.index)
    loaded = rounds.loaded(project, survey)
    before, after = (
        loaded.get(name) or Round(project.surveys[survey], project.waves[survey][name]) for name in (earlier, later)
    )
    found = [project.comparison(survey, name, later, earlier) for name in project.surveys[survey].indicators]
    return WaveDifference(
        before, after, differences(before, after), tuple(filter(None, found)),
        _shifts(project, survey, earlier, later),
    )  # fmt: skip


def _shifts(project: Project, survey: str, earlier: str, later: str) -> tuple[Shift, ...] | None:
    known = rounds.unanswered(project, survey, [earlier, later])
    if len(known) < 2:  # noqa: PLR2004 both sides
        return None
    return shifts(known[earlier], known[later], project.comparability.limits.missing_points)


def facts(one: WaveDifference) -> pl.DataFrame:
    """Return how the two waves were measured: `what`, and a column for each."""
    sides = [dict(_facts(side)) for side in (one.before, one.after)]
    rows = [(name, sides[0][name], sides[1][name], "" if sides[0][name] == sides[1][name] else "≠")
            for name in sides[0]]  # fmt: skip
    return pl.DataFrame(rows, ["what", *_names(one), "differs"], orient="row")


def questions(project: Project, one: WaveDifference) -> Iterator[str]:
    """Yield the differences of the questions as lines, the gravest kinds first, each with both sides."""
    named = [found for found in one.differences if found.item]
    by_kind = {found.kind: [other for other in named if other.kind == found.kind] for found in named}
    judged = {
        kind: max(verdict_on(found, project.comparability, one.after.survey) for found in of_kind)
        for kind, of_kind in by_kind.items()
    }
    for kind in sorted(by_kind, key=lambda kind: -judged[kind]):
        yield kind if kind in ("new", "gone") else f"{kind} ({judged[kind].danish})"
        for found in by_kind[kind]:
            yield from _sides(found, *_names(one))


def missing(project: Project, one: WaveDifference) -> tuple[str, pl.DataFrame | None]:
    """Return a sentence on the shares without an answer, and a table of those that moved."""
    points = f"{project.comparability.limits.missing_points:g} percentage points"
    if one.shifts is None:
        return "shares without an answer: not compared, for one of the waves is not loaded", None
    if not one.shifts:
        return f"shares without an answer: none moved by more than {points}", None
    columns = ["item", "no answer because", *_names(one)]
    rows = [(found.item, found.kind, f"{100 * found.before:.0f} %", f"{100 * found.after:.0f} %")
            for found in one.shifts]  # fmt: skip
    told = (
        f"shares without an answer that moved by more than {points} (unweighted; ikke stillet and filtreret fra of "
        "all, the others of those asked; unreleased: for analysis, not for publication). No verdict follows: look "
        "whether the filter is another"
    )
    return told, pl.DataFrame(rows, columns, orient="row")


def _sides(one: Difference, before: str, after: str) -> Iterator[str]:
    """Yield one difference: on one line where it is short."""
    if len(one.before) + len(one.after) <= _SHORT and one.before and one.after:
        yield f"  {one.item}  {one.before} → {one.after}"
        return
    alike = f"  {100 * one.size:.0f} % alike" if one.size is not None else ""
    yield f"  {one.item}{alike}"
    yield from (f"    {wave}  {side}" for wave, side in ((before, one.before), (after, one.after)) if side)


def verdicts(one: WaveDifference) -> pl.DataFrame:
    """Return the indicators that may not be compared freely, with the reasons."""
    columns = dict.fromkeys(("indicator", "verdict", "reasons", "why"), pl.String)
    rows = [
        (
            found.indicator, found.verdict.danish, ", ".join(reason.code for reason in found.reasons),
            " ".join(reason.why for reason in found.reasons),
        )
        for found in one.comparisons if found.verdict > Comparability.COMPARABLE
    ]  # fmt: skip
    return pl.DataFrame(rows, columns, orient="row")


def matrix(project: Project, survey: str) -> pl.DataFrame:
    """Return each indicator's verdict on every pair of waves that asked it: a row per indicator and later wave.

    Raises:
        UsageError: There is no such survey.
        StoreError: The store cannot be read.
    """
    if survey not in project.surveys:
        raise UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(project.surveys)}")
    project = rounds.informed(project)
    waves = list(project.waves[survey])
    columns = dict.fromkeys(("indicator", "wave", *waves[:-1], "reasons"), pl.String)
    rows = []
    for name in project.surveys[survey].indicators:
        for at, wave in enumerate(waves):
            found = {other: project.comparison(survey, name, wave, other) for other in waves[:at]}
            reasons = dict.fromkeys(reason.code for one in found.values() if one for reason in one.reasons)
            if any(found.values()):
                cells = (_shown(found.get(other)) for other in waves[:-1])
                rows.append((name, wave, *cells, ", ".join(reasons)))
    return pl.DataFrame(rows, columns, orient="row")


def groups(rows: pl.DataFrame) -> Iterator[tuple[list[str], pl.DataFrame]]:
    """Yield a matrix in parts: the indicators that have the same verdicts, and those verdicts."""
    parts = {
        name: rows.filter(indicator=name).drop("indicator") for name in rows["indicator"].unique(maintain_order=True)
    }
    left = list(parts)
    while left:
        alike = [name for name in left if parts[name].equals(parts[left[0]])]
        yield alike, parts[left[0]]
        left = [name for name in left if name not in alike]


def _named(project: Project, name: str) -> tuple[str, str]:
    survey, slash, wave = name.partition("/")
    if not slash:
        raise UsageError(f"{name!r} is no wave", hint="write SURVEY/WAVE, for example tryghed/2025")
    return survey, project.wave(survey, wave).wave


def _names(one: WaveDifference) -> tuple[str, str]:
    return one.before.wave.wave, one.after.wave.wave


def _shown(one: Comparison | None) -> str:
    return one.verdict.danish if one else ""


def _facts(one: Round) -> Iterator[tuple[str, str]]:
    fieldwork, weights = one.wave.fieldwork, one.weights
    start, end = fieldwork.start, fieldwork.end
    yield "period", f"{start} to {end}" if start and end else ""
    yield "weeks", f"{(end - start).days / 7:.1f}" if start and end else ""
    yield "mode", ", ".join(fieldwork.mode)
    yield "provider", fieldwork.provider
    yield "questions", str(len(one.wave.columns))
    yield "invited", f"{fieldwork.invited:,}" if fieldwork.invited else ""
    mark = " (uverificeret)" if one.unverified else ""
    yield "answered", f"{weights.respondents:,}{mark}" if weights else "not loaded"
    yield "response", f"{100 * one.response:.1f} %" if one.response is not None else ""
    yield "weights, sum", f"{weights.total:,.1f}" if weights else ""
    yield "weights, range", f"{weights.smallest:.3f} to {weights.largest:.3f}" if weights else ""
    yield "weights, Kish", f"{weights.kish:.3f}" if weights else ""
