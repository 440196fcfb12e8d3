"""An analyst's questions about answers that are no shares of an indicator.

Distributions over all answers to an item, means, totals, ratios and quantiles, for areas and groups. Like the answers
of `shares` they have not passed the gate.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.analysis.question import Question, areas_of, asked_for, categories_of, labelled, named, only, set_in_store
from tryghed.analysis.reading import read_scales
from tryghed.analysis.remarks import FEW_DF, described, effects_told, not_people
from tryghed.definitions.pairing import expect_poolable
from tryghed.definitions.project import Project
from tryghed.definitions.survey import MISSING_CODES
from tryghed.delivery.answered import Answered, provenance
from tryghed.delivery.rscript import Line, Measure, Variable
from tryghed.errors import UsageError, all_at_once
from tryghed.release.rules import Cell, Verdict, reliability, secrecy
from tryghed.statistics import functionals, points
from tryghed.statistics.estimate import Reference
from tryghed.statistics.functionals import Estimated
from tryghed.statistics.intervals import NAMES, Method, Numbers, effective_n, limits
from tryghed.statistics.origin import Origin
from tryghed.statistics.points import Points, Values
from tryghed.statistics.respondents import Domain
from tryghed.store import query as queries
from tryghed.store import rounds
from tryghed.store.reader import open_reader

Kind = Literal["mean", "total", "ratio"]

#: A rate or a count is as unsure as this, its interval over itself, before NCHS withholds it (Series 2, No. 200).
_WIDEST: Final = 1.60
_NO_ANSWER: Final = np.array(sorted(MISSING_CODES.values()), dtype=np.float64)
_PLACE: Final = "place"
_EFFECTS: Final = ("deff", "cv", "n_eff")
_STATISTICS: Final = {"mean": functionals.mean, "total": functionals.total, "ratio": functionals.ratio}


@dataclass(frozen=True)
class _Domain:
    """A domain asked for, with its points; None where nobody in it answered."""

    key: Mapping[str, str]
    points: Points | None


def nameable(project: Project, survey: str) -> tuple[str, ...]:
    """Return what may be estimated beside shares: items and indicators."""
    definition = project.surveys.get(survey)
    return (*definition.items, *definition.scores) if definition else ()


def items(project: Project, survey: str) -> tuple[str, ...]:
    """Return the items a survey asks."""
    return tuple(project.surveys[survey].items) if survey in project.surveys else ()


def estimates(project: Project, asked: Question, kind: Kind, *, deff: Reference = "with") -> Answered:
    """Return means, totals or ratios with standard error, t interval, design effect and coefficient of variation.

    Args:
        project: The project.
        asked: Names items or indicators; for ratios in pairs, numerator and denominator one after the other.
        kind: What is estimated.
        deff: What design effects are held against.

    Raises:
        UsageError: A name was not asked in a wave, or is no number to be totalled.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    pairs = _pairs(asked) if kind == "ratio" else [(one, None) for one in asked.indicators]
    _expect_asked(project, asked)
    if kind != "mean":
        _expect_numbers(project, asked)
    rows, lines, origins, design, fewest = [], [], [], "", project.rules.secrecy.min_base
    for one, other in pairs:
        known, domains = _read(project, asked, one, other)
        design = described(known.design, asked.wave)
        origins.append(known.origin)
        name = f"{one}/{other}" if other else one
        rows += [{**domain.key, "indicator": name} | _estimated(domain, kind, deff, fewest) for domain in domains]
        variables = tuple(_variable(project, asked.survey, each) for each in (one, other) if each)
        lines += [_line(asked, domain, name, Measure(kind, variables)) for domain in domains]
    scales = read_scales(project, asked.survey, asked.waves)
    says = (
        f"not tested; 95 % t intervals, each by itself; {effects_told(deff, scales.relative)}; "
        f"{_scales(project, asked, kind, scales.relative)}{design}{only(project, asked)}"
    )
    rows = [_supported(row, kind, deff, scales.relative) for row in rows]
    return _answered(project, asked, rows, lines, [*origins, scales.origin], kind, says)


