"""What must not be learned of the people behind one item's numbers, and which numbers are hidden so that it is not.

Protected are counts that speak of too few people: in sensitive topics fewer than `min_count` alike, on either side of a
share, in every area and category shown, in what is left of an area outside another, in what two areas have in common,
and in every atom, so that no union of atoms can be known to be that small; and that everybody of a domain answered
alike. In other topics, what the people of a base smaller than `min_count` answered. In any, what people decided to keep
secret, with room enough on both sides; where earlier releases tell it already, the new numbers by themselves do not.
People who cannot be pointed out, because they did not state a group's item, are no domain. A base between `min_count`
and `min_base` is not printed, but nothing is hidden to keep it from being worked out (docs/decisions/gate.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from tryghed.definitions.policy import Secrecy
from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY
from tryghed.release import rounding, suppression
from tryghed.release.atoms import Atoms, Mask, domain
from tryghed.release.domains import Domain, Secret, Side, is_everybody
from tryghed.release.released import CellKey
from tryghed.release.rules import Verdict
from tryghed.release.suppression import ALL, NOTHING, ONLY_N, Table

#: How many times more harm it does to hide a number of the whole city than one of an area.
_WHOLE_CITY = 10

_SIDES: tuple[Side, Side] = ("positives", "negatives")
_SHOWN = {Verdict.SHOW: ALL, Verdict.UNRELIABLE: ONLY_N, Verdict.DECIDED: ONLY_N}

#: How far a number that people decided to keep secret must stay open on each side, as a part of its base: a reader's
#: range is then wider than the interval a district's number has anyway.
_OPEN = 0.05


@dataclass(frozen=True)
class Protected:
    """What one item's numbers must hide.

    Attributes:
        hidden: Cells to hide although no rule of their own hides them.
        secrets: The counts that are protected.
        exposed: Those that the rules protect and earlier releases give away, whatever is hidden now.
        told: Cells that people decided to keep secret and that cannot be, for the same reason; `hidden` is then what
            the new numbers by themselves would tell them by.
    """

    hidden: frozenset[CellKey]
    secrets: tuple[Secret, ...]
    exposed: tuple[Secret, ...]
    told: tuple[CellKey, ...]


@dataclass(frozen=True, eq=False)
class _Demand:
    """A protected count as atoms, and how far a reader's range must at least reach."""

    secret: Secret
    atoms: Mask
    reach: float
    depth: float


def protect(
    atoms: Atoms, verdicts: Mapping[CellKey, Verdict], before: Mapping[CellKey, Verdict], survey: Survey,
    rules: Secrecy, decided: frozenset[CellKey],
) -> Protected:  # fmt: skip
    """Return what must be hidden of an item's cells.

    Args:
        atoms: The item's atoms.
        verdicts: Every cell that would be shown of the item, with the verdict of the rules on it alone.
        before: Cells that earlier releases showed, with what they showed.
        survey: The survey.
        rules: The rules of secrecy.
        decided: Cells that people decided to keep secret.
    """
    domains = _domains(atoms, {*verdicts, *before})
    by_rule = list(_demands(atoms, domains, survey, rules))
    kept = sorted(decided & verdicts.keys())
    demands = [*by_rule, *_decided(atoms, kept)]
    if not demands:
        return Protected(frozenset(), (), (), ())
    cells = [*sorted(before), *sorted(verdicts.keys() - before.keys())]
    table = _table(atoms, cells, {**verdicts, **before}, len(before), demands, survey)
    found = suppression.protect(table)
    hidden = frozenset(cells[at] for at in found.hidden)
    told = tuple(kept[at - len(by_rule)] for at in found.exposed if at >= len(by_rule))
    return Protected(
        hidden | _by_themselves(atoms, {**verdicts, **dict.fromkeys(hidden, Verdict.SECRET)}, told, survey),
        tuple(demand.secret for at, demand in enumerate(demands) if at < len(by_rule) or at not in found.exposed),
        tuple(demands[at].secret for at in found.exposed if at < len(by_rule)),
        told,
    )


