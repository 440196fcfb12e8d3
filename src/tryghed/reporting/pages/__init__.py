"""Released numbers become pages: the contexts the templates print, one module per page or part."""

from typing import Final

from tryghed.reporting.pages.area import District, district
from tryghed.reporting.pages.city import City, city
from tryghed.reporting.pages.codebook import CodebookPage, codebook
from tryghed.reporting.pages.parts import Page, Sheet
from tryghed.reporting.pages.wave_difference import DifferencePage, wave_difference

#: The context each template prints.
CONTEXTS: Final[dict[str, type]] = {
    "district.html": District,
    "city.html": City,
    "wave_difference.html": DifferencePage,
    "codebook.html": CodebookPage,
}

__all__ = ["CONTEXTS", "Page", "Sheet", "city", "codebook", "district", "wave_difference"]
