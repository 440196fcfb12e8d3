"""What a reader sees and hears of a PDF: its lines, as they stand on the page, and the sentences of its alt texts.

A line is everything on one level of a page, from left to right, however the file happens to order it: the name of an
area and the numbers beside it are one line.

`delivery.printouts` reads the same PDFs to hold them against the release. This is another reader on purpose: what one
overlooks in a PDF, the other must not overlook as well.
"""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2
from pypdfium2 import raw

from tryghed.errors import ReleaseError

#: Letters stand on one level where they are this close in points, and form a word within this part of their height.
_LEVEL: Final = 1.5
_NEAR: Final = 0.15
#: What the library tells a hyphen as that ends a line ("aften-" before "og nattetimerne"): in a text, and by itself.
_HYPHEN_IN_TEXT: Final = "\ufffe"
_HYPHEN: Final = "\x02"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF: its number (1 is the first), its text in the order of the file, and what is seen and heard.

    `lines` stand from top to bottom; what alt texts say is in parts.
    """

    number: int
    text: str
    lines: tuple[str, ...]
    spoken: tuple[str, ...]


def read(report: Path) -> tuple[Page, ...]:
    """Return the pages of a PDF.

    Raises:
        ReleaseError: The file is no PDF that can be read.
    """
    try:
        document = pypdfium2.PdfDocument(report)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise ReleaseError(f"cannot be read as a PDF ({error})", where=report.name) from None
    try:
        return tuple(
            Page(number, _text(page), tuple(_lines(page)), tuple(_spoken(page)))
            for number, page in enumerate(document, start=1)
        )
    finally:
        document.close()


def _text(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_range()).replace(_HYPHEN_IN_TEXT, "-\n")


@dataclass(slots=True)
class _Word:
    text: str
    x: float
    y: float
    end: float


def _lines(page: pypdfium2.PdfPage) -> Iterator[str]:
    words = sorted(_words(page.get_textpage()), key=lambda one: (-one.y, one.x))
    level: list[_Word] = []
    for word in words:
        if level and level[0].y - word.y > _LEVEL:
            yield _in_order(level)
            level = []
        level.append(word)
    if level:
        yield _in_order(level)


def _in_order(level: list[_Word]) -> str:
    return " ".join(one.text for one in sorted(level, key=lambda one: one.x))


def _words(text: pypdfium2.PdfTextPage) -> Iterator[_Word]:
    """Yield the words of a page: letters that follow each other on one level, none of them a blank."""
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    word: _Word | None = None
    for at in range(raw.FPDFText_CountChars(text)):
        sign = chr(raw.FPDFText_GetUnicode(text, at)).replace(_HYPHEN, "-")
        if raw.FPDFText_IsGenerated(text, at) or sign.isspace() or not sign.isprintable():
            continue
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetLooseCharBox(text, at, box)
        height = box.top - box.bottom
        if word and -height < x.value - word.end <= _NEAR * height and abs(y.value - word.y) <= _LEVEL:
            word.text += sign
            word.end = box.right
            continue
        if word:
            yield word
        word = _Word(sign, x.value, y.value, box.right)
    if word:
        yield word


def _spoken(page: pypdfium2.PdfPage) -> Iterator[str]:
    tree = raw.FPDF_StructTree_GetForPage(page)
    try:
        for at in range(raw.FPDF_StructTree_CountChildren(tree)):
            for text in _alt_texts(raw.FPDF_StructTree_GetChildAtIndex(tree, at)):
                yield from text.split(";")
    finally:
        raw.FPDF_StructTree_Close(tree)


def _alt_texts(element: object) -> Iterator[str]:
    text = _wide(lambda room, size: raw.FPDF_StructElement_GetAltText(element, room, size))
    if text:
        yield text
    for at in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, at)
        if child:
            yield from _alt_texts(child)


def _wide(write: Callable[[object, int], int]) -> str:
    """Return a text that a function writes as UTF-16 into the room it is given."""
    size = write(None, 0)
    room = ctypes.create_string_buffer(size)
    write(room, size)
    return room.raw[: max(0, size - 2)].decode("utf-16-le")
