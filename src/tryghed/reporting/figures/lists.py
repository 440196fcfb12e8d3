"""Lists of comparisons in a half page (F11, F12)."""

from collections.abc import Sequence

from tryghed.reporting import theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures import rows as rows_
from tryghed.reporting.figures.marks import Marks, Rule
from tryghed.reporting.figures.values import ComparedRow
from tryghed.reporting.theme import Weight


def comparison_list(
    rows: Sequence[ComparedRow],
    *,
    head: str,
    area: str = "bydel",
    rest: str = "resten",
    title: str,
    prefix: str,
    width: float = 82.5,
) -> str:
    """Return an area's shares with verdicts, the rest above each, from zero (F11, F12).

    Args:
        rows: One comparison each.
        head: Head of the label column.
        area: Head of the column with the area's shares.
        rest: Head of the column with the shares of the rest.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, top, step = width * theme.POINTS_PER_MM, rows_.HEAD + 8, 21.0
    texts: list[tuple[str, Weight]] = [(row.label, 600 if row.verdict else 400) for row in rows]
    column = rows_.label_width(texts, least=74, most=104)
    labels = rows_.labels(texts, width=column, first=14, step=step)
    edge = full - 7 - theme.text_width(rest, theme.SMALLEST, 500)
    start, end = column + 18, edge - theme.text_width(area, theme.SMALLEST, 500) - 18
    scale = scales.percent(_values(rows), start, end, from_zero=True, apart=17)
    height = sum(label.height for label in labels) + 5
    drawing, over = Marks(rules=[Rule(0, 0, height, theme.G4, 0.8)]), []
    for row, label in zip(rows, labels, strict=True):
        this, other, verdict = row.difference.this, row.difference.other, row.verdict
        marks.rest(drawing, other, label.y - 5.5, height=5, radius=2.7)
        marks.estimate(drawing, this, label.y + 4, marks.SMALL, verdict=verdict, line=theme.ACC, point=theme.ACC)
        over.append(label.drawn() + _cells(row, label.y, edge, full))
        over.append(signs.note(this.withheld, start, label.y + 4.5, room=edge - start) if this.withheld else "")
    between = [svg.line(0, one.y + one.height / 2 + 0.5, full, one.y + one.height / 2 + 0.5, stroke=theme.G2, width=0.5)
               for one in labels[:-1]]  # fmt: skip
    heads = [
        rows_.head(0, head),
        rows_.head(edge, area, anchor="end", fill=theme.ACC),
        rows_.head(full, rest, anchor="end"),
        rows_.head_rule(full),
    ]
    chart = vega.rows([vega.Panel(scale, drawing)], height=height)
    parts = [*heads, svg.group([*between, chart, *over], y=top)]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=top + height + 16)


def _cells(row: ComparedRow, y: float, edge: float, full: float) -> str:
    weight: Weight = 600 if row.verdict else 400
    this = svg.cell(
        edge, y, numbers.estimate(row.difference.this), size=theme.CELL, weight=weight, fill=theme.ACC, anchor="end"
    )
    other = row.difference.other
    if other.withheld:
        return this + signs.drawn_sign(other.withheld, full - 4.2, y)
    return this + svg.cell(full, y, numbers.estimate(other), size=theme.CELL, fill=theme.G7, anchor="end")


def _values(rows: Sequence[ComparedRow]) -> list[float | None]:
    shares = [side for row in rows for side in (row.difference.this, row.difference.other) if not side.withheld]
    return [value for one in shares for value in (one.share, one.lower, one.upper)]
