"""Reads a finished report back: every number that stands on its pages, and every one its alt texts tell.

Text is put together from the places of its letters, as a reader sees it, so that neither a figure's letters fall apart
nor neighbouring numbers run together.
"""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2
from pypdfium2 import raw

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
            content, foot = _texts(page)
            numbers += [Found(place, one, False) for one in NUMBER.findall(content)]
            numbers += [Found(place, one, True) for text in _alt_texts(page) for one in NUMBER.findall(text)]
            feet.append(foot)
    finally:
        document.close()
    return Printout(tuple(numbers), tuple(feet))


def _texts(page: pypdfium2.PdfPage) -> tuple[str, str]:
    """Return the content of a page with breaks between what does not belong together, and its foot."""
    letters = list(_letters(page.get_textpage()))
    content: list[str] = []
    foot: list[str] = []
    for before, one in zip([None, *letters], letters, strict=False):
        if one.y < _FOOT:
            foot.append(one.sign)
        elif one.y < _HEAD:
            content.append(one.sign if before is not None and one.follows(before) else f"\n{one.sign}")
    return "".join(content), "".join(foot)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter, the point it stands on, where it ends, and its height."""

    sign: str
    x: float
    y: float
    end: float
    height: float

    def follows(self, other: "_Letter") -> bool:
        return abs(self.x - other.end) <= _NEAR * self.height and abs(self.y - other.y) <= _LEVEL


def _letters(text: pypdfium2.PdfTextPage) -> Iterator[_Letter]:
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    for at in range(raw.FPDFText_CountChars(text)):
        if not raw.FPDFText_IsGenerated(text, at):
            raw.FPDFText_GetCharOrigin(text, at, x, y)
            raw.FPDFText_GetLooseCharBox(text, at, box)
            sign = chr(raw.FPDFText_GetUnicode(text, at))
            yield _Letter(sign, x.value, y.value, box.right, box.top - box.bottom)


def _alt_texts(page: pypdfium2.PdfPage) -> list[str]:
    tree = raw.FPDF_StructTree_GetForPage(page)
    try:
        roots = [raw.FPDF_StructTree_GetChildAtIndex(tree, at) for at in range(raw.FPDF_StructTree_CountChildren(tree))]
        return [text for root in roots for text in _alt_texts_below(root)]
    finally:
        raw.FPDF_StructTree_Close(tree)


def _alt_texts_below(element: object) -> Iterator[str]:
    text = _wide(lambda room, size: raw.FPDF_StructElement_GetAltText(element, room, size))
    if text:
        yield text
    for at in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, at)
        if child:
            yield from _alt_texts_below(child)


def _wide(write: Callable[[object, int], int]) -> str:
    """Return a text that a function writes as UTF-16 into the room it is given."""
    size = write(None, 0)
    room = ctypes.create_string_buffer(size)
    write(room, size)
    return room.raw[: max(0, size - 2)].decode("utf-16-le")
