"""Changes against what the survey could have seen (F7)."""

from collections.abc import Sequence

from tryghed.reporting import danish, theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures import rows as rows_
from tryghed.reporting.figures.marks import Block, Marks, Rule
from tryghed.reporting.figures.values import ComparedRow
from tryghed.reporting.theme import Weight


def changes(
    rows: Sequence[ComparedRow],
    *,
    head: str = "Periode",
    unit: str = "procentpoint",
    title: str,
    prefix: str,
    width: float = 122,
) -> str:
    """Return changes with their intervals over the area where the survey cannot tell them from none (F7).

    Args:
        rows: One change each, labelled by its period.
        head: Head of the label column.
        unit: Unit of the axis.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, top, name = width * theme.POINTS_PER_MM, rows_.HEAD, f"{prefix}-undetectable"
    texts: list[tuple[str, Weight]] = [(row.label, 600 if row.verdict else 400) for row in rows]
    column = rows_.label_width(texts, least=62, most=110)
    labels = rows_.labels(texts, width=column, first=13, step=19)
    room = max([theme.text_width(numbers.change(row.difference), theme.CELL, 600) for row in rows], default=0)
    scale = scales.difference(_values(rows), column + 18, min(full - room - 40, full - 130))
    height = sum(label.height for label in labels) + 6
    drawing, over = Marks(rules=[Rule(0, 0, height, theme.INK, 0.8)]), []
    for row, label in zip(rows, labels, strict=True):
        change, y = row.difference, label.y
        if change.detectable is not None and not change.withheld:
            reach = change.detectable
            drawing.blocks.append(Block(-reach, reach, y - 6.5, y + 6.5, f"url(#{name})"))
        verdict = row.verdict or row.ring
        marks.contrast(drawing, change, y, marks.ROW, verdict=verdict, line=theme.ACC, point=theme.ACC)
        over.append(label.drawn())
        weight: Weight = 600 if row.verdict else 400
        over.append(svg.cell(full, y, numbers.change(change), size=theme.CELL, weight=weight, anchor="end"))
        over.append(signs.note(change.withheld, scale.start, y) if change.withheld else "")
    heads = [rows_.head(0, head), rows_.head(full, f"Ændring (95{danish.NBSP}%-interval)", anchor="end")]
    pattern = svg.hatch(name, spacing=3.6, width=0.45, stroke=theme.G3)
    foot = svg.text(scale.at(0), height + 23, unit, fill=theme.G6, anchor="middle")
    chart = vega.rows([vega.Panel(scale, drawing)], height=height)
    parts = [pattern, *heads, svg.group([chart, *over, foot], y=top)]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=top + height + 27)


def _values(rows: Sequence[ComparedRow]) -> list[float | None]:
    shown = [row.difference for row in rows if not row.difference.withheld]
    return [value for one in shown for value in (one.difference, one.lower, one.upper, one.detectable)]
