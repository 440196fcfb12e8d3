"""Atoms for estimates made by hand in tests: every area's people are its own, and the city is all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

import numpy as np

from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY
from tryghed.release.atoms import Atoms, completed


def atoms_of(estimates: Iterable[Mapping[str, Any]], surveys: Mapping[str, Survey]) -> tuple[Atoms, ...]:
    """Return atoms behind rows of `frames.ESTIMATE`; pooled waves lie in their first, indicators are unconnected."""
    by_item: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in estimates:
        by_item[row["survey"], surveys[row["survey"]].scores[row["indicator"]].item].append(row)
    return tuple(_item(survey, rows) for (survey, _), rows in sorted(by_item.items()))


def _item(survey: str, rows: list[Mapping[str, Any]]) -> Atoms:
    indicators = tuple(sorted({row["indicator"] for row in rows}))
    divided = {row["area_set"] for row in rows if row["area"] != EVERYBODY}
    waves, places, kinds, scores, people = [], [], [], [], []
    for row in rows:
        if row["area"] == EVERYBODY and row["area_set"] in divided:
            continue
        for score, count in ((1, row["positives"]), (0, row["n"] - row["positives"])):
            waves.append(row["wave"].split("+")[0])
            places.append(frozenset(f"{row['area_set']}/{area}" for area in (row["area"], EVERYBODY)))
            kinds.append(frozenset({f"{row['dimension']}/{row['category']}"}))
            scores.append([score if name == row["indicator"] else -1 for name in indicators])
            people.append(count)
    marks = [crc32(repr(one).encode()) for one in zip(waves, map(sorted, places), kinds, scores, people, strict=True)]
    made = np.array(scores, dtype=np.int8), np.array(people, dtype=np.int64)
    return completed(survey, indicators, waves, places, kinds, *made, marks)
