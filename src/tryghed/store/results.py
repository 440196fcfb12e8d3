"""DuckDB rows become polars frames, with the types DuckDB or a query's header gives them.

Rows go through Python because the direct way needs pyarrow; results are aggregates and small.
"""

from collections.abc import Sequence

import duckdb
import polars as pl

_SIMPLE: dict[str, pl.DataType] = {
    "boolean": pl.Boolean(),
    "tinyint": pl.Int8(),
    "smallint": pl.Int16(),
    "integer": pl.Int32(),
    "bigint": pl.Int64(),
    "hugeint": pl.Int128(),
    "utinyint": pl.UInt8(),
    "usmallint": pl.UInt16(),
    "uinteger": pl.UInt32(),
    "ubigint": pl.UInt64(),
    "float": pl.Float32(),
    "double": pl.Float64(),
    "varchar": pl.String(),
    "date": pl.Date(),
    "time": pl.Time(),
    "timestamp": pl.Datetime("us"),
    "blob": pl.Binary(),
}


def polars_type(kind: str) -> pl.DataType | None:
    """Return the polars type of a DuckDB type, None where there is no plain one (maps, unions, intervals)."""
    return _convert(duckdb.type(kind))


def frame(names: Sequence[str], kinds: Sequence[str], rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """Return `rows` as a frame; columns of a type polars has no plain counterpart for become text.

    Columns of the same name, which SQL allows, get the suffixes _2, _3 …
    """
    columns = _unique(names)
    types = [polars_type(kind) for kind in kinds]
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pl.DataFrame(
        [
            pl.Series(name, [None if one is None else str(one) for one in column], dtype=pl.String)
            if kind is None
            else pl.Series(name, column, dtype=kind)
            for name, kind, column in zip(columns, types, values, strict=True)
        ]
    )


def _convert(kind: object) -> pl.DataType | None:
    name = kind.id  # type: ignore[attr-defined]
    if name in _SIMPLE:
        return _SIMPLE[name]
    if name == "decimal":
        (_, precision), (_, scale) = kind.children  # type: ignore[attr-defined]
        return pl.Decimal(precision, scale)
    if name not in ("list", "struct"):
        return None
    inner = [(child, _convert(part)) for child, part in kind.children]  # type: ignore[attr-defined]
    parts = {child: part for child, part in inner if part is not None}
    if len(parts) < len(inner):
        return None
    return pl.List(next(iter(parts.values()))) if name == "list" else pl.Struct(parts)


def _unique(names: Sequence[str]) -> list[str]:
    columns: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in columns:
            number += 1
            candidate = f"{name}_{number}"
        columns.append(candidate)
    return columns
