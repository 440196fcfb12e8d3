"""How numbers are rounded for a page, and what a reader can turn a rounded number back into.

Shares get one decimal and n is exact; in sensitive topics shares get none and n is to the nearest ten. All rounding is
half up.
"""

from decimal import ROUND_HALF_UP, Decimal

#: n is printed to the nearest of this in sensitive topics.
TEN = 10


def rounded(value: float | None, decimals: int) -> float | None:
    """Return a number rounded half up, as every number on a page is."""
    if value is None:
        return None
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP)) + 0.0


def percent(share: float | None, *, sensitive: bool) -> float | None:
    """Return a share (0-1) in percent as it is printed."""
    return None if share is None else rounded(100 * share, _decimals(sensitive))


def people(n: int, *, sensitive: bool) -> int:
    """Return n as it is printed."""
    return (n + TEN // 2) // TEN * TEN if sensitive else n


def possible_people(printed: int, *, sensitive: bool) -> tuple[int, int]:
    """Return the smallest and largest n that are printed as `printed`."""
    return (max(printed - TEN // 2, 0), printed + TEN // 2 - 1) if sensitive else (printed, printed)


def possible_shares(printed: float, *, sensitive: bool) -> tuple[float, float]:
    """Return the lowest and highest share (0-1) that are printed as `printed` percent."""
    half = 0.5 * 10.0 ** -_decimals(sensitive)
    return max(printed - half, 0.0) / 100, min(printed + half, 100.0) / 100


def possible_counts(printed: float, n: int, *, sensitive: bool) -> tuple[float, float]:
    """Return the smallest and largest count a reader finds who multiplies a printed share by a printed n."""
    (fewest, most), (low, high) = possible_people(n, sensitive=sensitive), possible_shares(printed, sensitive=sensitive)
    return fewest * low, most * high


def _decimals(sensitive: bool) -> int:
    return 0 if sensitive else 1
