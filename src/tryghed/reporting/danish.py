"""Numbers, dates and small words as Danish typography wants them.

Decimal comma, full stop between thousands, no-break space before % and around "=", en dash between limits, "til"
between limits where a sign occurs, U+2212 as minus. Everything is rounded half up.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

#: The no-break space.
NBSP: Final = "\u00a0"
#: The minus sign.
MINUS: Final = "\u2212"
#: The dash between the ends of a range.
DASH: Final = "\u2013"

_NUMERALS: Final = ("nul", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")
_TENTHS: Final = 10
_HALF: Final = 5


def decimal(value: float, decimals: int = 1) -> str:
    """Return a number with a decimal comma, rounded half up: `71,2`; `−5,0`."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(abs(rounded), form, locale="da")
    return (MINUS if rounded < 0 else "") + written


def number(value: float) -> str:
    """Return a whole number with a full stop between thousands: `5.210`."""
    return decimal(value, 0)


def percent(value: float, *, sensitive: bool = False) -> str:
    """Return a share in percent, without a decimal in sensitive topics: `71,2 %`, `71 %`."""
    return f"{decimal(value, 0 if sensitive else 1)}{NBSP}%"


def signed(value: float, *, sensitive: bool = False) -> str:
    """Return a difference with its sign, none for zero: `+1,6`, `−5,0`, `0,0`."""
    written = decimal(value, 0 if sensitive else 1)
    positive = not written.startswith(MINUS) and written.strip("0,") != ""
    return f"+{written}" if positive else written


def points(value: float, *, sensitive: bool = False) -> str:
    """Return the size of a difference, without its sign: `7,4 procentpoint`."""
    return f"{decimal(abs(value), 0 if sensitive else 1)}{NBSP}procentpoint"


def interval(lower: float, upper: float, *, sensitive: bool = False) -> str:
    """Return the limits of a share: `66,5–75,6`."""
    decimals = 0 if sensitive else 1
    return f"{decimal(lower, decimals)}{DASH}{decimal(upper, decimals)}"


def percent_interval(lower: float, upper: float, *, sensitive: bool = False) -> str:
    """Return the limits of a share with their unit: `66,5–75,6 %`."""
    return f"{interval(lower, upper, sensitive=sensitive)}{NBSP}%"


def signed_interval(lower: float, upper: float, *, sensitive: bool = False) -> str:
    """Return the limits of a difference: `−5,0 til +8,2`."""
    ends = (signed(end, sensitive=sensitive) for end in (lower, upper))
    return f"{NBSP}til{NBSP}".join(ends)


def size_interval(lower: float, upper: float, *, sensitive: bool = False) -> str:
    """Return the limits of the size of a difference: `2,8–12,0`; with signs where they are on both sides of zero."""
    if lower < 0 < upper:
        return signed_interval(lower, upper, sensitive=sensitive)
    small, large = sorted((abs(lower), abs(upper)))
    return interval(small, large, sensitive=sensitive)


def about(value: float) -> str:
    """Return a size in whole percentage points, at least one: `9`."""
    return number(max(1.0, value))


def n_is(value: int) -> str:
    """Return the number of answers behind a share: `n = 486`."""
    return f"n{NBSP}={NBSP}{number(value)}"


def n_range(values: Sequence[int]) -> str:
    """Return the numbers of answers behind several shares: `n = 402–486`."""
    low, high = min(values), max(values)
    return n_is(low) if low == high else f"n{NBSP}={NBSP}{number(low)}{DASH}{number(high)}"


def day(value: date) -> str:
    """Return a date: `12. maj 2026`."""
    return format_date(value, "d. MMMM y", locale="da").replace(". ", f".{NBSP}", 1)


def months(start: date, end: date) -> str:
    """Return a period in months: `december 2025–januar 2026`, `marts–maj 2026`, `marts 2026`."""
    first, last = (format_date(one, "MMMM y", locale="da") for one in (start, end))
    if first == last:
        return first
    if start.year == end.year:
        return f"{format_date(start, 'MMMM', locale='da')}{DASH}{last}"
    return f"{first}{DASH}{last}"


def short_months(start: date, end: date) -> str:
    """Return a period in short months: `dec. 25–jan. 26`."""
    first, last = (_short_month(one) for one in (start, end))
    return first if first == last else f"{first}{DASH}{last}"


def _short_month(value: date) -> str:
    """Return a month cut to three letters, with a full stop where something was cut."""
    name = format_date(value, "MMMM", locale="da")
    short = name if name in {"maj", "juni", "juli"} else f"{name[:3]}."
    return f"{short}{NBSP}{value.year % 100:02d}"


def join(parts: Sequence[str]) -> str:
    """Return a list as it is said: `a, b og c`."""
    return str(format_list(list(parts), locale="da"))


def possessive(name: str) -> str:
    """Return a name with its genitive: `Valbys`, `Indre Bys`; an apostrophe after s, x and z: `Kongens Enghaves`."""
    return f"{name}'" if name[-1:].lower() in {"s", "x", "z"} else f"{name}s"


def numeral(count: int, *, neuter: bool = False) -> str:
    """Return a count in letters up to twelve, in digits above: `én` (`ét`), `to`, `13`."""
    if count == 1 and neuter:
        return "ét"
    return _NUMERALS[count] if 0 <= count < len(_NUMERALS) else number(count)


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def out_of_ten(share: float, lower: float | None, upper: float | None) -> str | None:
    """Return a share in words (`omkring syv ud af ti`), None where the words would claim too much.

    The rounded share must lie inside the interval and be neither none nor all.
    """
    tenths = int(Decimal(repr(share / _TENTHS)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if lower is None or upper is None or not 0 < tenths < _TENTHS or not lower <= tenths * _TENTHS <= upper:
        return None
    return "omkring halvdelen" if tenths == _HALF else f"omkring {numeral(tenths)} ud af ti"
