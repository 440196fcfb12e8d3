"""What a correction changed and which exemptions are in force, in Danish: for notes on pages, and as a list of all."""

from collections.abc import Iterator, Sequence
from typing import Final

from tryghed.definitions.project import Project
from tryghed.frames import EVERYBODY
from tryghed.release.changes import is_correction, is_printed, largest, size
from tryghed.release.released import REST, CellKey, Change, Difference, Edition, Exemption, Places, Share
from tryghed.reporting import danish, words

#: Values listed in a note; the others are in the file beside the reports.
_LISTED: Final = 4
#: Name of the list beside the reports.
FILE: Final = "rettelse.md"

_KINDS: Final = {
    "share": "Andele", "rest": "Forskelle til resten", "wave": "Ændringer over tid",
    "category": "Forskelle mellem grupper", "places": "Pladser",
}  # fmt: skip
_EXEMPT: Final = {
    "show": "vises, selv om det er usikkert",
    "withhold": "og de andre svar på spørgsmålet er udeladt",
    "secret": "og det, som det kan regnes ud fra, vises ikke af hensyn til diskretion",
    "rules": "følger reglerne",
}


def brief(edition: Edition | None, project: Project, changes: Sequence[Change], headline: CellKey) -> str:
    """Return the note of page 1: which edition this one replaces, why, and whether the report is touched.

    Args:
        edition: The edition printed.
        project: Labels.
        changes: Those of the edition's changes that concern the report.
        headline: What the large figure is of; its old and new values are told.

    Returns:
        Empty where the edition corrects nothing.
    """
    if edition is None or not restates(edition):
        return ""
    replaces = f"{_replaces(edition)} {_sentence(edition.because)}"
    corrected = [one for one in changes if is_correction(one)]
    if not corrected:
        return f"{replaces} Ingen tal i denne rapport er ændret."
    told = [one for one in corrected if one.kind == "share" and one.cell == headline and _is_read(one)]
    shown = [f"{what(one.cell, project)}: {_from_to(one)}." for one in told]
    return " ".join([replaces, *shown, "Se Rettelse på sidste side."])


def listed(edition: Edition | None, project: Project, changes: Sequence[Change]) -> str:
    """Return the note of the method page: the largest of a report's changes with old and new values.

    Args:
        edition: The edition printed.
        project: Labels.
        changes: Those of the edition's changes that concern the report.
    """
    if edition is None or not restates(edition):
        return ""
    corrected = [one for one in largest(changes) if is_correction(one)]
    start = f"Udgave {edition.name} af {danish.day(edition.created)}. {_replaces(edition)}"
    if not corrected:
        return f"{start} Ingen tal i denne rapport er ændret."
    read = [one for one in corrected if one.kind == "share" and _is_read(one)]
    shown = [f"{what(one.cell, project)}: {_from_to(one)}" for one in read[:_LISTED]]
    numbers = "ét tal" if len(corrected) == 1 else f"{danish.number(len(corrected))} tal"
    lines = f" {'; '.join(shown)}." if shown else ""
    return f"{start} {_sentence(edition.because)} I denne rapport er {numbers} ændret.{lines} Alle står i {FILE}."


def exemptions(edition: Edition | None, project: Project, cells: Sequence[CellKey] | None = None) -> str:
    """Return the footnote on exemptions: of which cells, what was decided, and why; `cells` leaves out the others."""
    decided = [one for one in (edition.exemptions if edition else ()) if one.verdict != "rules"]
    wanted = [one for one in decided if cells is None or one.cell in cells]
    return " ".join(_exemption(one, project) for one in wanted)


def restates(edition: Edition) -> bool:
    """Return whether an edition tells numbers otherwise than they were told before."""
    return bool(edition.corrects or edition.changes)


def concerns(change: Change, areas: Sequence[str]) -> bool:
    """Return whether a change can be seen in a report on some areas: theirs, or of the whole city."""
    return is_printed(change) and (change.cell.area in areas or change.cell.area == EVERYBODY)


def errata(edition: Edition, project: Project) -> str:
    """Return everything a correction changed as Markdown, with old and new values and the size of the change."""
    return "\n".join(_errata(edition, project)) + "\n"


def what(cell: CellKey, project: Project) -> str:
    """Return what a share is of: `Trygge i aften- og nattetimerne, Valby, kvinder, 18-24 år (2023, 2024, 2025)`."""
    return f"{', '.join(parts(cell, project))} ({cell.wave.replace('+', ', ')})"


