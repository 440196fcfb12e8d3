"""The editions of a wave: a first release, its corrections, and what was withdrawn.

    plan --draft--> estimates --gate--> released --compare--> the same as the newest edition, or --examine--> a new one

A number that was released is never changed without a word: where numbers differ from the newest edition, a new one
is made only with a reason, and says what changed.
"""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from tryghed.definitions.project import Project
from tryghed.errors import DefinitionError, DesignError, ReleaseError, UsageError
from tryghed.release import archive, changes, exemptions, ledger, sources, telling
from tryghed.release.archive import Entry, Origin
from tryghed.release.draft import draft
from tryghed.release.gate import Draft, release
from tryghed.release.ledger import Ledger
from tryghed.release.plan import Plan, plan
from tryghed.release.released import CellKey, Change, Edition, Exemption, Released, Withheld
from tryghed.store import audit, generations, rounds
from tryghed.store import query as queries

_EXAMPLES = 5
#: The reason of a correction that is tried only.
_TRIED = "tried"


@dataclass(frozen=True)
class Built:
    """The edition of a wave that is in force, and whether it was made just now.

    `advice` says, where the numbers were computed, which categories to merge where too much of a table is withheld.
    `put_back` are the releases that the ledger lacked and has now.
    """

    entry: Entry
    released: Released
    new: bool
    advice: tuple[str, ...] = ()
    put_back: tuple[str, ...] = ()


def candidate(project: Project, survey: str, wave: str) -> tuple[Draft, Released]:
    """Return the numbers of a wave if it were released now: before the gate, and what it lets through.

    As in a build, what differs from the newest edition would correct it, and is judged together with it.

    Raises:
        ReleaseError: The ledger lacks a release.
        UsageError: The wave, or one it needs, is not defined or not loaded.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    telling.expect(project.folder)
    newest, wanted = archive.newest(project.folder, survey, wave), plan(project, survey, wave)
    estimated, found = _derive(project, wanted, as_of=newest)
    if newest is not None and any(_changed(archive.load(project.folder, newest.name), found)):
        return _derive(project, wanted, as_of=None)
    return estimated, found


def build(
    project: Project,
    survey: str,
    wave: str,
    *,
    because: str = "",
    examine: Callable[[Released], Set[CellKey]],
    estimating: Callable[[], None] = lambda: None,
) -> Built:
    """Return the edition of a wave in force, after building it where there is none.

    Args:
        project: The project.
        survey: The survey the reports are about.
        wave: The wave.
        because: Why a new edition is made where numbers differ from the newest; without it they may not.
        examine: Called with what is about to be frozen; returns what must be held back because of earlier editions.
            Where nothing helps, raises, and nothing is written.
        estimating: Called when numbers are about to be computed.

    Raises:
        ReleaseError: Numbers differ from the newest edition and no reason is given; the message says how many. Or the
            ledger lacks a release that may have been edited, or has one of the wave that is gone, or what `examine`
            raises.
        UsageError: The wave, or one it needs, is not defined or not loaded.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    wanted = plan(project, survey, wave)
    files = sources.definitions(project)
    with archive.locked(project.folder):
        put_back = _put_back(project, estimating)
        newest = archive.newest(project.folder, survey, wave)
        _expect_none_lost(project, survey, wave)
        origin = _origin(project, wanted, files)
        if newest is not None and newest.origin.inputs == origin.inputs:
            return Built(newest, archive.load(project.folder, newest.name), new=False, put_back=put_back)
        estimating()
        estimated, found = _derive(project, wanted, as_of=newest)
        if newest is not None and not _differs(project, found, newest, because):
            return Built(newest, archive.load(project.folder, newest.name), False, found.advice, put_back)
        if newest is not None:
            estimated, found = _derive(project, wanted, as_of=None)
        found, edition = _settled(project, estimated, found, newest, because, examine)
        made = archive.freeze(found, project, edition, origin, files)
        ledger.append(project.folder / archive.FOLDER, made.name, found, edition.exemptions)
        telling.note(project.folder, "release build", made, because)
        return Built(made, archive.load(project.folder, made.name), True, found.advice, put_back)


