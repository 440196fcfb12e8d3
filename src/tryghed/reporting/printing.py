"""HTML becomes a tagged PDF. The only module that imports WeasyPrint, and imported only where a PDF is made.

Nothing is fetched but the style sheet and the fonts beside the templates; anything WeasyPrint warns of is an error.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from tryghed.errors import RenderError

#: A neutral place that exists nowhere, so that no link in a PDF tells where it was made.
_BASE: Final = "https://tryghed.invalid/"
_TYPES: Final = {".css": "text/css", ".woff2": "font/woff2"}


def print_pdf(html: str, folders: Sequence[Path]) -> bytes:
    """Return the PDF/UA-1 of a page; the same HTML gives the same bytes.

    Args:
        html: The page.
        folders: Template folders, searched in order for the style sheet and the fonts.

    Raises:
        RenderError: WeasyPrint warned of something, or the page asks for a file outside the template folders.
    """
    with _complaints() as complaints:
        try:
            fetcher = _TemplateFiles(folders)
            content = weasyprint.HTML(string=html, base_url=_BASE, url_fetcher=fetcher).write_pdf(
                pdf_variant="pdf/ua-1"
            )
        except FatalURLFetchingError as error:
            raise RenderError(f"{error}: {error.__cause__}", hint="templates may use only files beside them") from None
    if complaints:
        raise RenderError(f"{len(complaints)} warnings of the PDF maker\n" + "\n".join(complaints))
    return bytes(content)


class _TemplateFiles(URLFetcher):  # type: ignore[misc]
    """Serves style sheets and fonts from the template folders, and refuses everything else."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._folders = folders

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 (the base class decides)
        name = PurePosixPath(url.removeprefix(_BASE))
        if not url.startswith(_BASE) or ".." in name.parts or name.suffix not in _TYPES:
            raise PermissionError(f"{url} may not be fetched")
        found = next((folder / name for folder in self._folders if (folder / name).is_file()), None)
        if found is None:
            raise FileNotFoundError(f"{name} is in none of the template folders")
        return URLFetcherResponse(url, found.read_bytes(), {"Content-Type": _TYPES[name.suffix]})


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what WeasyPrint warns of."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    before = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [handler], False
    try:
        yield found
    finally:
        logger.handlers, logger.propagate = before
