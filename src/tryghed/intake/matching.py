"""Which column of a delivered file holds which item: by question text, by name, and by the labels of its codes.

A column's text counts for more than its name: providers renumber their questions, and a number may come back with
another question behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tryghed.definitions.differences import similarity
from tryghed.definitions.questionnaire import spoken, without_number
from tryghed.definitions.survey import Item
from tryghed.intake.delivered import Delivered
from tryghed.intake.questionnaire import labelled_codes

_TEXT, _SAME_TEXT, _NAME, _ITS_OWN_NAME, _LABELS = 2.0, 1.0, 1.0, 0.8, 1.0
_OTHER_LABELS = -4.0
#: Texts less alike than this are different questions.
_ALIKE = 0.6
#: Labels of this share of the item's codes are the item's labels.
_MOST = 0.5


@dataclass(frozen=True)
class Wanted:
    """An item that is looked for: how it may be worded, and the column it had in the wave before (empty: none)."""

    item: Item
    texts: tuple[str, ...]
    column: str


@dataclass(frozen=True)
class Match:
    """A column found for an item.

    `text` is the column's question text, `alike` how alike it is to the wordings known (None where one of the two has
    no text), `labels` whether the labels of its codes are the item's (None where it has none).
    """

    column: str
    text: str
    alike: float | None
    labels: bool | None
    same_name: bool


def match(wanted: Mapping[str, Wanted], delivered: Delivered, taken: Sequence[str]) -> dict[str, Match]:
    """Return the columns that fit best, each for one item at most; items that no column fits are left out.

    Args:
        wanted: Items by name.
        delivered: The file.
        taken: Columns that are known to be something else.
    """
    from scipy.optimize import linear_sum_assignment

    columns = [name for name in delivered.rows.columns if name not in taken]
    found = {
        (item, column): one
        for item, looked_for in wanted.items()
        for column in columns
        if (one := _fit(item, looked_for, delivered, column))
    }
    if not found:
        return {}
    gains: npt.NDArray[np.float64] = np.zeros((len(wanted), len(columns)))
    names = list(wanted)
    for (item, column), one in found.items():
        gains[names.index(item), columns.index(column)] = _score(item, one)
    rows, places = linear_sum_assignment(gains, maximize=True)
    pairs = [(names[row], columns[place]) for row, place in zip(rows, places, strict=True)]
    return {item: found[item, column] for item, column in pairs if (item, column) in found}


def nearest(looked_for: Wanted, delivered: Delivered, columns: Sequence[str]) -> tuple[str, float] | None:
    """Return the column whose text is most alike, and how alike; None where no column has a text."""
    alike = {name: _alike(looked_for, _text(delivered, name)) or 0.0 for name in columns}
    best = max(alike, key=lambda name: alike[name], default=None)
    return (best, alike[best]) if best is not None and alike[best] > 0 else None


def _fit(name: str, looked_for: Wanted, delivered: Delivered, column: str) -> Match | None:
    """Return how a column fits an item, None where it does not."""
    text = _text(delivered, column)
    alike, labels = _alike(looked_for, text), _labels(looked_for.item, delivered, column)
    same_name = column == looked_for.column
    named = same_name or column.casefold() == name.casefold()
    one = Match(column, text, alike, labels, same_name)
    if labels is False and not (named and alike == 1):
        return None
    worded = alike is not None and alike >= _ALIKE
    return one if worded or (named and alike is None) else None


def _score(item: str, one: Match) -> float:
    score = _TEXT * (one.alike or 0.0) + (_SAME_TEXT if one.alike == 1 else 0.0) + (_NAME if one.same_name else 0.0)
    score += _ITS_OWN_NAME if one.column.casefold() == item.casefold() else 0.0
    return score + {True: _LABELS, False: _OTHER_LABELS, None: 0.0}[one.labels]


def _text(delivered: Delivered, column: str) -> str:
    return without_number(delivered.labels.get(column, "").strip(), column)


def _alike(looked_for: Wanted, text: str) -> float | None:
    """Return how alike a text is to the nearest known wording; a text that is the beginning of one was cut off."""
    if not spoken(text):
        return None
    return max(
        1.0 if spoken(text) == spoken(known) or _cut(text, known) else similarity(text, known)
        for known in looked_for.texts
    )


def _cut(text: str, known: str) -> bool:
    """Return whether a label is the beginning of a wording, cut where SPSS or Stata cut labels."""
    return len(text.encode()) >= _SHORTEST_CUT and spoken(known).startswith(spoken(text))


_SHORTEST_CUT = 40  # characters; SAS cuts labels there, Stata at 80, SPSS at 120 or 256


def _labels(item: Item, delivered: Delivered, column: str) -> bool | None:
    """Return whether the file's labels are those of the item; None where the file or the item has none."""
    labels = {code: spoken(label) for code, (label, _) in labelled_codes(delivered, column).items() if label}
    if item.numeric:
        return False if set(labels) - set(item.missing) else None
    if not labels:
        return None
    shared = [code for code in item.codes if code in labels]
    agree = sum(labels[code] == spoken(item.codes[code]) for code in shared)
    return bool(shared) and agree == len(shared) and len(shared) >= _MOST * len(item.codes)
