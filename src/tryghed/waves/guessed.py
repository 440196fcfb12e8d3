"""What is guessed of a new wave: the tables of its definition, each guess with its reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tryghed.definitions.drafts import Line, Table
from tryghed.errors import DataError
from tryghed.intake.guesses import area_column, dates, design_column
from tryghed.intake.matching import Match, match
from tryghed.waves.known import Known, short
from tryghed.waves.mapping import columns, routing, wanted_items, wording

#: Tables of a wave that are guessed here, or that speak of one wave alone; others are taken over from the wave before.
_OWN = {
    "survey", "wave", "year", "delivery", "fieldwork", "privacy", "design", "area", "columns", "wording", "routing",
    "breaks", "comparable", "free_text", "accepted",
}  # fmt: skip
_YEARS_KEPT = 20


@dataclass(frozen=True)
class Guesses:
    """The tables of a draft, the items of the wave before that were not found, and columns nobody uses."""

    tables: Sequence[Table]
    missing: tuple[str, ...]
    unused: tuple[str, ...]


def guesses(known: Known) -> Guesses:
    """Return the definition of the new wave as far as it can be guessed.

    Raises:
        DataError: No column fits an item.
    """
    design = dict(_design(known))
    area = _area(known)
    wanted = wanted_items(known)
    taken = [*design.values(), *([str(area.lines[0].value)] if area and area.lines[0].key else [])]
    found = match(wanted, known.delivered, taken)
    if not found:
        message = f"no column of {len(known.delivered.rows.columns)} fits an item of {known.survey.name}"
        raise DataError(message, where=known.delivery.file, hint="is it a delivery of this survey?")
    fieldwork = _fieldwork(known)
    dated = [str(line.value) for line in fieldwork.lines if line.key == "answer_date"]
    unused = _unused(known, found, [*taken, *dated])
    filters = list(routing(known, found, unused))
    filtering = {line.value for table in filters for line in table.lines if line.key == "column"}
    unused = tuple(name for name in unused if name not in filtering)
    missing = tuple(item for item in (known.previous.columns if known.previous else ()) if item not in found)
    tables = [
        *_first(known), _delivery_table(known), *_parts(known), fieldwork, _privacy(known),
        *_design_tables(known, design), *([area] if area else []), columns(known, wanted, found, missing, unused),
        *wording(known, found), *filters, *_free_text(known), *_taken_over(known),
        *_rest(known, unused),
    ]  # fmt: skip
    return Guesses(tables, missing, unused)


def _first(known: Known) -> Iterator[Table]:
    said = "" if str(known.year) == known.name else "by the wave's name; it orders the waves"
    yield Table("", [Line("year", known.year, said)])


def _delivery_table(known: Known) -> Table:
    first = known.delivered.files[known.delivery.file]
    lines = [
        Line("file", known.delivery.file),
        Line("sha256", first, "of the file as it lies here; compare with the provider's"),
        Line("rows", known.delivered.rows.height, "counted; compare with the provider's"),
    ]
    csv = known.delivery.csv.model_dump(exclude_defaults=True)
    if known.delivery.sheet:
        lines.append(Line("sheet", known.delivery.sheet))
    if known.delivery.header_row > 1:
        lines.append(Line("header_row", known.delivery.header_row))
    if known.delivery.letters:
        lines.append(Line("letters", known.delivery.letters, f"as in {known.since}"))
    return Table("delivery", [*lines, *([Line("csv", csv, "as this file could be read")] if csv else [])])


def _parts(known: Known) -> Iterator[Table]:
    for part in known.delivery.join:
        lines = [
            Line("file", part.file), Line("key", part.key, "joins it to the first file"),
            Line("sha256", known.delivered.files[part.file], "of the file as it lies here"),
            *([Line("rows", part.rows, "as given")] if part.rows else []),
        ]  # fmt: skip
        yield Table("delivery.join", lines, array=True)


def _fieldwork(known: Known) -> Table:
    earlier = known.previous.fieldwork.model_dump(exclude_defaults=True) if known.previous else {}
    told = dates(known.delivered)
    lines = [Line("", guess="first and last day of fieldwork: start = 2025-12-01, end = 2026-01-31")]
    if told:
        lines = [
            Line("start", told[0], f"first day in column {told[2]}"), Line("end", told[1], f"last day in {told[2]}"),
            Line("answer_date", told[2], f"{known.delivered.labels.get(told[2], 'no label')}, by its dates"),
        ]  # fmt: skip
    own = {"start", "end", "invited", "invited_by", "answer_date"}
    lines += [Line(key, one, f"as in {known.since}") for key, one in earlier.items() if key not in own]
    if not known.previous:
        lines.append(Line("", guess='who asked, and how: provider = "…", mode = ["web", "telefon"]'))
    by = f"; invited_by too, as {known.since} had it" if "invited_by" in earlier else ""
    return Table("fieldwork", [*lines, Line("", guess=f"how many were invited, for the response: invited = 14400{by}")])


def _privacy(known: Known) -> Table:
    """Return what allows the answers to be kept: as before, as long after the wave as before."""
    if known.previous is None:
        basis, until = "art. 6(1)(e) / § 10", date(known.year + _YEARS_KEPT, 12, 31)
        said = "an example"
    else:
        before = known.previous.privacy
        basis, said = before.legal_basis, f"as in {known.since}"
        until = _later(before.retain_until, known.year - known.previous.year)
    return Table("privacy", [
        Line("legal_basis", basis, f"{said}; as agreed with the data protection officer"),
        Line("retain_until", until, "last day the answers may be kept"),
    ])  # fmt: skip


def _later(day: date, years: int) -> date:
    """Return the same day some years later; the 28th where 29 February is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _free_text(known: Known) -> Iterator[Table]:
    """Yield the columns people wrote in, as far as the file has them still."""
    before = known.previous.free_text if known.previous else {}
    there = set(known.delivered.rows.columns)
    lines = [
        Line(name, column, f"as in {known.since}") if column in there
        else Line("", guess=f"not found: {name}, {column} in {known.since}")
        for name, column in before.items()
    ]  # fmt: skip
    if lines:
        yield Table("free_text", lines)


