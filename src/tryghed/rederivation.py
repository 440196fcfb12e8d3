"""A release derived again from the delivered files, in a store of its own that is thrown away afterwards.

    deliveries --accept--> rows --publish--> temporary store --draft--> estimates --gate--> released

The files must be those the release was made of, by their checksums; the definitions are those frozen with it.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tryghed import ingestion
from tryghed.definitions.project import Project
from tryghed.errors import DataError, UsageError, all_at_once
from tryghed.intake import readers
from tryghed.progress import Progress
from tryghed.release import archive
from tryghed.statistics.origin import Input
from tryghed.store import earlier

#: What a temporary project does not share with the one it stands for.
_OWN: Final = frozenset({"store", "keys", "out", "releases"})


def as_then(project: Project, release: str) -> Project | None:
    """Return the project with the definitions frozen with a release; None where the release is not in `releases/`.

    A withdrawn one has them, too.

    Raises:
        ReleaseError: The frozen release has been edited.
    """
    frozen = [one for one in archive.entries(project.folder) if one.release_id == release]
    if not frozen and (withdrawn := archive.withdrawn(project.folder, release)):
        frozen = [withdrawn.entry]
    return archive.definitions_of(project, frozen[-1].folder) if frozen else None


@dataclass(frozen=True, slots=True)
class Missing:
    """A delivered file that a release rests on and that cannot be used: it is gone, or another one has its name."""

    input: Input
    why: str


def missing(project: Project, inputs: Sequence[Input]) -> list[Missing]:
    """Return the files that are not there as they were delivered."""
    found = []
    for one in inputs:
        try:
            wave = project.wave(one.survey, one.wave)
        except UsageError as problem:
            found.append(Missing(one, problem.message))
            continue
        try:
            now = readers.checksum(project.folder / wave.delivery.file, wave.delivery)
        except DataError as problem:
            found.append(Missing(one, problem.message))
            continue
        if now != one.sha256:
            found.append(Missing(one, f"its sha256 is {now}, that of the file delivered then {one.sha256}"))
    return found


def expect(project: Project, inputs: Sequence[Input]) -> None:
    """Make sure that files are there as they were delivered.

    Raises:
        DataError: Some are not; all are listed.
    """
    hint = "put the file back as it was delivered, from the archive of deliveries"
    all_at_once(
        DataError, [DataError(one.why, where=f"{one.input.survey}/{one.input.wave} {one.input.file}", hint=hint)
                    for one in missing(project, inputs)],
    )  # fmt: skip


@contextmanager
def workshop(project: Project, waves: Sequence[tuple[str, str]], progress: Progress) -> Iterator[Project]:
    """Give the project with a store of its own that holds some waves, loaded anew; it is removed at the end.

    The store lies in the project's folder, where the answers are kept anyway, readable by its owner only.

    Args:
        project: The project, with the definitions wanted.
        waves: Survey and wave, oldest first within a survey.
        progress: Told of each wave.

    Raises:
        DataError: A delivery is refused; all refusals are told together.
    """
    with TemporaryDirectory(dir=project.folder, prefix=".again-") as place:
        folder = Path(place)
        for one in project.folder.iterdir():
            if one.name not in _OWN and not one.name.startswith(".again-"):
                (folder / one.name).symlink_to(one)
        if (project.folder / "keys").is_dir():
            shutil.copytree(project.folder / "keys", folder / "keys")
        decisions = [one for survey, wave in waves for one in earlier.decisions(project.folder, survey, wave)]
        said = ingestion.Said(tuple(decisions))
        again = replace(project, folder=folder)
        ingestion.ingest(again, waves, progress, said=said)
        yield again
