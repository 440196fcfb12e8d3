"""The disk under a folder: what file system it is, whether it is encrypted, how much room it has."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tryghed.errors import StoreError

#: File systems on which locks and renames do not hold between machines.
NETWORK = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.davfs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone",
    "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb2", "smb3",
    "smbfs",
})  # fmt: skip

#: Where Linux tells what is mounted, and of what block devices are made.
MOUNTS = Path("/proc/self/mountinfo")
DEVICES = Path("/sys/dev/block")

_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """A mounted file system: where, of which kind, on which block device ("major:minor")."""

    place: Path
    kind: str
    device: str


def mount_of(folder: Path) -> Mount | None:
    """Return what `folder` (or the nearest folder above it that exists) is mounted on; None where nobody can tell."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    place = folder.resolve()
    holding = [one for one in map(_mount, lines) if place.is_relative_to(one.place)]
    return max(enumerate(holding), key=lambda one: (len(one[1].place.parts), one[0]))[1] if holding else None


def require_local(folder: Path) -> None:
    """Refuse to write on a network file system.

    Raises:
        StoreError: The folder is on one.
    """
    mount = mount_of(folder)
    if mount is not None and mount.kind in NETWORK:
        raise StoreError(
            f"lies on a network file system ({mount.kind} at {mount.place}), where two machines could write at once",
            where=str(folder), hint="keep the project on a local disk; backups may go to the network: tryghed backup",
        )  # fmt: skip


def free(folder: Path) -> int:
    """Return how many bytes are free."""
    return shutil.disk_usage(folder).free


def require_space(folder: Path, need: int, *, kept: str = "what was loaded before is untouched") -> None:
    """Refuse to begin what will not fit.

    Raises:
        StoreError: Fewer than `need` bytes are free.
    """
    there = free(folder)
    if there < need:
        raise StoreError(
            f"needs {need / 1e6:.0f} MB free, has {there / 1e6:.0f} MB; {kept}",
            where=str(folder), hint="free space, or move the project to a larger disk",
        )  # fmt: skip


def encrypted(folder: Path) -> bool | None:
    """Return whether the folder lies on a dm-crypt (LUKS) volume; None where nobody can tell from here.

    The disk of a virtual machine may be encrypted below the machine, and Linux does not know of it.
    """
    mount = mount_of(folder)
    if mount is None or not (DEVICES / mount.device).exists():
        return None
    return _crypt(DEVICES / mount.device)


def sync(path: Path) -> None:
    """Have a file or folder on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mount(line: str) -> Mount:
    before, _, after = line.partition(" - ")
    fields = before.split(" ")
    place = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4])
    return Mount(Path(place), after.split(" ")[0], fields[2])


def _crypt(device: Path) -> bool:
    """Return whether a block device, or one it is made of, is encrypted."""
    try:
        kind = (device / "dm" / "uuid").read_text(encoding="ascii")
    except OSError:
        kind = ""
    below = device / "slaves"
    return kind.startswith("CRYPT-") or (below.is_dir() and any(_crypt(one) for one in below.iterdir()))
