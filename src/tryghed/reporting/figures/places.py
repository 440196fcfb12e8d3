"""All areas side by side, and the places one of them may have (F3, F4, city F2)."""

from collections.abc import Sequence

from tryghed.release.released import Places
from tryghed.reporting import danish, theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures import rows as rows_
from tryghed.reporting.figures.marks import Marks, Rule
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import AreaRow, Level
from tryghed.reporting.theme import Weight

_DASH = (2, 1.6)
_NARROW = 11.2  # points between places below which not every numeral fits


def place_pill(
    name: str,
    places: Places,
    *,
    most: str = "mest trygge",
    least: str = "mindst trygge",
    title: str,
    prefix: str,
    width: float = 57.5,
) -> str:
    """Return the possible places of an area as a pill over all places (F3).

    Args:
        name: The area.
        places: First and last possible place.
        most: What place 1 means.
        least: What the last place means.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, y = width * theme.POINTS_PER_MM, 34.0
    step = (full - 13.6) / max(1, places.areas - 1)
    across = [6.8 + step * (place - 1) for place in range(1, places.areas + 1)]
    left, right = across[places.first - 1] - 6.4, across[places.last - 1] + 6.4
    pill = svg.rect(left, y - 6.8, right - left, 13.6, fill=theme.T2, radius=6.8)
    said = f"{name}: {_places_in_words(places)}"
    half = theme.text_width(said, theme.SMALLEST, 600) / 2
    middle = min(max((left + right) / 2, half), full - half)
    numerals = (_numeral(place, places, x, y, step) for place, x in enumerate(across, start=1))
    parts = [
        *(svg.cell(middle, 11, line, weight=600, fill=theme.ACC, anchor="middle") for line in [said]),
        pill,
        *numerals,
        svg.cell(0, 53, most, fill=theme.G7),
        svg.cell(full, 53, least, fill=theme.G7, anchor="end"),
    ]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=60)


def ranked(
    rows: Sequence[AreaRow], whole: Level, *, head: str = "Bydel", title: str, prefix: str, width: float = 172
) -> str:
    """Return all areas by estimate with verdict, interval, n and possible places (F4).

    The areas are put in order here: highest first, withheld ones last in the order given, so that the place of a
    withheld row tells nothing.

    Args:
        rows: The areas.
        whole: The whole city: a dashed line, never tested.
        head: Head of the column of names.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full = width * theme.POINTS_PER_MM
    texts: list[tuple[str, Weight]] = [(row.name, 600 if row.ours else 400) for row in rows]
    column = rows_.label_width(texts, least=72, most=110)
    shown = _in_order(rows)
    labels = _labels(shown, column, first=14, step=16.2, bold=[row.ours for row in shown])
    edge_n, edge_share = full - 73.8, full - 164
    edge_interval = edge_n - max(
        25.8, 8 + max((theme.text_width(numbers.base(row.share), theme.CELL) for row in rows), default=0)
    )
    scale = scales.percent(_values(rows, whole), column + 18, edge_share - 35)
    height = sum(label.height for label in labels) + 14
    drawing = Marks()
    _whole_line(drawing, whole, height - 6)
    ground, over = [], []
    for row, label in zip(shown, labels, strict=True):
        fill = theme.ACC if row.ours else theme.INK
        if row.ours:
            ground.append(svg.rect(0, label.y - label.height / 2, full, label.height, fill=theme.T3))
        over.append(label.drawn(fill))
        over.append(_row_cells(row, label.y, (edge_share, edge_interval, edge_n), scale))
        over.append(_place_bar(row, label.y, full - 57, full - 6))
        pen, ink = (marks.ROW, theme.ACC) if row.ours else (marks.PLAIN, theme.G6)
        line = theme.ACC if row.ours else theme.G4
        marks.estimate(drawing, row.share, label.y, pen, verdict=row.verdict, line=line, point=ink)
    chart = vega.rows([vega.Panel(scale, drawing)], height=height - 6)
    over.append(_place_axis(rows, height - 6, full - 57, full - 6))
    heads = [
        rows_.head(0, head),
        *(rows_.head(edge, words, anchor="end") for edge, words in _heads(edge_share, edge_interval, edge_n)),
        _place_head(rows, full),
        _whole_head(whole, scale, (theme.text_width(head, theme.SMALLEST, 500) + 6, edge_share - 26)),
        rows_.head_rule(full),
    ]
    parts = [svg.group([*ground, chart, *over], y=rows_.HEAD), *heads]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=rows_.HEAD + height + 11)


def ranked_short(
    rows: Sequence[AreaRow], whole: Level, *, head: str = "Bydel", title: str, prefix: str, width: float = 79
) -> str:
    """Return all areas by estimate in half a page, with their possible places as numbers (city F2)."""
    full = width * theme.POINTS_PER_MM
    texts: list[tuple[str, Weight]] = [(row.name, 600 if row.verdict else 400) for row in rows]
    column = rows_.label_width(texts, least=70, most=84)
    shown = _in_order(rows)
    labels = _labels(shown, column, first=20, step=13.9, bold=[bool(row.verdict) for row in shown])
    edge_share = full - 34
    scale = scales.percent(_values(rows, whole), column + 14, edge_share - 30, apart=21)
    height = sum(label.height for label in labels) + 14
    drawing, over = Marks(), []
    _whole_line(drawing, whole, height)
    for row, label in zip(shown, labels, strict=True):
        sure, y = bool(row.verdict), label.y
        over.append(label.drawn())
        weight: Weight = 600 if sure else 400
        over.append(svg.cell(edge_share, y, numbers.estimate(row.share), size=theme.CELL, weight=weight, anchor="end"))
        if row.share.withheld:
            over.append(signs.note(row.share.withheld, scale.start, y))
        elif row.places:
            over.append(svg.cell(full, y, _range(row.places), size=theme.CELL, fill=theme.G7, anchor="end"))
        line, point = (theme.ACC, theme.ACC) if sure else (theme.G5, theme.G6)
        marks.estimate(drawing, row.share, y, marks.SMALL, verdict=row.verdict, line=line, point=point)
    heads = [
        rows_.head(0, head),
        rows_.head(edge_share, "pct.", anchor="end"),
        rows_.head(full, "plads", anchor="end") if any(row.places for row in rows) else "",
        rows_.head_rule(full),
    ]
    chart = vega.rows([vega.Panel(scale, drawing)], height=height)
    parts = [svg.group([chart, *over], y=rows_.HEAD), *heads]
    return svg.document(parts, title=title, prefix=prefix, width=full, height=rows_.HEAD + height + 16)


