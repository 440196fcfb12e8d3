"""What people wrote in their own words: a file of its own per wave, which no query reads.

    store/free-text/tryghed-2025.parquet      `respondent`, `question`, `text`; readable by its owner only

Its pseudonyms are others than those of the answers, and its rows stand in their order: nothing in the store links a
text to the answers of who wrote it. CPR numbers, e-mail addresses and telephone numbers were masked before they came.
"""

import os
from pathlib import Path

import polars as pl

from tryghed.errors import StoreError


def path(folder: Path, survey: str, wave: str) -> Path:
    """Return where the texts of a wave are kept."""
    return folder / "store" / "free-text" / f"{survey}-{wave}.parquet"


def keep(folder: Path, survey: str, wave: str, texts: pl.DataFrame) -> None:
    """Keep the texts of a wave in place of those kept before; without texts, nothing is left.

    Args:
        folder: The project folder.
        survey: The survey.
        wave: The wave.
        texts: `frames.FREE_TEXT`.

    Raises:
        StoreError: The file cannot be written; the texts kept before are untouched.
    """
    target = path(folder, survey, wave)
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