def quantiles(project: Project, asked: Question, at: Sequence[float]) -> Answered:
    """Return quantiles with Woodruff's intervals.

    Args:
        project: The project.
        asked: Names items.
        at: Parts of the weight, between 0 and 1: 0.5 is the median.

    Raises:
        UsageError: A name was not asked in a wave, or a part does not lie between 0 and 1.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    wrong = [f"{one:g}" for one in at if not 0 < one < 1]
    if wrong:
        raise UsageError(f"no quantiles at {', '.join(wrong)}", hint="a part between 0 and 1: 0.5 is the median")
    _expect_asked(project, asked)
    rows, lines, origins, design, fewest = [], [], [], "", project.rules.secrecy.min_base
    for one in asked.indicators:
        known, domains = _read(project, asked, one, None)
        design = described(known.design, asked.wave)
        origins.append(known.origin)
        rows += [
            {**domain.key, "indicator": one, "at": part} | _quantile(domain, part, fewest)
            for domain, part in product(domains, at)
        ]
        variables = (_variable(project, asked.survey, one),)
        lines += [
            _line(asked, domain, one, Measure("quantile", variables, part)) for domain, part in product(domains, at)
        ]
    says = (
        "not tested; the smallest answer up to which that part of the weight lies; 95 % Woodruff intervals on the "
        f"logit scale; {_scales(project, asked, 'quantile', ())}{design}{only(project, asked)}"
    )
    return _answered(project, asked, rows, lines, origins, "quantile", says, extra=["at"])


def distributions(project: Project, asked: Question, *, interval: Method, deff: Reference = "with") -> Answered:
    """Return the share of every answer to each item.

    Args:
        project: The project.
        asked: Names items with codes.
        interval: Which confidence interval; Korn-Graubard's at 0 and 1, where others do not exist.
        deff: What design effects are held against.

    Raises:
        UsageError: An item is a number, or was not asked in a wave.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    _expect_asked(project, asked)
    survey = project.surveys[asked.survey]
    numeric = [one for one in asked.indicators if survey.items[one].numeric]
    if numeric:
        raise UsageError(
            f"{', '.join(numeric)}: a number has no distribution over answers", hint="tryghed mean, tryghed quantile"
        )
    rows, lines, origins, design = [], [], [], ""
    for item in asked.indicators:
        answers = _codes(project, asked.survey, item)
        known, domains = _read(project, asked, item, None, answers)
        design = described(known.design, asked.wave)
        origins.append(known.origin)
        for domain in domains:
            shares = _shares(project, item, domain, answers, interval, deff)
            rows += [{**domain.key, "indicator": item} | one for one in shares]
            variables = (Variable(item, tuple(answers)),)
            lines += [_line(asked, domain, item, Measure("answer", variables, code)) for code in answers]
    scales = read_scales(project, asked.survey, asked.waves)
    says = (
        f"not tested; shares of all who answered, an item's add up to 1; 95 % {NAMES[interval]} intervals, each by "
        f"itself; {effects_told(deff, scales.relative)}; {design}{only(project, asked)}"
    )
    rows = [_supported(row, "share", deff, scales.relative) for row in rows]
    return _answered(project, asked, rows, lines, [*origins, scales.origin], "share", says, extra=["answer"])


def _codes(project: Project, survey: str, item: str) -> dict[float, str]:
    """Return the answers of an item's distribution by the code they are stored with."""
    definition = project.surveys[survey]
    missing = definition.items[item].missing
    return {
        float(MISSING_CODES[missing[code].kind] if code in missing else code): label
        for code, label in definition.answers(item).items()
    }


def _pairs(asked: Question) -> list[tuple[str, str | None]]:
    return [(one, other) for one, other in zip(asked.indicators[::2], asked.indicators[1::2], strict=True)]


def _item(project: Project, survey: str, name: str) -> str:
    definition = project.surveys[survey]
    return name if name in definition.items else definition.scores[name].item


def _expect_asked(project: Project, asked: Question) -> None:
    """Refuse names that a wave did not ask for, and waves that a break parts."""
    problems = [
        UsageError(f"{one}: not asked in wave {wave}")
        for one in dict.fromkeys(asked.indicators)
        for wave in asked.waves
        if _item(project, asked.survey, one) not in project.wave(asked.survey, wave).columns
    ]
    all_at_once(UsageError, problems)
    scores = project.surveys[asked.survey].scores
    items = {_item(project, asked.survey, one) for one in asked.indicators}
    kin = [name for name, one in scores.items() if one.item in items]
    expect_poolable(rounds.informed(project), asked.survey, kin, asked.waves)


def _expect_numbers(project: Project, asked: Question) -> None:
    survey = project.surveys[asked.survey]
    coded = [one for one in asked.indicators if one in survey.items and not survey.items[one].numeric]
    all_at_once(
        UsageError,
        [
            UsageError(
                f"{one}: codes of answers have no total",
                hint="name an indicator, which counts people, or an item that is a number; "
                f"indicators of it: {', '.join(n for n, i in survey.indicators.items() if i.item == one) or 'none'}",
            )
            for one in dict.fromkeys(coded)
        ],
    )


