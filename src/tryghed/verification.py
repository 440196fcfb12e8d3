"""Finished reports held against their inputs: every number derived again and compared with what is printed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tryghed import rederivation
from tryghed.definitions.project import Project
from tryghed.delivery import comparing, numbers, placing, printouts, tracing
from tryghed.delivery.manifest import checksum
from tryghed.delivery.tracing import Entry, Source, Traces
from tryghed.errors import DataError, UsageError
from tryghed.progress import Progress, Step
from tryghed.release import archive, editions, standing
from tryghed.release.released import Released
from tryghed.reporting.pages.view import grouped
from tryghed.reporting.printed import UNEXPLAINED, Printed
from tryghed.reporting.written import written


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing that is not as it should be.

    Attributes:
        file: The file, by its name in the folder.
        where: Id or place in it.
        about: What the number is of.
        printed: What stands there; empty where nothing does.
        derived: What the inputs give; empty where they give nothing.
    """

    file: str
    where: str
    about: str
    printed: str
    derived: str


@dataclass(frozen=True)
class Verified:
    """How many comparisons each kind of file took, what differed, and what else must be known.

    Attributes:
        comparisons: How many, by file or kind of file.
        differing: What is not as it should be; a withdrawn release is among it.
        withdrawn: Of each withdrawn release what happened, and which files must not be handed out, in words.
        corrected: Which releases have been corrected since, in words: no fault of the files.
    """

    comparisons: Mapping[str, int]
    differing: tuple[Differing, ...]
    withdrawn: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All comparisons."""
        return sum(self.comparisons.values())

    def table(self) -> pl.DataFrame:
        """Return what differs, one row each."""
        names = ("file", "where", "about", "printed", "derived")
        rows = [[getattr(one, name) for name in names] for one in self.differing]
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def verify(project: Project, folder: Path, progress: Progress) -> Verified:
    """Derive every number of the reports in a folder again from the delivered files, and compare.

    Args:
        project: The project the reports are of.
        folder: Where they are, with their trace.
        progress: Told of each wave that is loaded again and each file that is read.

    Raises:
        UsageError: The folder has no traced reports.
        DataError: A delivery is refused, or a file cannot be read.
    """
    traces = tracing.read(folder)
    if not traces.reports:
        raise UsageError("no traced reports", where=str(folder), hint=f"reports and {tracing.NAME} lie in out/WAVE/")
    comparisons: Counter[str] = Counter()
    differing: list[Differing] = []
    derived: dict[str, Released] = {}
    withdrawn: dict[str, str] = {}
    for release, source in traces.releases.items():
        then = rederivation.as_then(project, release)
        found = _inputs(then or project, source)
        comparisons["deliveries"] += len(source.inputs)
        differing += found
        if told := standing.withdrawn(project.folder, release):
            withdrawn[release] = told
            differing.append(Differing("releases/", release, "the frozen release", told, ""))
        elif then is None:
            differing.append(Differing("releases/", release, "the frozen release", "", release))
        elif not found:
            derived[release] = _derive(project, then, release, source, progress)
    for place, (name, entry) in enumerate(traces.reports.items()):
        progress(Step("reading", name, place, len(traces.reports)))
        count, found = compare_report(folder / name, entry, derived.get(entry.trace.release))
        comparisons["reports"] += count
        differing += found
    for name, count, found in _tables(project, folder, traces, derived):
        comparisons[name] += count
        differing += found
    banned = tuple(f"{told}; {_not_to_hand_out(folder, traces, release)}" for release, told in withdrawn.items())
    corrected = tuple(filter(None, (standing.corrected(project.folder, release) for release in traces.releases)))
    return Verified(comparisons, tuple(differing), banned, corrected)


def _not_to_hand_out(folder: Path, traces: Traces, release: str) -> str:
    names = [path.name for path in tracing.showing(folder, traces, release)]
    return f"{len(names)} files that show it must not be handed out: {', '.join(names)}"


def _inputs(project: Project, source: Source) -> list[Differing]:
    return [
        Differing(one.input.file, f"{one.input.survey}/{one.input.wave}", "the delivered file", one.why, "")
        for one in rederivation.missing(project, source.inputs)
    ]


def _derive(project: Project, then: Project, release: str, source: Source, progress: Progress) -> Released:
    """Return a frozen release derived again, with its definitions and what had been released before it."""
    waves = [(one.survey, one.wave) for one in source.inputs]
    with rederivation.workshop(then, waves, progress) as again:
        progress(Step("estimating", f"{source.survey}/{source.wave}"))
        return editions.rederive(project, archive.identified(project.folder, release).name, again)


def compare_report(report: Path, entry: Entry, derived: Released | None) -> tuple[int, list[Differing]]:
    """Return how much of one PDF was compared, and what differs: its numbers, and that it is the file of its trace.

    Args:
        report: The file.
        entry: Its trace.
        derived: The release as its inputs give it; None where they cannot be used, and only the trace is held against.

    Raises:
        DataError: The file is no PDF that can be read.
    """
    name, trace = report.name, entry.trace
    if not report.is_file():
        return 1, [Differing(name, "", "the file", "", entry.sha256)]
    found: list[Differing] = []
    if (now := checksum(report)) != entry.sha256:
        found.append(Differing(name, "", "sha256 of the file", now, entry.sha256))
    printout = printouts.read(report)
    told = f"{grouped(trace.release)} · {trace.code}"
    found += [
        Differing(name, f"page {page}", "release and report at the foot", foot, told)
        for page, foot in enumerate(printout.feet, start=1)
        if told not in foot
    ]
    displaced = placing.displaced(trace, printout)
    found += [Differing(name, one.where, one.about, one.written, one.expected) for one in displaced]
    if derived is not None:
        numbers_of = [(item.id, one) for item in trace.items for one in item.numbers]
        found += _not_as_derived(name, numbers_of, derived)
    return 1 + len(printout.feet) + len(printout.numbers), found


def _not_as_derived(name: str, traced: Sequence[tuple[str, Printed]], derived: Released) -> Iterator[Differing]:
    """Yield the traced numbers that the inputs do not give, and those nothing accounts for."""
    for identity, one in traced:
        if one.lookup is not None:
            value = derived.find(one.lookup)
            texts = written(value, one.name) if value is not None else frozenset[str]()
            if one.text not in texts:
                yield Differing(name, identity, _about(one), one.text, " or ".join(sorted(texts)) or "not shown")
        elif one.source == UNEXPLAINED:
            yield Differing(name, identity, "a number without a source", one.text, "")


def _about(one: Printed) -> str:
    assert one.lookup is not None
    cell = one.lookup.cell
    parts = (one.name, cell.indicator, cell.wave, cell.area, cell.category, one.lookup.kind, one.lookup.against)
    return " ".join(dict.fromkeys(part for part in parts if part))


def _tables(
    project: Project, folder: Path, traces: Traces, derived: Mapping[str, Released]
) -> Iterator[tuple[str, int, list[Differing]]]:
    """Yield each file of numbers beside the reports: how many cells were compared, and which differ."""
    newest = derived.get(traces.latest)
    if newest is None:
        return
    with ExitStack() as stack:
        elsewhere = Path(stack.enter_context(TemporaryDirectory()))
        for expected in numbers.save(newest, rederivation.as_then(project, traces.latest) or project, elsewhere):
            name = expected.name
            if not (folder / name).is_file():
                yield name, 1, [Differing(name, "", "the file", "", "")]
                continue
            try:
                count, found = comparing.compare(folder / name, expected)
            except DataError as problem:
                yield name, 1, [Differing(name, "", problem.message, "", "")]
                continue
            yield name, count, [Differing(name, one.where, one.about, one.written, one.expected) for one in found]
