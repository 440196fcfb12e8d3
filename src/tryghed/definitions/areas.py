"""Area sets: districts, kvarterer, vulnerable areas, the units respondents are delivered with.

A set is a TOML file with a CSV of its areas beside it. Members are given in one of two ways: a CSV from the
smallest unit (rode) to areas, which may overlap; or, for a survey without geography, groups of respondents.
"""

import csv
import re
import unicodedata
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from tryghed.definitions.survey import Category, Name
from tryghed.definitions.toml import Definition, read
from tryghed.errors import DefinitionError

#: What stands for the whole city, and for people whom no area holds, among the areas of a table.
WHOLE, OUTSIDE = "alle", "uden_for_inddeling"
_NUMBERED = re.compile(r"\d+\. ")


class GroupArea(Category):
    """An area that is a group of respondents: those whose `item` has one of the codes or lies in the range."""

    item: Name  #: item the group is made from


class AreaSetFile(Definition):
    """`surveys/areas/<set>.toml`.

    `areas`, `members` and `outlines` name files beside it: a CSV with `code;name;short;population;parent;column;row`,
    a CSV with `unit;area`, and a GeoJSON whose features carry `code`. `aliases` is a CSV with `alias;area`: other
    spellings of the areas' names, as register tables and official files have them. Case, blanks around, a number in
    front ("4. ") and the words of `titles` make no difference. `alle` stands for the whole city, and
    `uden_for_inddeling` for those no area holds.
    """

    name: Name  #: the file's name
    label: str  #: name of the set, Danish
    #: district: divides the city; unit: the smallest delivered; vulnerable, housing: may overlap; group: of people
    kind: Literal["district", "unit", "vulnerable", "housing", "group"]
    version: str  #: edition of the boundaries, printed under maps
    source: str = ""  #: where the boundaries come from
    attribution: str = ""  #: credit, printed in every report that draws the outlines
    unit_set: Name | None = None  #: set whose units `members` lists
    areas: str | None = None  #: CSV of the areas
    members: str | None = None  #: CSV of which unit lies in which area
    outlines: str | None = None  #: GeoJSON of the outlines
    enclave: str = ""  #: name of the hole in the city, for the maps (Frederiksberg)
    enclave_at: tuple[int, int] | None = None  #: its column and row among the small charts
    aliases: str | None = None  #: CSV of other spellings of the areas' names
    titles: list[str] = []  #: what sources put before the name of such an area: `["Bydel - "]`
    groups: dict[str, GroupArea] = {}  #: groups of people that stand where areas would

    @model_validator(mode="after")
    def _is_areas_or_groups(self) -> Self:
        if bool(self.groups) == (self.areas is not None):
            raise ValueError("give either areas (a CSV) or groups")
        if self.members is not None and self.unit_set is None:
            raise ValueError("members needs unit_set, the set its units belong to")
        return self


class AreaRow(Definition):
    """One area: `short` is for maps and narrow tables, `parent` an area of a coarser set."""

    code: str  #: identifies the area; used in file names
    name: str  #: in full, as printed
    short: str = ""  #: for maps and narrow tables; default: the name
    population: float | None = None  #: inhabitants, printed on page 1
    parent: str = ""  #: code of the area it is part of in a coarser set
    column: int | None = None  #: column of its small chart, from 0, where the charts lie as on the map
    row: int | None = None  #: row of its small chart, from 0


class AreaSet(Definition):
    """An area set with its areas in reading order and its members (unit code → area codes)."""

    name: Name
    label: str
    kind: Literal["district", "unit", "vulnerable", "housing", "group"]
    version: str
    source: str
    attribution: str
    unit_set: Name | None
    areas: dict[str, AreaRow]
    members: dict[str, tuple[str, ...]]
    groups: dict[str, GroupArea]
    outlines: Path | None
    enclave: str = ""
    enclave_at: tuple[int, int] | None = None
    titles: list[str] = []
    aliases: dict[str, str] = {}

    def named(self, name: str) -> str | None:
        """Return the code of the area that is called so in a table or an official file, None where none is."""
        for text in _spellings(name, self.titles):
            if text in self._names:
                return self._names[text]
        return None

    @cached_property
    def _names(self) -> dict[str, str]:
        """What each spelling means; a name that two areas have means neither, a code always its area."""
        own = [(_plain(text), code) for code, area in self.areas.items() for text in {area.short, area.name} - {""}]
        several = Counter(name for name, _ in own)
        names = {name: code for name, code in own if several[name] == 1}
        known = {_plain(alias): code for alias, code in self.aliases.items()}
        codes = {_plain(code): code for code in (*self.areas, WHOLE, OUTSIDE)}
        return {"uden for inddeling": OUTSIDE} | names | known | codes