def _by_themselves(
    atoms: Atoms, verdicts: Mapping[CellKey, Verdict], told: Sequence[CellKey], survey: Survey
) -> frozenset[CellKey]:
    """Return what else must be hidden so that the new numbers alone do not tell what earlier releases do."""
    if not told:
        return frozenset()
    cells = sorted(verdicts)
    table = _table(atoms, cells, verdicts, 0, list(_decided(atoms, told)), survey)
    return frozenset(cells[at] for at in suppression.protect(table).hidden)


def _domains(atoms: Atoms, cells: Iterable[CellKey]) -> list[Domain]:
    """Return those shown, and those left over: outside or within another area, outside an area altogether."""
    shown = dict.fromkeys(domain(cell) for cell in sorted(cells))
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in shown:
        places[one.wave, one.kind] |= {place for place in (*one.inside, *one.outside) if not is_everybody(place)}
    found = dict(shown)
    for (wave, kind), there in places.items():
        for place in sorted(there):
            found[Domain(wave, (f"{place.split('/')[0]}/{EVERYBODY}",), (place,), kind)] = None
        for pair in atoms.overlaps:
            if there.issuperset(pair):
                found[Domain(wave, pair, (), kind)] = None
                found[Domain(wave, pair[:1], pair[1:], kind)] = None
                found[Domain(wave, pair[1:], pair[:1], kind)] = None
    return list(found)


def _demands(atoms: Atoms, domains: Sequence[Domain], survey: Survey, rules: Secrecy) -> Iterator[_Demand]:
    held = {one: atoms.holds(one) for one in domains}
    topics = {indicator: survey.scores[indicator].sensitive for indicator in atoms.indicators}
    finest = _finest(atoms, held.values()) if any(topics.values()) else []
    for indicator, sensitive in topics.items():
        sides = {side: atoms.side(indicator, side) for side in ("n", *_SIDES)}
        seen: set[bytes] = set()
        for one, mask in held.items():
            n = atoms.count(mask & sides["n"])
            for side in _SIDES:
                people = mask & sides[side]
                count = atoms.count(people)
                key = people.tobytes()
                if key in seen or not n:
                    continue
                seen.add(key)
                secret = Secret(atoms.survey, one, indicator, side)
                if sensitive and (0 < count < rules.min_count or (count == 0 and n >= rules.min_count)):
                    yield _Demand(secret, people, rules.min_count, 0 if count else np.nan)
                elif not sensitive and n < rules.min_count and side == "positives":
                    yield _Demand(secret, people, n, 0)
        for one, mask in finest if sensitive else ():
            for side in _SIDES:
                people = mask & sides[side]
                if people.tobytes() not in seen and 0 < atoms.count(people) < rules.min_count:
                    yield _Demand(Secret(atoms.survey, one, indicator, side), people, rules.min_count, np.nan)


def _decided(atoms: Atoms, cells: Iterable[CellKey]) -> Iterator[_Demand]:
    """Yield what people decided to keep secret, however many it is about."""
    for cell in cells:
        base = atoms.base(cell)
        people = base & atoms.side(cell.indicator, "positives")
        n, count = atoms.count(base), atoms.count(people)
        secret = Secret(atoms.survey, domain(cell), cell.indicator, "positives")
        yield _Demand(secret, people, min(count + _OPEN * n, n), max(count - _OPEN * n, 0.0))


