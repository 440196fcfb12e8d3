"""Notes of what the attacker has tried in vain, so that the same files are not attacked again and again.

`releases/NAME.attacked.json` lies beside the release. It holds one checksum of everything an attack hangs on; a note
of other files, other rules or another attacker says nothing, whatever its name is.
"""

import json
from pathlib import Path

from tryghed.delivery import exports
from tryghed.release import archive


def holds(folder: Path, name: str, tried: str) -> bool:
    """Return whether a release's note says that this very attack has failed.

    Args:
        folder: The project's folder.
        name: Name of the release.
        tried: Checksum of all that the attack hangs on.
    """
    try:
        note = json.loads(_place(folder, name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(note, dict) and note.get("tried") == tried


def note(folder: Path, name: str, tried: str) -> None:
    """Note that an attack has failed, in one step.

    Raises:
        DeliveryError: The disk refuses.
    """
    content = {"release": name, "tried": tried, "on": archive.today().isoformat()}
    exports.save((json.dumps(content, indent=2) + "\n").encode(), _place(folder, name))


def _place(folder: Path, name: str) -> Path:
    return folder / archive.FOLDER / f"{name}.attacked.json"
