"""A review as tables for the terminal, and as one page of HTML in Danish that needs no other file."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tryghed.definitions.project import Project
from tryghed.release import history
from tryghed.release.changes import is_printed, largest, size
from tryghed.release.released import CellKey, Change, Conflict, Difference, Exemption, Places, Share, Withheld
from tryghed.release.review import Held, Moved, Review, Rule, is_surprising
from tryghed.reporting import corrections, danish, templates

_FONT: Final = "fonts/IBMPlexSans-{}.woff2"
#: Rows of the waves' comparison that are always shown; those whose intervals do not touch are shown besides.
_MOVED: Final = 25

_WHY: Final[dict[Rule, str]] = {
    "min_base": "{value} svar; der skal være {limit}",
    "min_count": "{value} har svaret ens eller er de eneste, der ikke har; der skal være {limit}",
    "told_of_few": "andel og n, som de ville stå, kunne læses som så få, der har svaret ens eller er de eneste",
    "min_effective_n": "effektivt n er {value}; det skal være {limit}",
    "max_width": "intervallet er {value} procentpoint bredt; {limit} er for bredt",
    "max_relative_width": "intervallet er {value}\u00a0% af andelen; over {limit}\u00a0% er for bredt",
    "always_show_width": "intervallet er {value} procentpoint bredt; op til {limit} vises altid",
    "no_interval": "intet interval kan regnes",
    "protects": "skjules, for at et andet tal ikke kan regnes ud",
    "pair": "den anden side af samme spørgsmål afgør det",
    "exemption": "to personer har besluttet det",
}
_REASONS: Final = {
    Withheld.SECRET: "af hensyn til diskretion", Withheld.UNRELIABLE: "fordi de er for usikre",
    Withheld.DECIDED: "fordi det er besluttet",
}  # fmt: skip
_CONFLICTS: Final = {
    "others": "Tallene handler om andre personer nu: leverancen er rettet, eller et område eller en gruppe er ændret "
    "under samme navn. Skriv det i den nye udgivelse, og giv ændrede grænser et nyt navn.",
    "gone": "Tallene kan ikke efterprøves: deres bølge er ikke i lageret.",
    "apart": "Tallene vises ikke: sammen med en tidligere udgivelse ville de fortælle om for få personer.",
    "known": "Tallene holdes hemmelige i denne udgivelse, men kan regnes ud af tidligere udgivelser.",
}
_VERDICTS: Final = {"show": "vises", "withhold": "udelades", "secret": "hemmeligt", "rules": "følger reglerne"}
_NOT_SHOWN: Final = f"vises{danish.NBSP}ikke"
_KINDS: Final = {
    "share": "andel", "rest": "forskel til resten", "wave": "ændring siden {against}",
    "category": "forskel til {against}", "places": "plads",
}  # fmt: skip
#: Cells of a conflict that are named.
_CELLS: Final = 12
#: Rules whose numbers are parts of one, and told in percent.
_PARTS: Final = {"max_width", "max_relative_width", "always_show_width"}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: a heading, what it means, column heads, rows of text, and a sentence where it has none."""

    heading: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    none: str


def tables(found: Review) -> dict[str, pl.DataFrame]:
    """Return a review as tables by what they list, each without rows where there is nothing to look at."""
    held = dict.fromkeys(("shown", "rule", "value", "limit"), pl.String)
    shares = {"before": pl.Float64, "now": pl.Float64, "points": pl.Float64}
    return {
        "withheld": _frame([_place(one.cell) | _told(one) for one in found.withheld], held),
        "close to a limit": _frame([_place(one.cell) | _told(one) for one in found.close], held),
        "for a statistician": _frame([_place(cell) | {"remark": one.name.lower()} for cell, one in found.remarked]),
        "conflicts with earlier releases": _frame([{"conflict": history.told(one)} for one in found.conflicts]),
        f"different from release {found.edition}" if found.edition else "different from the release before": _frame(
            [
                {"kind": one.kind}
                | _place(one.cell)
                | {
                    "against": one.against,
                    "before": _printed(one.old),
                    "now": _printed(one.new),
                    "points": None if (moved := size(one)) is None else round(moved, 1),
                }
                for one in largest(found.corrected)
            ],
            dict.fromkeys(("before", "now"), pl.String) | {"points": pl.Float64},
        ),
        f"moved since {found.before}" if found.before else "moved since the wave before": _frame(
            [
                _place(one.cell) | {"before": one.old.share, "now": one.new.share, "points": round(one.size, 1)}
                for one in _worth_a_look(found.moved)
            ],
            shares,
        ),
        "unverified files": _frame(
            [
                {"survey": one.survey, "wave": one.wave, "file": one.file, "sha256": one.sha256}
                for one in found.unverified
            ]
        ),
        "accepted warnings": _frame(
            [
                {"survey": survey, "wave": wave, "code": one.code, "by": one.by, "on": str(one.on), "why": one.because}
                for survey, wave, one in found.accepted
            ]
        ),
        "exemptions": _frame([_place(one.cell) | _decided(one) for one in (*found.waiting, *found.exempted)]),
    }


