import pickle

import polars as pl
import pytest
from made_atoms import atoms_of

from tests.made_cells import RULES, SURVEY, contrast, estimate
from tryghed.errors import ReleaseError
from tryghed.frames import CONTRAST, ESTIMATE, RANK
from tryghed.release import history
from tryghed.release.exemptions import NONE
from tryghed.release.gate import Draft, release
from tryghed.release.released import Released, Remark, Withheld
from tryghed.release.rounding import rounded


def gate(estimates, contrasts=(), ranks=(), *, exemptions=NONE, held=frozenset()):
    rows = list(estimates)
    return release(
        Draft(
            "s", "2025", "set", pl.DataFrame(rows, schema_overrides=dict(ESTIMATE)),
            pl.DataFrame(list(contrasts), schema=CONTRAST), pl.DataFrame(list(ranks), schema=RANK), {},
            atoms_of(rows, {"s": SURVEY}),
        ),
        RULES, {"s": SURVEY}, exemptions=exemptions, held=held,
    )  # fmt: skip


def test_shares_get_one_decimal_rounded_half_up():
    shown = gate([estimate(share=0.71250)]).share("tryg", "a")

    assert (shown.share, shown.n, shown.withheld) == (71.3, 400, None)


def test_sensitive_topics_get_no_decimal_and_n_to_the_nearest_ten():
    shown = gate([estimate("syg", n=404)]).share("syg", "a")

    assert (shown.share, shown.n) == (71.0, 400)


def test_a_secret_cell_carries_no_number_at_all():
    shown = gate([estimate(n=29)]).share("tryg", "a")

    assert (shown.share, shown.lower, shown.upper, shown.n) == (None, None, None, None)
    assert shown.withheld is Withheld.SECRET


def test_an_uncertain_cell_keeps_only_its_n():
    shown = gate([estimate(n=60, half=0.16)]).share("tryg", "a")

    assert (shown.share, shown.n, shown.withheld) == (None, 60, Withheld.UNRELIABLE)


def test_what_was_not_asked_for_is_missing():
    assert gate([estimate()]).share("tryg", "elsewhere").withheld is Withheld.MISSING


def test_a_pair_is_decided_once_on_the_shown_side():
    # guards against printing 95 % safe and hiding 3 % unsafe, or the other way round
    both = gate([estimate(share=0.90, half=0.03), estimate("utryg", share=0.03, half=0.025)])

    assert both.share("tryg", "a").withheld is None
    assert both.share("utryg", "a").withheld is None


def test_what_is_held_back_for_an_earlier_edition_is_secret_with_its_pair_and_told_with_a_way_out():
    # Guards against a share of the other side that tells what was held back.
    rows = [estimate(), estimate("utryg", share=0.2, half=0.04), estimate(area="b")]
    cell = next(cell for cell, _ in gate(rows).shares() if (cell.indicator, cell.area) == ("tryg", "a"))

    found = gate(rows, held={cell})

    assert withheld(found, "tryg", "ab") == [Withheld.SECRET, None]
    assert withheld(found, "utryg", "a") == [Withheld.SECRET]
    assert [(one.kind, len(one.cells)) for one in found.conflicts] == [("apart", 2)]
    assert "leave the earlier edition in force" in history.told(found.conflicts[0])
    assert gate(rows).conflicts == ()


def whole(areas):
    """The city as the sum of its areas."""
    n, positives = (sum(row[name] for row in areas) for name in ("n", "positives"))
    return estimate(areas[0]["indicator"], "alle", n=n, share=positives / n, half=0.02)


def withheld(released, indicator, codes):
    return [released.share(indicator, code).withheld for code in codes]


def test_one_secret_area_of_the_city_takes_a_second_with_it_in_a_sensitive_topic():
    # guards against the subtraction: 14 % of about 100 less 20 % of about 60 are between 0 and 4 people
    areas = [estimate("syg", code, n=n, share=share) for code, n, share in (("a", 40, 0.05), ("b", 60, 0.2))]

    assert withheld(gate([*areas, whole(areas)]), "syg", "ab") == [Withheld.SECRET, Withheld.SECRET]


def test_rounding_can_be_enough():
    # 17 % of about 1,000 less 20 % of about 900 may be anything from 0 to 20 people: nothing else need be hidden
    areas = [estimate("syg", "a", n=90, share=0.03), *(estimate("syg", code, n=225, share=0.2) for code in "bcde")]

    assert withheld(gate([*areas, whole(areas)]), "syg", "abcde") == [Withheld.SECRET, None, None, None, None]


def test_a_base_too_small_to_print_hides_nothing_else():
    # 29 people told apart from 300 others give no answer of any of them away
    areas = [estimate(area=code, n=n) for code, n in (("a", 29), ("b", 300), ("c", 200))]

    assert withheld(gate([*areas, whole(areas)]), "tryg", "abc") == [Withheld.SECRET, None, None]


