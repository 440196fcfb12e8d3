"""A report as it is read back held against its trace: page by page, number after number, in reading order."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from tryghed.delivery.comparing import Differing
from tryghed.delivery.printouts import Found, Printout
from tryghed.reporting.trace import Trace

#: A number, and whether it is told in an alt text.
_Number = tuple[str, bool]
#: The id of what it is in, and a number.
_Traced = tuple[str, _Number]
_HOW: Final = {False: "printed", True: "told in an alt text"}


def displaced(trace: Trace, printout: Printout) -> list[Differing]:
    """Return the numbers of a report that are not the traced ones at their place.

    Args:
        trace: What was printed when the report was made.
        printout: What stands in it now.
    """
    order = sorted(
        (one.place, item.page, item.id, (one.text, one.spoken)) for item in trace.items for one in item.numbers
    )
    pages = range(1, max(item.page for item in trace.items) + 1)
    traced = [[(identity, number) for _, on, identity, number in order if on == page] for page in pages]
    sheets = [[one for one in printout.numbers if one.page == sheet] for sheet in range(1, len(printout.feet) + 1)]
    return [one for page in _paired(traced, sheets) for one in _on_page(*page)]


def _paired(
    traced: Sequence[Sequence[_Traced]], sheets: Sequence[Sequence[Found]]
) -> Iterator[tuple[int, Sequence[_Traced], Sequence[Found]]]:
    """Yield of each page its first sheet, what was traced on it, and what stands on its sheets.

    A page can run over: where there are more sheets than pages, it has as many as it takes to have its numbers.
    """
    at = 0
    for page, wanted in enumerate(traced, start=1):
        first, found = at, list(sheets[at]) if at < len(sheets) else []
        at += 1
        while len(sheets) - at > len(traced) - page and (len(found) < len(wanted) or page == len(traced)):
            found += sheets[at]
            at += 1
        yield first + 1, wanted, found


def _on_page(sheet: int, traced: Sequence[_Traced], printed: Sequence[Found]) -> Iterator[Differing]:
    wanted = [number for _, number in traced]
    for start, end, here in _unlike(wanted, printed):
        beside = slice(max(0, start - 1), max(1, start)) if start == end else slice(start, end)
        ids = [identity for identity, _ in traced[beside]]
        for at, (there, now) in enumerate(zip_longest(wanted[start:end], here)):
            where = ", ".join([f"page {now.page if now else sheet}", *ids[min(at, len(ids) - 1) :][:1]])
            yield from _told(where, there, (now.text, now.spoken) if now else None)


def _unlike(wanted: Sequence[_Number], printed: Sequence[Found]) -> Iterator[tuple[int, int, Sequence[Found]]]:
    """Yield where two pages are unlike: from which to which wanted number, and what stands there instead.

    Pages of the same length are held against each other place by place: two numbers that changed places are wrong
    both. Where some are missing or too many, the numbers after them are no mistake.
    """
    numbers = [(one.text, one.spoken) for one in printed]
    if len(wanted) == len(numbers):
        pairs = enumerate(zip(wanted, numbers, strict=True))
        yield from ((at, at + 1, printed[at : at + 1]) for at, (there, now) in pairs if there != now)
    else:
        for kind, start, end, first, last in SequenceMatcher(None, wanted, numbers, autojunk=False).get_opcodes():
            if kind != "equal":
                yield start, end, printed[first:last]


def _told(where: str, there: _Number | None, now: _Number | None) -> Iterator[Differing]:
    """Yield what is wrong at one place; one of the page that stands in an alt text, or the reverse, is told twice."""
    if there and now and there[1] == now[1]:
        yield Differing(where, f"another number {_HOW[now[1]]} than the trace has there", now[0], there[0])
        return
    if now:
        yield Differing(where, f"a number {_HOW[now[1]]} that the trace does not have there", now[0], "")
    if there:
        yield Differing(where, f"a number of the trace that is not {_HOW[there[1]]} there", "", there[0])
