"""Axes with round steps on which every value of a figure fits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import ceil, floor

from tryghed.reporting import danish

_STEPS = (5, 10, 20, 25, 50)
_PERCENT = (0, 100)
_COARSE = 20  # a step of which half may end the axis
_LABEL_ROOM = 24.0  # points a tick label needs


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis from `low` at `start` to `high` at `end` (points), with a grid line at every `step`."""

    low: int
    high: int
    step: int
    start: float
    end: float
    signed: bool = False

    def at(self, value: float) -> float:
        """Return where a value lies, in points."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> tuple[int, ...]:
        """Where the grid lines stand."""
        return tuple(range(self.low, self.high + 1, self.step))

    def label(self, tick: int) -> str:
        """Return what stands at a tick: the last of a percent axis carries the unit."""
        if self.signed:
            return danish.signed(tick, sensitive=True)
        return f"{tick}{danish.NBSP}%" if tick == self.ticks[-1] else str(tick)


def percent(
    values: Iterable[float | None],
    start: float,
    end: float,
    *,
    from_zero: bool = False,
    room: int = 0,
    apart: float = _LABEL_ROOM,
    least: int = 0,
) -> Scale:
    """Return an axis for percentages, never beyond 0 and 100.

    Args:
        values: All that must fit; None and no values at all give 0 to 100.
        start: Where the low end lies, in points.
        end: Where the high end lies.
        from_zero: Whether the axis begins at 0.
        room: Steps added at either end where 0 and 100 allow.
        apart: Points a tick label needs along the axis.
        least: Units the axis spans at least, so that small changes look small.
    """
    known = [value for value in values if value is not None] or list(_PERCENT)
    lowest, highest = (0 if from_zero else min(known)), max(known)
    most = max(2, int(abs(end - start) / apart))

    def limits(step: int) -> tuple[int, int]:
        low, high = (floor(lowest / step) - room) * step, (ceil(highest / step) + room) * step
        low, high = max(0, low), min(ceil(100 / step) * step, high)
        while high - low < max(least, 2 * step):
            low, high = (low, high + step) if high < 100 else (low - step, high)  # noqa: PLR2004 (all)
        return low, high

    scale = _finest(limits, most, start, end)
    half = ceil(highest / scale.step - 0.5) * scale.step + scale.step // 2
    return replace(scale, high=half) if scale.step >= _COARSE and highest <= half < scale.high and not room else scale


def difference(values: Iterable[float | None], start: float, end: float, *, even: bool = True) -> Scale:
    """Return an axis for differences that holds zero, as far to either side unless `even` is False."""
    known = [value for value in values if value is not None] or [-10.0, 10.0]
    reach = max(abs(min(known)), abs(max(known)), 1.0)
    lowest, highest = (-reach, reach) if even else (min(0.0, *known), max(0.0, *known))

    def limits(step: int) -> tuple[int, int]:
        low, high = floor(lowest / step) * step, ceil(highest / step) * step
        return (low, high) if high > low else (-step, step)

    scale = _finest(limits, 5, start, end)
    return Scale(scale.low, scale.high, scale.step, start, end, signed=True)


def _finest(limits: Callable[[int], tuple[int, int]], most: int, start: float, end: float) -> Scale:
    for step in _STEPS:
        low, high = limits(step)
        if (high - low) // step <= most:
            return Scale(low, high, step, start, end)
    low, high = limits(_STEPS[-1])
    return Scale(low, high, _STEPS[-1], start, end)
