"""Differences to the rest with how the other areas lie (F13), and without (F14)."""

from collections.abc import Sequence

from tryghed.reporting import danish, theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures import rows as rows_
from tryghed.reporting.figures.marks import Block, Marks, Rule
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import ComparedRow, SpineRow
from tryghed.reporting.theme import Weight


def spine(
    rows: Sequence[SpineRow],
    *,
    head: str,
    area: str = "bydel",
    rest: str = "resten",
    less: str,
    more: str,
    title: str,
    prefix: str,
    width: float = 172,
    step: float = 19,
) -> str:
    """Return differences to the rest over boxes that show how the other areas lie (F13).

    Args:
        rows: One indicator each, in the order they are to be read.
        head: Head of the label column.
        area: Head of the column with the area's shares.
        rest: Head of the column with the shares of the rest.
        less: What the left side means ("færre tilfredse").
        more: What the right side means.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
        step: Points from row to row.
    """
    full, top = width * theme.POINTS_PER_MM, rows_.HEAD + 5
    texts: list[tuple[str, Weight]] = [(row.label, 600 if row.verdict else 400) for row in rows]
    column = rows_.label_width(texts, least=114, most=118)
    labels = rows_.labels(texts, width=column, first=17 if step > 16 else 15, step=step)  # noqa: PLR2004 (roomy rows)
    edge = column + 8 + max(26.0, theme.text_width(area, theme.SMALLEST, 500))
    edges = edge, edge + 10 + max(24.0, theme.text_width(rest, theme.SMALLEST, 500))
    change_at = full - max(
        [102.0, *(theme.text_width(numbers.change(row.difference), theme.CELL, 600) for row in rows)]
    )
    scale = scales.difference(_values(rows), edges[1] + 12, change_at - 14)
    height = sum(label.height for label in labels) + 8
    drawing, over = Marks(rules=[Rule(0, 0, height, theme.INK, 0.8)]), []
    for row, label in zip(rows, labels, strict=True):
        _boxes(drawing, row, label.y)
        change = row.difference
        marks.contrast(drawing, change, label.y, marks.ROW, verdict=row.verdict, line=theme.ACC, point=theme.ACC)
        over.append(label.drawn() + _cells(row, label.y, (*edges, change_at), scale))
    chart = vega.rows([vega.Panel(scale, drawing)], height=height)
    heads = [
        rows_.head(0, head),
        rows_.head(edges[0], area, anchor="end", fill=theme.ACC),
        rows_.head(edges[1], rest, anchor="end"),
        rows_.head(scale.at(0), "Forskel til resten af byen", anchor="middle"),
        rows_.head(change_at, f"Forskel (95{danish.NBSP}%-interval)"),
        rows_.head_rule(full),
    ]
    parts = [*heads, svg.group([chart, *over, _sides(less, more, scale, height + 22.5)], y=top)]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=top + height + 27)


def differences(
    rows: Sequence[ComparedRow],
    *,
    head: str,
    area: str = "bydel",
    rest: str = "resten",
    less: str,
    more: str,
    title: str,
    prefix: str,
    width: float = 172,
) -> str:
    """Return differences to the rest without boxes, in closer rows (F14). Arguments as for `spine`."""
    plain = [SpineRow(row.label, row.difference) for row in rows]
    return spine(
        plain, head=head, area=area, rest=rest, less=less, more=more, title=title, prefix=prefix, width=width, step=15.2
    )


def _boxes(drawing: Marks, row: SpineRow, y: float) -> None:
    if row.lowest is not None and row.highest is not None:
        drawing.blocks.append(Block(row.lowest, row.highest, y - 4.3, y + 4.3, theme.G1, theme.G3, 0.5))
    if row.middle_low is not None and row.middle_high is not None:
        drawing.blocks.append(Block(row.middle_low, row.middle_high, y - 4.3, y + 4.3, theme.G3))


def _cells(row: SpineRow, y: float, at: tuple[float, float, float], scale: Scale) -> str:
    change, sure = row.difference, bool(row.verdict)
    weight: Weight = 600 if sure else 400
    this = _share_or_sign(row, y, at[0], weight)
    other = svg.cell(at[1], y, numbers.estimate(change.other), size=theme.CELL, fill=theme.G7, anchor="end")
    if change.withheld:
        return this + other + signs.note(change.withheld, scale.start, y)
    fill = theme.INK if sure else theme.G7
    return this + other + svg.cell(at[2], y, numbers.change(change), size=theme.CELL, weight=weight, fill=fill)


def _share_or_sign(row: SpineRow, y: float, edge: float, weight: Weight) -> str:
    this = row.difference.this
    if this.withheld:
        return signs.drawn_sign(this.withheld, edge - 4.2, y)
    return svg.cell(edge, y, numbers.estimate(this), size=theme.CELL, weight=weight, fill=theme.ACC, anchor="end")


def _sides(less: str, more: str, scale: Scale, y: float) -> str:
    left, right = f"← {less}", f"{more} →"
    both = theme.text_width(left, theme.SMALLEST) + theme.text_width(right, theme.SMALLEST)
    spread = max(0.0, (both + 12 - (scale.end - scale.start)) / 2)
    return svg.text(scale.start - spread, y, left, fill=theme.G6) + svg.text(
        scale.end + spread, y, right, fill=theme.G6, anchor="end"
    )


def _values(rows: Sequence[SpineRow]) -> list[float | None]:
    shown = [row.difference for row in rows if not row.difference.withheld]
    boxes = [limit for row in rows for limit in (row.lowest, row.highest, row.middle_low, row.middle_high)]
    return [value for one in shown for value in (one.difference, one.lower, one.upper)] + boxes
