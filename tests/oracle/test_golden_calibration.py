"""Calibration against the reference values of the methods paper: R 4.2.2, survey 4.1-1, on the fixture beside us."""

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sampled

from tryghed.definitions.calibration import Distance, Margin
from tryghed.errors import DesignError
from tryghed.statistics import auxiliaries, calibration, weighting
from tryghed.statistics.sample import Sample, shares

FIXTURE = Path(__file__).parents[2] / "../shared/golden/fixture.csv"
pytestmark = pytest.mark.skipif(not FIXTURE.exists(), reason="needs ../shared/golden")

CASES = {
    "linear": (Distance(method="linear"), 0.833106926127, 0.0271440062098, (0.691048014473, 1.48610923496)),
    "raking": (Distance(method="raking"), 0.833062577178, 0.0271776971404, (0.710465814454, 1.52638580545)),
    "logit": (
        Distance(method="logit", bounds=[0.6, 1.7]), 0.832969515124, 0.0272252466149, (0.709313312132, 1.50292014576),
    ),
    "bounded": (Distance(method="linear", bounds=[0.7, 1.45]), 0.832838357394, 0.0272951967832, (0.7, 1.45)),
}  # fmt: skip
FIRST = {
    "linear": (120.492602071, 64.7857513569, 65.0961833875, 81.3702292344, 81.3702292344),
    "raking": (116.594811986, 66.6061701051, 64.7522312385, 80.9402890481, 80.9402890481),
    "logit": (118.865715753, 66.4981230124, 66.8289346124, 83.5361682654, 83.5361682654),
}
DOMAINS = {
    "linear": ((0.826812900586, 0.790675653898, 0.952171276492), (0.0317724781363, 0.0377169375455, 0.0407135966123)),
    "raking": ((0.826467623838, 0.791653464422, 0.952870421459), (0.0318105217523, 0.0388144243192, 0.0403219482864)),
    "logit": ((0.826460809875, 0.791566143164, 0.95147845625), (0.0318796514911, 0.0382985346282, 0.0412130700745)),
}


@pytest.fixture(scope="module")
def rows():
    with FIXTURE.open(encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream) if row["wave"] == "2024"]


@pytest.fixture(scope="module")
def weights(rows):
    return np.array([float(row["w"]) for row in rows])


@pytest.fixture(scope="module")
def known(rows, weights):
    total = weights.sum()
    sexes = Margin(("sex",), {("K",): 0.51 * total, ("M",): 0.49 * total})
    ages = Margin(("age",), {("18-34",): 0.38 * total, ("35-64",): 0.42 * total, ("65+",): 0.20 * total})
    return auxiliaries.join(pl.DataFrame({name: [row[name] for row in rows] for name in ("sex", "age")}), [sexes, ages])


@pytest.fixture(scope="module")
def place(rows):
    filled = [
        row | {"respondent": row["rid"], "weight": float(row["w"]), "safe": int(row["safe"]) if row["safe"] else None}
        for row in rows
    ]
    sizes = {("2024", row["stratum"]): float(row["fpc_psu"]) for row in rows}
    # Stratum S5 has one PSU; the reference values leave it out of the variance ("remove").
    design = sampled.read({"2024": filled}, indicators=["safe"], population=sizes, lonely_psu="certainty").design
    strata = {stratum: at for at, (_, stratum) in enumerate(design.strata)}
    psus = {psu: at for at, psu in enumerate(sorted({row["psu"] for row in rows}))}
    return Sample(
        design, np.array([strata[row["stratum"]] for row in rows]), np.array([psus[row["psu"]] for row in rows])
    )


def close(values):
    return pytest.approx(values, abs=1e-10)


@pytest.mark.parametrize("case", CASES)
def test_share_and_standard_error(rows, weights, known, place, case):
    distance, share, se, ends = CASES[case]
    safe = np.array([float(row["safe"]) if row["safe"] else np.nan for row in rows])

    found = calibration.calibrate(weights, known, distance)
    told = shares(found, place, safe[:, None])

    assert (told.share[0], np.sqrt(told.variance[0])) == (close(share), close(se))
    assert (found.factors.min(), found.factors.max()) == close(ends)
    assert (told.n[0], told.df[0]) == (270, 32)
    assert known.weighted(found.weights) == pytest.approx(known.totals, rel=1e-10)


def test_rake_of_r_has_another_standard_error(rows, weights, known, place):
    safe = np.array([float(row["safe"]) if row["safe"] else np.nan for row in rows])

    told = shares(calibration.calibrate(weights, known, Distance(method="raking")), place, safe[:, None])

    assert abs(np.sqrt(told.variance[0]) - 0.0273954099771) > 2e-4


@pytest.mark.parametrize("case", DOMAINS)
def test_weights_and_domains(rows, weights, known, place, case):
    found = calibration.calibrate(weights, known, CASES[case][0])
    safe = np.array([float(row["safe"]) if row["safe"] else np.nan for row in rows])
    areas = [np.where([row["area"] == area for row in rows], safe, np.nan) for area in ("rest", "U1", "U2")]

    told = shares(found, place, np.stack(areas, axis=1))

    assert found.weights[:5] == pytest.approx(FIRST[case], rel=1e-10)
    assert told.share == close(DOMAINS[case][0])
    assert np.sqrt(told.variance) == close(DOMAINS[case][1])


@pytest.mark.parametrize("method", ["linear", "logit"])
def test_bounds_that_cannot_hold_are_told_with_what_stands_in_the_way(rows, weights, known, method):
    middle = sum(float(row["w"]) for row in rows if row["age"] == "35-64")

    with pytest.raises(DesignError, match="16 % off") as refused:
        calibration.calibrate(weights, known, Distance(method=method, bounds=[0.9, 1.15]))

    # Everybody of that age at the upper bound is not enough.
    told = f"age 35-64: 9,712.08 wanted, {middle:,.6g} by design, {1.15 * middle:,.6g} at best"
    assert refused.value.message.splitlines()[1:] == [f"  {told}"]
    # Guards against the bounds asked for merely widened, in their own shape: [0.714, 1.429] are wider than need be.
    assert refused.value.hint.startswith("the narrowest bounds that do are [0.692, 1.372]")


def test_margins_that_stand_in_each_other_s_way_are_all_named(weights, known):
    with pytest.raises(DesignError, match="6 % off") as refused:
        calibration.calibrate(weights, known, Distance(method="logit", bounds=[0.8, 1.3]))

    named = [line.partition(":")[0].strip() for line in refused.value.message.splitlines()[1:]]
    assert sorted(named) == ["age 35-64", "sex M"]


def test_the_narrowest_bounds_are_the_narrowest(weights, known):
    found = calibration.calibrate(weights, known, Distance(method="logit", bounds=[0.692, 1.372]))

    assert 0.692 < found.factors.min() < found.factors.max() < 1.372
    for shift in (-0.05, -0.002, 0.0, 0.002, 0.05):
        narrower = [0.694 + shift, 1.370 + shift]
        with pytest.raises(DesignError):
            calibration.calibrate(weights, known, Distance(method="linear", bounds=narrower))


def test_design_effect_of_weighting(weights):
    assert weighting.spread(weights).deff == close(1.27861897704)
