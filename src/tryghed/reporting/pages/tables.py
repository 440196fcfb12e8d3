"""Tables of shares: a line per indicator or area with its interval, and areas by indicators with their verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from tryghed.release.released import Difference, Share
from tryghed.reporting import danish, figures, words
from tryghed.reporting.pages.parts import Cell, IntervalRow, Row
from tryghed.reporting.pages.view import drawn

#: What the last column of a table with differences holds, for its caption.
COMPARED: Final = "Forskel i procentpoint; fed: sikker efter rettelse"


@dataclass(frozen=True, slots=True)
class Scale:
    """What the small intervals of one table are drawn on."""

    domain: tuple[float, float]
    reference: float | None


def interval_scale(shares: Sequence[Share], reference: float | None = None) -> Scale:
    """Return a scale with round limits that holds every shown interval; `reference` is drawn as a dashed line."""
    lows = [one.lower for one in shares if one.lower is not None]
    highs = [one.upper for one in shares if one.upper is not None]
    if not lows or not highs:
        return Scale((0.0, 100.0), reference)
    return Scale((10.0 * (min(lows) // 10), min(100.0, 10.0 * (max(highs) // 10 + 1))), reference)


def interval_row(
    name: str, share: Share, scale: Scale, prefix: str, *,
    letter: str = "", context: bool = False, difference: Difference | None = None,
) -> IntervalRow:  # fmt: skip
    """Return one share as a line; withheld, it carries the sign and the words of the reason instead."""
    sign, micro = Markup(), Markup()
    prefix = prefix.lower()
    if share.withheld is not None:
        sign = drawn(figures.sign(share.withheld, title=share.withheld.value, prefix=prefix))
    else:
        svg = figures.micro_interval(
            share, scale.domain, whose="whole" if context else "ours", reference=scale.reference,
            title=f"{name}: {words.estimate(share)}", prefix=prefix,
        )  # fmt: skip
        micro = drawn(svg)
    return IntervalRow(
        letter, name, number(share), sign, share.withheld.value if share.withheld else "", micro,
        words.interval(share), "" if share.n is None else danish.number(share.n),
        words.signed_size(difference) if difference else "",
        sure=bool(difference and difference.direction), context=context,
    )  # fmt: skip


def number(share: Share) -> str:
    """Return a share without its unit, nothing where it is withheld."""
    return "" if share.share is None else danish.decimal(share.share, 0 if share.sensitive else 1)


def verdict_rows(
    areas: Mapping[str, str],
    indicators: Sequence[str],
    whole: tuple[str, Callable[[str], Share]],
    rest: Callable[[str, str], Difference],
    prefix: str,
) -> list[Row]:
    """Return areas by indicators, everybody first.

    Args:
        areas: Codes and names.
        indicators: Columns.
        whole: What everybody is called, and the share of an indicator among them.
        rest: The comparison of an indicator and an area with the rest.
        prefix: Of the ids in the signs.
    """
    name, share_of = whole
    total = Row(
        name, [Cell(number(share_of(one)), words.interval(share_of(one)), Markup()) for one in indicators], total=True
    )
    return [
        total,
        *(
            Row(label, [_cell(rest(one, code), f"{prefix}{code}{at}".lower()) for at, one in enumerate(indicators)])
            for code, label in areas.items()
        ),
    ]


def _cell(difference: Difference, prefix: str) -> Cell:
    share = difference.this
    if share.withheld is not None:
        return Cell("", "", drawn(figures.sign(share.withheld, title=share.withheld.value, prefix=prefix)))
    if not difference.direction:
        return Cell(number(share), words.interval(share), Markup())
    kind, title = ("higher", "sikkert højere") if difference.direction > 0 else ("lower", "sikkert lavere")
    mark = drawn(figures.mark("higher" if kind == "higher" else "lower", title=title, prefix=prefix))
    return Cell(number(share), words.interval(share), mark, sure=True)
