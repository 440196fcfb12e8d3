"""What a reader finds in the files beside the reports: `tal.csv`, `tal_forskelle.csv` or `tal.json`."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tryghed.definitions.project import Project
from tryghed.errors import ReleaseError

#: The files a reader has.
FILES = ("tal.csv", "tal_forskelle.csv", "tal.json")
#: As if it were an area: whether somebody is in an earlier edition already, in the newest only, or in the earlier only.
BEFORE, LATE, GONE = ("udgave", "tidligere"), ("udgave", "kun den nye"), ("udgave", "kun den tidligere")
#: Begins the code of everybody outside an area.
OUTSIDE = "uden:"
#: The comparisons of the file of differences whose other side is another row of the file of shares.
_ELSEWHERE = {"tidligere bølge", "anden gruppe"}
#: What is said of a number that is withheld so that nobody is recognised.
_SECRET = "diskretion"


@dataclass(frozen=True, slots=True)
class Number:
    """One published share, or the place where one is withheld.

    Attributes:
        survey, waves, area_set, area, dimension, category, indicator: What it is of.
        percent: The share as printed, None where withheld.
        n: The answers as printed, None where withheld.
        secret: Whether it is withheld so that nobody is recognised.
        before: Whether it stands in an earlier edition, which lacks those who answered late.
    """

    survey: str
    waves: tuple[str, ...]
    area_set: str
    area: str
    dimension: str
    category: str
    indicator: str
    percent: float | None
    n: int | None
    secret: bool
    before: bool = False


def read(project: Project, folder: Path) -> tuple[Number, ...]:
    """Return every number in the files of a release, each once.

    Args:
        project: Definitions, which are public, for the names behind the labels.
        folder: Where the files are.

    Raises:
        ReleaseError: There are no files, or one of them is not as it should be.
    """
    rows = [
        *(row for name in ("tal.csv", "tal_forskelle.csv") for row in _csv(folder / name)),
        *_json(folder / "tal.json"),
    ]
    if not rows:
        raise ReleaseError("no published numbers: neither tal.csv nor tal.json", where=str(folder))
    try:
        return tuple(dict.fromkeys(number for row in rows for number in _numbers(project, row)))
    except (KeyError, ValueError) as problem:
        raise ReleaseError(f"a row cannot be read: {problem}", where=str(folder)) from None


def _csv(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream, delimiter=";")


def _json(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.exists():
        content = json.loads(path.read_text(encoding="utf-8"))
        tables = content.values() if isinstance(content, dict) else [content]
        yield from (row for table in tables if isinstance(table, list) for row in table if "indikator" in row)


def _numbers(project: Project, row: Mapping[str, Any]) -> Iterator[Number]:
    """Yield the sides of a row that stand in no other row: of a share itself, of a comparison the rest of the city."""
    if "første_plads" in row:
        return
    area = row["områdekode"]
    percent, n = row["pct"], row["n"]
    withheld = row["vises_ikke"]
    if "pct_anden" in row:
        if row["art"] in _ELSEWHERE:
            return
        area, percent, n, withheld = OUTSIDE + area, row["pct_anden"], row["n_anden"], ""
    survey = next(name for name, one in project.surveys.items() if one.short == row["undersøgelse"])
    sets = [name for name, one in project.area_sets.items() if one.label == row["områdesæt"]]
    waves = tuple(row["bølge"].split(", "))
    people = _number(n)
    for area_set in sets:
        yield Number(
            survey, waves, area_set, area, row["opdeling"], row["gruppe"],
            row["indikator"], _number(percent),
            None if people is None else round(people), _SECRET in withheld,
        )  # fmt: skip


def _number(value: object) -> float | None:
    """Return a number written in the Danish way or as JSON has it, None where there is none."""
    if value is None or value == "":
        return None
    return float(str(value).replace(".", "").replace(",", ".")) if isinstance(value, str) else float(str(value))
