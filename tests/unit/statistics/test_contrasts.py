import numpy as np
import pytest
import sampled
from scipy.special import stdtr
from scipy.stats import binom, chi2_contingency

from tryghed.errors import DesignError
from tryghed.statistics import contrasts, estimate, ranks


def rows(shares, each=40):
    """Return `each` people per area, the given share of whom are safe."""
    return [
        {"respondent": f"{area}-{number}", "weight": 1.0, "stratum": "1", "psu": None, "area": area,
         "sex": "mand" if number % 2 else "kvinde", "safe": int(number < share * each)}
        for area, share in shares.items()
        for number in range(each)
    ]  # fmt: skip


def read(shares, wave="2025", **options):
    return sampled.read({wave: rows(shares, **options)}, indicators=["safe"], areas={"places": "area"},
                        groups={"sex": "sex"})  # fmt: skip


def test_the_rest_is_everybody_else():
    # Compared with a total that holds the area, a difference is too small and its error wrong.
    found = sampled.share(contrasts.against_rest(read({"x": 0.5, "y": 0.75}), power=0.8), "safe", "x")

    assert (found["kind"], found["against"]) == ("rest", "rest")
    assert (found["other_share"], found["other_n"], found["other_positives"]) == (0.75, 40, 30)
    assert found["difference"] == pytest.approx(-0.25)
    assert found["lower"] < -0.25 < found["upper"] < 0
    assert found["df"] == 79


def test_an_area_with_no_rest():
    found = sampled.share(contrasts.against_rest(read({"x": 0.5}), power=0.8), "safe", "x")

    assert (found["other_n"], found["other_share"], found["difference"], found["p"]) == (0, None, None, None)


def test_no_variance_is_no_test():
    # 0 % against 100 % has standard error 0: a t statistic without end, not a proof.
    found = sampled.share(contrasts.against_rest(read({"x": 0, "y": 1}), power=0.8), "safe", "x")

    assert (found["difference"], found["se"], found["p"]) == (-1, 0, None)


def test_a_small_share_that_comes_out_low_is_no_proof():
    # 1 of 40 against 100 of 800: its variance is as small as itself, so the t test of the difference is far too sure.
    # The binomial distribution gives so few or fewer a chance of 0.032, 0.064 on both sides; log odds are no surer.
    totals = read({"x": 0.025, **{f"y{number}": 0.12 for number in range(20)}}, each=40)
    found = sampled.share(contrasts.against_rest(totals, power=0.8), "safe", "x")

    wald = 2 * stdtr(found["df"], -abs(found["difference"] / found["se"]))
    exact = 2 * binom.cdf(1, 40, 0.125)
    gap = np.log(1 / 39) - np.log(100 / 700)
    se = np.sqrt(840 / 839 * (1 / 1 + 1 / 39 + 1 / 100 + 1 / 700))
    assert found["other_n"] == 800
    assert wald < 0.001
    assert found["p"] == pytest.approx(2 * stdtr(839, -abs(gap / se)), rel=1e-9)
    assert found["p"] > exact


@pytest.mark.parametrize(("end", "between"), [(0, 0.5), (1, 0.5), (1, 0.75), (0, 0.1)])
def test_a_side_of_nobody_or_everybody_is_tested_by_scores(end, between):
    # No test: 77 % becomes 100 % of 400 people, and no change is told. A t test of the difference: the certain side has
    # no variance, and chance is taken for proof.
    found = sampled.share(contrasts.against_rest(read({"x": end, "y": between}), power=0.8), "safe", "x")

    table = [[40 * end, 40 - 40 * end], [40 * between, 40 - 40 * between]]
    chi2 = chi2_contingency(table, correction=False).statistic  # prop.test(correct = FALSE)
    assert found["p"] == pytest.approx(2 * stdtr(79, -((chi2 * 79 / 80) ** 0.5)), abs=1e-12)
    assert found["difference"] == pytest.approx(end - between)
    assert found["lower"] < found["difference"] < found["upper"]
    assert (found["log_odds_se"], found["detectable"]) == (None, None)


