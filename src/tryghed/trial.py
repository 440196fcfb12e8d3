"""What is about to be published, put before the attacker: a release before it is frozen, and before it is printed.

He reads the files as they would lie beside the reports. What has once withstood him is noted and not attacked again
until files, definitions, rules or the attacker are others.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from tryghed.attack import attacker, published
from tryghed.definitions.project import Project
from tryghed.delivery import attacked, manifest, numbers
from tryghed.release import editions
from tryghed.release.editions import Built
from tryghed.release.released import Released
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

    def examine(found: Released) -> None:
        with TemporaryDirectory() as elsewhere:
            numbers.save(found, project, Path(elsewhere))
            withstand(project, found, Path(elsewhere), attacking)

    return editions.build(project, survey, wave, because=because, examine=examine, estimating=estimating)


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
    assert released.edition is not None
    name, tried = released.edition.name, _tried(project, folder)
    if not attacked.holds(project.folder, name, tried):
        attacking()
        attack(project, released, folder)
        attacked.note(project.folder, name, tried)


def attack(project: Project, released: Released, folder: Path) -> None:
    """Let the attacker loose on the files of a release; he knows what is in them and what is public.

    Raises:
        ReleaseError: He finds what must not be known; everything he finds is listed.
    """
    targets = [
        attacker.Target(survey, tuple(whom.wave.split("+")), _pairs(whom.inside), _pairs(whom.outside),
                        _pair(whom.kind), indicator)
        for survey, whom, indicator, _ in released.secrets
    ]  # fmt: skip
    found = published.read(project, folder)
    few = project.rules.secrecy.min_count
    attacker.refuse(attacker.attack(project, found, few, also=list(dict.fromkeys(targets))))


def _tried(project: Project, folder: Path) -> str:
    """Return a checksum of all that an attack hangs on: the files, what is public, the rules, and the attacker."""
    files = [folder / name for name in published.FILES]
    code = sorted(Path(attacker.__file__).parent.glob("*.py"))
    contents = [part for path in (*files, *code) for part in (path.name, path.read_bytes())]
    return manifest.fingerprint([*contents, *defined(project)])


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
