"""Standard populations by name: what rates of different age structures are standardised to.

The European Standard Population of 2013 (Eurostat, *Revision of the European Standard Population*, 2013) counts 100,000
people in ages of five years, the same for women and men. Ages of other width get their part of each five years, as if
people were spread evenly within them; from 90 years on it cannot be parted.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

import polars as pl

from tryghed.errors import DataError

Standard = Literal["city", "esp2013"]

#: First age, and people of that age up to the next entry.
_ESP2013: Final = {
    0: 1000, 1: 4000, 5: 5500, 10: 5500, 15: 5500, 20: 6000, 25: 6000, 30: 6500, 35: 7000, 40: 7000, 45: 7000, 50: 7000,
    55: 6500, 60: 6000, 65: 5500, 70: 5000, 75: 4000, 80: 2500, 85: 1500, 90: 1000,
}  # fmt: skip
_OLDEST: Final = 90
_EVER: Final = 1000
_BETWEEN = re.compile(r"([0-9]+)\s*(?:-|–|til|to)\s*([0-9]+)")
_FROM = re.compile(r"([0-9]+)\s*(?:\+|.*(?:over|ældre|older))")
_UNDER = re.compile(r"under\s*([0-9]+)", re.IGNORECASE)
_ONE = re.compile(r"([0-9]+)(?:\s*år)?")


def european(groups: Sequence[str]) -> pl.DataFrame:
    """Return `group` and `people` of the European Standard Population of 2013.

    Args:
        groups: Names such as "Kvinder*18-24 år", "65+", "under 16 år"; parts without a number share alike.

    Raises:
        DataError: A group has no age, cannot be parted from those over 90, or overlaps another; all are listed.
    """
    ages = {one: _ages(one) for one in groups}
    problems = [f"no age in {one}" for one, age in ages.items() if age is None]
    known = {one: age for one, age in ages.items() if age is not None}
    problems += [
        f"{one}: people of 90 and more are not parted"
        for one, (first, end) in known.items()
        if first > _OLDEST or (first < end < _EVER and end > _OLDEST)
    ]
    problems += _overlapping(known)
    if problems:
        raise DataError("; ".join(problems), where="European Standard Population", hint="--standard city needs no ages")
    return pl.DataFrame({"group": list(known), "people": [_people(*age) for age in known.values()]})


def _ages(group: str) -> tuple[int, int] | None:
    """Return the first age of a group, and the first beyond it."""
    for part in group.split("*"):
        if found := _BETWEEN.search(part):
            return int(found[1]), int(found[2]) + 1
        if found := _UNDER.search(part):
            return 0, int(found[1])
        if found := _FROM.search(part):
            return int(found[1]), _EVER
        if found := _ONE.fullmatch(part.strip()):
            return int(found[1]), int(found[1]) + 1
    return None


def _people(first: int, end: int) -> float:
    bands = [*_ESP2013, _EVER]
    whole = zip(pairwise(bands), _ESP2013.values(), strict=True)
    return sum(
        people * (1.0 if low == _OLDEST and end == _EVER else max(0, min(end, high) - max(first, low)) / (high - low))
        for (low, high), people in whole
    )


def _overlapping(known: dict[str, tuple[int, int]]) -> list[str]:
    """Return groups alike but for their ages that have ages in common."""
    alike: dict[str, list[tuple[int, int, str]]] = {}
    for group, (first, end) in known.items():
        other = "*".join(part for part in group.split("*") if not re.search("[0-9]", part))
        alike.setdefault(other, []).append((first, end, group))
    return [
        f"{one} and {other} overlap"
        for rows in alike.values()
        for (_, end, one), (first, _, other) in pairwise(sorted(rows))
        if first < end
    ]
