"""How findings in deliveries are told, and how warnings among them are accepted at the command line."""

import getpass
import json
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from tryghed.cli.terminal import columns, visible
from tryghed.errors import UsageError
from tryghed.frames import Decision, Finding
from tryghed.ingestion import Examination
from tryghed.intake.catalogue import CODES
from tryghed.intake.findings import blocking, counted, in_rows

_PLAIN_WIDTH = 100


def decisions(codes: Sequence[str], reasons: Sequence[str], waves: Sequence[tuple[str, str]]) -> list[Decision]:
    """Return the decisions of whoever runs the command, one for each code with its reason.

    Raises:
        UsageError: Codes and reasons do not go together, a code is no warning, or several waves are meant.
    """
    if not codes and not reasons:
        return []
    if len(codes) != len(reasons) or not all(reason.strip() for reason in reasons):
        raise UsageError(
            f"{len(codes)} --accept and {len(reasons)} --because", hint='each --accept CODE needs a --because "…"'
        )
    warnings = [code for code, one in CODES.items() if "warning" in one.severities]
    unknown = [code for code in codes if code not in warnings]
    if unknown:
        raise UsageError(f"no warning {', '.join(unknown)}", hint=f"warnings: {', '.join(warnings)}")
    if len(waves) != 1:
        raise UsageError(f"a warning is accepted in one wave, not in {len(waves)}", hint="name it: SURVEY/WAVE")
    today = date.today()
    return [
        Decision(code, reason.strip(), getpass.getuser(), today) for code, reason in zip(codes, reasons, strict=True)
    ]


def note(one: Finding) -> str:
    """Return a finding in one line, as it is told of a delivery that was loaded."""
    taken = f" (accepted: {one.accepted.because})" if one.accepted else ""
    return f"  {one.severity} {one.code}, {one.where}: {one.message}{in_rows(one)}{taken}"


def as_json(looked: Sequence[Examination]) -> str:
    """Return everything found as JSON, one record per delivery."""
    records = [
        {
            "survey": one.survey, "wave": one.wave, "file": one.file, "refused": one.refused,
            "sha256": one.source.sha256 if one.source else None, "rows": one.source.rows if one.source else None,
            "columns": one.source.columns if one.source else None,
            "verified": bool(one.source and one.source.verified),
            "findings": [asdict(found) for found in one.findings],
        }
        for one in looked
    ]  # fmt: skip
    return json.dumps(records, ensure_ascii=False, indent=1, default=str)


def as_text(looked: Sequence[Examination]) -> str:
    """Return everything found as a table for each delivery, with what would become of it."""
    width = columns(sys.stdout) or _PLAIN_WIDTH
    return "\n\n".join(_one(one, width) for one in looked)


def _one(one: Examination, width: int) -> str:
    about = f"{one.survey}/{one.wave}  {one.file}"
    if one.source:
        verified = "verified" if one.source.verified else "UNVERIFIED"
        about += f"  {one.source.rows:,} rows, {one.source.columns} columns, {verified}"
    codes = max((len(found.code) for found in one.findings), default=0)
    lines = [line for found in one.findings for line in _row(found, codes, width)]
    return "\n".join([about, *lines, f"  {_verdict(one)}"])


def _row(found: Finding, codes: int, width: int) -> list[str]:
    start = f"  {found.severity:<7}  {found.code:<{codes}}  {found.count or '':>6}  "
    said = [f"{found.where}: {found.message}{in_rows(found)}"]
    if found.hint:
        said.append(f"hint: {found.hint}")
    if found.accepted:
        said.append(f"accepted by {found.accepted.by}, {found.accepted.on}: {found.accepted.because}")
    beside = max(20, width - len(start))
    wrapped = [
        line
        for one in said
        for line in textwrap.wrap(visible(one), beside, break_on_hyphens=False, break_long_words=False) or [""]
    ]
    return [(start if not place else " " * len(start)) + line for place, line in enumerate(wrapped)]


def _verdict(one: Examination) -> str:
    refusing = blocking(one.findings)
    if not refusing:
        return "would be loaded"
    warnings = sum(found.severity == "warning" for found in refusing)
    return f"would be refused: {counted(len(refusing) - warnings, warnings)}"
