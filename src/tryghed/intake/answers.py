"""Delivered columns become answers: codes as declared, every kind of missing as its own code."""

import polars as pl

from tryghed.definitions.survey import MISSING_CODES, Item
from tryghed.definitions.wave import Wave
from tryghed.frames import Finding
from tryghed.intake import privacy
from tryghed.intake.catalogue import Severity
from tryghed.intake.findings import at_rows, finding
from tryghed.intake.readers import Delivered
from tryghed.intake.values import as_numbers, as_text, plain

_BLANK = MISSING_CODES["mangler"]
_NO_ANSWER = list(MISSING_CODES.values())
_NAMED = 8
#: Numbers that stand for no answer by custom, and how many times the next smaller answer they are then.
_CUSTOMARY = {
    *(float(sign * int(f"{nines}{last}")) for nines in ("9", "99", "999", "9999", "99999", "999999") for last in "6789"
      for sign in (1, -1)),
    *(float(sign * int(last * times)) for last in "78" for times in range(2, 8) for sign in (1, -1)),
    *(float(-last) for last in range(1, 10)),
}  # fmt: skip
_FAR = 1.5
#: More answers than this share of those who were not asked mean another filter, not some slips.
_SOME_PAST = 0.05


def coded(delivered: Delivered, wave: Wave, name: str, item: Item) -> tuple[pl.Series, list[Finding]]:
    """Return the answers to one item, and what is wrong with them.

    The answers are Int16 codes (Float64 for a number), with missing ones as `MISSING_CODES`.
    """
    source = delivered.rows[wave.columns[name]]
    where = f"{name} ({source.name})"
    numbers, wrong = as_numbers(source, decimal=decimal_sign(wave))
    missing = {float(code): MISSING_CODES[one.kind] for code, one in item.missing.items()}
    known = numbers.is_in([*missing, *map(float, item.codes)])
    undeclared = ~known if not item.numeric else numbers.is_in(_forbidden(delivered, source.name, missing))
    unknown = wrong | undeclared.fill_null(value=False)
    found = _unknown(source, unknown, item, where) + _labels(delivered, source.name, item, where)
    found += _answers_missing(delivered, source.name, item, where)
    if item.numeric:
        found += _like_missing(numbers, known | undeclared, where)
    answers = numbers.replace_strict(list(missing), list(missing.values()), default=numbers) if missing else numbers
    answers = _told_by_letters(delivered, wave, source.name, answers)
    given = numbers.is_not_null() & ~numbers.is_in(list(missing)) & ~unknown
    found += _past_filter(delivered, wave, name, given.fill_null(value=False))
    filled = pl.select(pl.when(unknown).then(None).otherwise(answers).fill_null(_blank(delivered, wave, name)))
    result = filled.to_series().alias(name).cast(pl.Float64 if item.numeric else pl.Int16)
    nobody = result.cast(pl.Float64).is_in(list(map(float, _NO_ANSWER)))
    if result.len() and not unknown.any() and nobody.all():
        found += at_rows(nobody, "empty_item", where, "nobody answered")
    return result, found


def form_of(wave: Wave) -> str:
    """Return the format of the wave's file."""
    return wave.delivery.format or wave.delivery.file.rpartition(".")[2].lower()


def decimal_sign(wave: Wave) -> str:
    """Return the decimal sign of numbers delivered as text."""
    return wave.delivery.csv.decimal if form_of(wave) == "csv" else "."


def _forbidden(delivered: Delivered, column: str, missing: dict[float, int]) -> list[float]:
    """Return numbers that cannot be answers: declared missing by the file alone, or our own missing codes."""
    declared = {float(code) for code in delivered.user_missing.get(column, ()) if not isinstance(code, str)}
    return sorted((declared | set(map(float, _NO_ANSWER))) - set(missing))


def _like_missing(numbers: pl.Series, told: pl.Series, where: str) -> list[Finding]:
    """Return numbers such as 999 or -9 that are far from all other answers: codes for no answer that nobody declared.

    Args:
        numbers: The answers.
        told: Those that are declared missing, or wrong already.
        where: What the finding is about.
    """
    there = numbers.filter((~told).fill_null(value=False)).unique().sort().to_list()
    others = [value for value in there if value not in _CUSTOMARY]
    if not others:
        return []
    top, far = others[0], [value for value in there if value in _CUSTOMARY and value < 0 <= others[0]]
    for value in (one for one in there if one > others[0]):
        if value in _CUSTOMARY and value > _FAR * top > 0:
            far.append(value)
        else:
            top = value
    hits = numbers.is_in(far)
    hint = f"if they are, add them to items.{where.partition(' ')[0]}.missing in survey.toml"
    values = ", ".join(f"{value:g}" for value in far)
    message = f"{{count}} answers look like codes for no answer: {values}; the others lie between "
    message += f"{min(one for one in there if one not in far):g} and {top:g}"
    return at_rows(hits, "missing_as_answer", where, message, hint=hint)


