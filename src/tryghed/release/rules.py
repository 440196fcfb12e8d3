"""The rules a single number must pass: reliability (too uncertain) and secrecy (a person could be recognised).

Verdicts are ordered and combined with `max`, so that the strictest wins and an unknown cell is never shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from tryghed.definitions.policy import ReleaseRules, Reliability, Secrecy
from tryghed.release import rounding
from tryghed.release.released import Remark


class Verdict(IntEnum):
    """What may be shown of a cell, from the mildest to the strictest."""

    SHOW = 0
    UNRELIABLE = 1
    DECIDED = 2
    SECRET = 3
    MISSING = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """What the rules look at: unweighted counts, the share, its interval (0-1) and its degrees of freedom."""

    n: int
    positives: int
    share: float | None
    n_eff: float | None
    lower: float | None
    upper: float | None
    df: int | None = None

    @property
    def extreme(self) -> bool:
        """Whether everybody or nobody counts."""
        return self.positives in (0, self.n)

    @property
    def width(self) -> float | None:
        """Width of the interval (0-1): none at 0 and 100 %, None where there is no interval."""
        if self.extreme:
            return 0.0
        return None if self.lower is None or self.upper is None else self.upper - self.lower


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the strictest verdict; nothing at all counts as missing."""
    return max(verdicts, default=Verdict.MISSING)


def judge(cell: Cell, rules: ReleaseRules, *, sensitive: bool) -> Verdict:
    """Return the verdict of both rules on one cell."""
    return strictest([secrecy(cell, rules.secrecy, sensitive=sensitive), reliability(cell, rules.reliability)])


def secrecy(cell: Cell, rules: Secrecy, *, sensitive: bool) -> Verdict:
    """Return SECRET below the minimum base and, in sensitive topics, for small counts and 0 or 100 %.

    All on unweighted respondents, and on what a reader finds who turns the printed share and n back into people: a
    count is too small also where every count he can find is.
    """
    if cell.n == 0:
        return Verdict.MISSING
    few = cell.n < rules.min_base or (sensitive and _tells_of_few(cell, rules.min_count))
    return Verdict.SECRET if few else Verdict.SHOW


def _tells_of_few(cell: Cell, min_count: int) -> bool:
    if min(cell.positives, cell.n - cell.positives) < min_count:
        return True
    printed = rounding.percent(cell.share, sensitive=True)
    if printed is None:
        return False
    n = rounding.people(cell.n, sensitive=True)
    return any(rounding.possible_counts(one, n, sensitive=True)[1] < min_count for one in (printed, 100 - printed))


def reliability(cell: Cell, rules: Reliability) -> Verdict:
    """Return UNRELIABLE by the NCHS presentation standards for proportions.

    In the order of the standard: effective n below its minimum; interval narrow enough to show always; interval
    too wide; interval too wide for the share. Source: Vital and Health Statistics 2(175), 2017, rev. 2021.
    """
    if cell.n == 0 or cell.share is None:
        return Verdict.MISSING
    if cell.n_eff is None or cell.width is None:
        return Verdict.UNRELIABLE
    if min(cell.n, cell.n if cell.extreme else cell.n_eff) < rules.min_effective_n:
        return Verdict.UNRELIABLE
    if cell.width <= rules.always_show_width:
        return Verdict.SHOW
    too_wide = cell.width >= rules.max_width or cell.width > rules.max_relative_width * cell.share
    return Verdict.UNRELIABLE if too_wide else Verdict.SHOW


def remarks(cell: Cell, rules: Reliability) -> tuple[Remark, ...]:
    """Return what the standard wants said of a share that is shown.

    The share of the others (1 - p) may be too uncertain where this one is not; few degrees of freedom, and 0 or 100 %,
    are for a statistician to look at.
    """
    if cell.share is None or cell.width is None:
        return ()
    uncertain_rest = cell.width > rules.always_show_width and cell.width > rules.max_relative_width * (1 - cell.share)
    found = {
        Remark.COMPLEMENT: uncertain_rest,
        Remark.FEW_DF: cell.df is not None and cell.df < rules.min_df,
        Remark.EXTREME: cell.extreme,
    }
    return tuple(remark for remark, holds in found.items() if holds)
