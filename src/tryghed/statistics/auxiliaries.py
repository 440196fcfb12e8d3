"""What is known of the population and of each respondent: margins, joined to the sample by the names of categories.

Every category of every margin is a column with 1 for those in it. The columns of two margins add up to the same, so
they are linearly dependent; whoever solves with them takes least squares of least norm, and no category is left out
as a reference.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.definitions.calibration import Margin
from tryghed.errors import DesignError, all_at_once

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]

#: Totals of margins that differ by less, relatively, differ by rounding, and are scaled to the first margin's.
_ROUNDED = 1e-6
_NAMED = 8
#: Directions that explain less than this part of the largest are dependent columns.
RANK: Final = 1e-11


@dataclass(frozen=True, eq=False)
class Auxiliaries:
    """Auxiliary values of respondents and their population totals.

    Respondents alike in everything are one cell; where a value is a measurement, each may be a cell of their own.

    Attributes:
        columns: (margin, category) of each column.
        values: Cells × columns.
        totals: The population's total of each column.
        cell: The cell of each respondent.
    """

    columns: tuple[tuple[str, str], ...]
    values: Numbers
    totals: Numbers
    cell: Indices

    def within_cells(self, weights: Numbers) -> Numbers:
        """Return the weight of each cell."""
        return np.bincount(self.cell, weights=weights, minlength=len(self.values)).astype(np.float64)

    def scale(self, cells: Numbers) -> Numbers:
        """Return what a difference from each total is measured by: the total, or the sample's where it is 0."""
        return np.where(self.totals != 0, np.abs(self.totals), np.abs(self.values).T @ cells)

    def weighted(self, weights: Numbers) -> Numbers:
        """Return the sample's total of each column under `weights`."""
        return np.asarray(self.values.T @ self.within_cells(weights), dtype=np.float64)

    def residuals(self, weights: Numbers, influence: Numbers) -> Numbers:
        """Return what the columns do not explain of linearised variables (respondents × variables).

        The regression is by least squares with the weights before calibration.
        """
        cells = self.within_cells(weights)
        some = cells > 0
        mass = np.sqrt(cells[some])[:, None]
        sums = np.stack([self.within_cells(weights * column)[some] for column in influence.T], axis=1)
        slopes = np.linalg.lstsq(self.values[some] * mass, sums / mass, rcond=RANK)[0]
        return np.asarray(influence - (self.values @ slopes)[self.cell], dtype=np.float64)


def join(respondents: pl.DataFrame, margins: Sequence[Margin]) -> Auxiliaries:
    """Return the columns of all margins for the respondents.

    Args:
        respondents: One row per respondent, a text column per variable of the margins.
        margins: What is known of the population. Totals that differ by rounding are scaled to the first margin's.

    Raises:
        DesignError: A variable is missing, respondents have no value, or a category that a margin does not have; a
            category of the population has no respondents; totals are not numbers above 0, or differ between margins.
            All of it is listed.
    """
    if not margins:
        raise DesignError("no margins to weight to", hint="give at least one margin with population totals")
    all_at_once(DesignError, [DesignError(text, hint=hint) for text, hint in _problems(respondents, margins)])
    variables = sorted({name for margin in margins for name in margin.by})
    people = list(respondents.select(variables).iter_rows())
    kinds = {kind: place for place, kind in enumerate(sorted(set(people)))}
    columns, values, totals = [], [], []
    for margin in margins:
        places = [variables.index(name) for name in margin.by]
        found = [tuple(kind[place] for place in places) for kind in kinds]
        scale = margins[0].population / margin.population
        for category, total in margin.totals.items():
            if total > 0:
                columns.append((margin.name, "*".join(category)))
                values.append([float(one == category) for one in found])
                totals.append(total * scale)
    return Auxiliaries(
        tuple(columns), np.array(values).T, np.array(totals), np.array([kinds[one] for one in people], dtype=np.int64)
    )


def _problems(respondents: pl.DataFrame, margins: Sequence[Margin]) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(name for margin in margins for name in margin.by):
        if name not in respondents.columns:
            yield f"no variable {name!r} among the respondents'", f"they have {', '.join(respondents.columns)}"
        elif missing := respondents[name].null_count():
            yield (
                f"{name}: {missing:,} of {respondents.height:,} respondents have no value",
                "a respondent without a value is in no category of the population: fill in the value, or leave "
                "the variable out",
            )
    for margin in margins:
        yield from _unusable(margin)
        if set(margin.by) <= set(respondents.columns):
            yield from _unmatched(respondents, margin)
    first = margins[0]
    for margin in margins[1:]:
        if not math.isclose(margin.population, first.population, rel_tol=_ROUNDED):
            yield (
                f"{margin.name} sums to {margin.population:,.6g}, {first.name} to {first.population:,.6g}",
                "margins of one population have the same total",
            )


def _unusable(margin: Margin) -> Iterator[tuple[str, str]]:
    wrong = [category for category, total in margin.totals.items() if not (math.isfinite(total) and total >= 0)]
    if wrong:
        yield f"{margin.name}: totals of {_listed(wrong)} are not numbers of people", "give numbers, 0 or more"
    elif margin.population <= 0:
        yield f"{margin.name}: the population is empty", "give numbers above 0"


def _unmatched(respondents: pl.DataFrame, margin: Margin) -> Iterator[tuple[str, str]]:
    counts = respondents.select(margin.by).drop_nulls().group_by(margin.by).len().sort(margin.by)
    found = {tuple(row[:-1]): row[-1] for row in counts.iter_rows()}
    strange = [category for category in found if not margin.totals.get(category)]
    if strange:
        people = sum(found[category] for category in strange)
        yield (
            f"{margin.name}: {people:,} respondents are in {_listed(strange)}, where the margin has nobody",
            "categories are joined by name: call them alike on both sides",
        )
    empty = [category for category, total in margin.totals.items() if total > 0 and category not in found]
    if empty:
        people = math.fsum(margin.totals[category] for category in empty)
        yield (
            f"{margin.name}: no respondents in {_listed(empty)}, {people:,.6g} people of the population",
            "unite such categories with others, in the margin and in the survey",
        )


def _listed(categories: Sequence[tuple[str, ...]]) -> str:
    names = ["*".join(category) for category in categories]
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
