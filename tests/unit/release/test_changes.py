from dataclasses import replace

from tests.made_cells import estimate
from tests.unit.release.conftest import FACTS
from tryghed.release import changes
from tryghed.release.changes import compare, discreet, facts, is_correction, is_printed, largest, size, told
from tryghed.release.released import CellKey, Change, Difference, Share, Withheld


def test_nothing_differs_from_itself(let_through):
    assert compare(let_through(), let_through()) == ()


def test_a_share_that_moves_is_told_with_both_values(let_through):
    found = compare(let_through(), let_through(0.69))

    assert [told(one) for one in largest(found)] == [
        "tryg a 2025: 71.2 (n 400) -> 69.0 (n 400)",
    ]
    assert all(is_correction(one) for one in found)


def test_what_rounds_to_the_same_is_the_same(let_through):
    # 71.249 and 71.241 per cent are printed alike; an edition is not made of decimals nobody sees
    assert not [one for one in compare(let_through(0.71249), let_through(0.71241)) if one.kind == "share"]


def test_a_lost_verdict_counts_though_no_number_moves(let_through):
    found = compare(let_through(), let_through(direction=0))

    assert [told(one) for one in found] == [
        "tryg a 2025 against rest: 11.2 (other side 60.0, sure) -> 11.2 (other side 60.0)"
    ]


def test_the_other_side_of_a_withheld_comparison_is_told():
    # Guards against "withheld -> withheld" as all that is said of why a release differs.
    sides = [Share(None, None, None, None, withheld=Withheld.SECRET), Share(79.3, 78.0, 80.5, 4990)]
    old = Difference(*sides, "rest", None, None, None, None, 0, "other", 26, None, withheld=Withheld.SECRET)
    new = replace(old, other=replace(sides[1], n=4991))
    cell = CellKey("s", "2025", "set", "a", "alle", "alle", "tryg")

    assert told(Change("rest", cell, "rest", old, new)) == (
        "tryg a 2025 against rest: withheld (other side 79.3, n 4990) -> withheld (other side 79.3, n 4991)"
    )


def test_new_numbers_correct_nothing(let_through):
    found = compare(let_through(), let_through(extra=[estimate(area="c")]))

    assert [(one.old, is_printed(one), is_correction(one)) for one in found] == [(None, True, False)]
    assert changes.summary(found, 3) == "0 of 3 numbers differ, 1 is new"


def test_the_last_bits_of_a_p_are_the_machine_s(let_through):
    one = let_through()
    (key, difference), *_ = one.differences()
    other = let_through()
    other._differences = {key: replace(difference, p_adjusted=difference.p_adjusted * (1 + 1e-12))}
    assert compare(one, other) == ()

    other._differences = {key: replace(difference, p_adjusted=difference.p_adjusted * 1.01)}
    assert [is_printed(change) for change in compare(one, other)] == [False]


def test_facts_that_differ_are_named(let_through):
    found = facts(let_through(), let_through(facts=replace(FACTS, invited=14500)))

    assert found == ("s 2025: invited 14400 -> 14500",)


def test_a_number_that_goes_is_the_largest_change(let_through):
    more = let_through(0.6, extra=[estimate(area="c")])
    found = largest(compare(more, let_through()))

    assert found[0].new is None
    assert "gone" in changes.summary(found, 4)


def test_what_is_no_longer_shown_comes_first_and_has_no_size(let_through):
    # Guards against a correction that hides one number and lists it last, as moved by nothing.
    old = let_through(extra=[estimate(area="c"), estimate(area="d", n=12)])
    new = let_through(0.6, extra=[estimate(area="c", n=12), estimate(area="d")])
    found = [one for one in largest(map(discreet, compare(old, new))) if one.kind == "share"]

    assert [(one.cell.area, size(one) is None) for one in found] == [("c", True), ("d", True), ("a", False)]


def test_what_does_not_exist_is_no_number(let_through):
    # An area that nobody lives in came with a new boundary: nothing was told of it before, and nothing is now.
    assert compare(let_through(), let_through(extra=[estimate(area="maanen", n=0, share=0)])) == ()


def test_what_is_secret_now_is_not_told_a_second_time(let_through):
    # A correction made because a number should never have been shown would else print it again, in every report.
    told = let_through(extra=[estimate(area="c", share=0.437)])
    hidden = let_through(extra=[estimate(area="c", n=12, share=0.437)])
    (change,) = [discreet(one) for one in compare(told, hidden) if one.cell.area == "c"]

    assert (change.old.share, change.old.n, change.new.withheld) == (None, None, Withheld.SECRET)
    assert is_correction(change)
    assert all(discreet(one) == one for one in compare(told, let_through(0.69)))
