"""The one gate: estimates go in, and what may be shown of them comes out, rounded as it may be shown.

Each number is judged alone (`rules`), complementary pairs (trygge/utrygge) once; then all numbers of an item together
with everything released before, so that none of the hidden ones can be worked out (`protection`). A comparison is shown
only where both of its sides are, and places only where no area among them is secret.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.survey import Indicator, Survey
from tryghed.errors import ReleaseError, TryghedError, all_at_once
from tryghed.frames import CONTRAST, ESTIMATE, RANK, conform
from tryghed.release import history, protection, rounding
from tryghed.release.advice import advise
from tryghed.release.atoms import Atoms
from tryghed.release.domains import Secret
from tryghed.release.exemptions import NONE, Scores, exempt, kept_secret, shown_side
from tryghed.release.fingerprint import fingerprint
from tryghed.release.history import Known
from tryghed.release.ledger import NOTHING_YET, Ledger
from tryghed.release.protection import Protected
from tryghed.release.released import (
    _SEAL,
    REST,
    CellKey,
    Conflict,
    ContrastKey,
    Difference,
    Exemption,
    Places,
    Released,
    Share,
    WaveFacts,
    Withheld,
)
from tryghed.release.rules import Cell, Verdict, judge, remarks, secrecy, strictest

_REASON = {
    Verdict.UNRELIABLE: Withheld.UNRELIABLE,
    Verdict.DECIDED: Withheld.DECIDED,
    Verdict.SECRET: Withheld.SECRET,
    Verdict.MISSING: Withheld.MISSING,
}


@dataclass(frozen=True)
class Draft:
    """Everything a release wants to show, before the rules.

    Attributes:
        survey, wave, area_set: The main survey, the wave released and the areas it is reported on.
        estimates: Rows of `frames.ESTIMATE`.
        contrasts: Rows of `frames.CONTRAST`, corrected within their families.
        ranks: Rows of `frames.RANK`.
        facts: How each single wave was measured, oldest first within a survey.
        atoms: For each item shown, the people alike that its numbers are sums of.
    """

    survey: str
    wave: str
    area_set: str
    estimates: pl.DataFrame
    contrasts: pl.DataFrame
    ranks: pl.DataFrame
    facts: Mapping[tuple[str, str], WaveFacts]
    atoms: tuple[Atoms, ...]


def release(
    draft: Draft,
    rules: ReleaseRules,
    surveys: Mapping[str, Survey],
    *,
    ledger: Ledger = NOTHING_YET,
    exemptions: Mapping[CellKey, Exemption] = NONE,
    held: Set[CellKey] = frozenset(),
) -> Released:
    """Return what may be shown of a draft.

    Args:
        draft: What the reports want to show.
        rules: Thresholds of reliability and secrecy.
        surveys: Definitions, for which indicators are sensitive and which are pairs.
        ledger: Everything released before.
        exemptions: Cells that people have decided about against the rules.
        held: Cells held back because earlier editions beside them would tell what a few people answered.

    Raises:
        ReleaseError: Earlier releases give away what must not be learned, whatever is hidden now; all is listed.
        TryghedError: A cell has no atoms (a fault of ours, hence no exit code of its own).
    """
    contrast_rows = conform(draft.contrasts, CONTRAST, where="contrasts").to_dicts()
    cells = {_cell_key(row): _cell(row) for row in conform(draft.estimates, ESTIMATE, where="estimates").to_dicts()}
    rests = {_rest_key(row): _rest(row) for row in contrast_rows if row["kind"] == "rest"}
    scores = {name: survey.scores for name, survey in surveys.items()}
    judged = exempt(_judged(cells | rests, rules, scores), cells | rests, exemptions, scores)
    sides = {shown_side(key, scores) for key in held}
    apart = {key for key in judged if shown_side(key, scores) in sides}
    judged |= {key: strictest([judged[key], Verdict.SECRET]) for key in apart}
    decided = kept_secret(cells, exemptions, scores)
    joint = _joint(draft.atoms, cells | rests, judged, decided, apart, ledger, rules, surveys)
    shares = {
        key: _share(cell, joint.verdicts[key], rules, sensitive=_indicator(scores, key).sensitive)
        for key, cell in (cells | rests).items()
    }
    differences = dict(_difference(row, shares, scores) for row in contrast_rows)
    ranked = {_cell_key(row): row for row in conform(draft.ranks, RANK, where="ranks").to_dicts()}
    untold = {_ranking(key) for key in ranked if joint.verdicts.get(key) is Verdict.SECRET}
    places = {
        key: Places(row["first"], row["last"], row["areas"])
        for key, row in ranked.items()
        if key in shares and shares[key].withheld is None and _ranking(key) not in untold
    }
    own = {key: shares[key] for key in cells}
    return Released(
        seal=_SEAL, survey=draft.survey, wave=draft.wave, area_set=draft.area_set,
        release_id=fingerprint(own, differences, places, rules.model_dump(mode="json")),
        synthetic=any(surveys[name].synthetic for name, _ in draft.facts), rules_version=rules.version,
        facts=dict(draft.facts), shares=own, differences=differences, places=places, people=joint.people,
        secrets=joint.secrets, conflicts=joint.conflicts,
        advice=tuple(advise(cells, joint.verdicts, surveys, rules.secrecy)),
    )  # fmt: skip


def _cell_key(row: Mapping[str, Any]) -> CellKey:
    return CellKey(*(row[name] for name in CellKey._fields))


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(row["n"], row["positives"], row["share"], row["n_eff"], row["lower"], row["upper"], row["df"])


def _ranking(key: CellKey) -> CellKey:
    """Return the ranking that an area's places are part of: they tell of every area in it, the withheld ones too."""
    return key._replace(area="")


