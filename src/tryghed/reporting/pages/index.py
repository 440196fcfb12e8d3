"""The index of numbers at the end of a report: every id with what it shows, where, and how much it rests on."""

from collections.abc import Sequence
from typing import Final

from tryghed.reporting import danish
from tryghed.reporting.pages.parts import Entry
from tryghed.reporting.pages.register import Item
from tryghed.reporting.pages.view import View

_SEVERAL: Final = "flere"


def index(view: View, items: Sequence[Item]) -> tuple[Entry, ...]:
    """Return the index: a line per figure and table; page 1's figures, the sentences and the texts share lines."""
    figures = [item for item in items if item.id[0] in "FT"]
    first = [item for item in figures if item.page == 1]
    if len(first) > 1:
        figures = figures[len(first) :]
        together = [_entry(view, first, "Overblik")]
    else:
        together = []
    sentences = [item for item in items if item.id[0] == "U"]
    texts = [item for item in items if item.id[0] == "S"]
    return (
        *together,
        *(_entry(view, [item], item.what) for item in figures),
        *([_entry(view, sentences, "Sætninger på side 1")] if sentences else []),
        *([_entry(view, texts, "Tekst på hver side")] if texts else []),
    )


def _entry(view: View, items: Sequence[Item], what: str) -> Entry:
    lookups = list(dict.fromkeys(lookup for item in items for lookup in item.seen))
    names = list(dict.fromkeys((lookup.cell.survey, lookup.cell.indicator) for lookup in lookups))
    return Entry(
        _range(items[0].id, items[-1].id), what, _range(str(items[0].page), str(items[-1].page)),
        _indicators(view, names), len(lookups),
    )  # fmt: skip


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}{danish.DASH}{last}"


def _indicators(view: View, names: Sequence[tuple[str, str]]) -> str:
    """Return one indicator by its name, several by their common beginning or as `flere`, with a foreign survey."""
    if not names:
        return danish.DASH
    indicators = list(dict.fromkeys(indicator for _, indicator in names))
    beginnings = {one.split("_")[0] for one in indicators}
    said = indicators[0] if len(indicators) == 1 else f"{beginnings.pop()}_*" if len(beginnings) == 1 else _SEVERAL
    surveys = {survey for survey, _ in names}
    return said if surveys == {view.report.survey} else f"{danish.join(sorted(surveys))}: {said}"
