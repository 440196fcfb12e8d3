import errno
from datetime import date

import polars as pl
import pytest
from made_atoms import atoms_of
from test_gate import RULES, SURVEY, contrast, estimate, whole

from tryghed.errors import ReleaseError, UsageError
from tryghed.frames import CONTRAST, ESTIMATE, RANK
from tryghed.release import history, ledger
from tryghed.release.exemptions import NONE
from tryghed.release.gate import Draft, release
from tryghed.release.ledger import NAME, Ledger
from tryghed.release.released import CellKey, Exemption, Withheld


def released(rows, contrasts=(), *, before=ledger.NOTHING_YET, everybody=None, rules=RULES, exemptions=NONE):
    """Release some rows; `everybody` are the rows of all people there are, where not all of them are shown."""
    draft = Draft(
        "s", "2025", "set", pl.DataFrame(rows, schema_overrides=dict(ESTIMATE)),
        pl.DataFrame(list(contrasts), schema=CONTRAST), pl.DataFrame([], schema=RANK), {},
        atoms_of(everybody or rows, {"s": SURVEY}),
    )  # fmt: skip
    return release(draft, rules, {"s": SURVEY}, ledger=before, exemptions=exemptions)


def test_a_project_without_releases_has_an_empty_ledger(tmp_path):
    assert ledger.read(tmp_path / "releases") == Ledger()


def test_what_is_appended_is_read_back(tmp_path):
    folder = tmp_path / "releases"
    first = ledger.append(folder, "2025-1", released([estimate(), estimate(area="b", n=20)], [contrast()]))

    again = ledger.read(folder)

    assert again == first
    assert [(one.cell.area, one.share, one.n, one.withheld) for one in again.cells("s", "2025")] == [
        ("a", 71.2, 400, ""), ("b", None, None, "SECRET"), ("rest:a", 60.0, 4000, ""),
    ]  # fmt: skip
    assert again.releases == ("2025-1",)
    assert (folder / NAME).stat().st_mode & 0o077 == 0


def test_releases_follow_each_other(tmp_path):
    for name in ("one", "two"):
        ledger.append(tmp_path, name, released([estimate()]))

    assert ledger.read(tmp_path).releases == ("one", "two")
    assert len(ledger.read(tmp_path).of("two")) == 1


def test_a_name_is_used_once(tmp_path):
    ledger.append(tmp_path, "one", released([estimate()]))

    with pytest.raises(UsageError, match="'one' is in the ledger already"):
        ledger.append(tmp_path, "one", released([estimate()]))


def test_a_withdrawn_release_stays_on_record_and_counts_no_more(tmp_path):
    ledger.append(tmp_path, "one", released([estimate()]))
    ledger.append(tmp_path, "2025", released([estimate()]))
    line = (tmp_path / NAME).read_text(encoding="utf-8")

    assert ledger.withdraw(tmp_path, "2025", "før udgivelsen", date(2026, 5, 1)).releases == ("one",)
    assert (tmp_path / NAME).read_text(encoding="utf-8").startswith(line)
    assert "før udgivelsen" in (tmp_path / NAME).read_text(encoding="utf-8")

    again = ledger.append(tmp_path, "2025", released([estimate(share=0.6)]))  # the name is free again
    assert [one.share for one in again.of("2025")] == [60.0]


def test_what_had_been_released_before_a_release(tmp_path):
    for name in ("one", "two", "three"):
        found = ledger.append(tmp_path, name, released([estimate()]))

    assert found.before("two").releases == ("one",)
    assert found.before("four").releases == ("one", "two", "three")


def test_a_number_told_otherwise_than_it_was_told_last_is_found(tmp_path):
    # The series of a new wave tells earlier waves again: they may not change in it without a word.
    ledger.append(tmp_path, "one", released([estimate(share=0.5), estimate(area="b", n=20)]))
    told = ledger.append(tmp_path, "two", released([estimate(share=0.6)]))

    assert told.restated(released([estimate(share=0.6), estimate(area="b", n=300)])) == ()
    (found,) = told.restated(released([estimate(share=0.61)]))
    assert (found.cell.area, found.old.share, found.new.share) == ("a", 60.0, 61.0)