def _design(known: Known) -> Iterator[tuple[str, str]]:
    """Yield the parts of the design with their columns, as far as they are found."""
    for part in ("respondent", "weight", "stratum", "psu"):
        before = getattr(known.previous.design, part) if known.previous else None
        if known.previous and before is None:
            continue
        guess = design_column(part, known.delivered, before)
        if guess:
            yield part, guess.column


def _design_tables(known: Known, design: Mapping[str, str]) -> Iterator[Table]:
    """Yield the design: its columns, then what the wave before says of the population."""
    lines = []
    for part in ("respondent", "weight", "stratum", "psu"):
        before = getattr(known.previous.design, part) if known.previous else None
        guess = design_column(part, known.delivered, before) if part in design else None
        label = known.delivered.labels.get(design.get(part, ""), "")
        if guess and guess.column == before:
            lines.append(Line(part, guess.column))
        elif guess:
            others = "".join(f"; or {name}{_zeros(known, name)}" for name in guess.others)
            was = f"; {known.since} had {before}" if before else ""
            lines.append(Line(part, guess.column, f"{guess.why} ({label or 'no label'}){others}{was}"))
        elif part in ("respondent", "weight") or before:
            was = f", {known.since} had {before}" if before else ""
            lines.append(Line("", guess=f'no column found: {part} = "…"{was}'))
    zero = _weights_of_zero(known, design.get("weight", ""))
    earlier = known.previous.design.model_dump(exclude_defaults=True) if known.previous else {}
    if zero and "zero_weight" not in earlier:
        lines.append(Line("zero_weight", "outside", f"{zero:,} weights are 0; or ask for a corrected file"))
    kept = {key: one for key, one in earlier.items() if key not in ("respondent", "weight", "stratum", "psu")}
    tables = {key: one for key, one in kept.items() if isinstance(one, dict)}
    lines += [Line(key, one, f"as in {known.since}") for key, one in kept.items() if key not in tables]
    as_before = known.since and any(line.key and not line.guess for line in lines)
    yield Table("design", lines, guess=f"columns without a mark are those of {known.since}" if as_before else "")
    for key, one in tables.items():
        about = f"the figures of {known.since}; is there a newer count?"
        yield Table(f"design.{key}", [Line(str(name), part) for name, part in one.items()], guess=about)


def _zeros(known: Known, column: str) -> str:
    zero = _weights_of_zero(known, column)
    return f' ({zero:,} of them are 0: zero_weight = "outside")' if zero else ""


def _weights_of_zero(known: Known, column: str) -> int:
    if column not in known.delivered.rows.columns or not known.delivered.rows[column].dtype.is_numeric():
        return 0
    return int((known.delivered.rows[column] == 0).sum())


def _area(known: Known) -> Table | None:
    """Return where respondents live; None where the survey has no areas but groups."""
    sets = known.project.area_sets
    before = known.previous.area if known.previous else None
    if before is None:
        units = [] if known.previous else [one for one in sets.values() if not one.groups]
        found = area_column(known.delivered, units, None)
    else:
        here = [sets[before.set]]
        found = area_column(known.delivered, here, before.column) or area_column(known.delivered, here, None)
    if found is not None:
        return Table("area", [Line("column", found[0].column, found[0].why), Line("set", found[1])])
    if before is None:
        return None
    asked = f'no column with areas of {before.set}: column = "…"; {known.since} had {before.column}'
    return Table("area", [Line("", guess=asked), Line("set", before.set)])


def _taken_over(known: Known) -> Iterator[Table]:
    """Yield the keys of the wave before that nothing here knows of."""
    kept: dict[str, Any] = known.previous.model_dump(exclude_defaults=True, exclude=_OWN) if known.previous else {}
    for name, one in kept.items():
        if isinstance(one, dict):
            yield Table(name, [Line(key, part) for key, part in one.items()], guess=f"as in {known.since}")


def _unused(known: Known, found: Mapping[str, Match], taken: Sequence[str]) -> tuple[str, ...]:
    texts = known.previous.free_text.values() if known.previous else ()
    used = {*taken, *texts, *(one.column for one in found.values()), *(part.key for part in known.delivery.join)}
    return tuple(name for name in known.delivered.rows.columns if name not in used)


def _rest(known: Known, unused: Sequence[str]) -> Iterator[Table]:
    if unused:
        told = [f"{name}  {short(known.delivered.labels.get(name, ''))}".rstrip() for name in unused]
        yield Table(
            "", [], [f"Columns of the file that nothing here uses ({len(unused)}):", *(f"  {one}" for one in told)]
        )
