"""The audit of weights says what their spread costs and stops where it should; trimming loses no weight."""

import numpy as np
import polars as pl
import pytest

from tryghed.definitions.calibration import Margin
from tryghed.errors import DesignError
from tryghed.statistics import auxiliaries, weighting


def stops(weights, population=None):
    return [one.measure for one in weighting.verdicts(weighting.spread(np.array(weights)), population) if one.stops]


def test_what_the_spread_costs():
    known = weighting.spread(np.array([1.0, 1.0, 2.0, 4.0]))

    assert known.deff == pytest.approx(4 * 22 / 64)
    assert known.deff == pytest.approx(1 + np.var([1, 1, 2, 4]) / 4)
    assert known.n_eff == pytest.approx(4 / known.deff)
    assert (known.median, known.medians, known.total) == (1.5, pytest.approx(4 / 1.5), 8.0)


def test_equal_weights_cost_nothing():
    assert weighting.spread(np.full(7, 3.3)).deff == pytest.approx(1)


def test_rules_stop_just_above_their_limits_and_not_at_them():
    assert stops([1.0] * 9 + [5.0]) == []
    assert stops([1.0] * 9 + [5.01]) == ["largest / median"]
    assert stops([100.0] * 10, 1005.02) == []
    assert stops([100.0] * 10, 1005.1) == ["sum off population"]
    assert stops([100.0] * 10, 994.9) == ["sum off population"]
    assert stops([1.0] * 96 + [4.9] * 4 + [0.0]) == ["smallest"]
    assert stops([1.0] * 60 + [0.05] * 139 + [20.0]) == ["deff", "largest / median"]


def test_weights_that_sum_to_the_answers_are_not_held_against_the_population():
    # Mean 1 is a common delivery: to call it 99 % off would hide a real loss behind a false one.
    verdicts = weighting.verdicts(weighting.spread(np.array([0.5, 1.5, 1.0, 1.0])), 500_000)
    sums = next(one for one in verdicts if one.measure == "sum off population")

    assert not sums.stops
    assert "sum to the 4 answers" in sums.says


def test_balance_is_told_by_margin_and_category():
    rows = pl.DataFrame({"sex": ["k", "k", "k", "m"]})
    known = auxiliaries.join(rows, [Margin(("sex",), {("m",): 50.0, ("k",): 50.0})])

    found = weighting.balance(known, np.array([1.0, 1.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0, 3.0]))

    men = found.row(by_predicate=pl.col("category") == "m", named=True)
    assert (men["n"], men["population"], men["unweighted"]) == (1, 0.5, 0.25)
    assert (men["before"], men["after"]) == (pytest.approx(0.4), 0.5)
    assert (men["off_before"], men["off_after"]) == (pytest.approx(-0.1), 0.0)


def test_trimming_keeps_each_group_s_weight_and_says_what_went_where():
    weights = np.array([1.0, 1.0, 1.0, 9.0, 1.0, 1.0, 2.0])
    groups = ["a"] * 4 + ["b"] * 3

    found = weighting.trim(weights, groups, medians=5)

    assert found.weights[:4] == pytest.approx([7 / 3, 7 / 3, 7 / 3, 5.0])
    assert found.weights[4:] == pytest.approx([1.0, 1.0, 2.0], rel=0)
    assert found.report.to_dicts() == [
        {"group": "a", "n": 4, "cut": 1, "moved": 4.0, "part": pytest.approx(1 / 3), "raised": pytest.approx(7 / 3)}
    ]
    assert found.cut.tolist() == [False, False, False, True, False, False, False]


def test_what_is_shared_out_does_not_lift_others_above_the_limit():
    # 6 is cut; its excess would lift 4 above the limit, and is passed on.
    weights = np.array([6.0, 4.0, 1.0, 1.0, *[2.0] * 8])

    found = weighting.trim(weights, ["a"] * 4 + ["b"] * 8, medians=2.1)

    assert found.limit == pytest.approx(4.2)
    assert found.weights[:4] == pytest.approx([4.2, 4.2, 1.8, 1.8])
    assert found.weights[:4].sum() == pytest.approx(12)


def test_groups_that_cannot_be_trimmed_are_listed():
    weights = np.array([9.0, 9.0, 8.0, 9.0, *[1.0] * 9])

    with pytest.raises(DesignError, match=r"2 groups have more weight .* a, b"):
        weighting.trim(weights, ["a", "a", "b", "b", *["c"] * 9], medians=5)


def test_no_weights_are_refused():
    with pytest.raises(DesignError, match="no weights above 0"):
        weighting.spread(np.array([]))
