"""The numbers a released value holds, and every way one of them may be written on a page."""

import re
from collections.abc import Iterator
from typing import Final

from tryghed.release.released import Difference, Places, Share
from tryghed.reporting import danish

Value = Share | Difference | Places

#: A number as Danish typography writes it, with its sign; not the digits of a name, a code or an English decimal.
NUMBER: Final = re.compile(r"(?<![\w.,])[+−]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?!\w|[.,]\d)")
_SIGNED: Final = ("difference", "lower", "upper")


def numbers(value: Value) -> Iterator[str]:
    """Yield the names of a value's numbers: `share`, `n`, `difference`; `this.share` of a comparison's side."""
    if isinstance(value, Share):
        yield from ("share", "lower", "upper", "n")
    elif isinstance(value, Places):
        yield from ("first", "last", "areas")
    else:
        yield from ("difference", "lower", "upper", "detectable", "tests")
        yield from (f"{side}.{name}" for side in ("this", "other") for name in numbers(value.this))


def number(value: Value, name: str) -> float | None:
    """Return one number of a value by its name, None where it is withheld."""
    side, dot, rest = name.partition(".")
    if dot:
        return number(getattr(value, side), rest)
    found: float | None = getattr(value, name)
    return found


def written(value: Value, name: str) -> frozenset[str]:
    """Return how one number of a value may be written: rounded as released, a difference with its sign or as a size."""
    found = number(value, name)
    if found is None:
        return frozenset()
    if name == "detectable":
        return frozenset([danish.about(found)])
    if isinstance(value, Places) or name in ("n", "tests", "this.n", "other.n"):
        return frozenset([danish.number(found)])
    sensitive = value.sensitive if isinstance(value, Share) else value.this.sensitive
    plain = danish.decimal(abs(found), 0 if sensitive else 1)
    if isinstance(value, Difference) and name in _SIGNED:
        return frozenset([plain, danish.signed(found, sensitive=sensitive)])
    return frozenset([plain])