def _finest(atoms: Atoms, held: Iterable[Mask]) -> list[tuple[Domain, Mask]]:
    """Return the smallest groups that shown domains tell apart, but for those who did not state a group's item."""
    signs = np.array(list(held), dtype=np.bool_)
    dimensions = {kind.split("/")[0] for kinds in atoms.kinds for kind in kinds}
    stated = np.array([len(kinds) == len(dimensions) for kinds in atoms.kinds], dtype=np.bool_)[atoms.kind]
    _, first, group = np.unique(signs, axis=1, return_index=True, return_inverse=True)
    every = {place for places in atoms.places for place in places}
    found = []
    for number, at in enumerate(first):
        mask = (group == number) & stated
        if mask.any():
            places, kinds = atoms.places[atoms.place[at]], atoms.kinds[atoms.kind[at]]
            inside = tuple(sorted(place for place in places if not is_everybody(place)))
            wave = "+".join(sorted(set(atoms.wave[mask])))
            kind = max(sorted(kinds), key=lambda kind: kind.count("*"))
            found.append((Domain(wave, inside, tuple(sorted(every - places)), kind), mask))
    return found


def _table(
    atoms: Atoms, cells: Sequence[CellKey], verdicts: Mapping[CellKey, Verdict], fixed: int,
    demands: Sequence[_Demand], survey: Survey,
) -> Table:  # fmt: skip
    """Return the cells over atoms that are told apart by a cell or a demand."""
    held = {one: atoms.holds(one) for one in dict.fromkeys(map(domain, cells))}
    base = np.array([held[domain(cell)] & atoms.side(cell.indicator, "n") for cell in cells])
    counts = np.array([held[domain(cell)] & atoms.side(cell.indicator, "positives") for cell in cells])
    targets = np.array([demand.atoms for demand in demands])
    _, first = np.unique(np.vstack([base, counts, targets]), axis=1, return_index=True)
    n, positives = base @ atoms.people, counts @ atoms.people
    scores = survey.scores
    sensitive = [scores[cell.indicator].sensitive for cell in cells]
    known = [_known(*one) for one in zip(n, positives, sensitive, strict=True)]
    return Table(
        base=csr_array(base[:, first].astype(np.float64)),
        counts=csr_array(counts[:, first].astype(np.float64)),
        n=np.array([people for people, _ in known], dtype=np.float64),
        share=np.array([share for _, share in known], dtype=np.float64),
        shown=np.array([_SHOWN.get(verdicts[cell], NOTHING) for cell in cells], dtype=np.int8),
        fixed=np.arange(len(cells)) < fixed,
        unit=np.array(_units(cells, survey), dtype=np.int64),
        cost=np.array([_harm(*one) for one in zip(cells, n, strict=True)]) + np.arange(len(cells)) * 1e-6,
        targets=csr_array(targets[:, first].astype(np.float64)),
        reach=np.array([demand.reach for demand in demands], dtype=np.float64),
        depth=np.array([demand.depth for demand in demands], dtype=np.float64),
    )  # fmt: skip


def _known(n: int, positives: int, sensitive: bool) -> tuple[tuple[int, int], tuple[float, float]]:
    """Return what a reader of a cell's n and share would know, were the share unweighted: the worst case."""
    if not n:
        return (0, 0), (0.0, 1.0)
    printed = rounding.percent(float(positives / n), sensitive=sensitive) or 0.0
    people = rounding.people(int(n), sensitive=sensitive)
    return (
        rounding.possible_people(people, sensitive=sensitive),
        rounding.possible_shares(printed, sensitive=sensitive),
    )


def _harm(cell: CellKey, n: int) -> float:
    """Return the harm of hiding a cell: its people; the whole city's number stands in every report."""
    return float(n + 1) * (_WHOLE_CITY if cell.area == EVERYBODY else 1)


def _units(cells: Sequence[CellKey], survey: Survey) -> list[int]:
    """Return a number for each cell; the two sides of a pair have the same one."""
    names: dict[CellKey, int] = {}
    found = []
    scores = survey.scores
    for cell in cells:
        shown_side = scores[cell.indicator].pair_of or cell.indicator
        found.append(names.setdefault(cell._replace(indicator=shown_side), len(names)))
    return found
