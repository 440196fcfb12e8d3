"""Register tables in the store: published together as one new generation, and what is loaded of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tryghed.definitions.project import Project
from tryghed.errors import StoreError
from tryghed.frames import REGISTER_VALUE, AcceptedRegister
from tryghed.store import content, disk, generations, layout, loading, sandbox
from tryghed.store.generations import Generation, current
from tryghed.store.schema import REGISTERS

#: The part of the store's content that belongs to no survey and wave.
_OURS = ("", "")
_VALUES = "select area, year, category, value, denominator from register_value where register = $name order by all"
_LOADED = """
    select
        register, file, sha256, verified, definition_sha256, area_version,
        (select count(*) from register_value where register_value.register = register.register) as figures,
        (select min(year) from register_value where register_value.register = register.register) as first_year,
        (select max(year) from register_value where register_value.register = register.register) as last_year
    from register order by register
"""


@dataclass(frozen=True)
class LoadedRegister:
    """What is loaded of a register table."""

    file: str
    sha256: str
    verified: bool
    definition_sha256: str
    area_version: str
    figures: int
    first_year: int | None
    last_year: int | None


def loaded(folder: Path) -> dict[str, LoadedRegister]:
    """Return what is loaded of every register table.

    Raises:
        StoreError: The store cannot be read.
    """
    rows = _read(folder, _LOADED)
    return {name: LoadedRegister(*rest) for name, *rest in rows}


def values(folder: Path, name: str) -> pl.DataFrame | None:
    """Return `REGISTER_VALUE`, what is loaded of a register table; None where nothing is.

    Raises:
        StoreError: The store cannot be read.
    """
    rows = _read(folder, _VALUES, name=name)
    return pl.DataFrame(rows, schema=REGISTER_VALUE, orient="row") if rows else None


def publish(folder: Path, project: Project, accepted: Sequence[AcceptedRegister]) -> tuple[Generation, list[str]]:
    """Put register tables into the store, each replacing what was loaded of it, all in one new generation.

    Args:
        folder: The project folder.
        project: Its definitions.
        accepted: The tables.

    Returns:
        The current generation, and the names of the tables that are new in it: not those that were loaded already from
        the same file by the same definition.

    Raises:
        StoreError: Another command writes, the disk is full, or the file does not verify. What was current still is.
    """
    with generations.writing(folder) as store:
        before, there = current(folder), loaded(folder)
        new = [one for one in accepted if not _is_loaded(one, there)]
        if not new and before is not None:
            return before, []
        old = before.path if before else None
        try:
            size = sum(int(one.values.estimated_size()) for one in new)
            disk.require_space(store, 3 * (old.stat().st_size if old else 0) + size)
            generation = generations.advance(store, before, lambda target: _write(target, old, project, new))
        except (OSError, duckdb.Error) as error:
            raise StoreError(
                f"could not publish register tables: {error}; what was loaded before is untouched", where=str(store)
            ) from None
        generations.retire(store, generation.number)
    return generation, [one.name for one in new]


def _is_loaded(one: AcceptedRegister, there: dict[str, LoadedRegister]) -> bool:
    known = there.get(one.name)
    return known is not None and (known.sha256, known.definition_sha256) == (one.source.sha256, one.definition_sha256)


def _write(target: Path, before: Path | None, project: Project, accepted: Sequence[AcceptedRegister]) -> None:
    def load(connection: duckdb.DuckDBPyConnection) -> None:
        for one in accepted:
            for table in REGISTERS:
                connection.execute(f"delete from main.{table} where register = $name", {"name": one.name})  # noqa: S608 our own names
            for table, rows in _tables(project, one).items():
                loading.insert(connection, f"main.{table}", rows)

    loading.change(target, before, load, _OURS)
    content.examine(target, _OURS)


def _tables(project: Project, accepted: AcceptedRegister) -> dict[str, pl.DataFrame]:
    """Return the rows of a register table as they are stored, by table; those without rows are left out."""
    register, source = project.registers[accepted.name], accepted.source
    name = {"register": accepted.name}
    about = name | {
        "label": register.label, "unit": register.unit, "denominator": register.denominator, "source": register.source,
        "area_set": register.area_set, "area_version": project.area_sets[register.area_set].version,
        "file": source.file, "sha256": source.sha256, "verified": source.verified, "rows": source.rows,
        "definition_sha256": accepted.definition_sha256, "loaded_at": datetime.now(UTC).replace(tzinfo=None),
    }  # fmt: skip
    tables = {
        "register": pl.DataFrame([about]),
        "register_value": accepted.values.select(pl.lit(accepted.name).alias("register"), pl.all()),
        "register_break": pl.DataFrame([name | {"since": one.since, "why": one.why} for one in register.breaks]),
        "register_finding": loading.told(accepted.findings, name),
    }
    return {table: rows for table, rows in tables.items() if rows.height}


def _read(folder: Path, sql: str, **params: str) -> list[Any]:
    generation = current(folder)
    if generation is None:
        return []
    connection = sandbox.connect(generation.path)
    try:
        layout.known(connection, "store", generation.path)
        if ("main", "register") not in content.tables(connection, "store"):  # an earlier version had none
            return []
        return connection.execute(sql, params).fetchall()
    except duckdb.Error as error:
        raise StoreError(f"damaged: {error}", where=str(generation.path), hint="tryghed doctor examines it") from None
    finally:
        connection.close()
