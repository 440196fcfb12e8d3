"""Reads a finished report back: every number that stands on its pages, and every one its alt texts tell.

Text is put together from the places of its letters, as a reader sees it, so that neither a figure's letters fall apart
nor neighbouring numbers run together.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Final

import pypdfium2
from pypdfium2 import raw

from tryghed.delivery import reading_order
from tryghed.errors import DataError
from tryghed.reporting.written import NUMBER

_POINTS_PER_MM: Final = 72 / 25.4
#: The content of a page lies between these distances from its foot, in points; header and footer lie outside.
_FOOT, _HEAD = 20 * _POINTS_PER_MM, (297 - 20) * _POINTS_PER_MM
#: Letters of one word follow each other within this part of their height, on one line within this many points.
_NEAR, _LEVEL = 0.08, 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a finished report: its page (1 is the first), and whether it is told in an alt text only."""

    page: int
    text: str
    spoken: bool


@dataclass(frozen=True)
class Printout:
    """What can be read in a report: its numbers, and the foot of each page."""

    numbers: tuple[Found, ...]
    feet: tuple[str, ...]


def read(report: Path) -> Printout:
    """Return what a reader of a PDF sees and hears.

    Raises:
        DataError: The file is no PDF that can be read.
    """
    try:
        document = pypdfium2.PdfDocument(report)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise DataError(f"cannot be read as a PDF ({error})", where=str(report)) from None
    numbers: list[Found] = []
    feet: list[str] = []
    try:
        for place, page in enumerate(document, start=1):
            letters = list(_letters(page))
            feet.append("".join(one.sign for one in letters if one.y < _FOOT))
            for text, spoken in _texts(page, [one for one in letters if _FOOT <= one.y < _HEAD]):
                numbers += [Found(place, one, spoken) for one in NUMBER.findall(text)]
    finally:
        document.close()
    return Printout(tuple(numbers), tuple(feet))


def _texts(page: pypdfium2.PdfPage, letters: Sequence["_Letter"]) -> Iterator[tuple[str, bool]]:
    """Yield the content of a page in order, and of each text whether it is an alt text."""
    marked: dict[int, list[_Letter]] = {}
    for one in letters:
        marked.setdefault(one.mark, []).append(one)
    written: list[_Letter] = marked.pop(reading_order.UNMARKED, [])
    for part in reading_order.parts(page):
        if isinstance(part, str):
            yield _joined(written), False
            yield part, True
            written = []
        else:
            written += marked.pop(part, [])
    yield _joined([*written, *(one for rest in marked.values() for one in rest)]), False


def _joined(letters: Sequence["_Letter"]) -> str:
    """Return a text with breaks between what does not belong together."""
    pairs = zip([None, *letters], letters, strict=False)
    return "".join(one.sign if before and one.follows(before) else f"\n{one.sign}" for before, one in pairs)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter, the point it stands on, where it ends, its height, and the mark it stands under."""

    sign: str
    x: float
    y: float
    end: float
    height: float
    mark: int

    def follows(self, other: "_Letter") -> bool:
        return abs(self.x - other.end) <= _NEAR * self.height and abs(self.y - other.y) <= _LEVEL


def _letters(page: pypdfium2.PdfPage) -> list[_Letter]:
    """Return the letters of a page in the order they are drawn in."""
    text, drawn = page.get_textpage(), reading_order.drawn(page)
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    found: list[tuple[int, _Letter]] = []
    for at in range(raw.FPDFText_CountChars(text)):
        if not raw.FPDFText_IsGenerated(text, at):
            raw.FPDFText_GetCharOrigin(text, at, x, y)
            raw.FPDFText_GetLooseCharBox(text, at, box)
            sign = chr(raw.FPDFText_GetUnicode(text, at))
            mark, place = drawn[reading_order.address(raw.FPDFText_GetTextObject(text, at))]
            found.append((place, _Letter(sign, x.value, y.value, box.right, box.top - box.bottom, mark)))
    return [letter for _, letter in sorted(found, key=itemgetter(0))]
