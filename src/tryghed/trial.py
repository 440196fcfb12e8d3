"""What is about to be published, put before the attacker: a release before it is frozen, and before it is printed.

He reads the files as they would lie beside the reports. What has once withstood him is noted and not attacked again
until files, definitions, rules or the attacker are others. Then he reads the finished reports.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tryghed import holding
from tryghed.attack import attacker, leaks, public, published
from tryghed.attack.attacker import Learned
from tryghed.attack.published import Number
from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.delivery import attacked, manifest, numbers
from tryghed.release import archive, editions, ledger
from tryghed.release.editions import Built
from tryghed.release.released import CellKey, Released
from tryghed.reporting import danish
from tryghed.store import rounds


def build(
    project: Project,
    survey: str,
    wave: str,
    *,
    because: str = "",
    estimating: Callable[[], None] = lambda: None,
    attacking: Callable[[], None] = lambda: None,
) -> Built:
    """Return the edition of a wave in force, after building it where there is none and the attacker finds nothing.

    Args:
        project: The project.
        survey: The survey the reports are about.
        wave: The wave.
        because: Why a new edition is made where numbers differ from the newest; without it they may not.
        estimating: Called when numbers are about to be computed.
        attacking: Called when they are about to be attacked.

    Raises:
        ReleaseError: Numbers differ from the newest edition and no reason is given, or they give away what must not be
            known: everything the attacker finds is listed, and nothing is written.
        UsageError: The wave, or one it needs, is not defined or not loaded.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    return editions.build(
        project, survey, wave, because=because, estimating=estimating,
        examine=lambda found: _to_hold_back(project, found, attacking, attacked.note),
    )  # fmt: skip


def tried(project: Project, survey: str, wave: str, *, attacking: Callable[[], None]) -> Released:
    """Return what a build would freeze now, a correction after the attacker has been at it.

    Raises:
        ReleaseError: What would be published gives away what must not be known.
        UsageError: The wave, or one it needs, is not defined or not loaded.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    return editions.tried(
        project, survey, wave, examine=lambda found: _to_hold_back(project, found, attacking, lambda *_: None)
    )


def _to_hold_back(
    project: Project, found: Released, attacking: Callable[[], None], note: Callable[[Path, str, str], None]
) -> Set[CellKey]:
    """Return the cells to hold back so that the attacker learns nothing of earlier editions beside this one.

    Where there are none, `note` is told of the folder, the release, and what was attacked.

    Raises:
        ReleaseError: He learns something that no holding back prevents; everything he finds is listed.
    """
    with TemporaryDirectory(dir=project.folder / archive.FOLDER, prefix=archive.PART) as elsewhere:
        folder = Path(elsewhere)
        numbers.save(found, project, folder)
        if _has_withstood(project, found, folder):
            return frozenset()
        attacking()
        learned = attack(project, found, folder)
        held = holding.cells(found, learned, project.surveys, _told(project, found))
        if learned and not held:
            attacker.refuse(learned)
        if not learned and found.edition is not None:
            note(project.folder, found.edition.name, _tried(project, found, folder))
        return held


def withstand(project: Project, released: Released, folder: Path, attacking: Callable[[], None]) -> None:
    """Let the attacker loose on the files of a release, unless he has tried these very files before.

    Args:
        project: What is public: definitions and rules, and the folder where tried attacks are noted.
        released: The release.
        folder: Where its files are.
        attacking: Called when they are about to be attacked.

    Raises:
        ReleaseError: He finds what must not be known; everything he finds is listed.
    """
    if not _has_withstood(project, released, folder):
        attacking()
        attacker.refuse(attack(project, released, folder))
        assert released.edition is not None
        attacked.note(project.folder, released.edition.name, _tried(project, released, folder))


def _has_withstood(project: Project, released: Released, folder: Path) -> bool:
    assert released.edition is not None
    return attacked.holds(project.folder, released.edition.name, _tried(project, released, folder))


def attack(project: Project, released: Released, folder: Path) -> tuple[Learned, ...]:
    """Let the attacker loose on the files of a release and return what he learns that must not be known.

    He knows what is in the files and what is public. He has the files of every earlier release that told one of the
    numbers otherwise as well, and reads them beside the new ones.
    """
    targets = [
        attacker.Target(survey, tuple(whom.wave.split("+")), _pairs(whom.inside), _pairs(whom.outside),
                        _pair(whom.kind), indicator)
        for survey, whom, indicator, _ in released.secrets
    ]  # fmt: skip
    newest = published.read(project, folder)
    few, also = project.rules.secrecy.min_count, list(dict.fromkeys(targets))
    learned = [*attacker.attack(project, newest, few, also=also)]
    for name in _at_odds(project, released):
        both, earlier = _earlier(project, name)
        learned += attacker.attack(both, [*newest, *earlier], few)
    return tuple(dict.fromkeys(learned))


def _told(project: Project, released: Released) -> tuple[ledger.Entry, ...]:
    """Return what had been told when a release was made, or is told now where it is not frozen yet."""
    name = released.edition.name if released.edition else ""
    return ledger.read(project.folder / archive.FOLDER).before(name).entries


def _at_odds(project: Project, released: Released) -> list[str]:
    """Return the earlier releases that told a release's numbers of other people: editions it corrects, other waves."""
    frozen = {one.name for one in archive.entries(project.folder)}
    now = _people(project, released)
    return list(dict.fromkeys(
        one.release for one in _told(project, released)
        if one.release in frozen and one.n is not None and now.get(one.cell, one.people) != one.people
    ))  # fmt: skip


