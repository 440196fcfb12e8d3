import pytest

from tests.forging import forge
from tests.unit.release.test_archive import freeze
from tryghed.errors import ReleaseError
from tryghed.release import archive, ledger, telling
from tryghed.store import audit


def built(project, released, name, number=1):
    entry = freeze(project, released, name, number)
    telling.note(project.folder, "release build", entry, "")
    return entry


def names(project):
    return [one.name for one in telling.untold(project.folder)]


def test_what_the_ledger_lacks_is_told_in_the_order_it_was_built(project, let_through):
    # Guards against a ledger put together anew that says a later release had been told before an earlier one.
    for name, number in (("2025-9", 9), ("2025", 1), ("2025-2", 2)):
        built(project, let_through(), name, number)
    freeze(project, let_through(), "2025-3", 3)  # killed: the log does not know it
    assert names(project) == ["2025-9", "2025", "2025-2", "2025-3"]

    ledger.append(project.folder / "releases", "2025", let_through())

    assert names(project) == ["2025-9", "2025-2", "2025-3"]


def test_what_the_ledger_lacks_is_refused_with_the_way_in(project, let_through):
    built(project, let_through(), "2025")
    ledger.append(project.folder / "releases", "2025", let_through())
    telling.expect(project.folder)
    built(project, let_through(), "2025-2", 2)

    telling.expect(project.folder, ["2025"])
    with pytest.raises(ReleaseError, match=r"not in the ledger: 2025-2; .*\n  hint: tryghed release build --survey s"):
        telling.expect(project.folder)


def test_the_log_tells_an_edited_release_from_one_that_is_as_it_was_built(project, let_through):
    entry = built(project, let_through(), "2025")
    assert telling.is_noted(project.folder, entry)

    forge(entry, b"71.2", b"17.2", release_id=True)

    with pytest.raises(ReleaseError, match=r"edited since it was built on .*\n.*tryghed release withdraw 2025 "):
        telling.is_noted(project.folder, entry)


def test_a_withdrawn_build_says_nothing_of_the_next_one_of_its_name(project, let_through):
    # Guards against a release that is called edited because another one had its name before.
    entry = built(project, let_through(), "2025")
    archive.withdraw(project.folder, "2025", "en prøve", by="anna")
    telling.note(project.folder, "release withdraw", entry, "en prøve")

    assert not telling.is_noted(project.folder, freeze(project, let_through(0.6)))


def test_what_a_build_noted_is_the_checksum_of_the_release(project, let_through):
    entry = freeze(project, let_through())
    telling.note(project.folder, "release build", entry, "forkert vægt", ", put back")

    (noted,) = audit.read(project.folder)
    assert (noted.target, noted.because) == ("releases/2025", "forkert vægt")
    assert noted.sha256 == archive.checksum(project.folder, "2025")
    assert noted.outcome == f"release {entry.release_id}, put back"
