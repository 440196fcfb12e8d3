"""Released numbers as plain records, and back: what `cells.json` and `errata.json` hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from tryghed.definitions.comparability import Comparability, Comparison, Comparisons, Reason
from tryghed.release.released import (
    CellKey,
    Change,
    Conflict,
    ContrastKey,
    Difference,
    Exemption,
    Places,
    Released,
    Remark,
    Share,
    WaveFacts,
    Withheld,
)

Record = dict[str, Any]


def cells(released: Released) -> str:
    """Return every number of a release as JSON, one number per line."""
    parts = {
        "shares": [cell._asdict() | plain(share) for cell, share in released.shares()],
        "differences": [
            {"kind": kind} | cell._asdict() | plain(one) for (kind, cell, _), one in released.differences()
        ],
        "places": [cell._asdict() | plain(places) for cell, places in released.rankings()],
    }
    return _by_line(parts)


def read_cells(
    text: str,
) -> tuple[dict[CellKey, Share], dict[ContrastKey, Difference], dict[CellKey, Places]]:
    """Return the numbers in such a text.

    Raises:
        ValueError, KeyError, TypeError: It holds something else.
    """
    parts = json.loads(text)
    shares = {_cell(record): _share(record) for record in parts["shares"]}
    differences = {
        (record["kind"], _cell(record), record["against"]): _difference(record) for record in parts["differences"]
    }
    return shares, differences, {_cell(record): _places(record) for record in parts["places"]}


def changes(found: Sequence[Change]) -> str:
    """Return what changed between two editions as JSON, one number per line."""
    records = [
        {"kind": one.kind} | one.cell._asdict() | {"against": one.against, "old": plain(one.old), "new": plain(one.new)}
        for one in found
    ]
    return _by_line({"changes": records})


def read_changes(text: str) -> tuple[Change, ...]:
    """Return the changes in such a text.

    Raises:
        ValueError, KeyError, TypeError: It holds something else.
    """
    return tuple(
        Change(
            record["kind"], _cell(record), record["against"],
            _number(record["kind"], record["old"]), _number(record["kind"], record["new"]),
        )
        for record in json.loads(text)["changes"]
    )  # fmt: skip


def comparisons(known: Comparisons) -> str:
    """Return the verdicts on pairs of waves as JSON, one per line."""
    return _by_line({"comparisons": [plain(known[key]) for key in sorted(known)]})


def read_comparisons(text: str) -> Comparisons:
    """Return the verdicts in such a text.

    Raises:
        ValueError, KeyError, TypeError: It holds something else.
    """
    found = {}
    for record in json.loads(text)["comparisons"]:
        verdict = Comparability[record["verdict"]]
        reasons = tuple(Reason(**one) for one in record["reasons"])
        one = Comparison(**record | {"verdict": verdict, "reasons": reasons})
        found[one.survey, one.wave, one.against, one.indicator] = one
    return found


def facts(record: Record) -> WaveFacts:
    """Return how a wave was measured from its record."""
    days = {name: None if record[name] is None else date.fromisoformat(record[name]) for name in ("start", "end")}
    return WaveFacts(**{name: _tuples(value) for name, value in (record | days).items()})


def _tuples(value: object) -> Any:  # noqa: ANN401 what JSON holds
    """Return a value with its lists as tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def exemption(record: Record) -> Exemption:
    """Return an exemption from its record."""
    return Exemption(**record | {"cell": CellKey(**record["cell"]), "on": date.fromisoformat(record["on"])})


def conflict(record: Record) -> Conflict:
    """Return a conflict from its record."""
    return Conflict(**record | {"cells": tuple(CellKey(**one) for one in record["cells"])})


def plain(value: object) -> Any:  # noqa: ANN401 what JSON holds
    """Return a value as JSON has it: dataclasses by field, reasons by their names, dates as in ISO 8601."""
    match value:
        case CellKey():
            found: Any = value._asdict()
        case Enum():
            found = value.name
        case date():
            found = value.isoformat()
        case tuple() | list():
            found = [plain(one) for one in value]
        case Mapping():
            found = {name: plain(one) for name, one in value.items()}
        case _ if is_dataclass(value):
            found = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        case _:
            found = value
    return found


def _by_line(parts: Mapping[str, Sequence[Record]]) -> str:
    blocks = []
    for name, records in parts.items():
        lines = ",\n".join(json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records)
        blocks.append(f'"{name}": [\n{lines}\n]' if records else f'"{name}": []')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _cell(record: Record) -> CellKey:
    return CellKey(*(record[name] for name in CellKey._fields))


def _share(record: Record) -> Share:
    return Share(**_of(Share, record))


def _difference(record: Record) -> Difference:
    return Difference(**_of(Difference, record) | {"this": _share(record["this"]), "other": _share(record["other"])})


def _places(record: Record) -> Places:
    return Places(**_of(Places, record))


def _number(kind: str, record: Record | None) -> Share | Difference | Places | None:
    if record is None:
        return None
    if kind == "share":
        return _share(record)
    return _places(record) if kind == "places" else _difference(record)


def _of(kind: type[Share | Difference | Places], record: Record) -> Record:
    """Return a record's values of a dataclass, with reasons and remarks as members again."""
    own = {one.name: record[one.name] for one in fields(kind) if one.name in record}
    if own.get("withheld") is not None:
        own["withheld"] = Withheld[own["withheld"]]
    if "remarks" in own:
        own["remarks"] = tuple(Remark[one] for one in own["remarks"])
    return own
