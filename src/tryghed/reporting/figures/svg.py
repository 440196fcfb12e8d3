"""Writing SVG whose unit is a point: the few shapes the figures are made of, and the document around them."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, Literal

from tryghed.reporting import theme
from tryghed.reporting.theme import Weight

Anchor = Literal["start", "middle", "end"]

#: The classes of a number that belongs to a scale, and of the white edge behind a text.
TICK: Final = "tick"
HALO: Final = "halo"


def length(value: float) -> str:
    """Return a coordinate with at most two decimals, and no minus before zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, content: str = "", **attributes: str | float | None) -> str:
    """Return one element; `stroke_width` becomes `stroke-width`, None leaves an attribute out."""
    written = "".join(
        f' {key.replace("_", "-")}="{escape(value) if isinstance(value, str) else length(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = theme.SMALLEST,
    weight: Weight = 400,
    fill: str = theme.INK,
    anchor: Anchor = "start",
    halo: bool = False,
    italic: bool = False,
    tick: bool = False,
) -> str:
    """Return one line of text with its baseline at `y`.

    A halo is the text drawn first with a white edge; a tick is marked as a number of a scale, which shows no value.
    """
    attributes: dict[str, str | float | None] = {
        "x": x,
        "y": y,
        "font_size": size,
        "font_weight": None if weight == 400 else str(weight),  # noqa: PLR2004 (the default weight)
        "font_style": "italic" if italic else None,
        "text_anchor": None if anchor == "start" else anchor,
    }
    edge: dict[str, str | float | None] = {
        "fill": theme.WHITE,
        "stroke": theme.WHITE,
        "stroke_width": 2.4,
        "stroke_linejoin": "round",
    }
    known: dict[str, str | float | None] = {"class": TICK if tick else None}
    behind = element("text", escape(words, quote=False), **{"class": HALO}, **attributes, **edge) if halo else ""
    return behind + element("text", escape(words, quote=False), **known, **attributes, fill=fill)


def cell(
    x: float,
    y: float,
    words: str,
    *,
    size: float = theme.SMALLEST,
    weight: Weight = 400,
    fill: str = theme.INK,
    anchor: Anchor = "start",
    halo: bool = False,
    tick: bool = False,
) -> str:
    """Return one line of text whose middle is at `y`; nothing when there are no words."""
    if not words:
        return ""
    return text(x, y + 0.35 * size, words, size=size, weight=weight, fill=fill, anchor=anchor, halo=halo, tick=tick)


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    stroke: str,
    width: float,
    dash: str | None = None,
    round_ends: bool = False,
) -> str:
    """Return a straight line."""
    cap = "round" if round_ends else None
    return element(
        "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, stroke_dasharray=dash, stroke_linecap=cap
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str,
    stroke: str | None = None,
    stroke_width: float | None = None,
    radius: float | None = None,
) -> str:
    """Return a rectangle."""
    return element(
        "rect", x=x, y=y, width=width, height=height, rx=radius, fill=fill, stroke=stroke, stroke_width=stroke_width
    )


def polygon(points: Sequence[tuple[float, float]], *, fill: str, stroke: str, width: float) -> str:
    """Return a closed shape."""
    corners = " ".join(f"{length(x)},{length(y)}" for x, y in points)
    return element("polygon", points=corners, fill=fill, stroke=stroke, stroke_width=width)


def circle(
    x: float,
    y: float,
    radius: float,
    *,
    fill: str,
    stroke: str | None = None,
    width: float | None = None,
    dash: str | None = None,
) -> str:
    """Return a circle."""
    return element("circle", cx=x, cy=y, r=radius, fill=fill, stroke=stroke, stroke_width=width, stroke_dasharray=dash)


def group(parts: Iterable[str], *, x: float = 0, y: float = 0) -> str:
    """Return the parts moved by (x, y)."""
    return element("g", "".join(parts), transform=f"translate({length(x)},{length(y)})")


def hatch(name: str, *, spacing: float, width: float, stroke: str, ground: str | None = None) -> str:
    """Return the definition of a hatching from lower left to upper right, to be used as `url(#name)`."""
    rule = element("line", x1=0, y1=0, x2=0, y2=spacing, stroke=stroke, stroke_width=2 * width)
    back = element("rect", width=spacing, height=spacing, fill=ground) if ground else ""
    attributes = f'id="{name}" width="{length(spacing)}" height="{length(spacing)}" patternUnits="userSpaceOnUse"'
    return f'<defs><pattern {attributes} patternTransform="rotate(45)">{back}{rule}</pattern></defs>'


def document(parts: Iterable[str], *, title: str, prefix: str, width: float, height: float) -> str:
    """Return the whole figure: its alt text first, sizes in millimetres, one unit a point.

    Args:
        parts: Elements in drawing order.
        title: Alt text; becomes the first child.
        prefix: The figure's id, and the beginning of every id inside it.
        width: Width in points.
        height: Height in points.
    """
    millimetres = 'width="{}mm" height="{}mm"'.format(*(length(side / theme.POINTS_PER_MM) for side in (width, height)))
    box = f'viewBox="0 0 {length(width)} {length(height)}"'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{prefix}-figure" {millimetres} {box} font-family="{theme.FONT}">'
    )
    return f"{opening}<title>{escape(title, quote=False)}</title>{''.join(parts)}</svg>"
