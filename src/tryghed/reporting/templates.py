"""The Jinja templates: how text is set, and the proof that a template prints exactly what its page documents."""

import re
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from tryghed.errors import RenderError
from tryghed.reporting.danish import NBSP

#: What may not break over two lines: a range of numbers, a word that begins with a number ("18-34-årige").
_UNBROKEN: Final = re.compile(r"[^\s\u00a0]*\d[^ \n]*[–-][^ \n]*")
#: An age on one line: "80 år og derover" once began a line without its number.
_AGE: Final = re.compile(r"(?<=\d) (?=år\b)")
_WORDS_TO_KEEP_TOGETHER: Final = 4
_SHORT_WORD: Final = 9


def environment(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    """Return the templates of some folders, earlier folders first; everything is escaped, nothing may be undefined."""
    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.globals.clear()  # a template knows its page and nothing else
    env.filters |= {"text": text, "title": title, "prose": prose, "marked": marked}
    return env


def text(value: str) -> Markup:
    """Return a text for print: escaped, with ranges and compounds of numbers kept on one line."""
    return Markup(_UNBROKEN.sub(_unbroken, _AGE.sub(NBSP, str(escape(value)))))  # noqa: S704 (escaped above)


def title(value: str) -> Markup:
    """Return one line of a title, whose last word never stands alone on the next line."""
    parts = value.split(" ")
    if len(parts) >= _WORDS_TO_KEEP_TOGETHER:
        parts[-2:] = [NBSP.join(parts[-2:])]
    return text(" ".join(parts))


def prose(value: str) -> Markup:
    """Return a paragraph or a note, whose last word never stands alone on the last line when it is short."""
    return text(_together(value))


def marked(value: str, mark: Markup) -> Markup:
    """Return a paragraph with a mark at its end, which never stands without the last word.

    One box holds both: WeasyPrint breaks a line at its first space where a box after the text does not fit.
    """
    start, space, last = _together(value).rpartition(" ")
    return text(start + space) + Markup('<span class="nb">{}{}{}</span>').format(text(last), NBSP, mark)


def _together(value: str) -> str:
    """Return a paragraph whose last word is bound to the one before where it is short."""
    start, space, last = value.rpartition(" ")
    return f"{start}{NBSP}{last}" if space and start.count(" ") > 1 and len(last) <= _SHORT_WORD else value


def _unbroken(found: re.Match[str]) -> str:
    return f'<span class="nb">{found.group()}</span>'


def fill(template: str, context: dict[str, object], folders: Sequence[Path]) -> str:
    """Return a template filled with a page's context.

    Raises:
        RenderError: The template is missing, does not parse, or uses what the context does not have.
    """
    try:
        return environment(folders).get_template(template).render(context)
    except TemplateError as error:
        hint = "tryghed check compares the templates with the pages"
        raise RenderError(error.message or str(error), where=_place(error, template), hint=hint) from None


def beside(name: str, folders: Sequence[Path]) -> bytes:
    """Return a file that lies beside the templates: a style sheet, a font.

    Raises:
        RenderError: It is in none of the folders.
    """
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if found is None:
        raise RenderError("is in none of the template folders", where=name)
    return found.read_bytes()


def _place(error: TemplateError, template: str) -> str:
    """Return file and line of the template where it went wrong: the innermost one on the way to the error."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or template}:{error.lineno}"
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.endswith((".html", ".css"))]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else template