def _read(
    project: Project, asked: Question, value: str, other: str | None, answers: Collection[float] | None = None
) -> tuple[Values, list[_Domain]]:
    """Return the points of every domain asked for; `answers` are the base where it is more than an item's codes."""
    area_set = set_in_store(project, asked)
    areas = areas_of(project, asked)

    def belongs(values: Numbers, others: Numbers) -> NDArray[np.bool_]:
        known = np.isin(values, list(answers)) if answers else _answers(project, asked.survey, value, values)
        return known & (_answers(project, asked.survey, other, others) if other else np.isfinite(others))

    with open_reader(project.folder, asked.survey) as reader:
        known = points.read(
            reader, queries.Shelf(project.queries), survey=asked.survey, waves=asked.waves, area_set=area_set,
            areas=areas, dimension=asked.dimension, value=value, other=other, belongs=belongs,
        )  # fmt: skip
    keys = [
        {"survey": asked.survey, "wave": asked.wave, "area_set": area_set, "area": area,
         "dimension": asked.dimension, "category": category}
        for area, category in product(areas, categories_of(project, asked))
    ]  # fmt: skip
    return known, [_Domain(key, known.points.get((key["area"], key["category"]))) for key in keys]


def _variable(project: Project, survey: str, name: str) -> Variable:
    """Return what R takes for answers, as `_answers` does."""
    item = project.surveys[survey].items.get(name)
    if item is None:
        return Variable(name, (0.0, 1.0))
    return Variable(name, tuple(_NO_ANSWER), outside=True) if item.numeric else Variable(name, tuple(item.codes))


def _line(asked: Question, domain: _Domain, name: str, measure: Measure) -> Line | None:
    """Return what R recomputes of a number; None where nobody answered."""
    if domain.points is None:
        return None
    area, category = domain.key["area"], domain.key["category"]
    at = "" if measure.at is None else f"{measure.at:g}"
    label = " ".join(filter(None, [measure.kind, name, area, category, at]))
    return Line(label, name, Domain(asked.waves, area, category), measure=measure)


def _answers(project: Project, survey: str, name: str, given: Numbers) -> NDArray[np.bool_]:
    """Return which values are answers: codes of an item, numbers that stand for no kind of missing, 0 and 1."""
    item = project.surveys[survey].items.get(name)
    if item is None:
        return np.isin(given, [0.0, 1.0])
    if item.numeric:
        return np.isfinite(given) & ~np.isin(given, _NO_ANSWER)
    return np.isin(given, list(item.codes))


def _estimated(domain: _Domain, kind: Kind, deff: Reference, fewest: int) -> dict[str, Any]:
    if domain.points is None:
        return _nobody(kind, *_EFFECTS)
    found = functionals.estimate(domain.points, _STATISTICS[kind](domain.points), deff=deff)
    lower, upper = found.limits()
    row = _numbers(kind, found, 0, lower[0], upper[0])
    known = row["lower"] is not None and row[kind]
    wide = not known or (row["upper"] - row["lower"]) / abs(row[kind]) > _WIDEST
    return row | {"flags": _flags(domain.points, fewest, uncertain=wide)}


def _quantile(domain: _Domain, part: float, fewest: int) -> dict[str, Any]:
    if domain.points is None:
        return _nobody("quantile")
    found = functionals.quantile(domain.points, part)
    return {
        "n": int(domain.points.n.sum()), "quantile": found.estimate, "lower": _known(found.lower),
        "upper": _known(found.upper), "se": _known(found.se),
        "df": int(domain.points.df), "flags": _flags(domain.points, fewest, uncertain=bool(np.isnan(found.lower))),
    }  # fmt: skip


