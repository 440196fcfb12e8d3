"""What an analyst must be told beside a number: flags, the sample design, caveats, and how tests were corrected."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from tryghed.definitions.pairing import cautions
from tryghed.definitions.project import Project
from tryghed.release.rules import Cell, Verdict, reliability, secrecy
from tryghed.statistics import families
from tryghed.statistics.estimate import Reference
from tryghed.statistics.folding import Design
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.origin import Origin
from tryghed.statistics.totals import Totals

Correction = Literal["holm", "bh", "by", "none"]

#: Level of the tests of an answer.
LEVEL: Final = 0.05
#: Fewer degrees of freedom are flagged.
FEW_DF: Final = 8
#: What the rules of the gate look at.
CELL: Final = ("n", "positives", "share", "n_eff", "lower", "upper")


@dataclass(frozen=True)
class Correcting:
    """A correction over all tests of an answer: its name, and what it makes of their p values."""

    name: str
    adjusted: Callable[[Numbers], Numbers]

    def over(self, p: pl.Series) -> Numbers:
        """Return the adjusted p values; a test that could not be made counts as p = 1."""
        return self.adjusted(p.fill_null(1.0).to_numpy()) if len(p) else np.empty(0)


CORRECTIONS: Final[Mapping[Correction, Correcting]] = {
    "holm": Correcting("Holm", families.holm),
    "bh": Correcting("Benjamini-Hochberg", families.benjamini_hochberg),
    "by": Correcting("Benjamini-Yekutieli", families.benjamini_yekutieli),
    "none": Correcting("no correction", lambda p: p),
}


def flags(project: Project, row: Mapping[str, Any], treated: Sequence[str]) -> str:
    """Return what a reader of a share must know: the gate's verdicts, few degrees of freedom, 0 or 100 %.

    Args:
        project: The project.
        row: Survey, indicator, df, and the columns of `CELL`.
        treated: How strata with one PSU were treated in which somebody of the domain answered.
    """
    cell = Cell(**{name: row[name] for name in CELL})
    sensitive = project.surveys[str(row["survey"])].scores[str(row["indicator"])].sensitive
    found = []
    if cell.n == 0:
        return "no answers"
    if secrecy(cell, project.rules.secrecy, sensitive=sensitive) >= Verdict.SECRET:
        found.append("secret")
    if reliability(cell, project.rules.reliability) >= Verdict.UNRELIABLE:
        found.append("uncertain")
    if int(str(row["df"])) < FEW_DF:
        found.append(f"df {row['df']}")
    if cell.positives in (0, cell.n):
        found.append("0 or 100 %")
    if treated:
        found.append(f"lonely PSU: {', '.join(treated)}")
    return ", ".join(found)


def described(design: Design, wave: str) -> str:
    """Return a sample design in words."""
    calibrated = f", weights calibrated here ({design.calibration})" if design.calibration else ""
    sampled = "clusters" if design.clustered.any() else "people sampled directly"
    if design.replication:
        kinds = " and ".join(dict.fromkeys(design.replication.kinds))
        return f"{len(design.replication.factor)} replicate weights ({kinds}){calibrated}, wave {wave}"
    corrected = (design.psus > 1) & (design.factor < design.psus / np.maximum(design.psus - 1, 1))
    finite = ", finite population correction" if corrected.any() else ""
    count = f"{len(design.strata)} strat{'um' if len(design.strata) == 1 else 'a'}"
    return f"{count}, {sampled}{finite}{lonely_told(design)}{calibrated}, wave {wave}"


def effects_told(deff: Reference, relative: Sequence[str]) -> str:
    """Return what design effects are held against; `relative` are the waves whose weights sum to answers."""
    if deff == "without" and relative:
        return f"no design effects without replacement: {not_people(relative)}"
    return f"design effects against a simple random sample {deff} replacement"


def not_people(relative: Sequence[str]) -> str:
    """Return that the weights of these waves are parts of the answers, in words."""
    return f"the weights of {', '.join(relative)} sum to the answers, not to people"


def lonely_told(design: Design) -> str:
    """Return how strata with one PSU were treated, in words; nothing where there are none."""
    lonely = [f"{wave}/{stratum}" for (wave, stratum), how in zip(design.strata, design.lonely, strict=True) if how]
    treated = f", strata with one PSU ({', '.join(lonely)}): {', '.join(sorted(set(design.lonely) - {''}))}"
    return treated if lonely else ""


def caveats(project: Project, survey: str, pairs: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """Return why pairs of waves may be compared with a caveat only, each reason on a line of its own."""
    return "".join(f"\n{told}" for told in cautions(project, survey, pairs))


def origins(sums: Sequence[Totals]) -> list[Origin]:
    """Return where sums come from."""
    return [one.origin for one in sums if one.origin]


def counted(number: int, name: str) -> str:
    """Return "1 difference", "2 differences"."""
    return f"{number} {name}{'' if number == 1 else 's'}"
