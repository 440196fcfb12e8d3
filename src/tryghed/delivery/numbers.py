"""The released numbers of a wave as tables beside its reports, for those who compute on.

    tal.csv, tal_forskelle.csv, tal_pladser.csv     shares, comparisons, places among the areas
    tal.xlsx                                        the same as sheets, and one about the release
    tal.json                                        the same for a program

Every row carries the release it is of; what is withheld has no number, but the reason.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from tryghed.definitions.project import Project
from tryghed.definitions.survey import Survey
from tryghed.delivery import exports
from tryghed.frames import EVERYBODY
from tryghed.release.released import CellKey, Difference, Released, Remark, Withheld
from tryghed.reporting import danish

#: Begins the names of the files.
NAME = "tal"
_READABLE = 0o644
#: Columns in percent or percentage points.
_PERCENT = ("pct", "pct_anden", "nedre_anden", "øvre_anden", "forskel", "nedre", "øvre", "kan_påvises")

_KINDS = {"wave": "tidligere bølge", "category": "anden gruppe"}
_VERDICTS = {1: "sikkert højere", -1: "sikkert lavere", 0: "ingen påvist forskel"}
_NOT_TESTED = "ikke prøvet"
#: A p is told with this many decimals: more would tell more of the two sides than their shares do.
_P_DECIMALS = 3


def save(released: Released, project: Project, folder: Path) -> list[Path]:
    """Write the numbers of a release to a folder; return the files, which whoever may read the reports may read."""
    tables = {"andele": shares(released, project), "forskelle": differences(released, project),
              "pladser": places(released, project)}  # fmt: skip
    csvs = {"andele": f"{NAME}.csv", "forskelle": f"{NAME}_forskelle.csv", "pladser": f"{NAME}_pladser.csv"}
    sensitive = {"andele": [share.sensitive for _, share in released.shares()],
                 "forskelle": [one.this.sensitive for _, one in released.differences()]}  # fmt: skip
    for name, file in csvs.items():
        exports.write(_as_printed(tables[name], sensitive.get(name, ())), folder / file, "csv")
    about = _about(released, project)
    exports.save(exports.workbook({**tables, "om": _listed(about)}), folder / f"{NAME}.xlsx")
    exports.save(_json(about, tables).encode(), folder / f"{NAME}.json")
    made = [folder / file for file in (*csvs.values(), f"{NAME}.xlsx", f"{NAME}.json")]
    for path in made:
        path.chmod(_READABLE)
    return made


def _as_printed(rows: pl.DataFrame, sensitive: Sequence[bool]) -> pl.DataFrame:
    """Return a table with the decimals of the pages in its percentages: 71,2 and, where sensitive, 9."""
    return rows.with_columns(
        pl.Series(name, [None if value is None else Decimal(repr(value)).quantize(Decimal("1" if one else "0.1"))
                         for value, one in zip(rows[name], sensitive, strict=True)], dtype=pl.Object)
        for name in _PERCENT if name in rows.columns
    )  # fmt: skip


def shares(released: Released, project: Project) -> pl.DataFrame:
    """Return the released shares with Danish headings, in percent and rounded as on the pages."""
    records = [
        _cell(cell, project)
        | {"pct": share.share, "nedre": share.lower, "øvre": share.upper, "n": share.n}
        | _remarks(cell, released, share.withheld, share.remarks)
        for cell, share in released.shares()
    ]
    return _table(records, ("pct", "nedre", "øvre"), ("n",))


def differences(released: Released, project: Project) -> pl.DataFrame:
    """Return the released comparisons in percentage points: this side, the other side, interval and verdict."""
    rest = next((one.words.rest for one in project.reports.values() if one.survey == released.survey), "resten")
    records = [
        _cell(cell, project)
        | {"sammenlignet_med": _against(project, rest, kind, cell, against), "art": _KINDS.get(kind, rest)}
        | _compared(one)
        | _remarks(cell, released, one.withheld)
        for (kind, cell, against), one in released.differences()
    ]
    return _table(records, (*_PERCENT, "p_rettet"), ("n", "n_anden", "prøver"))


def places(released: Released, project: Project) -> pl.DataFrame:
    """Return first and last place each ranked area may have; 1 is the highest share."""
    records = [
        _cell(cell, project)
        | {"første_plads": one.first, "sidste_plads": one.last, "områder": one.areas}
        | _remarks(cell, released)
        for cell, one in released.rankings()
    ]
    return _table(records, (), ("første_plads", "sidste_plads", "områder"))


def _compared(one: Difference) -> dict[str, Any]:
    p = one.p_adjusted
    return {
        "pct": one.this.share,
        "n": one.this.n,
        "pct_anden": one.other.share,
        "nedre_anden": one.other.lower,
        "øvre_anden": one.other.upper,
        "n_anden": one.other.n,
        "forskel": one.difference,
        "nedre": one.lower,
        "øvre": one.upper,
        "dom": "" if one.withheld else _VERDICTS[one.direction] if one.tests else _NOT_TESTED,
        "kan_påvises": one.detectable,
        "p_rettet": None if p is None else max(round(p, _P_DECIMALS), 10.0**-_P_DECIMALS),
        "familie": one.family,
        "prøver": one.tests,
    }


def _cell(cell: CellKey, project: Project) -> dict[str, Any]:
    survey = project.surveys[cell.survey]
    return {
        "undersøgelse": survey.short,
        "bølge": cell.wave.replace("+", ", "),
        "områdesæt": project.area_sets[cell.area_set].label,
        "områdekode": cell.area,
        "område": _area(project, cell.area_set, cell.area),
        "opdeling": cell.dimension,
        "gruppe": cell.category,
        "opdelt_efter": _dimension(survey, cell.dimension),
        "gruppenavn": _category(survey, cell.dimension, cell.category),
        "indikator": cell.indicator,
        "andel": survey.scores[cell.indicator].label,
    }


def _remarks(
    cell: CellKey, released: Released, withheld: Withheld | None = None, remarks: Sequence[Remark] = ()
) -> dict[str, Any]:
    """Return why a number is not shown, the release it is of, and what must be known of it."""
    facts = [released.facts.get((cell.survey, wave)) for wave in cell.wave.split("+")]
    unverified = any(one is not None and not one.verified for one in facts)
    marks = [(released.synthetic, "syntetiske data"), (unverified, "uverificeret")]
    marks += [(one is Remark.COMPLEMENT, one.value) for one in remarks]
    return {
        "vises_ikke": withheld.value if withheld else "",
        "udgivelse": released.edition.name if released.edition else "",
        "udgivelses_id": released.release_id,
        "bemærk": ", ".join(mark for holds, mark in marks if holds),
    }


def _table(records: list[dict[str, Any]], floats: tuple[str, ...], integers: tuple[str, ...]) -> pl.DataFrame:
    if not records:
        return pl.DataFrame(schema=dict.fromkeys(("vises_ikke", "udgivelse", "udgivelses_id", "bemærk"), pl.String))
    types: Mapping[str, Any] = dict.fromkeys(floats, pl.Float64) | dict.fromkeys(integers, pl.Int64)
    return pl.DataFrame(records, schema_overrides=types, infer_schema_length=None)


def _about(released: Released, project: Project) -> dict[str, str]:
    edition = released.edition
    return {
        "undersøgelse": project.surveys[released.survey].title,
        "bølge": released.wave,
        "udgivelse": edition.name if edition else "",
        "udgivelses_id": released.release_id,
        "lavet": edition.created.isoformat() if edition else "",
        "regelsæt": released.rules_version,
        "retter": edition.corrects if edition else "",
        "grund": edition.because if edition else "",
        "kontrolsum": "oplyst for alle filer" if released.verified else "ikke oplyst for alle filer",
        "bemærk": "syntetiske data: tallene er opdigtede" if released.synthetic else "",
    }


def _listed(about: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame({"hvad": list(about), "værdi": list(about.values())})


def _json(about: Mapping[str, str], tables: Mapping[str, pl.DataFrame]) -> str:
    parts = [f'"om": {json.dumps(about, ensure_ascii=False)}']
    parts += [f'"{name}": {exports.write(rows, None, "json")!s}' for name, rows in tables.items()]
    return "{\n" + ",\n".join(part.rstrip("\n") for part in parts) + "\n}\n"


def _against(project: Project, rest: str, kind: str, cell: CellKey, against: str) -> str:
    if kind == "rest":
        return rest
    return _category(project.surveys[cell.survey], cell.dimension, against) if kind == "category" else against


def _dimension(survey: Survey, dimension: str) -> str:
    """Return what people are divided by, in words: `Køn`, `Køn og alder`."""
    if dimension == EVERYBODY:
        return EVERYBODY
    first, *others = (survey.groups[name].label for name in dimension.split("*"))
    return danish.join([first, *(f"{one[:1].lower()}{one[1:]}" for one in others)])


def _category(survey: Survey, dimension: str, category: str) -> str:
    """Return a group in words: `Kvinder`, `Kvinder, 18–24 år`."""
    if category == EVERYBODY:
        return EVERYBODY
    names = zip(dimension.split("*"), category.split("*"), strict=True)
    return ", ".join(survey.groups[name].categories[one].label for name, one in names)


def _area(project: Project, area_set: str, code: str) -> str:
    return "Alle" if code == EVERYBODY else project.area_sets[area_set].areas[code].name
