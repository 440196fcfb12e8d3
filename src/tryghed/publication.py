"""A frozen release becomes the files of `out/WAVE/`: reports, and the released numbers beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tryghed import __version__, trial
from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.delivery import exports, manifest, numbers, tracing, unfinished
from tryghed.errors import RenderError, UsageError
from tryghed.progress import Progress, Step
from tryghed.release import archive, telling
from tryghed.release.released import Released
from tryghed.reporting import corrections, render
from tryghed.reporting.trace import Trace


@dataclass(frozen=True)
class Reported:
    """The files of one release's reports: made now, up to date, and of an earlier release but not asked for.

    `put_back` are the releases that the ledger lacked before.
    """

    folder: Path
    made: tuple[Path, ...]
    kept: tuple[Path, ...]
    old: tuple[Path, ...]
    release: str
    put_back: tuple[str, ...] = ()


def publish(
    project: Project, name: str, *, definitions: Project, areas: Sequence[str], workers: int, progress: Progress
) -> Reported:
    """Write the reports of a frozen release to `out/WAVE/`, and its numbers beside them.

    Only reports whose content or look has changed are made. They are made elsewhere and moved in together, so that an
    interrupt leaves what was there; where some could not be made, the others are moved in and the numbers are not.

    Args:
        project: The project.
        name: The release.
        definitions: Where labels and the reports' contents come from: the project itself, or the release's own.
        areas: Codes of the areas wanted; every area and the whole city when empty.
        workers: Worker processes.
        progress: Told of each finished report.

    Raises:
        UsageError: There is no such release, or an area is unknown.
        ReleaseError: The release has been edited or is not in the ledger, or gives away what must not be known, or a
            report shows a number that no file beside it has.
        RenderError: Reports could not be made; the others are.
    """
    released = archive.load(project.folder, name)
    telling.expect(project.folder, [name])
    asked = wanted(definitions, released.survey, areas)
    folder = project.folder / "out" / released.wave
    folder.mkdir(parents=True, exist_ok=True)
    content = [archive.checksum(project.folder, name), _look(project), _defined(definitions)]
    inputs = {
        folder / f"{file}.pdf": manifest.fingerprint([*content, one.model_dump_json(), code])
        for file, (one, code) in wanted(definitions, released.survey, ()).items()
    }
    known, traced = manifest.read(folder), tracing.read(folder)
    stale = [
        path
        for path in inputs
        if not manifest.is_current(path, inputs[path], known) or not tracing.is_current(path, traced)
    ]
    making = [path for path in stale if path.stem in asked]
    with unfinished.folder(folder.parent, released.wave) as elsewhere:
        made: dict[Path, Trace] = {}

        def finished(path: Path, trace: Trace) -> None:
            made[path] = trace
            progress(Step("reports", path.name, len(made), len(making)))

        beside = [*numbers.save(released, definitions, elsewhere), *_errata(released, definitions, elsewhere)]
        trial.withstand(definitions, released, elsewhere, attacking=lambda: progress(Step("attacking", released.wave)))
        progress(Step("reports", released.wave, 0, len(making)))
        jobs = [render.Job(*asked[path.stem], target=elsewhere / path.name) for path in making]
        try:
            render.render_all(jobs, released, definitions, workers=workers, finished=finished)
        except RenderError:
            _inspect(definitions, released, elsewhere, made, asked)
            _move_in(made, folder, inputs, known)
            tracing.save(folder, traced, _named(made), released)
            raise
        _inspect(definitions, released, elsewhere, made, asked)
        _move_in([*made, *beside], folder, inputs, known)
        tracing.save(folder, traced, _named(made), released)
    _sweep(released, folder)
    old = [path for path in stale if path not in making and path.exists()]
    kept = [path for path in inputs if path not in stale and path.stem in asked]
    return Reported(folder, tuple(making), tuple(kept), tuple(old), name)


def wanted(project: Project, survey: str, areas: Sequence[str]) -> dict[str, tuple[Report, str]]:
    """Return the reports wanted by file name: definition and area code (empty for the whole city).

    Raises:
        UsageError: There is no report of its own for an area; the hint lists those that have one.
    """
    about = [report for report in project.reports.values() if report.survey == survey]
    known = {code for report in about if report.subject == "area" for code in project.area_sets[report.area_set].areas}
    unknown = [area for area in areas if area not in known]
    if unknown:
        raise UsageError(f"no report of its own for {', '.join(unknown)}", hint=f"areas: {', '.join(sorted(known))}")
    whole = {one.name: (one, "") for one in about if one.subject == "city" and not areas}
    parts = {
        f"{one.name}-{code}": (one, code)
        for one in about
        if one.subject == "area"
        for code in project.area_sets[one.area_set].areas
        if not areas or code in areas
    }
    return whole | parts


def _named(made: Mapping[Path, Trace]) -> dict[str, Trace]:
    return {path.name: trace for path, trace in made.items()}


def _inspect(
    definitions: Project,
    released: Released,
    folder: Path,
    made: Iterable[Path],
    asked: Mapping[str, tuple[Report, str]],
) -> None:
    trial.inspect(definitions, released, folder, {path: asked[path.stem] for path in made})


def _move_in(made: Iterable[Path], folder: Path, inputs: Mapping[Path, str], known: dict[str, manifest.Entry]) -> None:
    """Move finished files to their folder, and note what the reports among them were made from."""
    entries = dict(known)
    for path in made:
        target = folder / path.name
        path.replace(target)
        if target in inputs:
            entries[target.name] = manifest.Entry(inputs[target], manifest.checksum(target))
    manifest.write(folder, entries)


def _errata(released: Released, definitions: Project, folder: Path) -> list[Path]:
    """Write which numbers were told otherwise before; mostly a first edition has none."""
    edition = released.edition
    if edition is None or not corrections.restates(edition):
        return []
    target = folder / corrections.FILE
    exports.save(corrections.errata(edition, definitions).encode(), target)
    return [target]


def _sweep(released: Released, folder: Path) -> None:
    """Remove the list of an edition that is not this one."""
    if released.edition is not None and not corrections.restates(released.edition):
        (folder / corrections.FILE).unlink(missing_ok=True)


def _look(project: Project) -> str:
    """Return a fingerprint of all that decides how a page looks: templates, outlines, the software."""
    software = Path(render.__file__).parent
    kinds = {".html", ".css", ".woff2", ".geojson", ".py", ".json"}
    folders = [*project.templates, project.folder / "surveys", software]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in kinds]
    return manifest.fingerprint([__version__, *(part for path in paths for part in (path.name, path.read_bytes()))])


def _defined(definitions: Project) -> str:
    """Return a fingerprint of the labels and thresholds a page prints."""
    return manifest.fingerprint([*trial.defined(definitions), repr(sorted(definitions.comparisons.items()))])
