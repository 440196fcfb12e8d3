"""Estimates of an area beside the rest: F1, F5, the summary and the cells of tables."""

from collections.abc import Sequence

from tryghed.release.released import Share
from tryghed.reporting import theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures import rows as rows_
from tryghed.reporting.figures.marks import Marks, Pen
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import ComparedRow, Level, Whose
from tryghed.reporting.theme import Weight

_INK = {"ours": theme.ACC, "rest": theme.G7, "whole": theme.G7}


def level(area: Level, rest: Level, *, title: str, prefix: str, width: float = 122) -> str:
    """Return an area and the rest of the city on one axis (F1).

    Args:
        area: The report's area.
        rest: What it is compared with.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, tops, height, size = width * theme.POINTS_PER_MM, (10.0, 33.0), 46.0, 9.5
    named: tuple[tuple[Level, float, Weight], ...] = ((area, tops[0], 600), (rest, tops[1], 400))
    names = max(theme.text_width(one.name, size, 600) for one in (area, rest))
    scale = scales.percent(_values([area.share, rest.share]), max(84, names + 14), full - 17, room=1)
    drawing = Marks()
    _add(drawing, area, tops[0], marks.LARGE)
    _add(drawing, rest, tops[1], marks.LARGE)
    parts = [vega.rows([vega.Panel(scale, drawing)], height=height)]
    for one, y, weight in named:
        fill = _INK[one.whose]
        parts.append(svg.cell(0, y, one.name, size=size, weight=weight, fill=fill))
        parts.append(_beside(one, y, scale, full, size))
    return svg.document(parts, title=title, prefix=prefix, width=full, height=height + 16)


def levels_small(rows: Sequence[Level], *, title: str, prefix: str, width: float = 52.6) -> str:
    """Return few estimates one under the other with their names above the marks, for the summary."""
    full, step = width * theme.POINTS_PER_MM, 22.0
    height = step * len(rows) + 3
    scale = scales.percent(_values([row.share for row in rows]), 8, full - 20)
    drawing, names = Marks(), []
    for index, row in enumerate(rows):
        y = 18.0 + index * step
        _add(drawing, row, y, marks.ROW)
        names.append(_above(row, y, scale, full))
    parts = [vega.rows([vega.Panel(scale, drawing)], height=height), *names]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=height + 16)


def compared_levels(
    rows: Sequence[ComparedRow], *, head: str, area: str, rest: str, title: str, prefix: str, width: float = 122
) -> str:
    """Return several indicators of an area and the rest, with the difference in a column (F5).

    Args:
        rows: One indicator each.
        head: Head of the label column.
        area: Direct label of the area's mark, in the first shown row.
        rest: Direct label of the rest's mark.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, top = width * theme.POINTS_PER_MM, rows_.HEAD + 2
    texts: list[tuple[str, Weight]] = [(row.label, 600 if row.verdict else 400) for row in rows]
    column = rows_.label_width(texts, least=128, most=132)
    labels = rows_.labels(texts, width=column, first=rows_.HEAD + 20 - top, step=29)
    written = [numbers.change(row.difference) for row in rows]
    room = max((theme.text_width(text, theme.CELL, 600) for text in written), default=0)
    scale = scales.percent(
        _values([side for row in rows for side in (row.difference.this, row.difference.other)]),
        column + 18, min(full - room - 22, full - 95.5),
    )  # fmt: skip
    height = sum(label.height for label in labels) + 4
    drawing, over = Marks(), []
    for row, label in zip(rows, labels, strict=True):
        marks.rest(drawing, row.difference.other, label.y - 6, height=5.6, radius=3)
        marks.estimate(
            drawing, row.difference.this, label.y + 5, marks.ROW, verdict=row.ring, line=theme.ACC, point=theme.ACC
        )
        over.append(label.drawn() + _change_cell(row, label, full))
        over.append(_withheld(row.difference.this, scale.start, label.y + 5))
        over.append(_withheld(row.difference.other, scale.start, label.y - 6))
    over.append(_direct_labels(rows, labels, scale, (area, rest)))
    chart = vega.rows([vega.Panel(scale, drawing)], height=height)
    heads = [rows_.head(0, head), rows_.head(full, "Forskel, procentpoint", anchor="end"), rows_.head_rule(full)]
    parts = [*heads, svg.group([chart, *over], y=top)]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=top + height + 16)


