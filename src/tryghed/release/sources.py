"""What decides the numbers of a release: definitions, deliveries, and the software that computes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tryghed import __version__
from tryghed.definitions.project import Project, own_or_starting
from tryghed.release.plan import Plan
from tryghed.store import warehouse

_QUERIES = ("estimate", "release")
_KINDS = {".toml", ".csv", ".geojson", ".sql"}
#: Packages whose code decides a number once its wave is in the store.
_DECIDING = ("definitions", "release", "statistics", "store")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The file a wave's answers came from, by its checksum, and the definition it was read with."""

    survey: str
    wave: str
    sha256: str
    definition_sha256: str


def definitions(project: Project) -> dict[str, bytes]:
    """Return the definitions that decide a project's numbers, as files of a project folder of their own.

    Surveys with their areas and margins, the policy, what each report shows, and the queries of the estimates;
    parts the project takes from the software included.
    """
    found = {
        f"{part}/{path.relative_to(root).as_posix()}": path
        for part in ("surveys", "policy")
        for root in (own_or_starting(project.folder, part),)
        for path in sorted(root.rglob("*"))
        if path.suffix in _KINDS
    }
    reports = own_or_starting(project.folder, "reports")
    found |= {f"reports/{path.name}": path for path in sorted(reports.glob("*.toml"))}
    found |= {
        f"queries/{path.relative_to(folder).as_posix()}": path
        for folder in reversed(project.queries)
        for part in _QUERIES
        for path in sorted((folder / part).rglob("*.sql"))
    }
    found |= {file: project.folder / file for file in _margins(project)}
    return {name: path.read_bytes() for name, path in sorted(found.items())}


def _margins(project: Project) -> set[str]:
    """Return the files of the population that waves are calibrated to."""
    designs = [wave.design for waves in project.waves.values() for wave in waves.values()]
    return {margin.file for design in designs if design.calibration for margin in design.calibration.margins}


def deliveries(project: Project, wanted: Plan) -> tuple[Delivered, ...]:
    """Return what is loaded of each wave a plan draws on; waves that are not loaded are left out."""
    used = sorted({(one.survey, wave) for one in wanted.requests for wave in (*one.waves, *one.since)})
    loaded = warehouse.loaded(project.folder)
    found = {wave: loaded[wave] for wave in used if wave in loaded}
    return tuple(Delivered(*wave, one.sha256, one.definition_sha256) for wave, one in found.items())


def software() -> str:
    """Return a checksum of the code that decides numbers."""
    root = Path(__file__).parents[1]
    paths = [path for part in _DECIDING for path in sorted((root / part).rglob("*.py"))]
    return checksum([__version__, *(part for path in paths for part in (path.name, path.read_bytes()))])


def checksum(parts: Iterable[str | bytes]) -> str:
    """Return one SHA-256 of several texts or contents, in order."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()