def _rest_key(row: Mapping[str, Any]) -> CellKey:
    """Return the cell of everybody outside the area of a comparison."""
    key = _cell_key(row)
    return key._replace(area=REST + key.area)


def _rest(row: Mapping[str, Any]) -> Cell:
    return Cell(
        row["other_n"], row["other_positives"], row["other_share"], row["other_n_eff"], row["other_lower"],
        row["other_upper"],
    )  # fmt: skip


def _indicator(scores: Scores, key: CellKey) -> Indicator:
    return scores[key.survey][key.indicator]


def _judged(cells: Mapping[CellKey, Cell], rules: ReleaseRules, scores: Scores) -> dict[CellKey, Verdict]:
    """Return the verdict on each cell alone; a pair gets one: that of the shown side, secret where either side is."""
    own = {key: judge(cell, rules, sensitive=_indicator(scores, key).sensitive) for key, cell in cells.items()}
    secret = {
        key: secrecy(cell, rules.secrecy, sensitive=_indicator(scores, key).sensitive) for key, cell in cells.items()
    }
    shown_sides = {key: shown_side(key, scores) for key in cells}
    strict: dict[CellKey, list[Verdict]] = defaultdict(list)
    for key, side in shown_sides.items():
        strict[side].append(secret[key])
    return {key: strictest([own.get(side, own[key]), *strict[side]]) for key, side in shown_sides.items()}


@dataclass(frozen=True)
class _Joint:
    """The verdicts on all cells together, and what is kept of how they were reached."""

    verdicts: Mapping[CellKey, Verdict]
    people: Mapping[CellKey, str]
    secrets: tuple[Secret, ...]
    conflicts: tuple[Conflict, ...]


