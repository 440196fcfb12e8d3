"""Frozen releases edited by somebody who covers it up."""

import hashlib
import json

from tryghed.release import records
from tryghed.release.fingerprint import fingerprint


def overwrite(path, content):
    path.chmod(0o600)
    path.write_bytes(content)


def forge(entry, old, new, *, release_id=False):
    """Edit the numbers of a release as somebody does who writes the checksums anew, and the fingerprint if asked."""
    cells, about = (entry.folder / name for name in ("cells.json", "release.json"))
    overwrite(cells, cells.read_bytes().replace(old, new, 1))
    if release_id:
        rules = json.loads(about.read_bytes())["rules"]
        now = fingerprint(*records.read_cells(cells.read_text(encoding="utf-8")), rules)
        overwrite(about, about.read_bytes().replace(entry.release_id.encode(), now.encode()))
    files = sorted(path for path in entry.folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(entry.folder)}\n" for one in files]
    overwrite(entry.folder / "SHA256SUMS", "".join(lines).encode())
