"""The order of what stands in a page of a tagged PDF: that of its structure tree, by which it is read aloud.

The order in which things are drawn is another one: figures come after all text. Within a part of the tree, what is
drawn first comes first.
"""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw

#: What the library says of an object without a mark, and of an element that has none itself.
UNMARKED: Final = -1


def parts(page: pypdfium2.PdfPage) -> list[int | str]:
    """Return the parts of a page in order: the marks of what is drawn, and the alt texts in between."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    try:
        roots = [raw.FPDF_StructTree_GetChildAtIndex(tree, at) for at in range(raw.FPDF_StructTree_CountChildren(tree))]
        return [part for root in roots for part in _below(root)]
    finally:
        raw.FPDF_StructTree_Close(tree)


def drawn(page: pypdfium2.PdfPage) -> dict[int, tuple[int, int]]:
    """Return the mark each object of a page stands under and its place among all that is drawn, by its address.

    The text of a drawing has no mark of its own from its second word on: it stands under the one before.
    """
    found: dict[int, tuple[int, int]] = {}
    mark = UNMARKED
    for one in _objects(page, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject):
        own = raw.FPDFPageObj_GetMarkedContentID(one)
        mark = mark if own == UNMARKED else own
        found[address(one)] = (mark, len(found))
    return found


def address(pdf_object: "ctypes._Pointer[ctypes.Structure]") -> int:
    """Return what an object of the PDF library is known by."""
    return ctypes.addressof(pdf_object.contents)


def _objects(holder: object, count: Callable[..., int], get: Callable[..., Any]) -> Iterator[Any]:
    for at in range(count(holder)):
        one = get(holder, at)
        yield one
        if raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_FORM:
            yield from _objects(one, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)


def _below(element: object) -> Iterator[int | str]:
    text = _wide(lambda room, size: raw.FPDF_StructElement_GetAltText(element, room, size))
    if text:
        yield text
    for at in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, at)
        if child:
            yield from _below(child)
        elif (mark := raw.FPDF_StructElement_GetChildMarkedContentID(element, at)) != UNMARKED:
            yield mark


def _wide(write: Callable[[object, int], int]) -> str:
    """Return a text that a function writes as UTF-16 into the room it is given."""
    size = write(None, 0)
    room = ctypes.create_string_buffer(size)
    write(room, size)
    return room.raw[: max(0, size - 2)].decode("utf-16-le")
