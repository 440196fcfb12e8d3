"""What a terminal can show: how wide it is, text broken between words to fit it, and nothing that moves its cursor."""

import os
import textwrap
import unicodedata
from typing import Final, TextIO

#: Running text is hard to read in longer lines.
_LONGEST: Final = 100
_HANGING: Final = "  "


def columns(stream: TextIO | None) -> int | None:
    """Return how many characters a line of the terminal behind a stream has; None where there is no terminal.

    A stream that was closed before the program began (`>&-`) is None.
    """
    if stream is None or not stream.isatty():
        return None
    return os.get_terminal_size(stream.fileno()).columns or _LONGEST


def fitted(text: str, stream: TextIO | None) -> str:
    """Return text with its long lines broken between words for a terminal, and unbroken for a file or a program.

    Characters that would colour, rename or rewrite a terminal, as a damaged file may hold them, are shown escaped.
    """
    width, harmless = columns(stream), visible(text)
    if width is None:
        return harmless
    return "\n".join(_broken(line, min(width, _LONGEST)) for line in harmless.split("\n"))


def visible(text: str) -> str:
    r"""Return text with its control and format characters, but line breaks and tabs, as their escapes: `\x1b[31m`."""
    return "".join(
        repr(letter)[1:-1] if letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cf") else letter
        for letter in text
    )


def _broken(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())] + _HANGING
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, tabsize=4
    )
