"""Writes one accepted wave into a copy of the store file, and proves that the copy holds it and all the rest."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from tryghed.errors import StoreError
from tryghed.frames import Accepted, Finding
from tryghed.store import content, layout, numbering, sandbox, schema

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KINDS: dict[pl.DataType, str] = {pl.Int8(): "tinyint", pl.Int16(): "smallint", pl.Float64(): "double"}


@dataclass(frozen=True)
class Revision:
    """Which delivery of the wave this is: 1 is the first; `because` says why there is a later one."""

    number: int = 1
    because: str = ""


def refuse_unusable(accepted: Accepted) -> None:
    """Refuse names that cannot be schemas or columns, or are taken, and columns of types the store does not keep.

    Raises:
        StoreError: All that is unusable, at once.
    """
    problems = [f"survey name {accepted.survey!r}"] if not _NAME.fullmatch(accepted.survey) else []
    if accepted.survey in schema.RESERVED:
        problems.append(f"survey name {accepted.survey!r} (DuckDB's own)")
    for table, rows in (("answer", accepted.answers), ("score", accepted.scores)):
        taken = schema.PER_SURVEY[table][1]
        problems += [
            f"{table} column {name!r} ({kind})"
            for name, kind in rows.schema.items()
            if name != "respondent" and (name in taken or not _NAME.fullmatch(name) or kind not in _KINDS)
        ]
    if problems:
        raise StoreError(f"cannot be stored: {'; '.join(problems)}", where=f"{accepted.survey} {accepted.wave}")


def size(accepted: Accepted) -> int:
    """Return the memory of the wave's frames in bytes: no less than they take in the store."""
    frames = (accepted.respondents, accepted.answers, accepted.scores, accepted.membership, accepted.grouping)
    return sum(int(rows.estimated_size()) for rows in frames)


def write(target: Path, before: Path | None, accepted: Accepted, revision: Revision) -> None:
    """Make `target`: a copy of `before` in which the wave is replaced, in one transaction; then verify it.

    Raises:
        StoreError: The new file does not hold what it should.
        duckdb.Error: DuckDB could not write.
        OSError: The file system refused.
    """
    tables = dict(_tables(accepted))

    def load(connection: duckdb.DuckDBPyConnection) -> None:
        _prepare(connection, accepted)
        for table, rows in tables.items():
            insert(connection, f"{sandbox.quoted(accepted.survey)}.{table}", rows)
        _record(connection, accepted, revision)

    change(target, before, load, _key(accepted))
    _compare(tables, accepted, content.examine(target, _key(accepted)), target)


def change(
    target: Path,
    before: Path | None,
    apply: Callable[[duckdb.DuckDBPyConnection], None],
    wave: tuple[str, str] | None = None,
) -> None:
    """Make `target`: a copy of `before`, brought up to this layout and changed in one transaction.

    Args:
        target: A file that is not there yet.
        before: The file to begin from; None begins from nothing.
        apply: Makes the change on the opened copy.
        wave: The only survey and wave that it changes; None where it may have changed anything.

    Raises:
        StoreError: DuckDB left something outside the file.
        duckdb.Error: DuckDB could not write.
        OSError: The file system refused.
    """
    if before is not None:
        shutil.copyfile(before, target)
    with opened(target) as connection:
        connection.execute("begin")
        layout.bring_up(connection, target)
        connection.execute("commit")
        connection.execute("begin")
        apply(connection)
        if wave is None:
            content.record(connection, content.measure(connection, target.stem))
        else:
            content.renew(connection, wave)
        connection.execute("commit")
        connection.execute("checkpoint")
    if target.with_name(target.name + ".wal").exists():
        raise StoreError("DuckDB left a write-ahead log behind", where=str(target))


