import json
from datetime import date

import pytest

from tests.made_cells import estimate
from tests.unit.release.test_archive import freeze
from tryghed.errors import ReleaseError
from tryghed.release import archive, standing


def test_a_release_that_stands_has_nothing_told_of_it(project, let_through):
    released = let_through()
    freeze(project, released)

    assert standing.withdrawn(project.folder, released.release_id) == ""
    assert standing.corrected(project.folder, released.release_id) == ""
    assert standing.corrected(project.folder, "unknown") == standing.withdrawn(project.folder, "unknown") == ""


def test_a_withdrawn_release_says_when_by_whom_and_why(project, let_through, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    released = let_through()
    freeze(project, released)
    archive.withdraw(project.folder, "2025", "før udgivelsen", by="anna")

    told = f"release {released.release_id} was withdrawn on 2026-05-28 by anna because: før udgivelsen"
    assert standing.withdrawn(project.folder, released.release_id) == told
    assert archive.withdrawn(project.folder, released.release_id).entry.name == "2025"


def test_of_several_withdrawals_the_last_is_told_and_who_only_where_it_was_written_down(project, let_through):
    released = let_through()
    for on, by in (("2026-05-03", "bo"), ("2026-05-01", "anna")):
        freeze(project, released)
        note = archive.withdraw(project.folder, "2025", f"den {on}", by=by) / "withdrawn.json"
        note.chmod(0o600)
        note.write_text(json.dumps({"withdrawn": on, "because": f"den {on}"}))

    told = standing.withdrawn(project.folder, released.release_id)
    assert told.endswith("was withdrawn on 2026-05-03 because: den 2026-05-03")


def test_what_was_withdrawn_and_released_again_stands(project, let_through):
    released = let_through()
    freeze(project, released)
    archive.withdraw(project.folder, "2025", "en prøve", by="anna")
    freeze(project, released)

    assert standing.withdrawn(project.folder, released.release_id) == ""


def test_a_damaged_note_is_no_withdrawal_without_a_word(project, let_through):
    released = let_through()
    freeze(project, released)
    note = archive.withdraw(project.folder, "2025", "x", by="anna") / "withdrawn.json"
    note.chmod(0o600)
    note.write_text("{")

    with pytest.raises(ReleaseError, match="not the note of a withdrawal"):
        standing.withdrawn(project.folder, released.release_id)


def test_an_older_edition_names_its_corrections_and_the_newest_none(project, let_through):
    first, second = let_through(), let_through(extra=(estimate(indicator="utryg", share=0.4),))
    freeze(project, first)
    freeze(project, second, "2025-2", 2, corrects="2025", because="vægten var forkert")

    told = standing.corrected(project.folder, first.release_id)
    assert told == (
        f"release {first.release_id} (2025) has been corrected by 2025-2 of {date(2026, 5, 1)} because: "
        "vægten var forkert"
    )
    assert standing.corrected(project.folder, second.release_id) == ""

    freeze(project, first, "2025-3", 3, corrects="2025-2", because="vægten var rigtig")
    assert standing.corrected(project.folder, first.release_id) == ""
