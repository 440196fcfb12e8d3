"""A delivered file as read: the one thing that passes from the reading child process to the checks."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from tryghed.frames import Finding

Code = float | str

_ABOUT, _ROWS, _LETTERS = "about.json", "rows.arrow", "letters.arrow"
#: What a reader that was killed leaves behind.
FILES = frozenset({_ABOUT, _ROWS, _LETTERS})


@dataclass(frozen=True)
class Delivered:
    """A delivered file as read, or several joined to one.

    Attributes:
        rows: One row per respondent; column names as in the file.
        labels: Column → question text.
        value_labels: Column → code → label.
        user_missing: Column → codes the file declares as missing.
        letters: Column → the letter of each row's missing value (.a is "a"), null where it has none.
        files: File → SHA-256 of its bytes.
        sha256: Of the file's bytes; of the files' digests one after the other where several were joined.
        verified: Whether the definition knew every file's SHA-256 beforehand.
        findings: What was remarkable in reading.
    """

    rows: pl.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Code, str]] = field(default_factory=dict)
    user_missing: Mapping[str, frozenset[Code]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    verified: bool = False
    findings: tuple[Finding, ...] = ()
    letters: Mapping[str, pl.Series] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """How many columns were delivered."""
        return self.rows.width


def hand_over(delivered: Delivered, folder: Path) -> None:
    """Write what was read into `folder`: rows and letters as polars IPC, the rest as JSON."""
    about = {
        "labels": dict(delivered.labels),
        "value_labels": {name: list(labels.items()) for name, labels in delivered.value_labels.items()},
        "user_missing": {name: sorted(codes, key=str) for name, codes in delivered.user_missing.items()},
        "findings": [asdict(one) for one in delivered.findings],
    }
    (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    delivered.rows.write_ipc(folder / _ROWS)
    pl.DataFrame([letters.alias(name) for name, letters in delivered.letters.items()]).write_ipc(folder / _LETTERS)


def take_over(folder: Path) -> Delivered:
    """Return what `hand_over` wrote."""
    about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    return Delivered(
        pl.read_ipc((folder / _ROWS).read_bytes()),
        about["labels"],
        {name: {code: label for code, label in pairs} for name, pairs in about["value_labels"].items()},  # noqa: C416
        {name: frozenset(codes) for name, codes in about["user_missing"].items()},
        findings=tuple(Finding(**one | {"rows": tuple(one["rows"])}) for one in about["findings"]),
        letters={letters.name: letters for letters in pl.read_ipc((folder / _LETTERS).read_bytes())},
    )
