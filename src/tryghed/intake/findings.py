"""What is wrong with a delivery: findings, what of it was accepted, and the refusal that carries all of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from tryghed.errors import DataError
from tryghed.frames import Decision, Finding
from tryghed.intake.catalogue import CODES, Severity

#: What is counted in a message, and what is said of it.
_COUNTED: Final = re.compile(r"\{count\} (?P<noun>[a-z ]*?) (?P<verb>have|are|hold|look|belong|share)\b")
_ONE: Final = {"people": "person"}
#: How many row numbers a finding gives.
SHOWN = 10


class Refused(DataError):  # noqa: N818 what happened to the delivery
    """A delivery with errors, or warnings nobody accepted; `findings` has them all, the remarks too."""

    def __init__(self, message: str, *, where: str = "", hint: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, where=where, hint=hint)
        self.findings = tuple(findings)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.message, self.where, self.hint, self.findings))


def _rebuild(message: str, where: str, hint: str, findings: tuple[Finding, ...]) -> Refused:
    return Refused(message, where=where, hint=hint, findings=findings)


def finding(
    code: str, where: str, message: str, *, count: int = 0, severity: Severity | None = None, hint: str = ""
) -> Finding:
    """Return a finding of a code of the catalogue, with the severity it has there unless another is given."""
    known = CODES[code].severities
    assert severity is None or severity in known, (code, severity)
    return Finding(code, severity or known[0], where, message, count, hint=hint)


def at_rows(
    bad: pl.Series, code: str, where: str, message: str, *, severity: Severity | None = None, hint: str = ""
) -> list[Finding]:
    """Return one finding for the rows where `bad` holds (counted from 1), or none where it holds nowhere.

    `message` may contain `{count}`, with what is counted and its verb in the plural behind it.
    """
    rows = bad.fill_null(value=False).arg_true() + 1
    count = rows.len()
    if not count:
        return []
    told = _singular(message) if count == 1 else message.replace("{count}", f"{count:,}")
    one = finding(code, where, told, count=count, severity=severity, hint=hint)
    return [replace(one, rows=tuple(rows.head(SHOWN).to_list()))]


def _singular(message: str) -> str:
    """Return a message about one: "{count} rows have no weight" is "1 row has no weight"."""
    found = _COUNTED.search(message)
    if found is None:
        return message.replace("{count}", "1")
    noun = _ONE.get(found["noun"], found["noun"].removesuffix("s"))
    verb = {"have": "has", "are": "is"}.get(found["verb"], f"{found['verb']}s")
    return f"{message[: found.start()]}1 {noun} {verb}{message[found.end() :]}"


def decided(findings: Iterable[Finding], decisions: Sequence[Decision]) -> tuple[Finding, ...]:
    """Return the findings, each warning with the decision that accepts it, and a remark for each decision in vain.

    Decisions about one file alone are those the store kept of it, and are in vain without a word.
    """
    used: set[Decision] = set()
    found: list[Finding] = []
    for one in findings:
        fitting = next((decision for decision in decisions if _covers(decision, one)), None)
        if fitting is not None:
            used.add(fitting)
        found.append(replace(one, accepted=fitting))
    vain = [decision for decision in decisions if decision not in used and not decision.sha256]
    return (*found, *(_in_vain(decision) for decision in vain))


def refuse(findings: Iterable[Finding], *, where: str, wave: str) -> None:
    """Raise what was found, when any of it is an error, or a warning that nobody accepted.

    Args:
        findings: All that was found.
        where: What the refusal is about.
        wave: The wave as commands name it, for the hint; empty where only a definition can accept a warning.

    Raises:
        Refused: With all findings; its text lists those in the way.
    """
    found = tuple(findings)
    refusing = blocking(found)
    if not refusing:
        return
    lines = "\n".join(_line(one) for one in refusing)
    warnings = [one for one in refusing if one.severity == "warning"]
    errors = len(refusing) - len(warnings)
    declared = f'[[accepted]] with code = "{warnings[0].code}" in the definition' if warnings else ""
    how = f'tryghed ingest {wave} --accept {warnings[0].code} --because "…"' if wave and warnings else declared
    correct = "correct the definition, or ask for a corrected file"
    look = f"look at the rows; what can be used all the same: {how}"
    raise Refused(
        f"{counted(errors, len(warnings))}\n{lines}",
        where=where,
        hint="; ".join([*([correct] if errors else []), *([look] if warnings else [])]),
        findings=found,
    )


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that refuse the delivery: errors, and warnings that nobody accepted."""
    return [one for one in findings if one.severity == "error" or (one.severity == "warning" and not one.accepted)]


def counted(errors: int, warnings: int) -> str:
    """Return how many there are, in words."""
    parts = [(errors, "error"), (warnings, "warning")]
    said = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts if count]
    return " and ".join(said)


def _covers(decision: Decision, found: Finding) -> bool:
    return (
        found.severity == "warning"
        and decision.code == found.code
        and decision.where in ("", found.where)
        and (decision.count is None or found.count <= decision.count)
    )


def _in_vain(decision: Decision) -> Finding:
    at_most = "" if decision.count is None else f", {decision.count:,} at most"
    place = decision.where or "anywhere"
    return finding("acceptance_unused", decision.where or decision.code, f"no warning {decision.code} {place}{at_most}")


def _line(one: Finding) -> str:
    hint = f"; {one.hint}" if one.hint else ""
    return f"  {one.code} {one.where}: {one.message}{in_rows(one)}{hint}"


def in_rows(one: Finding) -> str:
    """Return the first rows of a finding in brackets, nothing where it has none."""
    more = " …" if one.count > SHOWN else ""
    return f" (rows {', '.join(str(row) for row in one.rows)}{more})" if one.rows else ""