def html(found: Review, project: Project) -> str:
    """Return a review as one page of HTML; fonts and style are inside it."""
    context: dict[str, object] = {
        "title": f"Kontrol før udgivelse: {project.surveys[found.survey].title} {found.wave}",
        "facts": _facts(found),
        "sections": _sections(found, project),
        "fonts": {weight: _font(project, name) for weight, name in (("400", "Regular"), ("600", "SemiBold"))},
    }
    return templates.fill("review.html", context, [Path(__file__).parent])


def _facts(found: Review) -> list[str]:
    shares = found.released.shares()
    reasons = Counter(share.withheld for _, share in shares if share.withheld in _REASONS)
    told = danish.join([f"{danish.number(reasons[one])} {text}" for one, text in _REASONS.items() if reasons[one]])
    hidden = f" Heraf vises {danish.number(reasons.total())} ikke: {told}." if reasons else ""
    head = f"{danish.number(len(shares))} andele.{hidden}"
    state = f"Seneste udgivelse er {found.edition}." if found.edition else "Bølgen er ikke udgivet før."
    return [head, state, f"Tallenes id er {found.released.release_id}."]


def _sections(found: Review, project: Project) -> list[Section]:
    place = ("Tal", "Gruppe", "Område", "Bølge")
    surprising = sum(map(is_surprising, found.moved))
    return [
        Section(
            "Hvad der ikke vises", "Grænserne står i policy/release.toml.", (*place, "Hvorfor"),
            [(*_cell(one.cell, project), _reason(one)) for one in found.withheld], "Alle tal vises.",
        ),
        Section(
            "Tæt på en grænse",
            "Tal, der ville få en anden afgørelse, hvis grænsen var en tiendedel højere eller lavere.",
            (*place, "Nu", "Grænse"),
            [
                (*_cell(one.cell, project), "vises" if one.shown else _NOT_SHOWN, _reason(one))
                for one in found.close
            ],
            "Ingen tal er tæt på en grænse.",
        ),
        Section(
            "Til en statistiker", "Tal, der vises, men som reglerne beder om at se efter.", (*place, "Bemærkning"),
            [(*_cell(cell, project), one.value) for cell, one in found.remarked], "Reglerne har ingen bemærkninger.",
        ),
        Section(
            "Sammen med tidligere udgivelser", "Hvad tidligere udgivelser og denne ville fortælle tilsammen.",
            ("Hvad", "Udgivelse", "Tal", "Hvilke"), [_conflict(one, project) for one in found.conflicts],
            "Ingen konflikter.",
        ),
        Section(
            f"Forskelle fra udgivelse {found.edition}" if found.edition else "Forskelle fra en tidligere udgivelse",
            "De største først. En ny udgivelse skal have en grund og siger selv, hvad der er ændret.",
            (*place, "Hvad", "Før", "Nu"),
            [
                (*_cell(one.cell, project), _kind(one, project), *corrections.both(one))
                for one in largest(found.corrected)
            ],
            "Ingen tal er ændret." if found.edition else "Bølgen er ikke udgivet før.",
        ),
        Section(
            f"Siden {found.before}" if found.before else "Siden bølgen før",
            f"De største forskelle i andele. {danish.capital(danish.numeral(surprising))} har intervaller, der ikke "
            "når hinanden. Det er et øjemål og ikke en test.",
            (*place, "Før", "Nu", "Procentpoint"),
            [
                (*_cell(one.cell, project), _share(one.old), _share(one.new), danish.decimal(one.size))
                for one in _worth_a_look(found.moved)
            ],
            "Der er ingen bølge at sammenligne med.",
        ),
        Section(
            "Filer uden bekræftet kontrolsum", "Reporterne siger Uverificeret, så længe sha256 mangler i bølgens fil.",
            ("Undersøgelse", "Bølge", "Fil", "SHA-256"),
            [(one.survey, one.wave, one.file, one.sha256) for one in found.unverified], "Alle filer er bekræftet.",
        ),
        Section(
            "Accepterede advarsler", "Fund i leverancerne, som nogen har taget stilling til.",
            ("Undersøgelse", "Bølge", "Fund", "Hvem", "Hvornår", "Hvorfor"),
            [
                (survey, wave, one.code, one.by, danish.day(one.on), one.because)
                for survey, wave, one in found.accepted
            ],
            "Ingen advarsler er accepteret.",
        ),
        Section(
            "Undtagelser fra reglerne", "En undtagelse gælder først, når to personer står bag den.",
            (*place, "Afgørelse", "Besluttet af", "Tiltrådt af", "Hvorfor"),
            [
                (*_cell(one.cell, project), _VERDICTS[one.verdict], one.by, one.seconded_by or "venter", one.because)
                for one in (*found.waiting, *found.exempted)
            ],
            "Der er ingen.",
        ),
    ]  # fmt: skip


