"""What a person should look at before a release is handed out.

It is made from the unreleased numbers, so it tells what the release does not: for the team that makes it, and no one
else.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from tryghed.definitions.policy import ReleaseRules, Secrecy
from tryghed.definitions.project import Project
from tryghed.definitions.survey import Survey
from tryghed.frames import Decision
from tryghed.release import archive, changes, editions, exemptions
from tryghed.release.gate import Draft
from tryghed.release.released import CellKey, Change, Conflict, Exemption, Released, Remark, Share, WaveFacts, Withheld
from tryghed.release.rules import Cell, Verdict, judge, reliability, secrecy
from tryghed.store import earlier

#: How far a threshold is moved to find the numbers that are close to it, as a part of itself: a tenth, itself included.
_NEAR = 0.1 + 1e-9

#: Why a number is withheld: a rule of `policy/release.toml`, or what is behind it.
Rule = Literal[
    "min_base", "min_count", "told_of_few", "min_effective_n", "max_width", "max_relative_width", "always_show_width",
    "no_interval", "protects", "pair", "exemption",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A number that is withheld, or close to it: the rule that decides, what it looks at, and its threshold.

    `value` and `limit` are None where the rule looks at no number of the cell itself.
    """

    cell: CellKey
    rule: Rule
    value: float | None
    limit: float | None
    shown: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A share of this wave beside the same share of the wave before, in per cent."""

    cell: CellKey
    old: Share
    new: Share

    @property
    def size(self) -> float:
        """By how many percentage points it moved."""
        return abs((self.new.share or 0.0) - (self.old.share or 0.0))


@dataclass(frozen=True)
class Review:
    """Everything to be looked at.

    Attributes:
        survey, wave: What the release is of.
        released: The numbers as they would be, or are, released.
        edition: Name of the newest edition, empty where there is none.
        corrected: What is different from it now.
        before: The wave before, empty where nothing is known of it.
        moved: Its shares beside this wave's, the largest difference first.
        withheld: Every number that is not shown, and why.
        close: Every number whose verdict would be another one if a threshold were a tenth higher or lower.
        unverified: Waves whose file's checksum nobody declared.
        remarked: What the rules want a person to look at of numbers that are shown.
        conflicts: What is in the way of what earlier releases showed.
        accepted: Warnings of deliveries that somebody accepted, by survey and wave.
        exempted: Exemptions in force.
        waiting: Exemptions that wait for a second person.
    """

    survey: str
    wave: str
    released: Released
    edition: str
    corrected: tuple[Change, ...]
    before: str
    moved: tuple[Moved, ...]
    withheld: tuple[Held, ...]
    close: tuple[Held, ...]
    remarked: tuple[tuple[CellKey, Remark], ...]
    conflicts: tuple[Conflict, ...]
    unverified: tuple[WaveFacts, ...]
    accepted: tuple[tuple[str, str, Decision], ...]
    exempted: tuple[Exemption, ...]
    waiting: tuple[Exemption, ...]


def review(project: Project, survey: str, wave: str) -> Review:
    """Return what to look at in the release of a wave: as it would be built now.

    Raises:
        UsageError: The wave, or one it needs, is not defined or not loaded.
        ReleaseError: An earlier release has been edited.
        DesignError: The sample design cannot support an estimate.
    """
    draft, released = editions.candidate(project, survey, wave)
    cells = unreleased(draft)
    newest = archive.newest(project.folder, survey, wave)
    before, past = _wave_before(project, survey, wave, released)
    known = exemptions.read(project.folder / archive.FOLDER)
    decided = exemptions.in_force(known)
    return Review(
        survey=survey,
        wave=wave,
        released=released,
        edition=newest.name if newest else "",
        corrected=changes.compare(archive.load(project.folder, newest.name), released) if newest else (),
        before=before,
        moved=_moved(released, past, wave, before),
        withheld=tuple(held(cells, released, project.rules, project.surveys, decided)),
        close=tuple(close(cells, project.rules, project.surveys)),
        remarked=tuple((key, one) for key, share in released.shares() for one in share.remarks),
        conflicts=released.conflicts,
        unverified=tuple(one for one in released.facts.values() if not one.verified),
        accepted=tuple(
            (name, one, decision)
            for name, one in released.facts
            for decision in earlier.decisions(project.folder, name, one)
        ),
        exempted=tuple(one for _, one in sorted(decided.items())),
        waiting=exemptions.waiting(known),
    )


def unreleased(draft: Draft) -> dict[CellKey, Cell]:
    """Return what the rules look at, by cell."""
    names = ("n", "positives", "share", "n_eff", "lower", "upper")
    rows = draft.estimates.sort(CellKey._fields).select(pl.col(*CellKey._fields), pl.col(*names))
    return {CellKey(*row[:7]): Cell(*row[7:]) for row in rows.iter_rows()}


def held(
    cells: Mapping[CellKey, Cell],
    released: Released,
    rules: ReleaseRules,
    surveys: Mapping[str, Survey],
    decided: Mapping[CellKey, Exemption],
) -> Iterator[Held]:
    """Yield every withheld number with the rule that withholds it, in order of the cells; none that do not exist."""
    scores = {name: one.scores for name, one in surveys.items()}
    secret = exemptions.kept_secret(cells, decided, scores)
    for key, share in released.shares():
        if share.withheld not in (None, Withheld.MISSING):
            sensitive = scores[key.survey][key.indicator].sensitive
            exempt = share.withheld is Withheld.DECIDED or (share.withheld is Withheld.SECRET and key in secret)
            rule, value, limit = _why(cells[key], share.withheld, rules, sensitive=sensitive, exempt=exempt)
            yield Held(key, rule, value, limit, shown=False)


def close(cells: Mapping[CellKey, Cell], rules: ReleaseRules, surveys: Mapping[str, Survey]) -> Iterator[Held]:
    """Yield every number whose verdict would change with a threshold moved by a tenth, in order of the cells."""
    thresholds = _thresholds(rules)
    for key, cell in cells.items():
        sensitive = surveys[key.survey].scores[key.indicator].sensitive
        verdict = judge(cell, rules, sensitive=sensitive)
        for rule, limit, moved in thresholds:
            if any(judge(cell, one, sensitive=sensitive) is not verdict for one in moved):
                yield Held(key, rule, _looked_at(rule, cell), limit, shown=verdict is Verdict.SHOW)


def _why(
    cell: Cell, withheld: Withheld, rules: ReleaseRules, *, sensitive: bool, exempt: bool
) -> tuple[Rule, float | None, float | None]:
    """Return which rule withholds a number; a reason of its own comes before what protects others."""
    own = rules.secrecy, rules.reliability
    if withheld is Withheld.SECRET and secrecy(cell, own[0], sensitive=sensitive) is Verdict.SECRET:
        rule: Rule = _secret(cell, own[0])
    elif exempt:
        rule = "exemption"
    elif withheld is Withheld.SECRET:
        rule = "protects"
    elif reliability(cell, own[1]) is Verdict.SHOW:
        rule = "pair"
    elif cell.n_eff is None or cell.lower is None or cell.upper is None:
        rule = "no_interval"
    elif min(cell.n, cell.n_eff) < own[1].min_effective_n:
        rule = "min_effective_n"
    else:
        rule = "max_width" if cell.upper - cell.lower >= own[1].max_width else "max_relative_width"
    return rule, _looked_at(rule, cell), _limit(rules, rule)


def _secret(cell: Cell, rules: Secrecy) -> Rule:
    """Return the rule of secrecy: the base, the true count, or only the one a reader would reckon."""
    if cell.n < rules.min_base:
        return "min_base"
    return "min_count" if min(cell.positives, cell.n - cell.positives) < rules.min_count else "told_of_few"


def _looked_at(rule: Rule, cell: Cell) -> float | None:
    """Return the number a rule looks at: people, effective people, points (0-1), or widths of the share."""
    width = None if cell.lower is None or cell.upper is None else cell.upper - cell.lower
    found: dict[str, float | None] = {
        "min_base": cell.n,
        "min_count": min(cell.positives, cell.n - cell.positives),
        "min_effective_n": None if cell.n_eff is None else min(cell.n, cell.n_eff),
        "max_width": width,
        "always_show_width": width,
        "max_relative_width": width / cell.share if width is not None and cell.share else None,
    }
    return found.get(rule)


def _limit(rules: ReleaseRules, rule: Rule) -> float | None:
    part = rules.secrecy if rule in type(rules.secrecy).model_fields else rules.reliability
    found = getattr(part, rule, None)
    return None if found is None else float(found)


def _thresholds(rules: ReleaseRules) -> list[tuple[Rule, float, tuple[ReleaseRules, ...]]]:
    """Return each threshold with the rules it would make a tenth lower and a tenth higher, floors or not."""
    found: list[tuple[Rule, float, tuple[ReleaseRules, ...]]] = []
    wanted: tuple[tuple[str, Rule], ...] = (
        ("secrecy", "min_base"), ("secrecy", "min_count"), ("reliability", "min_effective_n"),
        ("reliability", "max_width"), ("reliability", "max_relative_width"), ("reliability", "always_show_width"),
    )  # fmt: skip
    for part, rule in wanted:
        limit = float(getattr(getattr(rules, part), rule))
        moved = tuple(
            rules.model_copy(update={part: getattr(rules, part).model_copy(update={rule: limit * (1 + step)})})
            for step in (-_NEAR, _NEAR)
        )
        found.append((rule, limit, moved))
    return found


def _wave_before(project: Project, survey: str, wave: str, released: Released) -> tuple[str, Mapping[CellKey, Share]]:
    """Return the wave before with its shares: as released then, or as this release tells them."""
    names = list(project.waves[survey])
    past = names[: names.index(wave)]
    if not past:
        return "", {}
    newest = archive.newest(project.folder, survey, past[-1])
    then = dict(archive.load(project.folder, newest.name).shares()) if newest else {}
    return past[-1], dict(released.shares()) | then


def _moved(released: Released, past: Mapping[CellKey, Share], wave: str, before: str) -> tuple[Moved, ...]:
    pairs: Sequence[Moved] = [
        Moved(key, past[key._replace(wave=before)], share)
        for key, share in released.shares()
        if key.survey == released.survey and key.wave == wave and key._replace(wave=before) in past
    ]
    shown = [one for one in pairs if one.old.share is not None and one.new.share is not None]
    return tuple(sorted(shown, key=lambda one: (-one.size, one.cell)))


def is_surprising(one: Moved) -> bool:
    """Return whether the intervals of two waves do not touch: worth a look, not a test."""
    ends = (one.old.lower, one.old.upper, one.new.lower, one.new.upper)
    if any(end is None for end in ends):
        return False
    low, high, lower, upper = (math.nan if end is None else end for end in ends)
    return lower > high or upper < low
