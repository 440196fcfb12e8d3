import numpy as np
import pytest
import sampled

from tryghed.errors import DesignError
from tryghed.statistics import combinations, contrasts, estimate, moments


def people(number=120, *, clustered=False):
    draw = np.random.default_rng(7).random((number, 4))
    return [
        {"respondent": f"r{place}", "weight": 1.0 + round(float(a), 3), "stratum": "12"[place % 2],
         "psu": str(place // 8) if clustered else None, "area": "nord" if b < 0.5 else "syd",
         "sites": [name for name, reach in (("park", 0.6), ("havn", 0.5)) if c < reach or (name == "havn" and c > 0.8)],
         "sex": "mand" if d < 0.5 else "kvinde", "safe": int(a + b < 1.1)}
        for place, (a, b, c, d) in enumerate(draw)
    ]  # fmt: skip


@pytest.fixture(scope="module", params=[False, True])
def totals(request):
    return sampled.read(
        {"2025": people(clustered=request.param)}, indicators=["safe"], areas={"area": "area", "sites": "sites"},
        groups={"sex": "sex"},
    )  # fmt: skip


def test_shares_and_variances_are_those_of_the_estimates(totals):
    rows = estimate.shares(totals)
    for domain in totals.domains:
        known = moments.of(totals, [domain], "safe")
        row = rows.filter(area_set=domain[0], area=domain[1], dimension=domain[2], category=domain[3]).row(
            0, named=True
        )

        assert known.share[0] == row["share"]
        assert np.sqrt(known.share_covariance[0, 0]) == pytest.approx(row["se"], rel=1e-12)
        assert (known.df, known.n[0]) == (row["df"], row["n"])


def test_overlapping_areas_are_not_independent(totals):
    pair = [("sites", "park", "alle", "alle"), ("sites", "havn", "alle", "alle")]
    at = [totals.positions[domain] for domain in pair]
    compared = contrasts.between(totals, [at[0]], [at[1]], 0)

    known = moments.of(totals, pair, "safe")

    assert known.share_covariance[0, 1] == pytest.approx(compared.covariance[0], rel=1e-9)
    assert known.share_covariance[0, 1] > 1e-4
    assert known.df == compared.df[0]


def test_an_area_and_the_rest(totals):
    area = ("area", "nord", "sex", "mand")
    row = sampled.share(
        contrasts.against_rest(totals, power=0.8), "safe", "nord", area_set="area", dimension="sex", category="mand"
    )

    found = combinations.contrast(moments.with_rest(totals, area, "safe"), (1, -1))

    assert (found.estimate, found.se) == (pytest.approx(row["difference"]), pytest.approx(row["se"], rel=1e-9))
    assert (found.df, found.lower) == (row["df"], pytest.approx(row["lower"]))


def covariance(rows, one, other):
    """Return Σ_h m/(m-1) Σ_j (t_j - t̄)(t'_j - t̄') of the weight that counts in two sets of people, summed by hand."""
    found = 0.0
    for stratum in "12":
        psus = {}
        for row in rows:
            if row["stratum"] == stratum:
                sums = psus.setdefault(row["psu"] or row["respondent"], [0.0, 0.0])
                sums[0] += row["weight"] * row["safe"] * one(row)
                sums[1] += row["weight"] * row["safe"] * other(row)
        centred = np.array(list(psus.values())) - np.mean(list(psus.values()), axis=0)
        found += len(centred) / (len(centred) - 1) * float(centred[:, 0] @ centred[:, 1])
    return found


@pytest.mark.parametrize("clustered", [False, True])
def test_any_two_domains_have_the_covariance_of_the_people_they_share(clustered):
    # Taken for independent because they are of different sets or categories, their difference is called too sure.
    rows = people(clustered=clustered)
    known = sampled.read({"2025": rows}, indicators=["safe"], areas={"area": "area", "sites": "sites"},
                         groups={"sex": "sex"})  # fmt: skip
    domains = {
        ("area", "nord", "sex", "mand"): lambda row: row["area"] == "nord" and row["sex"] == "mand",
        ("area", "syd", "sex", "kvinde"): lambda row: row["area"] == "syd" and row["sex"] == "kvinde",
        ("sites", "park", "alle", "alle"): lambda row: "park" in row["sites"],
        ("area", "nord", "alle", "alle"): lambda row: row["area"] == "nord",
    }

    found = moments.of(known, list(domains), "safe").covariance[4:, 4:]

    expected = [[covariance(rows, one, other) for other in domains.values()] for one in domains.values()]
    assert found == pytest.approx(np.array(expected), rel=1e-11)
    assert found[2, 3] != pytest.approx(0, abs=1)


def test_a_domain_without_respondents_is_named(totals):
    with pytest.raises(DesignError, match="no respondents in area vest alle alle"):
        moments.of(totals, [("area", "vest", "alle", "alle"), ("area", "nord", "alle", "alle")], "safe")


def test_more_than_two_domains_count_each_psu_once(totals):
    known = moments.of(totals, [("area", area, "alle", "alle") for area in ("alle", "nord", "syd")], "safe")

    # All three together are everybody: degrees of freedom of the three added up would be twice as many.
    assert known.df == moments.of(totals, [("area", "alle", "alle", "alle")], "safe").df


def test_no_variance_is_no_test():
    found = combinations.linear_contrast(np.array([1.0, 0.0]), np.zeros((2, 2)), (1, -1), 20)

    assert (found.estimate, found.se, found.lower, found.upper) == (1, 0, 1, 1)
    assert np.isnan(found.p)


def test_what_cancels_leaves_no_variance_behind():
    # The same domain twice: rounding must not become a standard error of 1e-9 and a p of 0.
    covariance = np.full((2, 2), 1e-4)
    covariance[0, 1] = covariance[1, 0] = 1e-4 * (1 - 1e-16)

    found = combinations.linear_contrast(np.array([0.5, 0.5 + 1e-12]), covariance, (1, -1), 20)

    assert found.se == 0
    assert np.isnan(found.p)


def test_no_degrees_of_freedom_no_interval():
    found = combinations.linear_contrast(np.array([0.5, 0.4]), np.eye(2) * 1e-3, (1, -1), 0)

    assert found.estimate == pytest.approx(0.1)
    assert np.isnan([found.lower, found.upper, found.p]).all()


def test_a_share_that_is_not_used_need_not_be_known():
    shares, covariance = np.array([0.5, np.nan, 0.4]), np.diag([1e-3, np.nan, 1e-3])

    assert combinations.linear_contrast(shares, covariance, (1, 0, -1), 20).estimate == pytest.approx(0.1)
    assert np.isnan(combinations.linear_contrast(shares, covariance, (1, -1, 0), 20).estimate)


def test_coefficients_must_fit():
    with pytest.raises(DesignError, match="3 coefficients for 2 shares"):
        combinations.linear_contrast(np.array([0.5, 0.4]), np.eye(2), (1, -1, 0), 20)


def test_scale_does_not_matter():
    # Per cent and shares gave different standard errors elsewhere.
    shares, covariance = np.array([0.5, 0.4]), np.array([[1e-3, 2e-4], [2e-4, 3e-3]])
    one = combinations.linear_contrast(shares, covariance, (1, -1), 20)
    hundred = combinations.linear_contrast(100 * shares, 1e4 * covariance, (1, -1), 20)

    assert (100 * one.se, one.p) == (pytest.approx(hundred.se), pytest.approx(hundred.p))