def micro_interval(
    share: Share,
    domain: tuple[float, float],
    *,
    whose: Whose = "ours",
    reference: float | None = None,
    title: str,
    prefix: str,
    width: float = 16,
) -> str:
    """Return one estimate on a short axis, for the cell of a table (T1).

    Args:
        share: The estimate; the sign of a withheld one is drawn in its place.
        domain: The axis all cells of the column share, in percent.
        whose: The report's own area, or what it is compared with.
        reference: A dashed line, such as the rest of the city.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full = width * theme.POINTS_PER_MM
    if share.withheld:
        return svg.document(
            [signs.drawn_sign(share.withheld, 4.2, 5)], title=title, prefix=prefix, width=full, height=10
        )
    drawing = Marks()
    if reference is not None:
        drawing.rules.append(marks.Rule(reference, 0, 10, theme.G6, 0.8, (2, 1.6)))
    _add(drawing, Level("", share, whose), 5, marks.SMALL, height=6)
    scale = _micro(domain, 4, full - 4)
    return svg.document([marks.drawn(drawing, scale)], title=title, prefix=prefix, width=full, height=10)


def _micro(domain: tuple[float, float], start: float, end: float) -> Scale:
    low, high = int(domain[0] // 1), -int(-domain[1] // 1)
    return Scale(low, max(high, low + 1), 1, start, end)


def _values(shares: Sequence[Share]) -> list[float | None]:
    return [value for one in shares if not one.withheld for value in (one.share, one.lower, one.upper)]


def _add(drawing: Marks, one: Level, y: float, pen: Pen, *, height: float = 7.6) -> None:
    if one.whose == "rest":
        marks.rest(drawing, one.share, y, height=height, radius=height / 2 - 0.2)
    elif one.whose == "whole":
        marks.estimate(drawing, one.share, y, pen, verdict=None, line=theme.G5, point=theme.G6)
    else:
        marks.estimate(drawing, one.share, y, pen, verdict=None, line=theme.ACC, point=theme.ACC)


def _withheld(share: Share, x: float, y: float) -> str:
    return signs.note(share.withheld, x, y) if share.withheld else ""


def _reach(share: Share, scale: Scale) -> tuple[float, float]:
    """From where to where a mark lies, in points."""
    ends = [scale.at(value) for value in (share.share, share.lower, share.upper) if value is not None]
    return min(ends), max(ends)


def _beside(one: Level, y: float, scale: Scale, full: float, size: float) -> str:
    """The value right of the interval, or left of it where the right has no room."""
    if one.share.withheld:
        return signs.note(one.share.withheld, scale.start, y)
    words, (left, right) = numbers.percent(one.share), _reach(one.share, scale)
    fill = _INK[one.whose]
    if right + 7 + theme.text_width(words, size, 600) <= full:
        return svg.cell(right + 7, y, words, size=size, weight=600, fill=fill, halo=True)
    return svg.cell(left - 7, y, words, size=size, weight=600, fill=fill, anchor="end", halo=True)


def _above(row: Level, y: float, scale: Scale, full: float) -> str:
    fill = _INK[row.whose]
    if row.share.withheld or row.share.share is None:
        reason = signs.note(row.share.withheld, 8, y) if row.share.withheld else ""
        return svg.cell(8, y - 11, row.name, weight=500, fill=fill) + reason
    half = theme.text_width(row.name, theme.SMALLEST, 600) / 2
    x = min(max(scale.at(row.share.share), half), full - half)
    return svg.cell(
        x, y - 11, row.name, weight=600 if row.whose == "ours" else 500, fill=fill, anchor="middle", halo=True
    )


def _change_cell(row: ComparedRow, label: rows_.Label, full: float) -> str:
    sure = bool(row.verdict)
    words = numbers.change(row.difference) or "vises ikke"
    fill = theme.INK if sure else theme.G7
    return svg.cell(full, label.y, words, size=theme.CELL, weight=600 if sure else 400, fill=fill, anchor="end")


def _direct_labels(
    rows: Sequence[ComparedRow], labels: Sequence[rows_.Label], scale: Scale, names: tuple[str, str]
) -> str:
    """Name both marks in the first row that shows them: left of the marks, right of them where there is no room."""
    for row, label in zip(rows, labels, strict=True):
        this, other = row.difference.this, row.difference.other
        if this.withheld or other.withheld:
            continue
        beside = _name(names[1], _reach(other, scale), label.y - 6, scale, (theme.G7, 400, -9.5))
        return beside + _name(names[0], _reach(this, scale), label.y + 5, scale, (theme.ACC, 600, 9.5))
    return ""


def _name(name: str, reach: tuple[float, float], y: float, scale: Scale, look: tuple[str, Weight, float]) -> str:
    """A name left of its mark, else right of it, else on the side of the row where the mark lies."""
    fill, weight, outward = look
    limit = scale.end + 20
    room = reach[0] - 6 - theme.text_width(name, theme.SMALLEST, weight)
    if room >= scale.start - 16:
        return svg.cell(reach[0] - 6, y, name, weight=weight, fill=fill, anchor="end", halo=True)
    if reach[1] + 6 + theme.text_width(name, theme.SMALLEST, weight) <= limit:
        return svg.cell(reach[1] + 6, y, name, weight=weight, fill=fill, halo=True)
    return svg.cell(scale.start + 3, y + outward, name, weight=weight, fill=fill, halo=True)