def _shares(
    project: Project, item: str, domain: _Domain, answers: Mapping[float, str], interval: Method, deff: Reference
) -> Iterator[dict[str, Any]]:
    points = domain.points
    if points is None:
        yield from ({"answer": label} | _nobody("share", *_EFFECTS) for label in answers.values())
        return
    found = functionals.estimate(points, functionals.distribution(points, list(answers)), deff=deff)
    variance = np.diag(found.covariance)
    lower, upper = limits(interval, found.estimate, variance, found.n, found.df)
    size = effective_n(found.estimate, variance, found.n)
    survey = project.surveys[domain.key["survey"]]
    sensitive = item in survey.sensitive_items
    for place, (code, label) in enumerate(answers.items()):
        row = _numbers("share", found, place, lower[place], upper[place]) | {"n_eff": float(size[place])}
        positives = int(points.n[points.value == code].sum())
        cell = Cell(row["n"], positives, row["share"], row["n_eff"], row["lower"], row["upper"], row["df"])
        secret = secrecy(cell, project.rules.secrecy, sensitive=sensitive) >= Verdict.SECRET
        uncertain = reliability(cell, project.rules.reliability) >= Verdict.UNRELIABLE
        yield (
            {"answer": label}
            | row
            | {
                "flags": _flags(
                    points, project.rules.secrecy.min_base, uncertain=uncertain, secret=secret, extreme=cell.extreme
                )
            }
        )


def _numbers(name: str, found: Estimated, place: int, lower: float, upper: float) -> dict[str, Any]:
    numbers = {
        name: found.estimate[place], "lower": lower, "upper": upper, "deff": found.deff[place], "cv": found.cv[place],
        "n_eff": found.n_eff[place], "se": found.se[place],
    }  # fmt: skip
    return {"n": int(found.n), **{one: _known(value) for one, value in numbers.items()}, "df": int(found.df)}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _nobody(*names: str) -> dict[str, Any]:
    return {"n": 0, **dict.fromkeys((*names, "lower", "upper", "se")), "df": 0, "flags": "no answers"}


def _flags(points: Points, fewest: int, *, uncertain: bool, secret: bool = False, extreme: bool = False) -> str:
    """Return what a reader of the number must know; a base of fewer than the gate's minimum is secret."""
    n, df = points.n.sum(), int(points.df)
    found = {
        "secret": secret or n < fewest, "uncertain": uncertain, f"df {df}": df < FEW_DF, "0 or 100 %": extreme,
        f"lonely PSU: {', '.join(points.lonely)}": bool(points.lonely),
    }  # fmt: skip
    return ", ".join(flag for flag, holds in found.items() if holds)


def _supported(row: Mapping[str, Any], kind: str, deff: Reference, relative: Sequence[str]) -> dict[str, Any]:
    """Return a row without what takes weights that sum to people, or flagged so, where those of waves do not."""
    changed = dict(row)
    if relative and deff == "without":
        changed["deff"] = None
    if relative and kind == "total" and row["n"]:
        changed["flags"] = ", ".join(filter(None, [row["flags"], "not people"]))
    return changed


def _scales(project: Project, asked: Question, kind: str, relative: Sequence[str]) -> str:
    """Return what the numbers of coded items mean, and what totals are totals of.

    `relative` are the waves whose weights sum to the answers.
    """
    items = project.surveys[asked.survey].items
    told = []
    for name in dict.fromkeys(asked.indicators):
        codes = items[name].codes if name in items else {}
        if codes:
            first, last = min(codes), max(codes)
            told.append(f"{name} runs from {first} ({codes[first]}) to {last} ({codes[last]})")
    if kind == "total":
        people = not_people(relative) if relative else "people, where the weights sum to the population"
        told.append(f"totals are sums of weights: {people}")
    return "".join(f"{one}; " for one in told)


def _answered(
    project: Project, asked: Question, rows: Sequence[Mapping[str, Any]], lines: Sequence[Line | None],
    origins: Sequence[Origin], name: str, says: str, extra: Sequence[str] = (),
) -> Answered:  # fmt: skip
    texts = ("survey", "wave", "area_set", "area", "dimension", "category", "indicator", "answer", "flags")
    types: dict[str, pl.DataType] = {one: pl.String() for one in texts}
    types |= {one: pl.Float64() for one in (name, "at", "lower", "upper", "se", *_EFFECTS)} | {
        "n": pl.Int64(),
        "df": pl.Int64(),
    }
    schema = {one: types[one] for one in rows[0]}
    kept = asked_for(pl.DataFrame(list(rows), schema=schema).with_row_index(_PLACE), asked)
    effects = [one for one in _EFFECTS if one in schema]
    columns = [*_subject(asked), *extra, "n", name, "lower", "upper", *effects, "flags", "se", "df"]
    recomputed = tuple(line for place in kept[_PLACE] if (line := lines[place]))
    return Answered(labelled(project, kept, asked).select(columns), says, recomputed, provenance(origins, says))


def _subject(asked: Question) -> list[str]:
    """Return the columns that say what a row is about; what is estimated is always told."""
    return list(dict.fromkeys(["indicator", *named(asked)]))
