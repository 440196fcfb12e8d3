"""Variances under weights that were calibrated here: those of residuals, which everybody has in every domain.

With x the categories that the weights were calibrated to, d the weights before and w those after, a domain's base and
what counts in it become, person by person, e = δa - x'B and δay - x'B', B and B' from the regressions on x with the
weights d. What `folding` needs are sums over PSUs of products of Σ w e, less what belongs to the stratum's mean; a
share then has the variance of generalised regression (R: `svymean` of a design from `calibrate`; Särndal, Swensson &
Wretman 1992, chapter 6). The sums A and Y themselves stay, as do the PSUs that are counted.

Under calibrated weights no two domains are independent: what people in one tell of the categories is used in the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tryghed.statistics import replication
from tryghed.statistics.atoms import Crossings
from tryghed.statistics.auxiliaries import Auxiliaries, Indices, Numbers
from tryghed.statistics.folding import Cross, Design

Domain = tuple[str, ...]
#: Pairs of domains whose products are held at once.
_TOGETHER = 64


@dataclass(frozen=True, eq=False)
class Residuals:
    """The respondents of waves of which some have calibrated weights.

    Attributes:
        design: The strata, with what belongs to their means.
        stratum: Of each PSU with respondents, as an index of `design.strata`.
        psu: Of each respondent, as an index of `stratum`.
        weights: After calibration.
        before: Before it.
        known: What the weights were calibrated to; nothing for the waves that were not.
        scores: Respondents × indicators; nan is outside the base.
        members: Respondents of each domain.
    """

    design: Design
    stratum: Indices
    psu: Indices
    weights: Numbers
    before: Numbers
    known: Auxiliaries
    scores: Numbers
    members: Mapping[Domain, Indices]

    def products(self, domains: Sequence[Domain], indicator: int) -> dict[str, Numbers]:
        """Return `aa`, `ay` and `yy` of domains (rows) in every stratum (columns), around the strata's means."""
        a, y = self._totals(domains, indicator)
        return {"aa": self._products(a, a), "ay": self._products(a, y), "yy": self._products(y, y)}

    def crossed(self, one: Sequence[Domain], other: Sequence[Domain], indicator: int) -> dict[str, Numbers]:
        """Return `aa`, `ay`, `ya` and `yy` of pairs of domains (rows) in every stratum, around the strata's means."""
        each = list(dict.fromkeys([*one, *other]))
        a, y = self._totals(each, indicator)
        first, second = ([each.index(domain) for domain in side] for side in (one, other))
        found: dict[str, list[Numbers]] = {"aa": [], "ay": [], "ya": [], "yy": []}
        for start in range(0, len(first), _TOGETHER):
            own, others = first[start : start + _TOGETHER], second[start : start + _TOGETHER]
            for name, mine, theirs in (("aa", a, a), ("ay", a, y), ("ya", y, a), ("yy", y, y)):
                found[name].append(self._products(mine[:, own], theirs[:, others]))
        none = np.zeros((0, len(self.design.psus)))
        return {name: np.concatenate([none, *parts]) for name, parts in found.items()}

    def _totals(self, domains: Sequence[Domain], indicator: int) -> tuple[Numbers, Numbers]:
        """Return the sums of w e over each PSU (rows) for domains (columns), of the base and of what counts."""
        scores = self.scores[:, indicator]
        base = np.zeros((len(scores), len(domains)))
        for place, domain in enumerate(domains):
            members = self.members[domain]
            base[members[np.isfinite(scores[members])], place] = 1.0
        counted = base * np.nan_to_num(scores)[:, None]
        return self._added(base), self._added(counted)

    def _added(self, values: Numbers) -> Numbers:
        weighted = self.weights[:, None] * self.known.residuals(self.before, values)
        return _sums(self.psu, weighted, len(self.stratum))

    def _products(self, one: Numbers, other: Numbers) -> Numbers:
        strata = len(self.design.psus)
        means = _sums(self.stratum, one, strata) * _sums(self.stratum, other, strata) * self.design.centre[:, None]
        return np.asarray((_sums(self.stratum, one * other, strata) - means).T, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class CalibratedCrossings:
    """The crossings of pairs of domains under calibrated weights."""

    counted: Crossings
    residuals: Residuals
    one: tuple[Domain, ...]
    other: tuple[Domain, ...]

    def of(self, indicator: int) -> Cross:
        """Return the sums over PSUs for one indicator."""
        return replace(self.counted.of(indicator), **self.residuals.crossed(self.one, self.other, indicator))


def of(rows: pl.DataFrame, design: Design, indicators: Sequence[str], domains: Sequence[Domain]) -> Residuals:
    """Return the respondents of `estimate/member_rows` as members of `domains`."""
    strata = {stratum: place for place, stratum in enumerate(design.strata)}
    psus = rows.select("wave", "stratum", "psu").unique(maintain_order=True).with_row_index("at")
    placed = rows.join(psus, on=["wave", "stratum", "psu"], maintain_order="left")
    scores = [rows[f"y_{one}"].cast(pl.Float64).fill_null(np.nan).to_numpy() for one in indicators]
    return Residuals(
        design,
        np.array([strata[one] for one in psus.select("wave", "stratum").iter_rows()], dtype=np.int64),
        placed["at"].cast(pl.Int64).to_numpy(),
        rows["weight"].to_numpy(), rows["delivered"].to_numpy(), _known(rows), np.stack(scores, axis=1),
        replication.members(rows, domains),
    )  # fmt: skip


def weighted(rows: pl.DataFrame, values: Numbers) -> Numbers:
    """Return w e of variables (variables × respondents): w u itself where no weights were calibrated.

    Args:
        rows: Respondents with `wave`, `weight`, `delivered` and `known`.
        values: The variables, u.
    """
    weight = rows["weight"].to_numpy()
    if rows["calibration"].null_count() == rows.height:
        return np.asarray(values * weight, dtype=np.float64)
    found = _known(rows).residuals(rows["delivered"].to_numpy(), values.T.astype(np.float64))
    return np.asarray(found.T * weight, dtype=np.float64)


def _known(rows: pl.DataFrame) -> Auxiliaries:
    """Return the categories calibrated to, each wave's apart: samples of different waves do not explain each other."""
    kinds = rows.select("wave", "known").unique(maintain_order=True).with_row_index("kind")
    cell = rows.join(kinds, on=["wave", "known"], maintain_order="left")["kind"].cast(pl.Int64).to_numpy()
    each = [tuple((wave, one) for one in known) for wave, known in kinds.select("wave", "known").iter_rows()]
    columns = sorted({one for known in each for one in known})
    values = np.array([[float(column in known) for column in columns] for known in each])
    return Auxiliaries(tuple(columns), values, np.zeros(len(columns)), cell)


def _sums(places: Indices, values: Numbers, length: int) -> Numbers:
    """Return sums of rows by their place."""
    found = np.zeros((length, values.shape[1]))
    np.add.at(found, places, values)
    return found
