"""How people answered: one bar per area, with those counted together in a bracket (F10)."""

from collections.abc import Sequence

from tryghed.release.released import Share, Withheld
from tryghed.reporting import danish, theme
from tryghed.reporting.figures import numbers, signs, svg
from tryghed.reporting.figures.values import AnswerBar
from tryghed.reporting.theme import Weight

_BAR = 18.5
_PITCH = 58.0
_APART = 10.0  # before the answers that stand apart
_LINE = 10.6
_COUNTED = (theme.ACC, theme.T1, theme.T2, theme.T3)
_OTHERS = (theme.G2, theme.G4, theme.G6, theme.G7, theme.INK)
_STRONGEST = (Withheld.SECRET, Withheld.DECIDED, Withheld.UNRELIABLE, Withheld.MISSING)


def answers(
    bars: Sequence[AnswerBar],
    categories: Sequence[str],
    *,
    together: str,
    counted: int,
    apart: int = 1,
    title: str,
    prefix: str,
    width: float = 172,
) -> str:
    """Return the distribution of answers, one bar per area (F10).

    Where one answer of an area is withheld, its whole bar is: the missing one could be read off the others.

    Args:
        bars: The areas; every one has a part for every category.
        categories: Names of the answers in their order.
        together: Name of the answers counted together ("Trygge i alt").
        counted: How many of the first answers that are.
        apart: How many of the last answers stand apart in white ("Ved ikke").
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full = width * theme.POINTS_PER_MM
    names = max(theme.text_width(bar.name, theme.CELL, 600) for bar in bars)
    left = max(73.7, names + 12)
    unit = (full - left - _APART - 7) / 100
    first = next((bar for bar in bars if not _withheld(bar)), bars[0])
    heads, above = _category_heads(categories, _middles(first, left, unit, apart), full)
    parts = [heads]
    for index, bar in enumerate(bars):
        y = above + 16 + index * _PITCH
        parts.append(_name(bar, y))
        reason = _withheld(bar)
        if reason:
            parts.append(signs.note(reason, left, y + _BAR / 2))
        else:
            parts += [
                _segments(bar, left, y, unit, (counted, apart)),
                _values(bar, y, (left, unit, full), (counted, apart)),
            ]
            parts.append(_bracket(bar, together, left, y + _BAR + 8.5, unit))
    below = 0 if all(_fits(bar, together, left, unit) for bar in bars) else 11
    height = above + 16 + len(bars) * _PITCH - 26 + below
    return svg.document(parts, title=title, prefix=prefix, width=full, height=height)


def _withheld(bar: AnswerBar) -> Withheld | None:
    reasons = {part.withheld for part in (*bar.parts, bar.together)}
    return next((reason for reason in _STRONGEST if reason in reasons), None)


def _size(part: Share) -> float:
    return part.share or 0.0


def _starts(bar: AnswerBar, left: float, unit: float, apart: int) -> list[float]:
    starts, x = [], left
    for index, part in enumerate(bar.parts):
        if index == len(bar.parts) - apart:
            x += _APART
        starts.append(x)
        x += _size(part) * unit
    return starts


def _middles(bar: AnswerBar, left: float, unit: float, apart: int) -> list[tuple[float, float]]:
    """Middle and width of each segment; equal widths where the bar is withheld."""
    if _withheld(bar):
        each = 100 / len(bar.parts)
        return [(left + (index + 0.5) * each * unit, each * unit) for index in range(len(bar.parts))]
    starts = _starts(bar, left, unit, apart)
    return [(start + _size(part) * unit / 2, _size(part) * unit) for start, part in zip(starts, bar.parts, strict=True)]


def _category_heads(
    categories: Sequence[str], middles: Sequence[tuple[float, float]], full: float
) -> tuple[str, float]:
    """Return the names over their segments, in lines where a segment is narrow, and the height they take."""
    lines = [
        theme.wrap(name, max(room + 14, 30), theme.SMALLEST)
        for name, (_, room) in zip(categories, middles, strict=True)
    ]
    widths = [max(theme.text_width(line, theme.SMALLEST) for line in one) for one in lines]
    spots = _spread([middle for middle, _ in middles], widths, full)
    deepest = max(map(len, lines))
    drawn = [
        svg.text(x, 9 + (deepest - len(one) + index) * _LINE, line, fill=theme.G7, anchor="middle")
        for x, one in zip(spots, lines, strict=True)
        for index, line in enumerate(one)
    ]
    return "".join(drawn), deepest * _LINE


def _spread(middles: Sequence[float], widths: Sequence[float], full: float) -> list[float]:
    """Move labels apart where they would touch, first to the right, then back from the edge."""
    spots = list(middles)
    for index in range(1, len(spots)):
        least = spots[index - 1] + (widths[index - 1] + widths[index]) / 2 + 5
        spots[index] = max(spots[index], least)
    edge = full
    for index in reversed(range(len(spots))):
        spots[index] = min(spots[index], edge - widths[index] / 2)
        edge = spots[index] - widths[index] / 2 - 5
    return spots


def _name(bar: AnswerBar, y: float) -> str:
    fill = theme.ACC if bar.whose == "ours" else theme.INK
    weight: Weight = 600 if bar.whose == "ours" else 500
    n = "" if bar.n is None or _withheld(bar) is Withheld.SECRET else danish.n_is(bar.n)
    middle = y + _BAR / 2
    name = svg.cell(0, middle - 3 if n else middle, bar.name, size=theme.CELL, weight=weight, fill=fill)
    return name + svg.cell(0, middle + 8, n, fill=theme.G6)


def _segments(bar: AnswerBar, left: float, y: float, unit: float, split: tuple[int, int]) -> str:
    counted, apart = split
    colours = [*_COUNTED[:counted], *_OTHERS]
    parts = []
    for index, (start, part) in enumerate(zip(_starts(bar, left, unit, apart), bar.parts, strict=True)):
        room = _size(part) * unit
        if index >= len(bar.parts) - apart:
            parts.append(
                svg.rect(
                    start + 0.4,
                    y + 0.4,
                    max(room - 0.8, 0.2),
                    _BAR - 0.8,
                    fill=theme.WHITE,
                    stroke=theme.G6,
                    stroke_width=0.8,
                )
            )
        else:
            colour = colours[min(index, len(colours) - 1)]
            parts.append(svg.rect(start, y, room, _BAR, fill=colour, stroke=theme.WHITE, stroke_width=0.8))
    return "".join(parts)


def _values(bar: AnswerBar, y: float, place: tuple[float, float, float], split: tuple[int, int]) -> str:
    left, unit, full = place
    counted, apart = split
    words = [numbers.estimate(part) for part in bar.parts]
    widths = [theme.text_width(one, theme.CELL, 600) for one in words]
    spots = _spread([middle for middle, _ in _middles(bar, left, unit, apart)], widths, full)
    sure = theme.ACC if bar.whose == "ours" else theme.G7
    return "".join(
        svg.cell(x, y - 7.5, one, size=theme.CELL, weight=600 if index < counted else 400,
                 fill=sure if index < counted else theme.INK, anchor="middle")
        for index, (x, one) in enumerate(zip(spots, words, strict=True))
    )  # fmt: skip


def _sum_in_words(bar: AnswerBar, together: str) -> str:
    limits = f" ({numbers.interval(bar.together)})" if numbers.interval(bar.together) else ""
    return f"{together} {numbers.percent(bar.together)}{limits}"


def _limits(share: Share, left: float, unit: float) -> tuple[float, float]:
    low, high = (share.share if value is None else value for value in (share.lower, share.upper))
    return left + (low or 0) * unit, left + (high or 0) * unit


def _fits(bar: AnswerBar, together: str, left: float, unit: float) -> bool:
    """Whether the words of the bracket have room before its interval begins."""
    low, _ = _limits(bar.together, left, unit)
    return (
        bool(_withheld(bar)) or theme.text_width(_sum_in_words(bar, together), theme.SMALLEST, 600) + 16 <= low - left
    )


def _bracket(bar: AnswerBar, together: str, left: float, y: float, unit: float) -> str:
    share = bar.together
    if share.share is None:
        return ""
    colour = theme.ACC if bar.whose == "ours" else theme.G7
    low, high = _limits(share, left, unit)
    words, inside = _sum_in_words(bar, together), _fits(bar, together, left, unit)
    half = theme.text_width(words, theme.SMALLEST, 600) / 2
    # Where the bracket is too short for its words, they stand under it.
    x, level = ((left + low) / 2, y) if inside else (left + half, y + 11)
    line = svg.line(left, y, low if inside else left + share.share * unit, y, stroke=colour, width=0.8)
    caps = svg.line(left, y - 2.6, left, y + 2.6, stroke=colour, width=0.8)
    thick = svg.line(low, y, high, y, stroke=colour, width=2.1)
    thick += "".join(svg.line(at, y - 3, at, y + 3, stroke=colour, width=1.5) for at in (low, high))
    ground = svg.rect(x - half - 4, y - 6, 2 * half + 8, 12, fill=theme.WHITE) if inside else ""
    return line + caps + thick + ground + svg.cell(x, level, words, weight=600, fill=colour, anchor="middle")
