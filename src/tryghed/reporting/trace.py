"""What a report was made of: every id in it with the cells of the release that were looked up for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tryghed.release.released import Lookup
from tryghed.reporting.pages import Page
from tryghed.reporting.printed import Printed


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure (F), a table (T), an earned sentence (U) or the text of a page (S).

    Attributes:
        id: Such as F4, unique in the report.
        what: What it shows, in a few words of Danish.
        page: The page it stands on.
        lookups: What was looked up for it, in order.
        numbers: Every number printed there or told in its alt text, in reading order.
    """

    id: str
    what: str
    page: int
    lookups: tuple[Lookup, ...]
    numbers: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """One report.

    Attributes:
        report: Name of its definition.
        area: Code of its area, empty for the whole city.
        code: Printed with every id, unique in the release.
        release: Fingerprint of the release.
        items: What has an id, in reading order.
    """

    report: str
    area: str
    code: str
    release: str
    items: tuple[Traced, ...]


def trace(page: Page, report: str, area: str, release: str, numbers: Mapping[str, Sequence[Printed]]) -> Trace:
    """Return what a page was made of.

    Args:
        page: The report, ready for its template.
        report: Name of its definition.
        area: Code of its area, empty for the whole city.
        release: Fingerprint of the release.
        numbers: What is printed, by id.
    """
    items = tuple(
        Traced(item.id, item.what, item.page, tuple(item.seen), tuple(numbers.get(item.id, ())))
        for item in page.register.items
    )
    return Trace(report, area, page.register.code, release, items)
