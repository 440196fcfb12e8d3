import json
import stat
import subprocess
from dataclasses import replace
from datetime import date

import pytest

from tests.forging import forge, overwrite
from tests.made_cells import estimate
from tests.unit.release.conftest import FACTS
from tryghed.errors import ReleaseError, UsageError
from tryghed.release import archive, ledger
from tryghed.release.archive import Origin
from tryghed.release.changes import compare, facts
from tryghed.release.released import Conflict, Edition, Withheld
from tryghed.release.sources import Delivered

ORIGIN = Origin("p", "d", "i", 3, (Delivered("s", "2025", "a" * 64, "d" * 64),))
FILES = {"surveys/s/survey.toml": b'title = "x"\n', "policy/release.toml": b'version = "1"\n'}


def freeze(project, released, name="2025", number=1, **more):
    return archive.freeze(released, project, Edition(name, number, date(2026, 5, 1), **more), ORIGIN, FILES)


def test_what_is_loaded_is_what_was_frozen(project, let_through):
    released = let_through()
    released.conflicts = (Conflict("others", "2024", tuple(cell for cell, _ in released.shares())),)
    entry = freeze(project, released)

    loaded = archive.load(project.folder, "2025")

    assert compare(released, loaded) == ()
    assert facts(released, loaded) == ()
    assert (loaded.shares(), loaded.differences(), loaded.rankings()) == (
        released.shares(), released.differences(), released.rankings()
    )  # fmt: skip
    assert loaded.share("tryg", "b").withheld is Withheld.SECRET
    assert (loaded.release_id, loaded.edition.name) == (released.release_id, "2025")
    assert loaded.conflicts == released.conflicts
    assert entry.origin == ORIGIN


def test_people_asked_again_are_known_of_a_frozen_release(project, let_through):
    # Guards against waves and counts that come back as lists, and facts that then always differ.
    released = let_through(facts=replace(FACTS, again=(("2023", 812), ("2024", 1204)), followed=False))
    freeze(project, released)

    assert facts(released, archive.load(project.folder, "2025")) == ()


def test_what_was_held_back_is_frozen_with_the_release(project, let_through):
    # Guards against a release that verify derives again with the numbers that were held back.
    released = let_through()
    cells = tuple(cell for cell, _ in released.shares()[:2])

    freeze(project, released, held=cells)

    assert archive.load(project.folder, "2025").edition.held == cells


def test_a_withheld_cell_leaves_no_number_in_the_files(project, let_through):
    entry = freeze(project, let_through())
    records = json.loads((entry.folder / "cells.json").read_text(encoding="utf-8"))["shares"]
    hidden = next(one for one in records if one["area"] == "b")

    assert [hidden[name] for name in ("share", "lower", "upper", "n")] == [None] * 4
    assert hidden["withheld"] == "SECRET"


def test_the_same_numbers_freeze_to_the_same_bytes(project, let_through):
    one = freeze(project, let_through())
    other = freeze(project, let_through(), "2025-2")
    for name in ("cells.json", "definitions/policy/release.toml"):
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes()


def test_files_are_private_and_read_only(project, let_through):
    entry = freeze(project, let_through())

    assert {stat.S_IMODE(path.stat().st_mode) for path in entry.folder.rglob("*") if path.is_file()} == {0o400}
    assert {stat.S_IMODE(path.stat().st_mode) for path in entry.folder.rglob("*") if path.is_dir()} == {0o700}


def test_the_checksums_are_those_of_sha256sum(project, let_through):
    entry = freeze(project, let_through())

    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=entry.folder, capture_output=True, check=True)

    assert done.stdout.count(b": OK") == 5


@pytest.mark.parametrize("name", ["cells.json", "release.json", "definitions/policy/release.toml"])
def test_an_edited_file_is_refused_with_its_name(project, let_through, name):
    entry = freeze(project, let_through())
    path = entry.folder / name
    overwrite(path, path.read_bytes().replace(b"1", b"2"))

    with pytest.raises(ReleaseError, match=rf"{name} has been changed"):
        archive.load(project.folder, "2025")


def test_an_edited_description_is_refused_wherever_it_is_read(project, let_through):
    # Guards against a wave's number changed in release.json: a build would take the wave for one without a release.
    entry = freeze(project, let_through())
    path = entry.folder / "release.json"
    overwrite(path, path.read_bytes().replace(b'"wave": "2025"', b'"wave": "2024"'))

    for read in (lambda: archive.entries(project.folder), lambda: archive.newest(project.folder, "s", "2025")):
        with pytest.raises(ReleaseError, match=r"release\.json has been changed"):
            read()