@pytest.mark.parametrize(("one", "other"), [(1, 0.75), (0.75, 0), (1, 1), (0, 1), (0, 0)])
def test_a_difference_from_everybody_or_nobody_is_as_unsure_as_both_shares(one, other):
    # 11 of 11 against 94.8 % of 5,000 had the interval [4.6, 5.9] points, as if the side without variance were known,
    # and 40 of 40 against 40 of 40 one of no width.
    totals = read({"x": one, "y": other})
    found = sampled.share(contrasts.against_rest(totals, power=0.8), "safe", "x")
    own = sampled.share(estimate.shares(totals), "safe", "x")

    below = np.hypot(own["share"] - own["lower"], found["other_upper"] - found["other_share"])
    above = np.hypot(own["upper"] - own["share"], found["other_share"] - found["other_lower"])
    assert (found["lower"], found["upper"]) == (pytest.approx(one - other - below), pytest.approx(one - other + above))
    assert found["upper"] - found["lower"] > 0.08


def test_when_nobody_counts_the_test_is_no_surer_than_the_chance_of_it():
    # Guards against false claims at the levels a release tests at: nobody of 40 where 10 to 40 % do elsewhere.
    for true in (0.1, 0.15, 0.2, 0.3, 0.4):
        totals = read({"x": 0, **{f"y{number}": true for number in range(50)}})
        found = sampled.share(contrasts.against_rest(totals, power=0.8), "safe", "x")
        assert found["p"] > binom.pmf(0, 40, true)


def test_detectable_is_found_with_the_declared_power():
    totals = read({"x": 0.5, "y": 0.5})
    weak, strong = (sampled.share(contrasts.against_rest(totals, power=one), "safe", "x") for one in (0.8, 0.95))

    assert weak["detectable"] / weak["se"] == pytest.approx(1.99045021 + 0.84619481, abs=1e-7)
    assert strong["detectable"] > weak["detectable"]


def test_a_wave_against_an_earlier_one_names_it_and_keeps_areas_that_are_new():
    found = contrasts.against_wave(read({"x": 0.5, "new": 0.5}), read({"x": 0.75}, wave="2024"), power=0.8)

    x, new = (sampled.share(found, "safe", area) for area in ("x", "new"))
    assert (x["wave"], x["against"], x["difference"], x["df"]) == ("2025", "2024", pytest.approx(-0.25), 78)
    assert (new["difference"], new["other_n"], new["p"]) == (None, 0, None)


def test_a_wave_is_not_compared_with_itself():
    totals = read({"x": 0.5})

    with pytest.raises(DesignError, match="both hold 2025"):
        contrasts.against_wave(totals, totals, power=0.8)


def test_ranks_hold_for_all_areas_at_once():
    shares = {"low": 0.1, "middle": 0.5, "also_middle": 0.55, "high": 0.95}

    found = ranks.ranks(read(shares, each=100), area_set="places", indicators=["safe"], alpha=0.01)

    places = {row["area"]: (row["first"], row["last"], row["areas"]) for row in found.to_dicts()}
    assert places == {"high": (1, 1, 4), "middle": (2, 3, 4), "also_middle": (2, 3, 4), "low": (4, 4, 4)}


def test_an_area_nobody_answered_in_has_no_place_and_takes_none():
    # Twelve places among eleven areas: the last could be taken for an area that was never measured.
    silent = [one | {"respondent": f"silent-{one['respondent']}", "area": "silent", "safe": None}
              for one in rows({"low": 0.5}, each=20)]  # fmt: skip
    totals = sampled.read(
        {"2025": rows({"low": 0.1, "high": 0.9}, each=100) + silent}, indicators=["safe"], areas={"places": "area"}
    )

    found = ranks.ranks(totals, area_set="places", indicators=["safe"], alpha=0.01)

    places = {row["area"]: (row["first"], row["last"], row["areas"]) for row in found.to_dicts()}
    assert places == {"high": (1, 1, 2), "low": (2, 2, 2)}


def test_few_answers_rank_nobody():
    found = ranks.ranks(
        read({"x": 0.4, "y": 0.6, "z": 0.5}, each=10), area_set="places", indicators=["safe"], alpha=0.01
    )

    assert set(zip(found["first"], found["last"], strict=True)) == {(1, 3)}