@contextmanager
def opened(target: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a store file, which may be new, for writing."""
    connection = duckdb.connect(str(target), config=schema.STORAGE)
    try:
        connection.execute("set enable_progress_bar=false")  # it writes to standard output, where data goes
        yield connection
    finally:
        connection.close()


def _key(accepted: Accepted) -> tuple[str, str]:
    return accepted.survey, accepted.wave


def _tables(accepted: Accepted) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every table of the wave as it is stored."""
    wave = pl.lit(accepted.wave).alias("wave")
    design = accepted.respondents.select("respondent", "weight", "stratum", "psu")
    for one in numbering.NUMBERINGS:
        numbers, meanings = numbering.numbered(getattr(accepted, one.source), one)
        design = design.join(numbers, on="respondent", how="left", maintain_order="left")
        yield one.name, meanings.select(wave, pl.all())
    design = design.sort("stratum", "psu", "location", "profile", maintain_order=True)  # sums run along their groups
    yield "respondent", accepted.respondents.select(wave, pl.all())
    yield "answer", accepted.answers.select(wave, pl.all())
    yield (
        "score",
        design.join(accepted.scores, on="respondent", how="left", maintain_order="left").select(wave, pl.all()),
    )
    yield "membership", accepted.membership.select(wave, pl.all())
    yield "grouping", accepted.grouping.select(wave, pl.all())
    yield "design", _design(accepted)
    if accepted.replicates is not None:
        yield "replicate_weight", accepted.replicates.weights.select(wave, pl.all())
    if accepted.calibrated is not None:
        yield "calibrated_weight", accepted.calibrated.respondents.select(wave, pl.all())
    sizes = {"stratum": list(accepted.population), "size": list(accepted.population.values())}
    yield "population", pl.DataFrame(sizes, schema={"stratum": pl.String, "size": pl.Float64}).select(wave, pl.all())
    yield "invited", accepted.invited.select(wave, pl.all())
    yield "questionnaire", accepted.questionnaire.select(wave, pl.all())
    yield "answer_label", accepted.answer_labels.select(wave, pl.all())


def _design(accepted: Accepted) -> pl.DataFrame:
    known = accepted.replicates
    row = {
        "wave": accepted.wave, "lonely_psu": accepted.lonely_psu, "replicates": known and known.kind,
        "factors": known and list(known.factors), "mse": known and known.mse,
        "calibration": accepted.calibrated and accepted.calibrated.says,
    }  # fmt: skip
    kinds = {
        "replicates": pl.String(), "factors": pl.List(pl.Float64), "mse": pl.Boolean(), "calibration": pl.String(),
    }  # fmt: skip
    return pl.DataFrame([row], schema_overrides=kinds)


def _prepare(connection: duckdb.DuckDBPyConnection, accepted: Accepted) -> None:
    """Make room: tables and columns that are missing, none of the wave's earlier rows."""
    schema.create_survey(connection, accepted.survey)
    for table, rows in (("answer", accepted.answers), ("score", accepted.scores)):
        columns = {name: _KINDS[kind] for name, kind in rows.schema.items() if name != "respondent"}
        schema.add_columns(connection, accepted.survey, table, columns)
    for table in schema.PER_SURVEY:
        name = f"{sandbox.quoted(accepted.survey)}.{table}"
        connection.execute(f"delete from {name} where wave = $wave", {"wave": accepted.wave})  # noqa: S608 quoted above
    for table in (*schema.SHARED, "erasure"):
        connection.execute(
            f"delete from main.{table} where survey = $survey and wave = $wave",  # noqa: S608 our own names
            {"survey": accepted.survey, "wave": accepted.wave},
        )


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Put rows into a table of an opened store file, column by column of the same name."""
    connection.register("incoming", schema.Stream(rows))
    try:
        connection.execute(f"insert into {table} by name select * from incoming")  # noqa: S608 quoted by the caller
    finally:
        connection.unregister("incoming")


def _record(connection: duckdb.DuckDBPyConnection, accepted: Accepted, revision: Revision) -> None:
    """Write where the wave came from and what was found in it."""
    wave = {"survey": accepted.survey, "wave": accepted.wave}
    source = accepted.source
    delivery: Mapping[str, object] = wave | {
        "file": source.file, "sha256": source.sha256, "verified": source.verified, "rows": source.rows,
        "columns": source.columns, "definition_sha256": accepted.definition_sha256,
        "loaded_at": datetime.now(UTC).replace(tzinfo=None), "revision": revision.number, "because": revision.because,
    }  # fmt: skip
    insert(connection, "main.delivery", pl.DataFrame([delivery]))
    connection.execute("delete from main.comparability where survey = $survey", {"survey": accepted.survey})
    verdicts = accepted.comparability.select(pl.lit(accepted.survey).alias("survey"), pl.all())
    insert(connection, "main.comparability", verdicts)
    if accepted.findings:
        insert(connection, "main.finding", told(accepted.findings, wave))


def told(findings: Sequence[Finding], about: Mapping[str, str]) -> pl.DataFrame:
    """Return findings as rows of the store, each with what it is `about` (survey and wave, or register)."""
    rows = [{**about, **_told(one)} for one in findings]
    return pl.DataFrame(rows, schema_overrides=_FINDING, infer_schema_length=None)


_FINDING: Mapping[str, pl.DataType] = {
    "rows": pl.List(pl.Int64), "because": pl.String(), "accepted_by": pl.String(), "accepted_on": pl.Date(),
}  # fmt: skip


def _told(one: Finding) -> dict[str, object]:
    taken = one.accepted
    return {
        "code": one.code, "severity": one.severity, "place": one.where, "count": one.count, "rows": list(one.rows),
        "message": one.message, "because": taken.because if taken else None,
        "accepted_by": taken.by if taken else None, "accepted_on": taken.on if taken else None,
    }  # fmt: skip


def _compare(tables: Mapping[str, pl.DataFrame], accepted: Accepted, found: content.Content, path: Path) -> None:
    """Hold what was read back from the file against what was given to it."""
    rows = {
        table: found.get(content.Part(accepted.survey, table, *_key(accepted)), content.Measure(0, "")).rows
        for table in tables
    }
    wrong = [
        f"{accepted.survey}.{table} {accepted.wave}: {rows[table]} rows instead of {given.height}"
        for table, given in tables.items()
        if rows[table] != given.height
    ]
    if wrong:
        raise StoreError(
            "the new generation does not verify: " + "; ".join(sorted(wrong)),
            where=str(path), hint="what was loaded before is untouched",
        )  # fmt: skip
