from dataclasses import replace
from datetime import date

import pytest

from tests.made_cells import estimate
from tests.unit.release.test_gate import gate, whole
from tryghed.errors import ReleaseError, UsageError
from tryghed.release import exemptions
from tryghed.release.exemptions import decide, in_force, read, waiting
from tryghed.release.released import CellKey, Exemption, Withheld

CELL = CellKey("s", "2025", "set", "a", "alle", "alle", "tryg")
HELD = Exemption(CELL, "withhold", "Anna Holm", "Skemaet var forkert", date(2026, 5, 1))
AGREED = replace(HELD, seconded_by="Bo Friis")


def shown(verdict, *, indicator="tryg", other=(), **cell):
    decided = {CELL._replace(indicator=indicator): replace(AGREED, verdict=verdict)}
    return gate([estimate(**cell), *other], exemptions=decided)


def test_a_shown_share_can_be_withheld():
    # Guards against a page that says a number is too uncertain, and a footnote that says it is not.
    found = shown("withhold").share("tryg", "a")
    assert (found.share, found.n, found.withheld) == (None, 400, Withheld.DECIDED)
    assert shown("secret").share("tryg", "a") == gate([estimate(n=12)]).share("tryg", "a")


def test_an_uncertain_share_can_be_shown():
    cell = {"n": 60, "half": 0.16}
    assert gate([estimate(**cell)]).share("tryg", "a").share is None
    assert shown("show", **cell).share("tryg", "a").share == 71.2


@pytest.mark.parametrize("n", [4, 29])
def test_nobody_can_show_a_secret_share(n):
    assert shown("show", n=n).share("tryg", "a").withheld is Withheld.SECRET


def test_showing_does_not_undo_what_protects_another():
    # b is hidden so that a cannot be had by subtraction; an exemption for b comes before that and changes nothing
    areas = [estimate("syg", code, n=n, share=share) for code, n, share in (("a", 40, 0.05), ("b", 60, 0.2))]
    decided = {CELL._replace(area="b", indicator="syg"): replace(AGREED, verdict="show")}

    found = gate([*areas, whole(areas)], exemptions=decided)

    assert found.share("syg", "b").withheld is Withheld.SECRET


def test_both_sides_of_a_pair_are_exempted_together():
    # Guards against withholding 71 % safe and printing 18 % unsafe beside it.
    for named in ("tryg", "utryg"):
        found = shown("withhold", indicator=named, other=[estimate("utryg", share=0.18)])
        assert {found.share(one, "a").withheld for one in ("tryg", "utryg")} == {Withheld.DECIDED}


@pytest.mark.parametrize(("verdict", "why"), [("withhold", Withheld.DECIDED), ("secret", Withheld.SECRET)])
def test_what_else_the_question_tells_is_withheld_with_it(verdict, why):
    # Guards against a misunderstood question whose answers stand two pages on: they add up to the withheld number.
    found = shown(verdict, other=[estimate("tvivl", share=0.2), estimate("tvivl", "b"), estimate("syg")])

    assert found.share("tvivl", "a").withheld is why
    assert (found.share("tvivl", "b").withheld, found.share("syg", "a").withheld) == (None, None)


def test_a_number_kept_secret_takes_with_it_what_it_could_be_worked_out_from():
    # Guards against a hatched square over what the city without the other district tells.
    areas = [estimate(area=code, n=n) for code, n in (("a", 400), ("b", 300), ("c", 200))]
    decided = {CELL: replace(AGREED, verdict="secret")}

    found = gate([*areas, whole(areas)], exemptions=decided)

    hidden = [code for code in ("a", "b", "c", "alle") if found.share("tryg", code).withheld]
    assert hidden == ["a", "c"]
    assert "positives" in {secret.side for secret in found.secrets}
    plain = gate([*areas, whole(areas)])
    assert not any(plain.share("tryg", code).withheld for code in ("a", "b", "c", "alle"))


def test_an_exemption_of_what_the_definitions_no_longer_have_is_left_aside():
    assert shown("secret", indicator="afskaffet").share("tryg", "a").withheld is None


def test_what_does_not_exist_stays_missing():
    assert shown("show", n=0).share("tryg", "a").withheld is Withheld.MISSING
    assert shown("secret", n=0).share("tryg", "a").withheld is Withheld.MISSING


def test_it_is_in_force_when_a_second_person_agrees(tmp_path):
    decide(tmp_path, HELD)
    assert (in_force(read(tmp_path)), waiting(read(tmp_path))) == ({}, (HELD,))

    made = decide(tmp_path, Exemption(CELL, "withhold", "", "", date(2026, 5, 2), "Bo Friis"))

    assert made == AGREED
    assert (in_force(read(tmp_path)), waiting(read(tmp_path))) == ({CELL: AGREED}, ())


def test_one_person_is_not_two(tmp_path):
    decide(tmp_path, HELD)
    # the last four: a blank of no width, one in front, a hyphen that is not seen, and letters that look alike
    hidden = ("Anna Holm\u200b", "\u2060Anna Holm", "An\u00adna Holm", "\uff21nna Holm")
    for name in ("Anna Holm", " anna  holm ", "Anna\u00a0Holm", "\tHolm, Anna", *hidden):
        with pytest.raises(UsageError, match="cannot second"):
            decide(tmp_path, Exemption(CELL, "withhold", "", "", date(2026, 5, 2), name))
    assert in_force(read(tmp_path)) == {}


@pytest.mark.parametrize("name", [" ", "\u200b", "."])
def test_nobody_is_no_second_person(tmp_path, name):
    # Guards against an exemption that is in force on the word of a name nobody can read.
    with pytest.raises(UsageError, match="a name without letters"):
        decide(tmp_path, replace(HELD, seconded_by=name))
    assert read(tmp_path) == ()


@pytest.mark.parametrize("missing", [{"by": " "}, {"by": "\u200b"}, {"because": ""}])
def test_a_name_and_a_reason_are_needed(tmp_path, missing):
    with pytest.raises(UsageError, match="a name and a reason"):
        decide(tmp_path, replace(HELD, **missing))
    assert read(tmp_path) == ()


def test_another_verdict_than_the_one_decided_is_not_agreed_to(tmp_path):
    decide(tmp_path, HELD)

    with pytest.raises(UsageError, match="nobody has decided this"):
        decide(tmp_path, Exemption(CELL, "show", "", "", date(2026, 5, 2), "Bo Friis"))


def test_it_can_be_taken_back_and_both_stay_on_record(tmp_path):
    decide(tmp_path, AGREED)
    decide(tmp_path, replace(AGREED, verdict="rules", because="Skemaet var rigtigt"))

    assert in_force(read(tmp_path)) == {}
    assert [one.verdict for one in read(tmp_path)] == ["withhold", "rules"]


def test_a_damaged_file_is_never_taken_for_an_empty_one(tmp_path):
    (tmp_path / exemptions.FILE).write_text('[{"verdict": "show"}]', encoding="utf-8")

    with pytest.raises(ReleaseError, match="not a list of exemptions"):
        read(tmp_path)
