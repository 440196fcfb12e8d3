"""Begins a new project folder from the definitions that come with the software.

Definitions and the analysts' queries are copied, for they are the project's own. The estimates' queries and the
templates are not: they belong to the version of the software, and a project that wants another look puts a file of
the same name in its own `reports/templates/`.
"""

import shutil
from pathlib import Path

from tryghed.definitions.project import starting_project
from tryghed.errors import UsageError

_PARTS = ("surveys", "policy", "queries/analysis", "reports")
_SOFTWARE_S_OWN = shutil.ignore_patterns("templates", "__pycache__")


def expect_new(folder: Path) -> None:
    """Refuse a folder that a new project cannot be put in.

    Raises:
        UsageError: It holds something already, or is a file; the hint says how to go on with a project found there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        go_on = (
            f"go on with what is there: tryghed run --project {folder}; or name"
            if (folder / "surveys").is_dir()
            else "name"
        )
        raise UsageError("is not an empty folder", where=str(folder), hint=f"{go_on} a new folder; nothing was written")


def begin(folder: Path) -> None:
    """Copy the starting project into `folder`, which must be new or empty.

    Raises:
        UsageError: The folder holds something already, is a file, or cannot be written.
    """
    expect_new(folder)
    try:
        for part in _PARTS:
            shutil.copytree(starting_project() / part, folder / part, ignore=_SOFTWARE_S_OWN)
    except OSError as error:
        raise UsageError(f"cannot be made: {_why(error)}", where=str(folder), hint="name another folder") from None


def _why(error: OSError) -> str:
    """Return what the machine refused; copying a tree tells of several files at once."""
    return error.strerror or "; ".join(dict.fromkeys(str(reason) for _, _, reason in error.args[0]))
