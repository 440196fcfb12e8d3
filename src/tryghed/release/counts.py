"""Whether a bare count may be shown: the codebook's numbers of answers, which are of the whole sample.

The rules are those of the pages: exact elsewhere, to the nearest ten in sensitive topics, and there never a count of a
few people, nor one that could be had by subtraction, since every count beside it is rounded too.
"""

from dataclasses import dataclass
from typing import Final

from tryghed.definitions.policy import Secrecy

_TEN: Final = 10


@dataclass(frozen=True)
class Shown:
    """A count as it may be shown: `n`, or None where it is below `below` (0 among them)."""

    n: int | None
    below: int = 0


def shown(count: int, rules: Secrecy, *, sensitive: bool) -> Shown:
    """Return a count of respondents as it may be shown.

    Args:
        count: Unweighted respondents.
        rules: The release rules' part on secrecy.
        sensitive: Whether it is about a sensitive topic.
    """
    if not sensitive:
        return Shown(count)
    if count < rules.min_count:
        return Shown(None, rules.min_count)
    return Shown((count + _TEN // 2) // _TEN * _TEN)
