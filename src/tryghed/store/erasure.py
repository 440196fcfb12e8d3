"""Erases a wave from the store: files are written anew without it, for deleted rows stay readable in a DuckDB file.

What remains is that there was such a wave, when it was erased and why (table `erasure`), so that it is not loaded again
by the next `tryghed run`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tryghed.errors import StoreError
from tryghed.store import content, disk, generations, layout, loading, sandbox, warehouse
from tryghed.store.generations import Generation

Wave = tuple[str, str]


@dataclass(frozen=True)
class Tombstone:
    """Why a wave was erased, and what was decided about the duty to archive it."""

    because: str
    archive: str


@dataclass(frozen=True)
class Erased:
    """What became of the store: the generation now in force, the files removed, and those with a name elsewhere too."""

    generation: Generation
    removed: tuple[Path, ...]
    linked: tuple[Path, ...]


def holding(folder: Path, wave: Wave) -> list[Generation]:
    """Return the generations that hold something of a wave, or may: one that cannot be read is among them."""
    return [one for one in generations.all_of(folder) if _may_hold(one.path, wave)]


def respondents(folder: Path, wave: Wave) -> int:
    """Return how many respondents of a wave the current generation holds.

    Raises:
        StoreError: It is damaged.
    """
    generation = generations.current(folder)
    if generation is None:
        return 0
    connection = sandbox.connect(generation.path)
    try:
        found = connection.execute(
            "select rows from delivery where survey = $survey and wave = $wave", {"survey": wave[0], "wave": wave[1]}
        ).fetchall()
    finally:
        connection.close()
    return int(found[0][0]) if found else 0


def erase(folder: Path, wave: Wave, stone: Tombstone) -> Erased:
    """Make a generation without a wave, then remove every generation that holds it.

    A kill at any moment leaves the wave in force or gone; doing it again completes it.

    Args:
        folder: The project folder.
        wave: Survey and wave.
        stone: What is kept about it.

    Raises:
        StoreError: The store is empty, damaged or written by somebody else, or the disk is full. The wave is still
            there.
    """
    warehouse.readable(folder)
    with generations.writing(folder) as store:
        before = generations.required(folder)
        generation = before
        try:
            if wave not in warehouse.erased(folder) or _may_hold(before.path, wave):
                disk.require_space(store, 2 * before.path.stat().st_size, kept="nothing was erased")
                generation = generations.advance(
                    store, before, lambda target: without(target, before.path, {wave: stone})
                )
            removed = [one.path for one in holding(folder, wave)]
            linked = tuple(path for path in removed if path.stat().st_nlink > 1)
            for path in removed:
                path.unlink()
            disk.sync(store)
        except (OSError, duckdb.Error) as error:
            raise StoreError(f"could not erase {'/'.join(wave)}: {error}", where=str(store), hint=AGAIN) from None
        generations.retire(store, generation.number)
    return Erased(generation, tuple(removed), linked)


#: What to do when an erasure was not completed.
AGAIN = "give the same command again: it goes on from where it stopped"


def without(target: Path, source: Path, gone: Mapping[Wave, Tombstone]) -> None:
    """Write `target`: all that `source` holds but some waves, every table anew; then verify it.

    Raises:
        StoreError: The new file does not hold what it should.
        duckdb.Error: DuckDB could not read or write.
    """
    with loading.opened(target) as connection:
        connection.execute(f"attach {sandbox.literal(str(source))} as source (read_only)")
        connection.execute("begin")
        for place, table in content.tables(connection, "source"):
            _copy(connection, place, table, sorted(gone))
        connection.execute("commit")
        connection.execute("detach source")
        connection.execute("begin")
        layout.bring_up(connection, target)
        for (survey, wave), stone in gone.items():
            _mark(connection, survey, wave, stone)
            content.renew(connection, (survey, wave))
        connection.execute("commit")
        connection.execute("checkpoint")
    found = content.examine(target)
    left = [str(part) for part in found if (part.survey, part.wave) in gone and part.table != "erasure"]
    if left:
        raise StoreError(f"still holds {'; '.join(left)}", where=str(target), hint="nothing was erased")


def _copy(connection: duckdb.DuckDBPyConnection, place: str, table: str, gone: Sequence[Wave]) -> None:
    """Create a table as it is in the attached source, with its comment and every row that is not of a wave gone."""
    made, comment = connection.execute(
        "select sql, comment from duckdb_tables() "
        "where database_name = 'source' and schema_name = $place and table_name = $table",
        {"place": place, "table": table},
    ).fetchall()[0]
    name = f"{sandbox.quoted(place)}.{sandbox.quoted(table)}"
    connection.execute(f"create schema if not exists {sandbox.quoted(place)}")
    connection.execute(made)
    if comment:
        connection.execute(f"comment on table {name} is {sandbox.literal(comment)}")
    columns = {column for column, *_ in connection.execute(f"describe {name}").fetchall()}
    kept = " and ".join(_not_of(place, columns, wave) for wave in gone) or "true"
    connection.execute(f"insert into {name} select * from source.{name} where {kept}")  # noqa: S608 quoted


def _not_of(place: str, columns: set[str], wave: Wave) -> str:
    """Return the SQL condition that a row does not belong to a wave."""
    survey = "survey" if "survey" in columns else sandbox.literal("" if place == "main" else place)
    if "wave" not in columns:
        return "true"
    return f"not ({survey} = {sandbox.literal(wave[0])} and wave = {sandbox.literal(wave[1])})"


def _mark(connection: duckdb.DuckDBPyConnection, survey: str, wave: str, stone: Tombstone) -> None:
    at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    connection.execute(
        "insert into main.erasure values (?, ?, ?, ?, ?)", [survey, wave, at, stone.because, stone.archive]
    )


def _may_hold(path: Path, wave: Wave) -> bool:
    try:
        connection = sandbox.connect(path)
    except StoreError:
        return True
    try:
        return any(
            (part.survey, part.wave) == wave and part.table != "erasure"
            for part in content.recorded(connection, "store") or content.measure(connection, "store")
        )
    except duckdb.Error:
        return True
    finally:
        connection.close()