def _labels(
    rows: Sequence[AreaRow], column: float, *, first: float, step: float, bold: Sequence[bool]
) -> list[rows_.Label]:
    texts: list[tuple[str, Weight]] = [(row.name, 600 if heavy else 400) for row, heavy in zip(rows, bold, strict=True)]
    return rows_.labels(texts, width=column, first=first, step=step)


def _in_order(rows: Sequence[AreaRow]) -> list[AreaRow]:
    shown = [row for row in rows if not row.share.withheld and row.share.share is not None]
    return sorted(shown, key=lambda row: -(row.share.share or 0)) + [row for row in rows if row not in shown]


def _values(rows: Sequence[AreaRow], whole: Level) -> list[float | None]:
    shares = [*(row.share for row in rows), whole.share]
    return [value for one in shares if not one.withheld for value in (one.share, one.lower, one.upper)]


def _whole_line(drawing: Marks, whole: Level, bottom: float) -> None:
    if not whole.share.withheld and whole.share.share is not None:
        drawing.rules.append(Rule(whole.share.share, -3, bottom, theme.G6, 0.9, _DASH))


def _whole_head(whole: Level, scale: Scale, limits: tuple[float, float]) -> str:
    if whole.share.withheld or whole.share.share is None:
        return ""
    words = f"{whole.name} {numbers.percent(whole.share)}"
    half = theme.text_width(words, theme.SMALLEST, 500) / 2
    x = min(max(scale.at(whole.share.share), limits[0] + half), limits[1] - half)
    return rows_.head(x, words, anchor="middle")


def _heads(share: float, interval: float, n: float) -> list[tuple[float, str]]:
    return [(share, "pct."), (interval, f"95{danish.NBSP}%-interval"), (n, "n")]


def _row_cells(row: AreaRow, y: float, edges: tuple[float, float, float], scale: Scale) -> str:
    weight: Weight = 600 if row.ours else 400
    fills = (theme.ACC, theme.ACC) if row.ours else (theme.INK, theme.G7)
    cells = (numbers.estimate(row.share), numbers.interval(row.share), numbers.base(row.share))
    written = "".join(
        svg.cell(
            edge, y, words, size=theme.CELL, weight=weight if edge == edges[0] else 400, fill=fills[edge != edges[0]],
            anchor="end",
        )
        for edge, words in zip(edges, cells, strict=True)
    )  # fmt: skip
    ground = theme.T3 if row.ours else theme.WHITE
    sign = signs.note(row.share.withheld, scale.start, y, ground=ground) if row.share.withheld else ""
    return written + sign


def _place_bar(row: AreaRow, y: float, left: float, right: float) -> str:
    if row.share.withheld or row.places is None:
        return ""
    scale = (right - left) / max(1, row.places.areas - 1)
    ends = [left + scale * (place - 1) for place in (row.places.first, row.places.last)]
    ends = [ends[0], max(ends[1], ends[0] + 0.1)]
    colour = theme.ACC if row.ours else theme.G4
    whole = svg.line(left, y, right, y, stroke=theme.G2, width=0.7)
    return whole + svg.line(ends[0], y, ends[1], y, stroke=colour, width=3.6, round_ends=True)


def _place_axis(rows: Sequence[AreaRow], bottom: float, left: float, right: float) -> str:
    areas = max((row.places.areas for row in rows if row.places), default=0)
    if not areas:
        return ""
    step = (right - left) / max(1, areas - 1)
    return "".join(
        svg.text(left + step * (place - 1), bottom + 12, str(place), fill=theme.G6, anchor="middle", tick=True)
        for place in sorted({1, (areas + 1) // 2, areas})
    )


def _place_head(rows: Sequence[AreaRow], full: float) -> str:
    return rows_.head(full - 31.5, "Pladsinterval", anchor="middle") if any(row.places for row in rows) else ""


def _range(places: Places) -> str:
    return f"{places.first}{danish.DASH}{places.last}"


def _places_in_words(places: Places) -> str:
    return f"plads {_range(places)}"


def _numeral(place: int, places: Places, x: float, y: float, step: float) -> str:
    inside = places.first <= place <= places.last
    if step < _NARROW and place not in {1, places.first, places.last, places.areas}:
        return svg.circle(x, y, 0.9, fill=theme.ACC if inside else theme.G6)
    weight: Weight = 600 if inside else 400
    fill = theme.ACC if inside else theme.G7
    return svg.cell(x, y, str(place), size=theme.SMALLEST, weight=weight, fill=fill, anchor="middle", tick=True)