def _conflict(one: Conflict, project: Project) -> tuple[str, str, str, str]:
    named = [corrections.what(cell, project) for cell in one.cells[:_CELLS]]
    more = ["og flere"] if len(one.cells) > _CELLS else []
    return _CONFLICTS[one.kind], one.release, danish.number(len(one.cells)), "; ".join([*named, *more])


def _worth_a_look(moved: Sequence[Moved]) -> list[Moved]:
    return [one for at, one in enumerate(moved) if at < _MOVED or is_surprising(one)]


def _cell(cell: CellKey, project: Project) -> tuple[str, str, str, str]:
    label, area, *group = corrections.parts(cell, project)
    return f"{label}{_question(cell, project)}", ", ".join(group), area, cell.wave.replace("+", f",{danish.NBSP}")


def _question(cell: CellKey, project: Project) -> str:
    """Return the question behind an answer whose share this is: many questions have the same answers."""
    survey = project.surveys.get(cell.survey)
    if survey is None or cell.indicator in survey.indicators or cell.indicator not in survey.scores:
        return ""
    return f" ({survey.items[survey.scores[cell.indicator].item].asks})"


def _kind(one: Change, project: Project) -> str:
    """Return what was printed of a cell: its share, its place, or a difference, and from what."""
    other = one.against
    if one.kind == "category":
        other = ", ".join(corrections.parts(one.cell._replace(category=one.against), project)[2:])
    return _KINDS[one.kind].format(against=other)


def _reason(one: Held) -> str:
    scale = 100 if one.rule in _PARTS else 1
    numbers = {
        name: "" if value is None else _number(scale * value)
        for name, value in (("value", one.value), ("limit", one.limit))
    }
    return _WHY[one.rule].format_map(numbers)


def _number(value: float) -> str:
    return danish.decimal(value, 0 if value == int(value) else 1)


def _share(share: Share) -> str:
    return corrections.value(share)


def _place(cell: CellKey) -> dict[str, object]:
    return {"indicator": cell.indicator, "area": cell.area, "group": cell.category, "wave": cell.wave}


def _told(one: Held) -> dict[str, object]:
    value, limit = ("" if one is None else _plain(one) for one in (one.value, one.limit))
    return {"shown": "yes" if one.shown else "no", "rule": one.rule, "value": value, "limit": limit}


def _plain(value: float) -> str:
    """Return a number of people whole, and a part of one to three decimals: `10` next to `0,331`."""
    return danish.decimal(value, 0 if value == int(value) else 3)


def _decided(one: Exemption) -> dict[str, object]:
    state = one.seconded_by or "nobody yet"
    return {"verdict": one.verdict, "by": one.by, "seconded by": state, "why": one.because}


def _printed(one: Share | Difference | Places | None) -> str:
    """Return what stood of a number in a word: itself, `-` where it is not shown, nothing where there was none."""
    match one:
        case None:
            return ""
        case Share(share=float() as value) | Difference(difference=float() as value):
            return danish.decimal(value)
        case Places(first=first, last=last):
            return f"{first}{danish.DASH}{last}"
        case _:
            return "-"


def _frame(
    records: Sequence[Mapping[str, object]], types: Mapping[str, type[pl.DataType]] | None = None
) -> pl.DataFrame:
    return pl.DataFrame(records, schema_overrides=types, infer_schema_length=None) if records else pl.DataFrame()


def _font(project: Project, name: str) -> str:
    """Return a font as text that can stand in a page."""
    places = (folder / _FONT.format(name) for folder in project.templates)
    found = next((path for path in places if path.is_file()), None)
    return base64.b64encode(found.read_bytes()).decode() if found else ""


def changed(found: Review) -> int:
    """Return how many printed numbers differ from the newest edition."""
    return sum(is_printed(one) for one in found.corrected)
