"""The draft of a wave's definition as TOML that an SPSS analyst reads: each guess has its reason behind it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

#: What stands before a guess that nobody has confirmed; while one is left, the file is a draft.
MARK = "# CONFIRM"
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Line:
    """A key with its value and, where it is a guess, the reason; without a key a remark on a line of its own."""

    key: str
    value: object = None
    guess: str = ""


@dataclass(frozen=True)
class Table:
    """A TOML table, or the file's first keys where it has no name; `remarks` stand above it, one line each."""

    name: str
    lines: Sequence[Line]
    remarks: Sequence[str] = ()
    guess: str = ""  #: about the table as a whole
    array: bool = field(default=False)  #: one of several tables of the name


def written(heading: Sequence[str], tables: Iterable[Table]) -> str:
    """Return the text of a draft."""
    blocks = ["\n".join(_remarks(heading)), *("\n".join(_table(one)) for one in tables)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def value(one: object) -> str:
    """Return a value in TOML: text, a number, a date, true or false, a list or an inline table."""
    if isinstance(one, Mapping):
        inside = ", ".join(f"{key_of(str(key))} = {value(part)}" for key, part in one.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(one, Iterable) and not isinstance(one, str):
        return f"[{', '.join(value(part) for part in one)}]"
    if isinstance(one, date):
        return one.isoformat()
    if isinstance(one, float) and one.is_integer():
        return str(int(one))
    return json.dumps(one, ensure_ascii=False)


def key_of(name: str) -> str:
    """Return a key as TOML writes it."""
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def unconfirmed(text: str) -> list[int]:
    """Return the numbers of the lines with a guess that nobody has confirmed."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if MARK in line]


def _table(one: Table) -> Iterator[str]:
    yield from _remarks(one.remarks)
    if one.name:
        yield (f"[[{one.name}]]" if one.array else f"[{one.name}]") + _mark(one.guess)
    for line in one.lines:
        yield f"{f'{key_of(line.key)} = {value(line.value)}' if line.key else ''}{_mark(line.guess)}".lstrip()


def _mark(guess: str) -> str:
    return f"  {MARK}: {_one_line(guess)}" if guess else ""


def _remarks(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"# {line}".replace("\n", " ").rstrip()


def _one_line(text: str) -> str:
    return " ".join(text.split())
