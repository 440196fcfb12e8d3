"""Reads a delivery: each of its files in a child process, checked against what the definition knows, then joined."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

import polars as pl

from tryghed.definitions.wave import Delivery, Format, Part
from tryghed.errors import DataError
from tryghed.frames import Finding
from tryghed.intake import formats, isolation, kinds
from tryghed.intake.delivered import Delivered
from tryghed.intake.findings import at_rows, finding
from tryghed.intake.values import as_text

__all__ = ["Delivered", "read"]


def read(path: Path, delivery: Delivery) -> Delivered:
    """Return the delivered file at `path`, with the files of `delivery.join` joined to it.

    Further files are looked for at the same place relative to `path` as their names have relative to `delivery.file`.

    Raises:
        DataError: A file is missing, is not what it should be, or cannot be read.
    """
    whole = _read_one(path, delivery)
    root = _root(path, delivery.file)
    parts = [_read_one(root / part.file, _as_delivery(part, delivery)) for part in delivery.join]
    for part, further in zip(delivery.join, parts, strict=True):
        whole = _joined(whole, further, delivery.file, part)
    if not parts:
        return whole
    together = hashlib.sha256("".join(whole.files.values()).encode()).hexdigest()
    return replace(whole, sha256=together)


def checksum(path: Path, delivery: Delivery) -> str:
    """Return the SHA-256 that `read` gives a delivery: of its file, or over those of all its files.

    Raises:
        DataError: A file is missing.
    """
    root = _root(path, delivery.file)
    files = [path, *(root / part.file for part in delivery.join)]
    gone = [str(one) for one in files if not one.is_file()]
    if gone:
        raise DataError("no such file", where=", ".join(gone), hint="put it there, or correct delivery.file")
    sums = [_sha256(one) for one in files]
    return sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest()


def _root(path: Path, file: str) -> Path:
    """Return the folder that `file` is relative to."""
    depth = len(Path(file).parts)
    return path.parents[depth - 1] if path.parts[-depth:] == Path(file).parts else path.parent


def _as_delivery(part: Part, first: Delivery) -> Delivery:
    return Delivery(file=part.file, sha256=part.sha256, rows=part.rows, csv=first.csv, letters=first.letters)


def _read_one(path: Path, delivery: Delivery) -> Delivered:
    form = _format(path, delivery)
    kinds.expect(path, form)
    sha256 = _sha256(path)
    if delivery.sha256 and sha256 != delivery.sha256:
        hint = "another file has this name now; if it is the right one, correct sha256 in the definition"
        raise DataError(f"SHA-256 is {sha256}, the definition has {delivery.sha256}", where=str(path), hint=hint)
    if form == "xpt" and delivery.rows is None:
        hint = "write rows = … in the definition, with the number the provider gives"
        raise DataError("a cut-off .xpt reads as a smaller one, so its rows must be known", where=str(path), hint=hint)
    task = isolation.Task(formats.read, path, form, delivery.model_copy(update={"format": form}))
    delivered = isolation.run(task)
    if _sha256(path) != sha256:
        raise DataError(
            "changed while it was read", where=str(path), hint="wait until it is copied whole, and try again"
        )
    return replace(
        delivered, files={delivery.file: sha256}, sha256=sha256, verified=bool(delivery.sha256 and delivery.rows),
        findings=(*_other_rows(delivered, delivery), *delivered.findings),
    )  # fmt: skip


def _other_rows(delivered: Delivered, delivery: Delivery) -> list[Finding]:
    """Return that the file has another number of rows than the definition; what else is wrong with it is told too."""
    there = delivered.rows.height
    if delivery.rows is None or there == delivery.rows:
        return []
    return [
        finding(
            "other_rows",
            delivery.file,
            f"{there:,} row{'' if there == 1 else 's'}, the definition has {delivery.rows:,}",
        )
    ]


def _format(path: Path, delivery: Delivery) -> Format:
    known = get_args(Format)
    suffix = path.suffix.lstrip(".").lower()
    if delivery.format is None and suffix not in known:
        hint = f"formats are {', '.join(known)}; set delivery.format if the file is one of them"
        raise DataError(f"no reader for {path.suffix or 'files without an ending'}", where=str(path), hint=hint)
    return delivery.format or cast(Format, suffix)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _joined(first: Delivered, other: Delivered, name: str, part: Part) -> Delivered:
    """Return `first` with the columns of `other` beside it; people without a row there have blanks."""
    _refuse_overlap(first, other, name, part)
    ours, theirs = _key(first, name, part.key), _key(other, part.file, part.key)
    missing = at_rows(
        ~ours.is_in(theirs.to_list()), "unmatched", part.file, "{count} people have no row here", severity="info"
    )
    strangers = at_rows(
        ~theirs.is_in(ours.to_list()), "unmatched", part.file, f"{{count}} rows belong to nobody in {name}",
        severity="warning", hint="they are left out",
    )  # fmt: skip
    rows = (
        first.rows.with_columns(ours.alias("\0key"))
        .join(other.rows.drop(part.key).with_columns(theirs.alias("\0key")), on="\0key", how="left",
              maintain_order="left", validate="1:1")
        .drop("\0key")
    )  # fmt: skip
    places = ours.to_frame("key").join(
        theirs.to_frame("key").with_row_index("at"), on="key", how="left", maintain_order="left"
    )["at"]
    letters = {name: one.gather(places) for name, one in other.letters.items() if name != part.key}
    return Delivered(
        rows,
        {**first.labels, **other.labels},
        {**first.value_labels, **other.value_labels},
        {**first.user_missing, **other.user_missing},
        files={**first.files, **other.files},
        verified=first.verified and other.verified,
        findings=_all(first.findings, other.findings, missing, strangers),
        letters={**first.letters, **letters},
    )


def _all(*found: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(one for part in found for one in part)


def _refuse_overlap(first: Delivered, other: Delivered, name: str, part: Part) -> None:
    for file, rows in ((name, first.rows), (part.file, other.rows)):
        if part.key not in rows.columns:
            raise DataError(f"no column {part.key!r} to join on", where=file, hint=f"it has {', '.join(rows.columns)}")
    both = sorted((set(first.rows.columns) & set(other.rows.columns)) - {part.key})
    if both:
        hint = "ask for files that share only the key"
        raise DataError(f"columns {', '.join(both)} are in {name} too", where=part.file, hint=hint)


def _key(delivered: Delivered, file: str, key: str) -> pl.Series:
    """Return the key as text, once it is there and unique in every row."""
    values = as_text(delivered.rows[key])
    blank, twice = int(values.null_count()), int(values.drop_nulls().is_duplicated().sum())
    if blank or twice:
        message = f"rows without {key}: {blank:,}; rows with one that others have too: {twice:,}"
        raise DataError(message, where=file, hint="the key of a join must be there and unique in both files")
    return values
