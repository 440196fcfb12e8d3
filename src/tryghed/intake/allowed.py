"""Which columns may come in: those the definition names. What is missing of them, and what else was delivered."""

import difflib
from collections.abc import Iterator, Sequence

from tryghed.definitions.wave import Wave
from tryghed.frames import Finding
from tryghed.intake.findings import finding

_LISTED = 8
_ALL = 40


def missing(there: Sequence[str], wave: Wave) -> Iterator[Finding]:
    """Yield every column that a definition names and the file does not have, with the names nearest to it."""
    folded = {name.casefold(): name for name in there}
    for key, column in named(wave):
        if column not in there:
            near = difflib.get_close_matches(column.casefold(), list(folded), n=3, cutoff=0.5)
            names = ", ".join(folded[one] for one in near) or _listed(there, _LISTED)
            yield finding("missing_column", key, f"no column {column!r} in the file", hint=f"it has {names}")


def unnamed(there: Sequence[str], wave: Wave) -> Iterator[Finding]:
    """Yield the columns that no definition names, and that therefore do not enter."""
    known = {column for _, column in named(wave)} | {part.key for part in wave.delivery.join}
    known |= set(wave.design.replicates.among(there)) if wave.design.replicates else set()
    others = [name for name in there if name not in known]
    if others:
        message = f"not named in the definition, and left out: {_listed(others, _ALL)}"
        yield finding("extra_column", wave.delivery.file, message, count=len(others))


def named(wave: Wave) -> Iterator[tuple[str, str]]:
    """Yield every key of a wave's definition that names a column, and the column."""
    for key in ("respondent", "weight", "stratum", "psu", "household"):
        column = getattr(wave.design, key)
        if column is not None:
            yield f"design.{key}", column
    if wave.design.replicates and isinstance(wave.design.replicates.columns, list):
        yield from (("design.replicates.columns", column) for column in wave.design.replicates.columns)
    if wave.area:
        yield "area.column", wave.area.column
    if wave.fieldwork.answer_date:
        yield "fieldwork.answer_date", wave.fieldwork.answer_date
    yield from ((f"columns.{item}", column) for item, column in wave.columns.items())
    yield from ((f"routing.{item}.column", routing.column) for item, routing in wave.routing.items())
    yield from ((f"free_text.{name}", column) for name, column in wave.free_text.items())


def _listed(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
