"""Combinations, tables, standardised shares, panels, trends, rates and small areas equal R, on a sample of our own."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sample
import sampled

from tryghed.statistics import (
    combinations,
    equivalence,
    independence,
    moments,
    rates,
    simultaneous,
    small_areas,
    smoothing,
    standardisation,
    trends,
)
from tryghed.statistics.respondents import Domain

HERE = Path(__file__).parent
AGES = ("gammel", "mellem", "ung")
STANDARD = {"ung": 30.0, "gammel": 25.0, "mellem": 45.0}  # joined by name, whatever the order


def parsed(text):
    pairs = (line.split(" = ") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): float(value) for name, value in pairs}


R = parsed((HERE / "combinations.txt").read_text(encoding="utf-8"))


def close(name, rel=1e-10):
    return pytest.approx(R[name], rel=rel)


def people(*waves):
    rows = [{**row, "age": AGES[int(row["respondent"][1:]) % 3]} for row in sample.rows()]
    return [row for row in rows if row["wave"] in waves]


def read(way, wave):
    rows = [{**row, "psu": None if way == "people" else row["psu"]} for row in people(wave)]
    population = {(wave, row["stratum"]): float(row["people" if way == "people" else "psus"]) for row in rows}
    return sampled.read(
        {wave: rows}, indicators=["safe"], areas={"area": "area"}, groups={"age": "age"}, population=population
    )


@pytest.fixture(scope="module", params=["clusters", "people"])
def way(request):
    return request.param, read(request.param, "2025")


@pytest.mark.parametrize("place", ["alle", "nord"])
def test_independence(way, place):
    name, totals = way

    known = independence.table(moments.of(totals, [("area", place, "age", age) for age in AGES], "safe"))

    for kind, found in (("F", independence.rao_scott(known)), ("adjWald", independence.adjusted_wald(known))):
        # Both are nearly 0 where people alike are compared: what is left there is rounding.
        assert found.f == pytest.approx(R[f"{name}.{place}.{kind}.f"], rel=1e-10, abs=1e-13)
        assert found.p == close(f"{name}.{place}.{kind}.p")
        assert found.numerator_df == close(f"{name}.{place}.{kind}.numerator")
        assert found.denominator_df == close(f"{name}.{place}.{kind}.denominator")


def test_contrast_of_three_categories(way):
    name, totals = way
    known = moments.of(totals, [("area", "alle", "age", age) for age in AGES], "safe")

    found = combinations.contrast(known, (-0.5, 1, -0.5))

    assert (found.estimate, found.se) == (
        pytest.approx(R[f"{name}.ages.estimate"], abs=1e-12),
        close(f"{name}.ages.se"),
    )


def test_standardised_shares(way):
    name, totals = way

    for area in ("nord", "syd"):
        known = moments.of(totals, [("area", area, "age", one) for one in STANDARD], "safe")
        found = standardisation.standardised_share(known, np.array(list(STANDARD.values())) / 100)

        assert (found.estimate, found.se) == (
            close(f"{name}.standard.{area}.share"),
            close(f"{name}.standard.{area}.se"),
        )
        assert found.lower < found.estimate < found.upper


def test_difference_of_differences(way):
    name, totals = way
    places = [("area", "nord", "alle", "alle"), ("area", "syd", "alle", "alle")]
    after, before = (moments.of(one, places, "safe") for one in (totals, read(name, "2024")))

    found = combinations.contrast(moments.independent([after, before]), (1, -1, -1, 1))

    assert (found.estimate, found.se, found.df) == (
        close(f"{name}.did.estimate"),
        close(f"{name}.did.se"),
        R[f"{name}.did.df"],
    )


def test_the_rest_is_the_other_area(way):
    _, totals = way
    places = [("area", "nord", "alle", "alle"), ("area", "syd", "alle", "alle")]

    pair, rest = moments.of(totals, places, "safe"), moments.with_rest(totals, places[0], "safe")

    assert rest.share == pytest.approx(pair.share, rel=1e-12)
    assert rest.share_covariance == pytest.approx(pair.share_covariance, rel=1e-9, abs=1e-15)
    assert rest.df == pair.df


def test_people_asked_in_both_waves():
    rows, counts = people("2024", "2025"), {}
    for row in rows:
        key = (row["wave"], row["stratum"])
        counts[key] = counts.get(key, 0) + 1
        again = counts[key] % 2 == 0
        row["respondent"] = f"{row['stratum']} {counts[key]}" if again else f"{' '.join(key)} {counts[key]}"
    waves = {wave: [{**row, "psu": None} for row in rows if row["wave"] == wave] for wave in ("2024", "2025")}

    sampled_people = sampled.people(waves, indicators=["safe"], periods=[("2025",), ("2024",)])
    known = sampled_people.moments("safe", [Domain(("2024",)), Domain(("2025",))])
    found = combinations.contrast(known, (-1, 1))

    assert known.share[1] == close("panel.share")
    assert known.share_covariance[0, 1] == close("panel.covariance")
    assert (found.estimate, found.se, found.df) == (close("panel.estimate"), close("panel.se"), R["panel.df"])


YEARS = (2017, 2018, 2019, 2021, 2022, 2024)
SHARES = (0.812, 0.797, 0.803, 0.761, 0.778, 0.749)
VARIANCES = np.square((0.011, 0.014, 0.009, 0.012, 0.010, 0.013))


def test_trend():
    found = trends.trend(YEARS, SHARES, VARIANCES)

    assert (found.slope, found.se) == (close("trend.slope"), close("trend.se"))
    assert (found.q, found.q_df, found.q_p) == (close("trend.q"), 4, close("trend.q_p"))
    assert found.p == close("trend.p", rel=1e-9)


def test_trend_of_waves_that_are_not_independent():
    covariance = np.diag(VARIANCES)
    covariance[0, 1] = covariance[1, 0] = 6e-5
    covariance[3, 4] = covariance[4, 3] = -4e-5

    found = trends.trend(YEARS, SHARES, covariance)

    assert (found.slope, found.se, found.q) == (
        close("panel_trend.slope"),
        close("panel_trend.se"),
        close("panel_trend.q"),
    )


def test_two_one_sided_tests():
    found = equivalence.two_one_sided(0.012, 0.009, 57, margin=0.03)

    assert (found.p, found.lower, found.upper) == (close("tost.p"), close("tost.lower"), close("tost.upper"))


@pytest.mark.parametrize("events", [10, 47])
def test_poisson_limits(events):
    lower, upper = rates.poisson_limits(events)

    assert (lower, upper) == (close(f"poisson.{events}.lower"), close(f"poisson.{events}.upper"))


@pytest.mark.parametrize("limits", ["exact", "byar"])
def test_standardised_rate(limits):
    ages = ["0-39", "40-69", "70+"]
    counts = pl.DataFrame({"area": ["x"] * 3, "group": ages, "events": [3, 11, 33], "people": [4100, 5200, 1900]})
    standard = pl.DataFrame({"group": ages[::-1], "people": [15000, 45000, 40000]})

    found = rates.rates(counts, standard, limits=limits).row(0, named=True)

    assert found["rate"] == close("dsr.rate")
    assert (found["lower"], found["upper"]) == (close(f"dsr.{limits}.lower"), close(f"dsr.{limits}.upper"))


@pytest.mark.parametrize("areas", [3, 13])
@pytest.mark.parametrize("df", [12, 400])
def test_largest_t_of_independent_estimates(areas, df):
    found = simultaneous.max_t_quantile(np.eye(areas), df)

    assert found == pytest.approx(R[f"modulus.{areas}.{df}"], abs=1e-4)


D = np.array([0.0011, 0.0019, 0.0007, 0.0042, 0.0023, 0.0013, 0.0008, 0.0031, 0.0016, 0.0052])
X = np.column_stack([np.ones(10), [0.10, 0.22, 0.14, 0.31, 0.18, 0.27, 0.08, 0.12, 0.25, 0.16]])
Y = {
    "inside": np.array([0.88, 0.71, 0.90, 0.66, 0.75, 0.79, 0.93, 0.76, 0.68, 0.87]),
    "boundary": np.array([0.85, 0.75, 0.815, 0.66, 0.80, 0.70, 0.87, 0.84, 0.73, 0.79]),
}


@pytest.mark.parametrize("case", ["inside", "boundary"])
def test_small_areas(case):
    # R's optimize finds a maximum to about the root of its numbers' precision; the equations are ours to 1e-14.
    found = small_areas.fit(Y[case], D, X)

    assert found.boundary is (case == "boundary")
    assert found.between == close(f"fh.{case}.between", rel=1e-5)
    assert found.slopes[1] == close(f"fh.{case}.slope", rel=1e-7)
    back = smoothing.backtransformed(found)
    for area in (1, 8):
        assert found.prediction[area - 1] == close(f"fh.{case}.prediction.{area}", rel=1e-7)
        assert found.mse[area - 1] == close(f"fh.{case}.mse.{area}", rel=1e-6)
        assert back[area - 1] == close(f"fh.{case}.back.{area}", rel=1e-7)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
def test_r_still_says_so(tmp_path):
    sample.write(tmp_path / "sample.csv")

    run = subprocess.run(
        ["Rscript", HERE / "combinations.R", tmp_path / "sample.csv"], capture_output=True, text=True, check=False
    )
    if "there is no package called" in run.stderr:
        pytest.skip("needs R's package survey")

    assert run.returncode == 0, run.stderr
    assert parsed(run.stdout) == pytest.approx(R, rel=1e-9, abs=1e-13)
