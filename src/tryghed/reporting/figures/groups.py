"""A split in two by groups, with the difference (F9)."""

from collections.abc import Sequence

from tryghed.release.released import Share
from tryghed.reporting import theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures import rows as rows_
from tryghed.reporting.figures.marks import Marks, Rule
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import GroupRow
from tryghed.reporting.theme import Weight

_ESTIMATE = 30.0  # from a panel to the right edge of its estimates
_BETWEEN = 7.0  # between an estimate and its n


def by_group(
    rows: Sequence[GroupRow],
    columns: tuple[str, str],
    *,
    difference: str = "Forskel, procentpoint",
    title: str,
    prefix: str,
    width: float = 172,
) -> str:
    """Return two shares and their difference per group (F9), such as women, men and how they differ by age.

    Args:
        rows: The groups in their order; a total is set apart by a rule.
        columns: Heads of the two halves.
        difference: Head of the differences.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, top = width * theme.POINTS_PER_MM, rows_.HEAD
    texts: list[tuple[str, Weight]] = [(row.label, 600 if row.total else 400) for row in rows]
    column = rows_.label_width(texts, least=58, most=110)
    labels = _labels(rows, texts, column)
    height = labels[-1].y + labels[-1].height / 2 + 1 if labels else 20
    left = column + 14
    base = _ESTIMATE + _BETWEEN + _widest_n(rows)
    panel = (full - 105 - left - 2 * (base + 20)) / 2
    starts = left, left + panel + base + 22
    scales_ = [scales.percent(_values(rows), start, start + panel) for start in starts]
    gap = scales.difference(_contrasts(rows), full - 101, full - 10, even=False)
    drawings = Marks(), Marks(), Marks(rules=[Rule(0, 0, height, theme.INK, 0.8)])
    over = [label.drawn() for label in labels]
    for row, label in zip(rows, labels, strict=True):
        pen = marks.ROW if row.total else marks.SMALL
        for share, drawing, scale in zip((row.first, row.second), drawings[:2], scales_, strict=True):
            marks.estimate(drawing, share, label.y, pen, verdict=None, line=theme.ACC, point=theme.ACC)
            over.append(_cells(share, label.y, scale, base, bold=row.total))
        over.append(_difference(row, drawings[2], label.y, gap))
        if row.total:
            under = label.y + label.height / 2
            over.append(svg.line(0, under, full, under, stroke=theme.G3, width=0.6))
    labelled = [tick for tick in gap.ticks if not tick % (2 * gap.step)]
    panels = [*(vega.Panel(scale, drawing) for scale, drawing in zip(scales_, drawings[:2], strict=True)),
              vega.Panel(gap, drawings[2], labelled)]  # fmt: skip
    heads = [
        *(_head(words, scale, base) for words, scale in zip(columns, scales_, strict=True)),
        _gap_head(difference, gap),
    ]
    chart = vega.rows(panels, height=height)
    parts = [*heads, rows_.head_rule(full), svg.group([chart, *over], y=top)]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=top + height + 16)


def _labels(rows: Sequence[GroupRow], texts: Sequence[tuple[str, Weight]], column: float) -> list[rows_.Label]:
    """Rows 17 points apart, with air around a total."""
    placed: list[rows_.Label] = []
    top = 3.0
    for row, text in zip(rows, texts, strict=True):
        one = rows_.labels([text], width=column, first=0, step=24 if row.total else 17)[0]
        placed.append(rows_.Label(one.lines, one.weight, top + one.height / 2, one.height))
        top += one.height + (2.5 if row.total else 0)
    return placed


def _widest_n(rows: Sequence[GroupRow]) -> float:
    bases = [numbers.base(share) for row in rows for share in (row.first, row.second)]
    return max((theme.text_width(one, theme.CELL) for one in bases), default=0.0)


def _cells(share: Share, y: float, scale: Scale, base: float, *, bold: bool) -> str:
    n = svg.cell(scale.end + base, y, numbers.base(share), size=theme.CELL, fill=theme.G7, anchor="end")
    if share.withheld:
        return signs.note(share.withheld, scale.start + 1, y) + n
    weight: Weight = 600 if bold else 400
    return svg.cell(scale.end + _ESTIMATE, y, numbers.estimate(share), size=theme.CELL, weight=weight, anchor="end") + n


def _difference(row: GroupRow, drawing: Marks, y: float, scale: Scale) -> str:
    """Draw the difference, or say that it is not shown (the signs beside it tell why)."""
    one = row.difference
    if one.withheld:
        words, middle = "vises ikke", (scale.start + scale.end) / 2
        half = theme.text_width(words, theme.SMALLEST) / 2
        ground = svg.rect(middle - half - 3, y - 6, 2 * half + 6, 12, fill=theme.WHITE)
        return ground + svg.cell(middle, y, words, fill=theme.G7, anchor="middle")
    line, point = (theme.ACC, theme.ACC) if one.direction else (theme.G5, theme.G5)
    marks.contrast(drawing, one, y, marks.SMALL, verdict=0 if not one.direction else None, line=line, point=point)
    return ""


def _head(words: str, scale: Scale, base: float) -> str:
    return (
        svg.text(scale.start, rows_.HEAD - 7, words, size=theme.HEADING, weight=600)
        + rows_.head(scale.end + _ESTIMATE, "pct.", anchor="end")
        + rows_.head(scale.end + base, "n", anchor="end")
    )


def _gap_head(words: str, scale: Scale) -> str:
    return svg.text(scale.end, rows_.HEAD - 7, words, size=theme.HEADING, weight=600, anchor="end")


def _values(rows: Sequence[GroupRow]) -> list[float | None]:
    shares = [share for row in rows for share in (row.first, row.second) if not share.withheld]
    return [value for one in shares for value in (one.share, one.lower, one.upper)]


def _contrasts(rows: Sequence[GroupRow]) -> list[float | None]:
    shown = [row.difference for row in rows if not row.difference.withheld]
    return [value for one in shown for value in (one.difference, one.lower, one.upper)]