def tried(project: Project, survey: str, wave: str, *, examine: Callable[[Released], Set[CellKey]]) -> Released:
    """Return what a build would freeze now; a correction with what it would hold back.

    Args:
        project: The project.
        survey: The survey the reports are about.
        wave: The wave.
        examine: As `build` has it; not called where there is no earlier edition.

    Raises:
        ReleaseError: What `examine` raises, the ledger lacks a release, or another one is being built.
        UsageError: The wave, or one it needs, is not defined or not loaded.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    telling.expect(project.folder)
    wanted, newest = plan(project, survey, wave), archive.newest(project.folder, survey, wave)
    _, found = _derive(project, wanted, as_of=newest)
    if newest is None or not _differs(project, found, newest, _TRIED):
        return found
    with archive.locked(project.folder):
        estimated, found = _derive(project, wanted, as_of=None)
        return _settled(project, estimated, found, newest, _TRIED, examine)[0]


def rederive(project: Project, name: str, store: Project) -> Released:
    """Return a frozen release as the definitions frozen with it and another store of the same deliveries give it.

    Args:
        project: The project the release is of; its ledger tells what had been released before.
        name: The release.
        store: A project with those definitions, whose store has the waves.

    Raises:
        UsageError: There is no such release, or a wave it needs is not in the store.
        ReleaseError: The release has been edited.
        DesignError: The sample design cannot support an estimate.
    """
    known = archive.load(project.folder, name)
    assert known.edition is not None
    of_wave = [one for one in archive.entries(project.folder) if (one.survey, one.wave) == (known.survey, known.wave)]
    later = {one.name for one in of_wave if one.number > known.edition.number}  # known before, if told out of turn
    before = Ledger(tuple(one for one in _told(project).before(name).entries if one.release not in later))
    wanted = plan(store, known.survey, known.wave)
    estimated = draft(store, wanted, queries.Shelf(store.queries), ledger=before)
    decided = {one.cell: one for one in known.edition.exemptions}
    found = release(
        estimated, store.rules, store.surveys, ledger=before, exemptions=decided, held=set(known.edition.held)
    )
    return found.standing_for(known)


def withdraw(project: Project, name: str, because: str) -> Entry:
    """Take away the newest edition of a wave, which was never handed out; return what it was.

    Raises:
        UsageError: There is no such release.
        ReleaseError: A later edition corrects it.
    """
    with archive.locked(project.folder):
        known = archive.entry(project.folder, name)
        newest = archive.newest(project.folder, known.survey, known.wave)
        if newest is not None and newest.name != name:
            raise ReleaseError(
                f"{newest.name} corrects it", where=name, hint=f"only the newest can be withdrawn: {newest.name}"
            )
        ledger.withdraw(project.folder / archive.FOLDER, name, because, archive.today())
        archive.withdraw(project.folder, name, because, by=audit.account())
        telling.note(project.folder, "release withdraw", known, because)
    return known


def decide(project: Project, survey: str, wave: str, decided: Exemption) -> Exemption:
    """Write down an exemption from the rules for a cell of a wave's release; return it as it now stands.

    Raises:
        UsageError: The release shows no such cell, or the exemption is not complete.
        ReleaseError: The cell is withheld because it could point at a person: nobody can decide to show it.
    """
    newest = archive.newest(project.folder, survey, wave)
    known = archive.load(project.folder, newest.name) if newest else candidate(project, survey, wave)[1]
    share = dict(known.shares()).get(decided.cell)
    where = " ".join(decided.cell)
    if share is None:
        raise UsageError("no such cell in the release", where=where, hint="tal.json beside the reports lists all")
    if decided.verdict == "show" and share.withheld not in (None, Withheld.UNRELIABLE, Withheld.DECIDED):
        raise ReleaseError("withheld for secrecy, and no exemption shows it", where=where)
    with archive.locked(project.folder):
        made = exemptions.decide(project.folder / archive.FOLDER, decided)
        people = " and ".join(filter(None, (made.by, made.seconded_by)))
        audit.record(
            project.folder, "release except", survey=survey, wave=wave, because=made.because,
            target=f"{made.verdict} {where}", outcome=f"decided by {people}",
        )  # fmt: skip
    return made


def exempted(project: Project) -> dict[CellKey, Exemption]:
    """Return the exemptions in force."""
    return exemptions.in_force(exemptions.read(project.folder / archive.FOLDER))


def _derive(project: Project, wanted: Plan, *, as_of: Entry | None) -> tuple[Draft, Released]:
    """Return the numbers of a plan, judged together with all that had been released before an edition, or ever."""
    before = _told(project).before(as_of.name) if as_of else _told(project)
    estimated = draft(project, wanted, queries.Shelf(project.queries), ledger=before)
    edition = archive.load(project.folder, as_of.name).edition if as_of else None
    return estimated, _judged(project, estimated, before, set(edition.held) if edition else set())


def _judged(project: Project, estimated: Draft, before: Ledger, held: Set[CellKey]) -> Released:
    decided = exempted(project)
    return release(estimated, project.rules, project.surveys, ledger=before, exemptions=decided, held=held)


def _settled(
    project: Project, estimated: Draft, found: Released, newest: Entry | None, because: str,
    examine: Callable[[Released], Set[CellKey]],
) -> tuple[Released, Edition]:  # fmt: skip
    """Return numbers and their edition, once nothing more has to be held back because of earlier ones."""
    told, held = _told(project), frozenset[CellKey]()
    while True:
        edition = (
            _first(project, found, told.restated(found), because) if newest is None
            else _correction(project, found, newest, because)
        )  # fmt: skip
        edition = replace(edition, held=tuple(sorted(held)))
        more = examine(found.as_edition(edition)) - held
        if not more:
            return found, edition
        held |= more
        found = _judged(project, estimated, told, held)


def _origin(project: Project, wanted: Plan, files: dict[str, bytes]) -> Origin:
    stated = sources.checksum([repr(wanted)])
    defined = sources.checksum(part for name, content in files.items() for part in (name, content))
    delivered = sources.deliveries(project, wanted)
    decided = repr(sorted(exempted(project).items()))
    inputs = sources.checksum([stated, defined, repr(delivered), decided, sources.software()])
    generation = generations.current(project.folder)
    return Origin(stated, defined, inputs, 0 if generation is None else generation.number, delivered)


def _first(project: Project, found: Released, restated: tuple[Change, ...], because: str) -> Edition:
    """Return the first edition of a wave; a reason is needed where it tells numbers of other waves otherwise."""
    named = f"{found.survey} {found.wave}"
    if because and not restated:
        raise UsageError(f"{named} has no release to correct", hint="leave --because out of the first one")
    if restated and not because:
        listed = "".join(f"\n    {changes.told(one)}" for one in changes.largest(restated)[:_EXAMPLES])
        raise ReleaseError(
            f"{len(restated):,} number{' that was' if len(restated) == 1 else 's that were'} released before "
            f"would be told otherwise{listed}", where=named,
            hint='where that is right: tryghed release build --because "why they were computed again"',
        )  # fmt: skip
    name = _first_name(project, found)
    return Edition(name, 1, archive.today(), because=because, changes=restated, exemptions=_those_of(project, found))


def _differs(project: Project, found: Released, newest: Entry, because: str) -> bool:
    """Return whether anything differs from the newest edition; without a reason it may not.

    The refusal tells what a correction would change, which is judged beside the newest edition, too.
    """
    before = archive.load(project.folder, newest.name)
    changed, facts = _changed(before, found)
    if (changed or facts) and not because:
        corrected = _derive(project, plan(project, newest.survey, newest.wave), as_of=None)[1]
        raise _refusal(newest, before, *_changed(before, corrected))
    return bool(changed or facts)


def _changed(before: Released, found: Released) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    return changes.compare(before, found), changes.facts(before, found)


def _correction(project: Project, found: Released, newest: Entry, because: str) -> Edition:
    """Return the edition that replaces the newest one, with all it changes."""
    before = archive.load(project.folder, newest.name)
    changed = tuple(changes.discreet(one) for one in changes.compare(before, found))
    number = newest.number + 1
    base = newest.name.removesuffix(f"-{newest.number}") if newest.number > 1 else newest.name
    decided = _those_of(project, found)
    return Edition(f"{base}-{number}", number, archive.today(), newest.name, because, changed, decided)


def _told(project: Project) -> Ledger:
    return ledger.read(project.folder / archive.FOLDER)


def _put_back(project: Project, estimating: Callable[[], None]) -> tuple[str, ...]:
    """Put frozen releases that the ledger lacks into it, before anything is judged beside them; return their names.

    Each must be what was built: by the log's checksum, or because its definitions and deliveries give the same again.
    """
    missing = telling.untold(project.folder)
    for one in missing:
        noted = telling.is_noted(project.folder, one)
        estimating()
        known, again = archive.load(project.folder, one.name), _derived_again(project, one.name)
        if again is None and not noted:
            raise telling.unproven(project.folder, one)
        assert known.edition is not None
        ledger.append(project.folder / archive.FOLDER, one.name, again or known, known.edition.exemptions)
        telling.note(project.folder, "release build", one, one.because, ", put into the ledger, which lacked it")
    return tuple(one.name for one in missing)


def _derived_again(project: Project, name: str) -> Released | None:
    """Return a frozen release with the people its numbers are about; None where its inputs no longer give them."""
    known = archive.load(project.folder, name)
    try:
        again = rederive(project, name, archive.frozen_project(project, name))
    except (UsageError, DefinitionError, DesignError, ReleaseError):
        return None
    same = (again.shares(), again.rests()) == (known.shares(), known.rests()) and not any(_changed(known, again))
    return again if same else None


def _expect_none_lost(project: Project, survey: str, wave: str) -> None:
    """Refuse to build in place of an edition of the wave that only the ledger still has.

    Other names in the ledger may be of numbers that were published elsewhere.
    """
    place = project.folder / archive.FOLDER
    edition = re.compile(rf"({re.escape(survey)}-)?{re.escape(wave)}(-\d+)?")
    frozen = {one.name for one in archive.entries(project.folder)}
    lost = [name for name in _told(project).releases if name not in frozen and edition.fullmatch(name)]
    if lost:
        raise ReleaseError(
            f"in the ledger, and gone: {', '.join(lost)}; nothing may be released under the name of what was",
            where=str(place), hint="restore the folder from a backup",
        )  # fmt: skip


def _those_of(project: Project, found: Released) -> tuple[Exemption, ...]:
    """Return the exemptions in force that a release has cells of, in order of their cells."""
    cells = {cell for cell, _ in found.shares()}
    return tuple(one for cell, one in sorted(exempted(project).items()) if cell in cells)


def _first_name(project: Project, found: Released) -> str:
    """Return the wave's name, with the survey before it where a release of another survey has it."""
    taken = (project.folder / archive.FOLDER / found.wave).exists()
    return f"{found.survey}-{found.wave}" if taken else found.wave


def _refusal(newest: Entry, before: Released, changed: tuple[Change, ...], facts: tuple[str, ...]) -> ReleaseError:
    numbers = len(before.shares()) + len(before.differences()) + len(before.rankings())
    message = f"released on {newest.created}; now {changes.summary(changed, numbers)}"
    examples = [changes.told(one) for one in changes.largest(changed)[:_EXAMPLES]]
    listed = "".join(f"\n    {line}" for line in [*examples, *facts[:_EXAMPLES]])
    hint = (
        f'where nobody has it yet: tryghed release withdraw {newest.name} --because "..."; '
        f'as a correction: tryghed release build --wave {newest.wave} --because "..."; '
        f"to print it as it was: tryghed report --release {newest.name}"
    )
    return ReleaseError(message + listed, where=f"release {newest.name}", hint=hint)
