"""Respondent numbers become pseudonyms that only a secret key can link back: a key per wave, or one per panel.

    keys/tryghed-2025.key       the key of a wave
    keys/panels/borgere.key     the key of the waves of a panel, so that a person has one pseudonym in all of them

A destroyed key cannot be made again: nobody can then tell whose pseudonym is whose.
"""

import hmac
import os
import secrets
from pathlib import Path

import polars as pl

from tryghed.definitions.wave import Wave
from tryghed.errors import DataError

_LENGTH = 32


def pseudonyms(ids: pl.Series, folder: Path, wave: Wave, *, purpose: str = "") -> pl.Series:
    """Return each id as HMAC-SHA-256 under the wave's or the panel's key, 32 hexadecimal digits (128 bits).

    Args:
        ids: The respondents' own numbers.
        folder: The project folder.
        wave: The wave.
        purpose: Another purpose gives other pseudonyms, which only the key can link to the first.

    Raises:
        DataError: The key file holds no key.
    """
    key = hmac.digest(_key(key_file(folder, wave)), f"{wave.survey}/{purpose}".encode(), "sha256")
    digests = [hmac.digest(key, str(one).encode(), "sha256").hex()[:32] for one in ids.to_list()]
    return pl.Series("respondent", digests, dtype=pl.String)


def key_file(folder: Path, wave: Wave) -> Path:
    """Return where the key of a wave is, or of the panel it belongs to."""
    panel = wave.design.panel
    return folder / "keys" / "panels" / f"{panel}.key" if panel else own_key_file(folder, wave)


def own_key_file(folder: Path, wave: Wave) -> Path:
    """Return where the key of a wave is while it belongs to no panel."""
    return folder / "keys" / f"{wave.survey}-{wave.wave}.key"


def _key(place: Path) -> bytes:
    """Return a key, made on first use; of two processes that make it at once, one wins."""
    if not place.exists():
        for above in reversed([one for one in place.parents if not one.exists()]):
            above.mkdir(mode=0o700, exist_ok=True)
        draft = place.with_name(f".{place.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(_LENGTH))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            place.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = place.read_bytes()
    if len(key) != _LENGTH:
        hint = "restore the key from the backup; without it the same person gets another pseudonym"
        raise DataError(f"{len(key)} bytes instead of a key of {_LENGTH}", where=str(place), hint=hint)
    return key
