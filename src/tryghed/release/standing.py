"""What has become of a release that something was printed of: withdrawn, corrected since, or neither; in words."""

from pathlib import Path

from tryghed.release import archive


def withdrawn(folder: Path, release_id: str) -> str:
    """Return that a release was withdrawn, when, by whom and why; empty where it was not.

    Raises:
        ReleaseError: A release has been edited.
    """
    found = archive.withdrawn(folder, release_id)
    if found is None:
        return ""
    by = f" by {found.by}" if found.by else ""
    return f"release {release_id} was withdrawn on {found.on}{by} because: {found.because}"


def corrected(folder: Path, release_id: str) -> str:
    """Return which later editions correct a release, and why; empty where none does.

    Raises:
        ReleaseError: A release has been edited.
    """
    known = archive.entries(folder)
    same = [one for one in known if one.release_id == release_id]
    if not same:
        return ""
    newest = same[-1]
    later = [
        f"by {one.name} of {one.created} because: {one.because}" for one in known
        if (one.survey, one.wave) == (newest.survey, newest.wave) and one.number > newest.number
    ]  # fmt: skip
    return f"release {release_id} ({newest.name}) has been corrected {'; '.join(later)}" if later else ""