def test_the_answers_of_four_people_are_not_left_over_in_any_topic():
    areas = [estimate(area=code, n=n, share=0.75) for code, n in (("a", 4), ("b", 300), ("c", 200))]

    assert withheld(gate([*areas, whole(areas)]), "tryg", "abc") == [Withheld.SECRET, None, Withheld.SECRET]


def test_an_uncertain_number_hides_nothing_else():
    # no secondary effect of reliability: the share that is too uncertain may be worked out
    areas = [estimate("syg", "a", n=90, share=0.5, half=0.2), *(estimate("syg", code, share=0.5) for code in "bc")]

    assert withheld(gate([*areas, whole(areas)]), "syg", "abc") == [Withheld.UNRELIABLE, None, None]


def test_the_rest_of_the_city_is_hidden_where_it_would_give_the_area_away():
    # guards against "rest 31 %, n 1,000" beside a hidden area: the city minus the rest is the area
    areas = [estimate("syg", code, n=n, share=share) for code, n, share in (("a", 40, 0.05), ("b", 60, 0.2))]
    rest = contrast(indicator="syg", area="a", n=40, share=0.05) | {
        "other_n": 60, "other_positives": 12, "other_share": 0.2, "other_n_eff": 250.0, "other_lower": 0.15,
        "other_upper": 0.25,
    }  # fmt: skip

    shown = gate([*areas, whole(areas)], [rest])

    assert shown.rest("syg", "a").other.withheld is Withheld.SECRET


def test_a_pair_is_secret_where_either_side_is():
    both = gate([estimate(n=25), estimate("utryg", n=25, share=0.03)])

    assert {both.share(side, "a").withheld for side in ("tryg", "utryg")} == {Withheld.SECRET}


def test_a_share_that_is_shown_says_that_the_others_are_too_uncertain():
    shown = gate([estimate(n=60, share=0.95, half=0.04)]).share("tryg", "a")

    assert (shown.share, shown.remarks) == (95.0, (Remark.COMPLEMENT,))


def test_a_difference_is_rounded_from_full_precision():
    shown = gate([estimate()], [contrast()]).rest("tryg", "a")

    assert (shown.this.share, shown.other.share, shown.difference) == (71.2, 60.0, 11.2)
    assert shown.direction == 1


@pytest.mark.parametrize("hidden", [{"n": 25}, {"half": 0.2}])
def test_a_difference_with_a_withheld_side_shows_nothing(hidden):
    shown = gate([estimate(**hidden)], [contrast(**hidden)]).rest("tryg", "a")

    assert (shown.difference, shown.direction, shown.p_adjusted) == (None, 0, None)
    assert shown.withheld is not None


def test_a_change_from_a_withheld_wave_is_withheld():
    waves = [estimate(), estimate(wave="2022", n=20)]

    assert gate(waves, [contrast("wave", "2022")]).change("tryg", "a", since="2022").withheld is Withheld.SECRET


def test_no_area_has_a_place_where_one_among_them_is_secret():
    # guards against "a: place 1 of 2, b: place 1-2 of 3", which tells that the third is surely below
    def placed(area, **more):
        return {name: value for name, value in estimate(area=area, **more).items() if name in RANK} | {
            "first": 1, "last": 2, "areas": 3,
        }  # fmt: skip

    shown = [estimate(area=code) for code in "ab"]
    ranks = [placed("a"), placed("b"), placed("c", n=20)]

    assert gate([*shown, estimate(area="c")], ranks=ranks).places("tryg", "a") is not None
    assert gate([*shown, estimate(area="c", n=20)], ranks=ranks).rankings() == []
    assert gate([*shown, estimate(area="c", half=0.2)], ranks=ranks).places("tryg", "a") is not None


def test_a_rank_of_a_withheld_area_is_not_shown():
    rank = {name: value for name, value in estimate(n=20).items() if name in RANK} | {"first": 1, "last": 1, "areas": 9}

    assert gate([estimate(n=20)], ranks=[rank]).places("tryg", "a") is None


def test_only_the_gate_makes_released_numbers():
    with pytest.raises(ReleaseError, match="only the gate"):
        Released(
            seal=object(), survey="s", wave="1", area_set="", release_id="", synthetic=False, rules_version="",
            facts={}, shares={}, differences={}, places={}, people={}, secrets=(), conflicts=(),
        )  # fmt: skip


def test_released_numbers_travel_to_worker_processes():
    made = gate([estimate()], [contrast()])

    assert pickle.loads(pickle.dumps(made)).rest("tryg", "a") == made.rest("tryg", "a")  # noqa: S301


def test_the_release_id_follows_the_content_not_the_row_order():
    rows = [estimate(area="a"), estimate(area="b", share=0.6)]

    assert gate(rows).release_id == gate(rows[::-1]).release_id
    assert gate(rows).release_id != gate([rows[0], estimate(area="b", share=0.601)]).release_id


@pytest.mark.parametrize(("value", "decimals", "expected"), [(0.25, 1, 0.3), (2.675, 2, 2.68), (-0.04, 1, 0.0)])
def test_rounding_is_half_up_and_never_minus_zero(value, decimals, expected):
    assert str(rounded(value, decimals)) == str(expected)