def _answers_missing(delivered: Delivered, column: str, item: Item, where: str) -> list[Finding]:
    """Return codes that are answers by the survey, and missing by the file: one of the two is wrong."""
    declared = {float(code) for code in delivered.user_missing.get(column, ()) if not isinstance(code, str)}
    clash = [f"{code} ({label})" for code, label in item.codes.items() if float(code) in declared]
    if not clash:
        return []
    hint = f"move them to items.{where.partition(' ')[0]}.missing in survey.toml, or ask the provider"
    message = f"the file declares answers as missing: {', '.join(clash)}"
    return [finding("answer_declared_missing", where, message, count=len(clash), hint=hint)]


def _blank(delivered: Delivered, wave: Wave, name: str) -> pl.Series:
    """Return the missing code of a blank in each row: routed past the item, or simply not there."""
    routing = wave.routing.get(name)
    if routing is None or routing.column not in delivered.rows.columns:
        return pl.Series([_BLANK], dtype=pl.Float64).new_from_index(0, delivered.rows.height)
    path, _ = as_numbers(delivered.rows[routing.column], decimal=decimal_sign(wave))
    asked = path.is_in([float(code) for code in routing.codes]).fill_null(value=False)
    return pl.select(
        pl.when(asked).then(pl.lit(float(_BLANK))).otherwise(pl.lit(float(MISSING_CODES[routing.otherwise])))
    ).to_series()


def _told_by_letters(delivered: Delivered, wave: Wave, column: str, answers: pl.Series) -> pl.Series:
    """Return answers whose blanks have the kind of missing that their letter means."""
    letters = delivered.letters.get(column)
    if letters is None or not wave.delivery.letters:
        return answers
    kinds = {letter: float(MISSING_CODES[kind]) for letter, kind in wave.delivery.letters.items()}
    told = letters.replace_strict(kinds, default=None, return_dtype=pl.Float64)
    return pl.select(pl.coalesce(answers.cast(pl.Float64), told)).to_series()


def _past_filter(delivered: Delivered, wave: Wave, name: str, given: pl.Series) -> list[Finding]:
    """Return the answers of people who, by the definition, were not asked; `given` says who gave one."""
    routing = wave.routing.get(name)
    if routing is None or routing.column not in delivered.rows.columns:
        return []
    path, _ = as_numbers(delivered.rows[routing.column], decimal=decimal_sign(wave))
    past = path.is_not_null() & ~path.is_in([float(code) for code in routing.codes]).fill_null(value=True)
    answered = given & past
    message = f"{{count}} of {past.sum():,} people answered whom {routing.column} leads past the question"
    severity: Severity = "warning" if float(answered.sum()) > _SOME_PAST * float(past.sum()) else "info"
    where = f"{name} ({wave.columns[name]})"
    return at_rows(answered, "answered_past_filter", where, message, severity=severity)


def _unknown(source: pl.Series, unknown: pl.Series, item: Item, where: str) -> list[Finding]:
    values = as_text(source.filter(unknown)).unique().sort().to_list()
    shown = ", ".join(privacy.listed(values[:_NAMED])) + (" …" if len(values) > _NAMED else "")
    allowed = "numbers" if item.numeric else f"codes {', '.join(map(str, [*item.codes, *item.missing]))}"
    hint = f"the item has {allowed}; add what is missing to items.{where.partition(' ')[0]} in survey.toml"
    return at_rows(unknown, "unknown_code", where, f"{{count}} answers are not declared: {shown}", hint=hint)


def _labels(delivered: Delivered, column: str, item: Item, where: str) -> list[Finding]:
    """Return where the file calls a code something else than the survey does: a turned or shifted scale."""
    in_file = {float(code): label for code, label in delivered.value_labels.get(column, {}).items() if _number(code)}
    declared = item.codes | {code: one.label for code, one in item.missing.items()}
    differ = [
        f"{code} is {in_file[code]!r} in the file, {label!r} in survey.toml"
        for code, label in declared.items()
        if code in in_file and plain(in_file[code]) != plain(label)
    ]
    found: list[Finding] = []
    if differ:
        hint = "if they mean the same, write the file's label in survey.toml"
        found.append(finding("label_mismatch", where, "; ".join(differ), count=len(differ), hint=hint))
    extra = [f"{code:g} {label!r}" for code, label in sorted(in_file.items()) if code not in declared]
    if extra and item.codes:
        message = f"the file has labels for codes that survey.toml does not: {', '.join(extra[:_NAMED])}"
        found.append(finding("label_undeclared", where, message, count=len(extra)))
    return found


def _number(code: float | str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True