def _joint(
    atoms: tuple[Atoms, ...], cells: Mapping[CellKey, Cell], judged: Mapping[CellKey, Verdict],
    decided: frozenset[CellKey], held: Set[CellKey], ledger: Ledger, rules: ReleaseRules, surveys: Mapping[str, Survey],
) -> _Joint:  # fmt: skip
    """Return the verdicts after the numbers of each item were looked at together, with all that was told before."""
    verdicts = dict(judged)
    people: dict[CellKey, str] = {}
    before: list[Known] = []
    parts: list[Protected] = []
    at_odds = set(held)
    for one in atoms:
        mine = [key for key in cells if key.survey == one.survey and key.indicator in one.indicators]
        people |= {key: one.checksum(one.base(key)) for key in mine}
        told = history.known(one, history.touching(ledger, one.survey, one.wave))
        before.append(told)
        survey = surveys[one.survey]
        for entry in told.changed:
            cell = cells.get(entry.cell)
            if cell and history.reveals(entry, cell.n, cell.positives, survey, rules.secrecy.min_count):
                verdicts[entry.cell] = strictest([verdicts[entry.cell], Verdict.SECRET])
                at_odds.add(entry.cell)
        part = protection.protect(one, {key: verdicts[key] for key in mine}, told.cells, survey, rules.secrecy, decided)
        parts.append(part)
        verdicts |= {key: strictest([verdicts[key], Verdict.SECRET]) for key in part.hidden}
    missing = [key for key in cells if key not in people]
    if missing:
        raise TryghedError(f"{len(missing)} cells have no atoms, the first: {history.named(missing[0])}")
    exposed = [secret for part in parts for secret in part.exposed]
    all_at_once(ReleaseError, [_given_away(secret) for secret in exposed])
    return _Joint(
        verdicts, people, tuple(secret for part in parts for secret in part.secrets),
        tuple(history.conflicts(before, at_odds, [cell for part in parts for cell in part.told])),
    )  # fmt: skip


def _given_away(secret: Secret) -> ReleaseError:
    return ReleaseError(
        f"{secret}: earlier releases tell of too few people here, whatever is withheld now",
        hint="tryghed release list shows the earlier releases; ask the data protection officer before anything is sent",
    )


def _share(cell: Cell, verdict: Verdict, rules: ReleaseRules, *, sensitive: bool) -> Share:
    if verdict >= Verdict.SECRET or cell.share is None:
        return Share(None, None, None, None, sensitive, _REASON[max(verdict, Verdict.UNRELIABLE)])
    n = rounding.people(cell.n, sensitive=sensitive)
    if verdict is not Verdict.SHOW:
        return Share(None, None, None, n, sensitive, _REASON[verdict])
    share, lower, upper = (rounding.percent(one, sensitive=sensitive) for one in (cell.share, cell.lower, cell.upper))
    return Share(share, lower, upper, n, sensitive, remarks=remarks(cell, rules.reliability))


def _difference(
    row: Mapping[str, Any], shares: Mapping[CellKey, Share], scores: Scores
) -> tuple[ContrastKey, Difference]:
    key = _cell_key(row)
    sensitive = _indicator(scores, key).sensitive
    this, other = shares[key], shares[_other_key(row, key)]
    withheld = _stricter(this.withheld, other.withheld)
    if withheld is None and row["difference"] is None:
        withheld = Withheld.UNRELIABLE
    numbers = {
        name: None if withheld else rounding.percent(row[name], sensitive=sensitive)
        for name in ("difference", "lower", "upper", "detectable")
    }
    verdict: int = 0 if withheld else (row["direction"] or 0)
    direction: Literal[-1, 0, 1] = 1 if verdict > 0 else -1 if verdict < 0 else 0
    return (row["kind"], key, row["against"]), Difference(
        this, other, row["against"], direction=direction, family=row["family"], tests=row["tests"],
        p_adjusted=None if withheld else row["p_adjusted"], withheld=withheld, **numbers,
    )  # fmt: skip


def _other_key(row: Mapping[str, Any], key: CellKey) -> CellKey:
    """Return the cell on the other side of a comparison."""
    if row["kind"] == "wave":
        return key._replace(wave=row["against"])
    return key._replace(category=row["against"]) if row["kind"] == "category" else _rest_key(row)


def _stricter(one: Withheld | None, two: Withheld | None) -> Withheld | None:
    order = [None, Withheld.UNRELIABLE, Withheld.DECIDED, Withheld.SECRET, Withheld.MISSING]
    return order[max(order.index(one), order.index(two))]
