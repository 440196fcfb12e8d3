"""What people wrote in their own words: a file of its own per wave, which no query reads.

    store/free-text/tryghed-2025.parquet      `respondent`, `question`, `text`; readable by its owner only

Its pseudonyms are others than those of the answers, and its rows stand in their order: nothing in the store links a
text to the answers of who wrote it. CPR numbers, e-mail addresses and telephone numbers were masked before they came.
The folder may belong to another account than the store, or lie on another disk: whoever may not read it is refused.
"""

import os
import stat
from pathlib import Path

import polars as pl

from tryghed.errors import StoreError, UsageError
from tryghed.store import generations, warehouse


def path(folder: Path, survey: str, wave: str) -> Path:
    """Return where the texts of a wave are kept."""
    return folder / "store" / "free-text" / f"{survey}-{wave}.parquet"


def keep(folder: Path, survey: str, wave: str, sha256: str, texts: pl.DataFrame) -> None:
    """Keep the texts of a loaded wave in place of those kept before; without texts, nothing is left.

    The store is held meanwhile: where the wave was erased, or loaded from another file, since these texts were read,
    they are not kept.

    Args:
        folder: The project folder.
        survey: The survey.
        wave: The wave.
        sha256: Checksum of the delivery the texts are from.
        texts: `frames.FREE_TEXT`.

    Raises:
        StoreError: Another command writes, or the file cannot be written; the texts kept before are untouched.
    """
    with generations.writing(folder):
        loaded = warehouse.loaded(folder).get((survey, wave))
        if loaded is not None and loaded.sha256 == sha256:
            _write(path(folder, survey, wave), texts)


def read(folder: Path, survey: str, wave: str) -> pl.DataFrame:
    """Return `question` and `text` of everything written in a wave, in an order that tells nothing of who wrote it.

    Raises:
        UsageError: Nothing is kept of the wave.
        StoreError: Whoever asks may not read it, or others may; or it is damaged.
    """
    place = path(folder, survey, wave)
    try:
        rights = stat.S_IMODE(place.stat().st_mode)
        if rights & 0o077:
            hint = f"chmod 600 {place}, and look who has read it"
            raise StoreError(f"can be read by others than its owner ({rights:o})", where=str(place), hint=hint)
        texts = pl.read_parquet(place.read_bytes())
    except FileNotFoundError:
        hint = "columns people wrote in are named under [free_text] of the wave's definition"
        raise UsageError("nothing is kept of what people wrote", where=f"{survey}/{wave}", hint=hint) from None
    except OSError as error:
        hint = "texts have rights of their own: ask who has them"
        raise StoreError(f"may not be read by you: {error.strerror}", where=str(place), hint=hint) from None
    except pl.exceptions.PolarsError as error:
        raise StoreError(f"damaged: {error}", where=str(place), hint="load the wave again") from None
    return texts.select("question", "text").sort("question", "text")


def _write(target: Path, texts: pl.DataFrame) -> None:
    if not texts.height:
        target.unlink(missing_ok=True)
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            texts.sort("question", "respondent").write_parquet(stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", where=str(target)) from None
    finally:
        draft.unlink(missing_ok=True)
