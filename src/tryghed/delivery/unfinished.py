"""A folder for files that are not finished: gone when they are, or at the next run where the process was killed.

A living process holds a lock on its folder, which ends with it: what nobody holds is what a killed one left.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def folder(place: Path, name: str) -> Iterator[Path]:
    """Return a new folder in `place` for the unfinished files of `name`, after sweeping what killed processes left."""
    sweep(place, name)
    with TemporaryDirectory(dir=place, prefix=f".{name}-") as made:
        handle = os.open(made, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield Path(made)
        finally:
            os.close(handle)


def sweep(place: Path, name: str) -> None:
    """Remove the unfinished folders of `name` that no living process holds."""
    for left in place.glob(f".{name}-*"):
        try:
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:  # its process has just removed it
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
