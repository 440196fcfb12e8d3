"""A report as it is read back held against its trace: page by page, number after number, in reading order."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from tryghed.delivery.comparing import Differing
from tryghed.delivery.printouts import Printout
from tryghed.reporting.trace import Trace

#: A number, and whether it is told in an alt text.
_Number = tuple[str, bool]
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
    found: list[Differing] = []
    for page in range(1, max([len(printout.feet), *(item.page for item in trace.items)]) + 1):
        traced = [(identity, number) for _, on, identity, number in order if on == page]
        printed = [(one.text, one.spoken) for one in printout.numbers if one.page == page]
        found += _on_page(page, traced, printed)
    return found


def _on_page(page: int, traced: Sequence[tuple[str, _Number]], printed: Sequence[_Number]) -> Iterator[Differing]:
    wanted = [number for _, number in traced]
    for start, end, here in _unlike(wanted, printed):
        beside = slice(max(0, start - 1), max(1, start)) if start == end else slice(start, end)
        ids = [identity for identity, _ in traced[beside]]
        for at, (there, now) in enumerate(zip_longest(wanted[start:end], here)):
            where = ", ".join([f"page {page}", *ids[min(at, len(ids) - 1) :][:1]])
            yield from _told(where, there, now)


def _unlike(wanted: Sequence[_Number], printed: Sequence[_Number]) -> Iterator[tuple[int, int, Sequence[_Number]]]:
    """Yield where two pages are unlike: from which to which wanted number, and what stands there instead.

    Pages of the same length are held against each other place by place: two numbers that changed places are wrong
    both. Where some are missing or too many, the numbers after them are no mistake.
    """
    if len(wanted) == len(printed):
        pairs = zip(wanted, printed, strict=True)
        yield from ((at, at + 1, [now]) for at, (there, now) in enumerate(pairs) if there != now)
    else:
        matcher = SequenceMatcher(None, wanted, printed, autojunk=False)
        for kind, start, end, first, last in matcher.get_opcodes():
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
