"""A delivered file as read: the one thing that passes from the reading child process to the checks."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from tryghed.frames import Finding

Code = float | str


@dataclass(frozen=True)
class Delivered:
    """A delivered file as read, or several joined to one.

    Attributes:
        rows: One row per respondent; column names as in the file.
        labels: Column → question text.
        value_labels: Column → code → label.
        user_missing: Column → codes the file declares as missing.
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

    @property
    def columns(self) -> int:
        """How many columns were delivered."""
        return self.rows.width


def hand_over(delivered: Delivered, folder: Path) -> None:
    """Write what was read into `folder`: rows as polars IPC, the rest as JSON."""
    about = {
        "labels": dict(delivered.labels),
        "value_labels": {name: list(labels.items()) for name, labels in delivered.value_labels.items()},
        "user_missing": {name: sorted(codes, key=str) for name, codes in delivered.user_missing.items()},
        "findings": [asdict(one) for one in delivered.findings],
    }
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    delivered.rows.write_ipc(folder / "rows.arrow")


def take_over(folder: Path) -> Delivered:
    """Return what `hand_over` wrote."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Delivered(
        pl.read_ipc((folder / "rows.arrow").read_bytes()),
        about["labels"],
        {name: {code: label for code, label in pairs} for name, pairs in about["value_labels"].items()},  # noqa: C416
        {name: frozenset(codes) for name, codes in about["user_missing"].items()},
        findings=tuple(Finding(**one | {"rows": tuple(one["rows"])}) for one in about["findings"]),
    )