def test_an_exemption_is_in_the_ledger_with_its_people(tmp_path):
    rows = [estimate()]
    cell = CellKey("s", "2025", "set", "a", "alle", "alle", "tryg")
    decided = Exemption(cell, "withhold", "Anna Holm", "Skemaet var forkert", date(2026, 5, 1), "Bo Friis")

    (entry,) = ledger.append(tmp_path, "one", released(rows), [decided]).entries

    assert entry.exemption == "withhold: Skemaet var forkert (Anna Holm, Bo Friis)"


def test_a_damaged_ledger_is_not_taken_for_an_empty_one(tmp_path):
    ledger.append(tmp_path, "one", released([estimate()]))
    path = tmp_path / NAME
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")

    with pytest.raises(ReleaseError, match="line 1 is not an entry"):
        ledger.read(tmp_path)


def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path, monkeypatch):
    # Guards against a traceback, and against half a ledger that lies in the folder for good.
    ledger.append(tmp_path, "one", released([estimate()]))
    before = (tmp_path / NAME).read_bytes()

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tryghed.release.ledger.os.fsync", full)
    with pytest.raises(ReleaseError, match="No space left on device; it is as it was"):
        ledger.append(tmp_path, "two", released([estimate(share=0.6)]))

    assert [one.name for one in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).read_bytes() == before


def test_other_people_under_the_same_name_are_told(tmp_path):
    before = ledger.append(tmp_path, "one", released([estimate(), estimate(area="b")]))

    assert released([estimate(), estimate(area="b")], before=before).conflicts == ()
    (found,) = released([estimate(), estimate(area="b", n=399)], before=before).conflicts
    # Guards against a count that leaves the reader to look for which numbers it means.
    assert "1 number of release one on s 2025 is about other people now (tryg b)" in history.told(found)


def test_a_new_number_is_withheld_where_earlier_ones_and_it_would_tell_of_few(tmp_path):
    # release one: b and the city. The two people of a are what is left over once c is shown as well
    a, b, c = (estimate("syg", code, n=n, share=x / n) for code, n, x in (("a", 40, 2), ("b", 40, 5), ("c", 30, 5)))
    everybody = [a, b, c]
    first = ledger.append(tmp_path, "one", released([b, whole(everybody)], everybody=everybody))

    alone = released([a, c], everybody=everybody)
    after = released([a, c], everybody=everybody, before=first)

    assert [alone.share("syg", code).withheld for code in "ac"] == [Withheld.SECRET, None]
    assert [after.share("syg", code).withheld for code in "ac"] == [Withheld.SECRET, Withheld.SECRET]


def test_what_was_told_already_is_told_by_the_earlier_release_alone_once_it_is_kept_secret(tmp_path):
    # Guards against a correction that is refused because of a number people want to take back, against silence, and
    # against one that withholds the number beside others that add up to it.
    own = [estimate(), estimate("tvivl", share=0.2), estimate("syg")]
    rows = [*own, estimate(area="b"), whole([estimate(), estimate(area="b")])]
    before = ledger.append(tmp_path, "one", released(rows))
    cell = CellKey("s", "2025", "set", "a", "alle", "alle", "tryg")
    decided = Exemption(cell, "secret", "Anna Holm", "Skemaet var forkert", date(2026, 5, 1), "Bo Friis")

    found = released(rows, before=before, exemptions={cell: decided})

    assert found.share("tryg", "a").withheld is Withheld.SECRET
    assert found.share("tvivl", "a").withheld is Withheld.SECRET
    assert found.share("tryg", "b").withheld is Withheld.SECRET
    assert [found.share(*one).withheld for one in (("syg", "a"), ("tryg", "alle"))] == [None, None]
    assert found.secrets == ()
    (conflict,) = found.conflicts
    assert history.told(conflict) == (
        "1 number is withheld as decided, and not told by this release alone, but by earlier ones all the same "
        "(s 2025 tryg, set a)"
    )


def test_a_release_that_earlier_ones_give_away_is_refused():
    # the rules were milder when b and the city were released: what they tell of a cannot be taken back
    a, b = (estimate("syg", code, n=n, share=share) for code, n, share in (("a", 40, 0.1), ("b", 60, 0.2)))
    mild = RULES.model_copy(update={"secrecy": RULES.secrecy.model_copy(update={"min_count": 3})})
    first = released([b, whole([a, b])], everybody=[a, b], rules=mild)
    before = Ledger(tuple(ledger.entries("one", first)))

    with pytest.raises(ReleaseError, match="earlier releases tell of too few people"):
        released([a], everybody=[a, b], before=before)
