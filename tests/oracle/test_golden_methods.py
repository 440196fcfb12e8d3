"""The reference values of the methods paper for tables, standardised shares and small areas.

Tables and standardised shares are R's; the Fay-Herriot values are of the formulas of R's package sae, which is not
among Debian's, and were computed for the paper in R.
"""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import sampled
from test_golden_fixture import close, rows

from tryghed.statistics import combinations, equivalence, estimate, independence, moments, small_areas, standardisation

GOLDEN = Path(__file__).parents[2] / "../shared/golden"
pytestmark = pytest.mark.skipif(not GOLDEN.exists(), reason="needs ../shared/golden")
AGES = ("18-34", "35-64", "65+")
STANDARD = {"65+": 20, "18-34": 40, "35-64": 40}


def read(*waves):
    samples = {wave: rows(wave) for wave in waves}
    population = {(wave, row["stratum"]): float(row["fpc_psu"]) for wave, part in samples.items() for row in part}
    return sampled.read(
        samples, indicators=["safe"], areas={"places": "area"}, groups={"age": "age"}, population=population,
        lonely_psu="certainty",
    )  # fmt: skip


@pytest.fixture(scope="module")
def totals():
    return read("2024")


def table(totals):
    return independence.table(moments.of(totals, [("places", "alle", "age", age) for age in AGES], "safe"))


def test_rao_scott(totals):
    found = independence.rao_scott(table(totals))

    assert (found.x2, found.f, found.p) == (close(1.93840776017), close(1.13916846422), close(0.317401425689))
    assert (found.numerator_df, found.denominator_df) == (close(1.58252321697), close(50.6407429429))


def test_adjusted_wald(totals):
    found = independence.adjusted_wald(table(totals))

    assert (found.f, found.p) == (close(1.1495043525), close(0.329929407751))
    assert (found.numerator_df, found.denominator_df) == (2, 31)


def test_pearson_without_the_design_is_another_answer(totals):
    # X² on weighted counts takes 270 people in clusters for 270 independent ones.
    from scipy.special import chdtrc

    found = independence.rao_scott(table(totals))

    assert abs(chdtrc(2, found.x2) - found.p) > 0.05


@pytest.mark.parametrize(
    ("area", "share", "se"),
    [
        ("rest", 0.829929486476, 0.0314789727047),
        ("U1", 0.788804607424, 0.0417519988406),
        ("U2", 0.961832061069, 0.0213552370951),
    ],
)
def test_standardised_shares(totals, area, share, se):
    found, known = standardised(totals, area, STANDARD)

    assert (found.estimate, found.se) == (close(share), close(se))
    crude = sampled.share(estimate.shares(totals), "safe", area)
    assert float(known.counted.sum() / known.base.sum()) == close(crude["share"])
    assert (known.n.sum(), found.df) == (crude["n"], crude["df"])


def standardised(totals, area, standard):
    known = moments.of(totals, [("places", area, "age", one) for one in standard], "safe")
    return standardisation.standardised_share(known, np.array(list(standard.values())) / 100), known


def test_a_standard_joined_by_place_is_another_answer(totals):
    # Weights matched by position went to other ages elsewhere: three numbers in the order of a file.
    wrong = dict(zip(AGES, STANDARD.values(), strict=True))

    assert abs(standardised(totals, "rest", wrong)[0].estimate - 0.829929486476) > 1e-3


def test_contrast_of_an_area_and_the_rest(totals):
    known = moments.of(totals, [("places", area, "alle", "alle") for area in ("rest", "U1")], "safe")

    found = combinations.contrast(known, (1, -1))

    assert known.share_covariance[0, 1] == pytest.approx(2.75541839804e-06, abs=1e-16)
    assert (found.estimate, found.se) == (close(0.0370838279902), close(0.0535369419915))


def test_waves_are_independent():
    waves = [moments.of(read(wave), [("places", "alle", "alle", "alle")], "safe") for wave in ("2024", "2023")]

    found = combinations.contrast(moments.independent(waves), (1, -1))

    assert (found.estimate, found.se, found.df) == (close(0.0487498342185), close(0.0375456774384), 64)
    # Not significant, and not "på niveau med" either: with 3 procentpoint as the margin nothing is shown.
    assert found.p > 0.05
    assert not equivalence.two_one_sided(found.estimate, found.se, found.df, margin=0.03).equivalent


def areas(name):
    with (GOLDEN / name).open(encoding="utf-8") as stream:
        found = list(csv.DictReader(stream))
    y, d, x = (np.array([float(row[column]) for row in found]) for column in ("y", "vardir", "x"))
    return y, d, np.column_stack([np.ones(len(x)), x])


def golden(heading):
    """Return the numbers after a heading of the REML part of the golden file."""
    text = (GOLDEN / "fh_golden.txt").read_text(encoding="utf-8").split("ML A=")[1]
    return [float(one) for one in re.search(rf"{heading}=([-\d. e]+)", text)[1].split()]


def test_small_areas():
    found = small_areas.fit(*areas("fh_fixture.csv"))

    assert not found.boundary
    assert found.between == pytest.approx(0.00116177027848, abs=1e-14)
    assert found.slopes == pytest.approx([0.934172088418, -0.952642518053], abs=1e-10)
    # The file has ten decimals of the predictions and eleven of their errors.
    assert found.prediction == pytest.approx(golden("eblup"), abs=1e-10)
    assert found.mse == pytest.approx(golden("mse"), abs=1e-11)


def test_no_variance_between_areas_is_told():
    # REML is 0 here: all weight would go to the model, and every area would lose what its own answers say.
    y, d, x = areas("fh_fixture_boundary.csv")
    found = small_areas.fit(y, d, x)

    assert found.boundary
    assert found.between > 0
    assert (found.weight > 0).all()
    assert (np.abs(found.prediction - found.fixed) > 0).all()