def test_one_changed_digit_is_enough(project, let_through):
    # Guards against trusting the release's own id, which an edit of a share does not touch.
    entry = freeze(project, let_through())
    cells = (entry.folder / "cells.json").read_bytes()
    assert b"71.2" in cells
    overwrite(entry.folder / "cells.json", cells.replace(b"71.2", b"71.3"))

    with pytest.raises(ReleaseError, match=r"cells\.json has been changed"):
        archive.load(project.folder, "2025")


def test_a_changed_digit_with_its_checksum_is_found_by_the_fingerprint(project, let_through):
    # Guards against a secret number written into a release whose checksums were made anew, and which no ledger knows.
    entry = freeze(project, let_through())
    forge(entry, b'"n": null', b'"n": 10')

    with pytest.raises(ReleaseError, match=rf"are those of release [0-9a-f]{{12}}, not {entry.release_id}"):
        archive.load(project.folder, "2025")


def test_a_changed_digit_with_its_checksum_and_fingerprint_is_found_in_the_ledger(project, let_through):
    # guards against an edit by somebody who makes them both anew, and against an edited ledger
    released = let_through()
    entry = freeze(project, released)
    ledger.append(project.folder / "releases", "2025", released)
    archive.load(project.folder, "2025")
    forge(entry, b"71.2", b"17.2", release_id=True)

    with pytest.raises(
        ReleaseError, match=r"1 number is another in the ledger, the first: s 2025 set a alle alle tryg"
    ):
        archive.load(project.folder, "2025")


def test_all_that_is_wrong_is_told_at_once(project, let_through):
    entry = freeze(project, let_through())
    (entry.folder / "cells.json").unlink()
    (entry.folder / "definitions" / "surveys" / "more.toml").write_text("", encoding="utf-8")

    with pytest.raises(ReleaseError, match=r"cells\.json is gone; definitions/surveys/more\.toml has been added"):
        archive.load(project.folder, "2025")


def test_what_a_file_manager_leaves_does_not_matter(project, let_through):
    entry = freeze(project, let_through())
    (entry.folder / ".DS_Store").write_bytes(b"x")

    assert archive.load(project.folder, "2025").release_id


def test_a_name_is_used_once(project, let_through):
    freeze(project, let_through())

    with pytest.raises(ReleaseError, match="there is a release of this name"):
        freeze(project, let_through(0.6))
    assert [path.name for path in (project.folder / "releases").iterdir()] == ["2025"]


def test_an_unknown_name_lists_the_known(project, let_through):
    freeze(project, let_through())

    with pytest.raises(UsageError, match="releases here: 2025"):
        archive.load(project.folder, "2024")


def test_the_newest_edition_is_the_highest_number(project, let_through):
    for number, name in ((1, "2025"), (2, "2025-2"), (10, "2025-10")):
        freeze(project, let_through(), name, number)

    assert archive.newest(project.folder, "s", "2025").name == "2025-10"
    assert archive.newest(project.folder, "s", "2024") is None


def test_a_correction_keeps_what_it_changed(project, let_through):
    old, new = let_through(), let_through(0.69)
    changed = compare(old, new)
    freeze(project, new, "2025-2", 2, corrects="2025", because="forkert vægt", changes=changed)

    assert archive.load(project.folder, "2025-2").edition.changes == changed


def test_a_withdrawn_release_is_kept_and_its_name_is_free(project, let_through):
    freeze(project, let_through())
    for _ in range(2):
        kept = archive.withdraw(project.folder, "2025", "før udgivelsen", by="anna")
        assert json.loads((kept / "withdrawn.json").read_text(encoding="utf-8"))["because"] == "før udgivelsen"
        freeze(project, let_through())

    assert len(list((project.folder / "releases" / "withdrawn").iterdir())) == 2
    assert [one.name for one in archive.entries(project.folder)] == ["2025"]


def test_a_full_disk_leaves_nothing(project, let_through, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(ReleaseError, match="No space left on device; nothing was"):
        freeze(project, let_through())
    assert list((project.folder / "releases").iterdir()) == []


def test_one_at_a_time(project):
    with archive.locked(project.folder), pytest.raises(ReleaseError, match="another release"):
        archive.locked(project.folder).__enter__()


def test_what_a_killed_build_left_is_swept_by_the_next(project):
    # guards against numbers that no attacker has read yet lying about for good
    left = project.folder / "releases" / f"{archive.PART}abc"
    left.mkdir(parents=True)
    (left / "tal.csv").write_text("x")

    with archive.locked(project.folder):
        assert not left.exists()


def test_the_date_can_be_given(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

    assert archive.today() == date(1970, 1, 1)


def test_extra_cells_load_in_any_order(project, let_through):
    released = let_through(extra=[estimate(area="ø", share=0.5)])
    freeze(project, released)

    assert archive.load(project.folder, "2025").share("tryg", "ø").share == 50.0
