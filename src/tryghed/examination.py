"""What `tryghed doctor` looks at: is the store whole, private, on a good disk, backed up, and free of what must go."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from tryghed.definitions.project import Project
from tryghed.errors import StoreError
from tryghed.intake.pseudonyms import key_file
from tryghed.store import audit, backup, disk, generations, warehouse

State = Literal["ok", "warning", "problem"]

_OLD_BACKUP = 35  # days


@dataclass(frozen=True)
class Check:
    """What was looked at, how it is, and what to do about it."""

    about: str
    state: State
    message: str
    hint: str = ""


def examine(project: Project, today: date) -> list[Check]:
    """Look at everything; what cannot be looked at is a problem, and does not keep the rest from being seen."""
    found: list[Check] = []
    for look in (_store, _log, _rights, _disk, _retention, _keys, _backups):
        try:
            found += look(project, today)
        except StoreError as problem:
            about = look.__name__.removeprefix("_")
            found.append(Check(about, "problem", f"{problem.where}: {problem.message}", problem.hint))
    return found


def _store(project: Project, _today: date) -> Iterator[Check]:
    generation = generations.current(project.folder)
    if generation is None:
        yield Check("store", "ok", "empty: nothing has been loaded")
        return
    content = warehouse.verify(generation)
    rows = sum(one.rows for one in content.values())
    there = warehouse.loaded(project.folder)
    yield Check(
        "store", "ok", f"generation {generation.number} holds what was loaded: {len(there)} waves, {rows:,} rows"
    )
    for survey, wave in there:
        if wave not in project.waves.get(survey, {}):
            yield Check("store", "warning", f"{survey}/{wave} is loaded and not defined", "put its definition back")
    texts = {path.stem for path in (project.folder / "store" / "free-text").glob("*.parquet")}
    for name in sorted(texts - {f"{survey}-{wave}" for survey, wave in there}):
        hint = "delete it: the wave it is of is not loaded"
        yield Check("store", "problem", f"store/free-text/{name}.parquet is left over", hint)
    if generation.path.stat().st_nlink > 1:
        hint = "look for it: erasing a wave does not reach it"
        yield Check("store", "warning", f"{generation.path.name} has another name on this disk", hint)


def _log(project: Project, _today: date) -> Iterator[Check]:
    entries = audit.read(project.folder)
    yield Check("log", "ok", f"{len(entries)} entries, each as it was written")
    last = {(one.survey, one.wave): one for one in entries if one.command == "erase"}
    for (survey, wave), one in last.items():
        if one.outcome != "done":
            hint = "give the same command again: it goes on from where it stopped"
            yield Check("log", "problem", f"erasing {survey}/{wave} was begun on {one.at} and not completed", hint)


def _rights(project: Project, _today: date) -> Iterator[Check]:
    private = [project.folder / "store", project.folder / "keys"]
    wide = [path for top in private if top.exists() for path in (top, *top.rglob("*")) if _mode(path) & 0o077]
    for path in wide:
        hint = f"chmod {'700' if path.is_dir() else '600'} {path}"
        yield Check("rights", "problem", f"others than its owner can get at {path} ({_mode(path):o})", hint)
    delivered = project.folder / "deliveries"
    if delivered.is_dir() and _mode(delivered) & 0o007:
        yield Check(
            "rights", "warning", f"every account of this machine can get at {delivered}", f"chmod o= {delivered}"
        )
    if not wide:
        yield Check("rights", "ok", "store and keys are their owner's alone")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _disk(project: Project, _today: date) -> Iterator[Check]:
    disk.require_local(project.folder / "store")
    generation = generations.current(project.folder)
    free = disk.free(project.folder)
    need = 3 * generation.path.stat().st_size if generation is not None else 0
    message = f"{free / 1e9:.1f} GB free, an import needs about {need / 1e9:.1f}"
    yield Check("disk", "ok" if free > need else "problem", message, "" if free > need else "make room")
    encrypted = disk.encrypted(project.folder)
    hint = "answers are personal data: keep the project on a LUKS, BitLocker or FileVault volume"
    if encrypted:
        yield Check("disk", "ok", "lies on an encrypted volume")
    elif encrypted is None:
        yield Check("disk", "warning", "nobody can tell from here whether the volume is encrypted", hint)
    else:
        yield Check("disk", "warning", "the volume is not encrypted, as far as this machine knows", hint)


def _retention(project: Project, today: date) -> Iterator[Check]:
    over = False
    for survey, wave in warehouse.loaded(project.folder):
        known = project.waves.get(survey, {}).get(wave)
        if known is not None and known.privacy.retain_until < today:
            over = True
            message = f"{survey}/{wave} was to be kept until {known.privacy.retain_until}"
            yield Check("retention", "problem", message, f'tryghed erase {survey}/{wave} --because "its time is over"')
    if not over:
        yield Check("retention", "ok", "no loaded wave is older than it may be")


def _keys(project: Project, _today: date) -> Iterator[Check]:
    files = {
        key_file(project.folder, project.waves[survey][wave]): f"{survey}/{wave}"
        for survey, wave in warehouse.loaded(project.folder)
        if wave in project.waves.get(survey, {})
    }
    missing = {path: wave for path, wave in files.items() if not path.exists()}
    for path, wave in missing.items():
        hint = "put it back; without it the wave gets other pseudonyms when it is loaded again"
        yield Check("keys", "warning", f"{path}: the key of {wave} is not there", hint)
    if not missing:
        yield Check("keys", "ok", f"{len(files)} keys are there; keep a copy of them apart from the backups")


def _backups(project: Project, today: date) -> Iterator[Check]:
    there, missing = backup.managed(project.folder)
    for path in missing:
        yield Check("backups", "warning", f"{path} is not where it was put", "erasing a wave does not reach it")
    if not there:
        yield Check("backups", "warning", "there is none", "tryghed backup TARGET")
        return
    made = datetime.fromisoformat(backup.manifest_of(there[-1]).made_at).astimezone(UTC).date()
    old = (today - made).days > _OLD_BACKUP
    hint = "tryghed backup TARGET" if old else ""
    yield Check("backups", "warning" if old else "ok", f"{len(there)}, the newest of {made} in {there[-1]}", hint)
