"""Respondents one by one give what the store's sums give, and what those do not hold."""

import numpy as np
import pytest
import sample
import sampled

from tryghed.statistics import contrasts, estimate, moments
from tryghed.statistics.respondents import Domain

AGES = ("gammel", "mellem", "ung")
WAVES = ("2024", "2025")
RNG = np.random.default_rng(9)


def waves(way):
    rows = [
        {**row, "age": AGES[int(row["respondent"][1:]) % 3], "psu": None if way == "people" else row["psu"],
         "sites": row["sites"].split("+") if row["sites"] else None}
        for row in sample.rows()
    ]  # fmt: skip
    return {wave: [row for row in rows if row["wave"] == wave] for wave in WAVES}


def population(way):
    rows = [row for of in waves(way).values() for row in of]
    return {(row["wave"], row["stratum"]): float(row["people" if way == "people" else "psus"]) for row in rows}


HOW = {"indicators": ["safe"], "areas": {"area": "area", "sites": "sites"}, "groups": {"age": "age"}}


@pytest.fixture(scope="module", params=["clusters", "people"])
def way(request):
    return request.param


def of_people(way, area_set, dimension="alle", periods=(("2025",), ("2024",))):
    return sampled.people(
        waves(way), periods=periods, area_set=area_set, dimension=dimension, population=population(way), **HOW
    )


def of_sums(way, wanted=("2025",)):
    return sampled.read(waves(way), wanted=list(wanted), population=population(way), **HOW)


def assert_same(found, known):
    assert found.n.tolist() == known.n.tolist()
    assert found.positives.tolist() == known.positives.tolist()
    assert found.share == pytest.approx(known.share, rel=1e-12)
    assert found.covariance == pytest.approx(known.covariance, rel=1e-9, abs=1e-9)
    assert found.share_covariance == pytest.approx(known.share_covariance, rel=1e-9, abs=1e-15)
    assert found.df == known.df


def test_categories_of_an_area(way):
    known = moments.of(of_sums(way), [("area", "nord", "age", age) for age in AGES], "safe")

    assert_same(of_people(way, "area", "age").moments("safe", [Domain(("2025",), "nord", age) for age in AGES]), known)


def test_an_area_and_everybody_outside_it(way):
    known = moments.with_rest(of_sums(way), ("area", "nord", "alle", "alle"), "safe")
    sides = [Domain(("2025",), "nord"), Domain(("2025",), "nord", outside=True)]

    assert_same(of_people(way, "area").moments("safe", sides), known)


def test_areas_that_overlap_covary(way):
    # Guards against two sites that share people being compared as if they were strangers.
    sums, sites = of_sums(way), ("havn", "park")
    known = moments.of(sums, [("sites", one, "alle", "alle") for one in sites], "safe")

    found = of_people(way, "sites").moments("safe", [Domain(("2025",), one) for one in sites])

    assert_same(found, known)
    assert found.share_covariance[0, 1] != 0


def test_pooled_waves(way):
    known = sampled.share(estimate.shares(of_sums(way, WAVES)), "safe", "nord", area_set="area")
    pooled = of_people(way, "area", periods=[WAVES])

    found = pooled.described("safe", [Domain(WAVES, "nord")])

    assert (found.n[0], found.df[0]) == (known["n"], known["df"])
    assert found.share[0] == pytest.approx(known["share"], rel=1e-12)
    assert np.sqrt(found.variance[0]) == pytest.approx(known["se"], rel=1e-10)


def test_waves_are_independent_without_shared_people(way):
    known = sampled.share(contrasts.against_wave(of_sums(way), of_sums(way, ["2024"]), power=0.8), "safe",
                          area_set="area")  # fmt: skip
    found = contrasts.difference(of_people(way, "area").compared("safe", [(Domain(("2025",)), Domain(("2024",)))]))

    assert found.gap[0] == pytest.approx(known["difference"], rel=1e-12)
    assert found.se[0] == pytest.approx(known["se"], rel=1e-10)
    assert found.p[0] == pytest.approx(known["p"], rel=1e-9)


@pytest.mark.parametrize("kind", sample.KINDS)
def test_replicate_weights(kind):
    factors = {"jk1": 14 / 15, "jkn": 0.8, "brr": 1 / 8, "fay": 1 / (8 * 0.49), "bootstrap": 1 / 40}[kind]
    weights = sample.replicate_weights(kind)
    rows = {"2025": [{**row, "replicate_weights": weights[row["respondent"]]} for row in waves("clusters")["2025"]
                     if row["respondent"] in weights]}  # fmt: skip
    replicates = (kind, [factors] * len(next(iter(weights.values()))), False)
    sums = sampled.read(rows, replicates=replicates, **HOW)
    known = moments.of(sums, [("area", one, "alle", "alle") for one in ("nord", "syd")], "safe")
    people = sampled.people(rows, periods=[("2025",)], area_set="area", replicates=replicates, **HOW)

    found = people.moments("safe", [Domain(("2025",), one) for one in ("nord", "syd")])

    assert found.share == pytest.approx(known.share, rel=1e-12)
    assert found.share_covariance == pytest.approx(known.share_covariance, rel=1e-9, abs=1e-15)
    assert found.df == known.df


@pytest.mark.parametrize("strategy", ["adjust", "average", "certainty", "remove"])
def test_strata_with_one_psu_are_treated_as_in_the_sums(strategy):
    rows = [row for row in waves("clusters")["2025"] if row["stratum"] != "C" or row["psu"] == "1"]
    sums = sampled.read({"2025": rows}, lonely_psu=strategy, **HOW)
    known = sampled.share(estimate.shares(sums), "safe", "nord", area_set="area")
    people = sampled.people({"2025": rows}, periods=[("2025",)], area_set="area", lonely_psu=strategy, **HOW)

    found = people.described("safe", [Domain(("2025",), "nord")])

    assert np.sqrt(found.variance[0]) == pytest.approx(known["se"], rel=1e-10)
    assert found.df[0] == known["df"]
    assert people.lonely("safe", Domain(("2025",), "nord")) == (strategy,)


def test_answers_to_another_indicator_make_a_domain():
    rows = [{**row, "other": int(RNG.random() < 0.4)} for row in waves("people")["2025"]]
    people = sampled.people(
        {"2025": rows}, periods=[("2025",)], **{**HOW, "indicators": ["safe", "other"]}, area_set="area"
    )
    yes, no = (people.moments("safe", [Domain(("2025",), answers=(("other", one),))]) for one in (1, 0))

    counted = [row for row in rows if row["safe"] is not None]
    assert yes.n[0] == sum(row["other"] for row in counted)
    assert yes.n[0] + no.n[0] == len(counted)
