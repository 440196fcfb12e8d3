"""Plans and releases in words and small tables, for the terminal."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from tryghed.definitions.project import Project
from tryghed.frames import EVERYBODY
from tryghed.release.archive import Entry
from tryghed.release.plan import Plan, Request
from tryghed.release.released import Released


def planned(project: Project, wanted: Plan) -> pl.DataFrame:
    """Return one row per request of a plan: of what, how many shares, and what they are compared with."""
    records = [
        {
            "survey": one.survey,
            "waves": one.wave,
            "areas": ", ".join(one.area_sets),
            "groups": ", ".join(name for name in one.dimensions if name != EVERYBODY),
            "indicators": len(one.indicators),
            "shares": _shares(project, one),
            "compared": ", ".join(_compared(one)),
        }
        for one in wanted.requests
    ]
    return pl.DataFrame(records)


def listed(entries: Sequence[Entry]) -> pl.DataFrame:
    """Return one row per release."""
    records = [
        {
            "release": one.name,
            "survey": one.survey,
            "wave": one.wave,
            "created": one.created.isoformat(),
            "id": one.release_id,
            "corrects": one.corrects,
            "because": one.because,
        }
        for one in entries
    ]
    names = ("release", "survey", "wave", "created", "id", "corrects", "because")
    return pl.DataFrame(records, schema=dict.fromkeys(names, pl.String))


def shown(entry: Entry, released: Released) -> dict[str, object]:
    """Return what a release holds, by label."""
    withheld = Counter(share.withheld.name.lower() for _, share in released.shares() if share.withheld)
    differences = [one for _, one in released.differences()]
    sure = sum(bool(one.direction) for one in differences)
    edition = released.edition
    found: dict[str, object] = {
        "release": f"{entry.name} ({entry.release_id})",
        "of": f"{entry.survey} {entry.wave}, edition {entry.number}, made {entry.created} by tryghed {entry.software}",
        "shares": f"{len(released.shares()):,}, withheld: {_counted(withheld)}",
        "comparisons": f"{len(differences):,}, of which {sure:,} sure",
        "places": f"{len(released.rankings()):,}",
        "rules": released.rules_version,
        "deliveries": "; ".join(
            f"{one.survey} {one.wave} {one.file}{'' if one.verified else ' (unverified)'}"
            for one in released.facts.values()
        ),
        "store": f"generation {entry.origin.generation}",
        "answers": "synthetic" if released.synthetic else "real",
    }
    if edition is not None and edition.corrects:
        numbers = f"{len(edition.changes):,} number{'' if len(edition.changes) == 1 else 's'}"
        found["corrects"] = f"{edition.corrects}, {numbers}: {edition.because}"
    return found


def _shares(project: Project, request: Request) -> int:
    areas = sum(1 + len(project.area_sets[name].areas) for name in request.area_sets)
    groups = project.surveys[request.survey].groups
    categories = 0
    for dimension in request.dimensions:
        size = 1
        for part in dimension.split("*") if dimension != EVERYBODY else ():
            size *= len(groups[part].categories)
        categories += size
    return areas * categories * len(request.indicators) * (1 + len(request.since))


def _compared(request: Request) -> list[str]:
    found = []
    if request.against_rest == "test":
        found.append("the rest")
    if request.since:
        found.append(f"since {', '.join(request.since)}")
    if request.pairs:
        found.append(f"{len(request.pairs)} pairs of groups")
    if request.ranked:
        found.append("ranked")
    return found


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items())) or "none"