def parts(cell: CellKey, project: Project) -> tuple[str, ...]:
    """Return indicator, area and groups of a cell by their labels; by their codes where the project has none."""
    survey = project.surveys.get(cell.survey)
    known = survey.scores.get(cell.indicator) if survey else None
    return (known.label if known else cell.indicator, _area(cell, project), *_categories(cell, project))


def value(number: Share | Difference | Places | None) -> str:
    """Return a number as it was printed, or that there was none."""
    match number:
        case None:
            return "fandtes ikke"
        case Share(share=None, withheld=None) | Difference(difference=None, withheld=None):
            return "blev vist"
        case Share():
            return words.estimate(number)
        case Places(first=first, last=last):
            return f"plads {first}{danish.DASH}{last}"
        case Difference(withheld=None, difference=float() as difference):
            sure = "sikker" if number.direction else "ikke påvist"
            return f"{danish.signed(difference, sensitive=number.this.sensitive)} procentpoint ({sure})"
        case _:
            return "vises ikke"


def both(change: Change) -> tuple[str, str]:
    """Return old and new value; with n where that is all that changed."""
    if _is_read(change) or not (isinstance(change.old, Share) and isinstance(change.new, Share)):
        return value(change.old), _now(change)
    old, new = ("" if one.n is None else f", n = {danish.number(one.n)}" for one in (change.old, change.new))
    return f"{value(change.old)}{old}", f"{_now(change)}{new}"


def _errata(edition: Edition, project: Project) -> Iterator[str]:
    printed = [one for one in edition.changes if is_printed(one)]
    corrected = [one for one in printed if is_correction(one)]
    yield f"# Rettelse i udgave {edition.name}\n\n{_replaces(edition)}\n"
    yield f"{danish.capital(danish.day(edition.created))}. {_sentence(edition.because)}\n"
    yield f"Ændrede tal: {danish.number(len(corrected))}. Nye tal: {danish.number(len(printed) - len(corrected))}."
    for kind, heading in _KINDS.items():
        rows = [one for one in largest(printed) if one.kind == kind]
        if rows:
            yield f"\n## {heading}\n\n| tal | før | nu | ændring |\n|---|---|---|---|"
        for one in rows:
            against = f" – mod {one.against}" if kind in ("wave", "category") else ""
            cells = (what(one.cell, project) + against, *both(one), _moved(one))
            yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _replaces(edition: Edition) -> str:
    if edition.corrects:
        return f"Erstatter udgave {edition.corrects}."
    return "Nogle tal, der er udgivet før, er regnet om."


def _from_to(change: Change) -> str:
    return f"før {value(change.old)}, nu {_now(change)}"


def _is_read(change: Change) -> bool:
    """Return whether old and new value are written differently: a change of n alone is not seen in them."""
    return value(change.old) != _now(change)


def _now(change: Change) -> str:
    return "udgået" if change.new is None else value(change.new)


def _moved(change: Change) -> str:
    moved = size(change)
    if moved is None or change.kind == "places":
        return danish.DASH
    sensitive = isinstance(change.new, Share) and change.new.sensitive
    return danish.points(moved, sensitive=sensitive)


def _exemption(one: Exemption, project: Project) -> str:
    agreed = f"Besluttet af {one.by} og {one.seconded_by}"
    return f"{what(one.cell, project)}: tallet {_EXEMPT[one.verdict]}. {_sentence(one.because)} {agreed}."


def _area(cell: CellKey, project: Project) -> str:
    if cell.area == EVERYBODY:
        return "alle"
    code = cell.area.removeprefix(REST)
    found = project.area_sets.get(cell.area_set)
    area = found.areas.get(code) if found else None
    name = area.name if area else code
    return name if code == cell.area else f"uden for {name}"


def _categories(cell: CellKey, project: Project) -> list[str]:
    if cell.dimension == EVERYBODY:
        return []
    groups = project.surveys[cell.survey].groups
    pairs = zip(cell.dimension.split("*"), cell.category.split("*"), strict=True)
    labels = [groups[group].categories[name].label if group in groups else name for group, name in pairs]
    return [f"{label[:1].lower()}{label[1:]}" for label in labels]


def _sentence(text: str) -> str:
    return f"{text.strip().rstrip('.')}."
