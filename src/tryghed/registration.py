"""Register tables from file to store: read, checked, and published together."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryghed.definitions.project import REGISTERS, Project
from tryghed.definitions.registers import Register
from tryghed.errors import DataError, UsageError, all_at_once
from tryghed.frames import AcceptedRegister, Finding
from tryghed.intake import registers as intake
from tryghed.progress import Progress, Step
from tryghed.store import audit
from tryghed.store import registers as store


@dataclass(frozen=True)
class Registered:
    """What became of one register table: `changed` is False where the store already held it."""

    name: str
    figures: int
    generation: int
    changed: bool
    findings: tuple[Finding, ...]


def named_registers(project: Project, names: Sequence[str]) -> list[str]:
    """Return the register tables that `names` mean, all of them without names.

    Raises:
        UsageError: There is no such table; every such name is listed.
    """
    unknown = [name for name in names if name not in project.registers]
    if unknown:
        known = ", ".join(project.registers) or f"none yet: define one in surveys/{REGISTERS}/NAME.toml"
        raise UsageError(f"no register {', '.join(map(repr, unknown))}", hint=f"registers here: {known}")
    return list(dict.fromkeys(names or project.registers))


def overview(project: Project) -> list[str]:
    """Return a line for each register table: what it is, and what is loaded of it.

    Raises:
        StoreError: The store cannot be read.
    """
    there = store.loaded(project.folder)
    return [
        f"{name}  {one.label}, {one.unit}, for {one.area_set}: {_state(project, one, there.get(name))}"
        for name, one in project.registers.items()
    ]


def _state(project: Project, register: Register, known: store.LoadedRegister | None) -> str:
    if known is None:
        return "not loaded"
    old = known.definition_sha256 != intake.fingerprint(register, project.area_sets[register.area_set])
    said = f"{known.figures} figures, {known.first_year}-{known.last_year}"
    return said + (", unverified" if not known.verified else "") + (", definition changed since" if old else "")


def load_registers(project: Project, names: Sequence[str], progress: Progress) -> list[Registered]:
    """Read and check register tables, and publish those that hold, in one generation of the store.

    Raises:
        DataError: Tables were refused; the message lists all of them. The others are loaded.
    """
    accepted: list[AcceptedRegister] = []
    refused: list[DataError] = []
    for place, name in enumerate(names):
        progress(Step("loading", f"{REGISTERS}/{name}", place, len(names)))
        try:
            accepted.append(intake.accept(project, name, known=store.values(project.folder, name)))
        except DataError as problem:
            refused.append(problem)
            audit.record(project.folder, "registers load", outcome="refused", target=name)
    done = _published(project, accepted)
    all_at_once(DataError, refused)
    return done


def _published(project: Project, accepted: Sequence[AcceptedRegister]) -> list[Registered]:
    if not accepted:
        return []
    generation, new = store.publish(project.folder, project, accepted)
    for one in accepted:
        if one.name in new:
            audit.record(
                project.folder, "registers load", sha256=one.source.sha256, rows=one.values.height, target=one.name
            )
    return [
        Registered(one.name, one.values.height, generation.number, one.name in new, one.findings) for one in accepted
    ]