def _people(project: Project, released: Released) -> dict[CellKey, str]:
    """Return the checksums of the people of a release's cells: its own, or the ledger's once it is frozen."""
    known = {cell: released.people(cell) for cell, _ in (*released.shares(), *released.rests())}
    name = released.edition.name if released.edition else ""
    told = {one.cell: one.people for one in ledger.read(project.folder / archive.FOLDER).of(name)}
    return {cell: people or told.get(cell, "") for cell, people in known.items()}


def _earlier(project: Project, name: str) -> tuple[Project, list[Number]]:
    """Return the numbers of an earlier edition, from its files as they were, and the project with the areas of both.

    An area set whose boundaries moved under its name is another set then: what lies between the two is read from both.
    """
    then = archive.frozen_project(project, name)
    moved = {
        one: f"{one} ({name})" for one, areas in then.area_sets.items()
        if one in project.area_sets and areas.members != project.area_sets[one].members
    }  # fmt: skip
    both = replace(project, area_sets={**project.area_sets, **{new: then.area_sets[old] for old, new in moved.items()}})
    with TemporaryDirectory() as elsewhere:
        numbers.save(archive.load(project.folder, name), then, Path(elsewhere))
        read = published.read(then, Path(elsewhere))
    return both, [replace(one, before=True, area_set=moved.get(one.area_set, one.area_set)) for one in read]


def inspect(project: Project, released: Released, folder: Path, reports: Mapping[Path, tuple[Report, str]]) -> None:
    """Read finished reports as a reader would, and refuse them where they show a number that no file beside them has.

    Args:
        project: Definitions, which are public.
        released: The release.
        folder: Where its files are.
        reports: Finished PDFs, with what they are: definition and code of the area, empty for the whole city.

    Raises:
        ReleaseError: There are such numbers; all are listed with report and page.
    """
    known = leaks.rows(project, folder)
    told = {*_of_fieldwork(released), *_of_rules(project)}
    found: list[leaks.Stray] = []
    for path, (report, code) in sorted(reports.items()):
        about = public.touching(project, report.area_set, code) if code else frozenset[str]()
        found += leaks.strays(path, about, known, told)
    leaks.refuse(found)


def _of_fieldwork(released: Released) -> Iterator[str]:
    """Yield the numbers of how waves were measured that reports tell, and files do not."""
    for facts in released.facts.values():
        yield danish.decimal(facts.kish, 2)
        if facts.response_rate is not None:
            yield danish.decimal(facts.response_rate, 1)


def _of_rules(project: Project) -> Iterator[str]:
    """Yield the percentages of the rules, as the method page prints them."""
    rules = project.rules
    parts = (0.95, rules.power, rules.families.total, rules.reliability.max_width, rules.reliability.max_relative_width)
    yield from (danish.number(round(100 * one)) for one in parts)


def _tried(project: Project, released: Released, folder: Path) -> str:
    """Return a checksum of all that an attack hangs on: the files, earlier ones, what is public, and the attacker."""
    files = [folder / name for name in published.FILES]
    code = sorted(Path(attacker.__file__).parent.glob("*.py"))
    contents = [part for path in (*files, *code) for part in (path.name, path.read_bytes())]
    earlier = [archive.checksum(project.folder, name) for name in _at_odds(project, released)]
    return manifest.fingerprint([*contents, *earlier, *defined(project)])


def defined(project: Project) -> list[str]:
    """Return the definitions that decide what is told and what is known: surveys, waves, areas and rules."""
    surveys = [one.model_dump_json() for one in project.surveys.values()]
    waves = [one.model_dump_json() for survey in project.waves.values() for one in survey.values()]
    areas = [one.model_dump_json(exclude={"outlines"}) for one in project.area_sets.values()]
    return [*surveys, *waves, *areas, project.rules.model_dump_json()]


def _pairs(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple(map(_pair, names))


def _pair(name: str) -> tuple[str, str]:
    first, _, second = name.partition("/")
    return first, second