def read_area_set(path: Path) -> AreaSet:
    """Return the area set defined in `path`, with the CSV files it names.

    Raises:
        DefinitionError: A file is missing or does not fit, a code occurs twice, a member names an unknown area.
    """
    file = read(path, AreaSetFile, name=path.stem)
    if file.groups:
        areas = {code: AreaRow(code=code, name=group.label) for code, group in file.groups.items()}
        members: dict[str, tuple[str, ...]] = {}
    else:
        areas = _areas(path.parent / str(file.areas))
        members = _members(path.parent / file.members, areas) if file.members else {}
    aliases = _aliases(path.parent / file.aliases, areas) if file.aliases else {}
    outlines = path.parent / file.outlines if file.outlines else None
    if outlines is not None and not outlines.exists():
        raise DefinitionError(f"outlines: no such file {file.outlines}", where=str(path))
    kept = {
        "label", "kind", "version", "source", "attribution", "unit_set", "groups", "enclave", "enclave_at", "titles",
    }  # fmt: skip
    return AreaSet(
        name=path.stem, areas=areas, members=members, outlines=outlines, aliases=aliases,
        **{k: getattr(file, k) for k in kept},
    )  # fmt: skip


def _areas(path: Path) -> dict[str, AreaRow]:
    areas: dict[str, AreaRow] = {}
    for line, row in _rows(path, {"code", "name"}):
        if row["code"] in areas:
            raise DefinitionError(f"code {row['code']!r} occurs twice", where=f"{path}:{line}")
        filled = {key: value for key, value in row.items() if value}
        areas[row["code"]] = AreaRow.model_validate(filled)
    return areas


def _members(path: Path, areas: dict[str, AreaRow]) -> dict[str, tuple[str, ...]]:
    members: dict[str, tuple[str, ...]] = {}
    for line, row in _rows(path, {"unit", "area"}):
        if row["area"] not in areas:
            raise DefinitionError(f"no area {row['area']!r} in the set", where=f"{path}:{line}")
        members[row["unit"]] = (*members.get(row["unit"], ()), row["area"])
    return members


def _aliases(path: Path, areas: dict[str, AreaRow]) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for line, row in _rows(path, {"alias", "area"}):
        if row["area"] not in {*areas, WHOLE, OUTSIDE}:
            raise DefinitionError(f"no area {row['area']!r} in the set", where=f"{path}:{line}")
        if aliases.setdefault(row["alias"], row["area"]) != row["area"]:
            raise DefinitionError(f"{row['alias']!r} is two areas", where=f"{path}:{line}")
    return aliases


def _spellings(name: str, titles: list[str]) -> list[str]:
    """Return a name as it may be known: as it is, without a title before it, without a number before that."""
    whole = _plain(name)
    bare = [whole, *(whole.removeprefix(_plain(one)).strip() for one in titles if whole.startswith(_plain(one)))]
    return [*bare, *(_NUMBERED.sub("", one, count=1) for one in bare if _NUMBERED.match(one))]


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _rows(path: Path, required: set[str]) -> list[tuple[int, dict[str, str]]]:
    if not path.exists():
        raise DefinitionError("no such file", where=str(path))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, delimiter=";")
        missing = sorted(required - set(reader.fieldnames or ()))
        if missing:
            raise DefinitionError(f"columns {missing} are missing; found {reader.fieldnames}", where=str(path))
        rows = list(enumerate(reader, start=2))
    short = [line for line, row in rows if any(row[name] is None for name in required)]
    if short:
        raise DefinitionError(f"has fewer than {len(reader.fieldnames or ())} values", where=f"{path}:{short[0]}")
    return rows
