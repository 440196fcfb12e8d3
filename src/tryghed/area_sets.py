"""Area sets of a project given outlines: from a file, from the areas of a finer set, or units placed in them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.project import Project
from tryghed.errors import DataError, UsageError, all_at_once
from tryghed.intake import geography
from tryghed.intake.geography import Outline, SetDescription


def load_areas(
    project: Project,
    description: SetDescription,
    outlines: Sequence[Outline],
    *,
    tolerance_m: float,
    overlapping: bool,
) -> Path:
    """Simplify outlines and write them as a new area set, or as new outlines of one the project has.

    Areas of a set the project has are known by their code, else by their name in any of its spellings.

    Raises:
        DataError: Areas overlap and `overlapping` does not say so; the project's set has areas that the outlines lack,
            or the file gives one of its codes to an area of another name. All are listed.
    """
    folder = project.folder / "surveys" / "areas"
    across = [] if overlapping else geography.overlaps(outlines)
    if across:
        pairs = ", ".join(f"{one} and {other} by {part:.1%}" for one, other, part in across)
        hint = "if they are meant to: --overlapping; otherwise ask for a corrected file"
        raise DataError(f"areas lie across each other: {pairs} of the smaller", where=description.name, hint=hint)
    thin = geography.simplify(outlines, tolerance_m=tolerance_m, overlapping=overlapping)
    known = project.area_sets.get(description.name)
    if known is None:
        return geography.save_set(folder, description, thin)
    target = _save_known(known, _recognised(known, thin), folder / f"{known.name}.geojson")
    about = {"source": description.source, "outlines": target.name}
    about |= {"version": description.version} if description.version else {}
    about |= {"attribution": description.attribution} if description.attribution else {}
    geography.revise_set(folder / f"{known.name}.toml", about)
    return target


def _recognised(known: AreaSet, outlines: Sequence[Outline]) -> list[Outline]:
    """Return the outlines under the codes of a set."""
    meant = [known.named(one.name) for one in outlines]
    codes = [
        one.code if one.code in known.areas else other or one.code for one, other in zip(outlines, meant, strict=True)
    ]
    problems = [
        f"code {code} is {known.areas[code].name}, in the file it is {one.name}"
        for one, code, other in zip(outlines, codes, meant, strict=True)
        if other in known.areas and other != code
    ]
    problems += [f"several outlines are {code}" for code in sorted({code for code in codes if codes.count(code) > 1})]
    hint = "another property has the codes: bydel_nr, not id; nothing was written"
    all_at_once(DataError, [DataError(one, where=known.name, hint=hint) for one in problems])
    return [replace(one, code=code) for one, code in zip(outlines, codes, strict=True)]


def place_units(project: Project, name: str, units: str) -> dict[str, tuple[str, ...]]:
    """Write which units lie in which areas of a set, by their outlines; return the areas of each unit.

    Raises:
        UsageError: One of the sets is unknown or has no outlines.
    """
    problems = [
        UsageError(f"no area set {one!r} with outlines", hint="tryghed areas list; tryghed areas load FILE gives some")
        for one in (name, units) if one not in project.area_sets or project.area_sets[one].outlines is None
    ]  # fmt: skip
    all_at_once(UsageError, problems)
    area_set = project.area_sets[name]
    places = {
        one: geography.read(outlines, code="code", name="name")
        for one in (name, units) if (outlines := project.area_sets[one].outlines)
    }  # fmt: skip
    found = geography.members(places[units], places[name], overlapping=area_set.kind in ("vulnerable", "housing"))
    geography.save_members(project.folder / "surveys" / "areas" / f"{name}.toml", units, found)
    return found


def unite_areas(project: Project, name: str, finer: str) -> Path:
    """Write the outlines of an area set as unions of the areas of a finer one.

    Raises:
        UsageError: One of the sets is unknown, or the finer one has no outlines.
        DataError: Areas of the set are the parent of no finer area.
    """
    unknown = [one for one in (name, finer) if one not in project.area_sets]
    if unknown:
        raise UsageError(f"no area set {', '.join(unknown)}", hint=f"area sets: {', '.join(project.area_sets)}")
    target = project.folder / "surveys" / "areas" / f"{name}.geojson"
    return _save_known(project.area_sets[name], geography.union(project.area_sets[finer]), target)


def _save_known(known: AreaSet, outlines: Sequence[Outline], target: Path) -> Path:
    missing = sorted(set(known.areas) - {one.code for one in outlines})
    if missing:
        raise DataError(f"no outline for {', '.join(missing)}", where=known.name, hint="nothing was written")
    named = [replace(one, name=known.areas[one.code].name) for one in outlines if one.code in known.areas]
    geography.save_outlines(named, target)
    return target
