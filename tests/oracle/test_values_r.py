"""Means, totals, ratios, distributions and quantiles of a sample of our own equal R's package survey."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import sample
import sampled

from tryghed.statistics import functionals

HERE = Path(__file__).parent
WAYS = ("clusters", "clusters_fpc", "people_fpc")


def parsed(text):
    pairs = (line.split(" = ") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): float(value) for name, value in pairs}


R = parsed((HERE / "values.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=[(way, area) for way in WAYS for area in ("alle", "nord")])
def domain(request):
    """Return the reference's name, and how to read the points of a variable or a pair of them."""
    way, area = request.param
    rows = [dict(row) for row in sample.rows() if row["wave"] == "2025"]
    for row in rows:
        cents = round(row["weight"] * 10000)
        answered = row["safe"] is not None
        row |= {"scale": cents % 5 + 1 if answered else None, "rooms": cents % 7 + 1 if answered else None,
                "cars": cents % 4 + 1, "kilos": row["weight"] if answered else None,
                "psu": None if way.startswith("people") else row["psu"]}  # fmt: skip
    size = {"clusters_fpc": "psus", "people_fpc": "people"}.get(way)
    population = {("2025", row["stratum"]): float(row[size]) for row in rows} if size else {}

    def points(value, other=None):
        return sampled.points(
            {"2025": rows}, value, other, items=("scale", "rooms", "cars", "kilos"), area=area, area_set="area",
            areas={"area": "area"}, population=population,
        )  # fmt: skip

    return f"{way}.{area}", points


def close(name):
    return pytest.approx(R[name], rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("what", ["mean", "total", "ratio"])
def test_means_totals_and_ratios(domain, what):
    name, points = domain
    known = points("rooms", "cars") if what == "ratio" else points("scale")

    found = functionals.estimate(known, getattr(functionals, what)(known), deff="without")
    lower, upper = found.limits()

    # A total of a domain has the variance of weights in it: a mean's, times N squared, would be too small.
    assert (found.estimate[0], found.se[0], found.cv[0]) == tuple(
        close(f"{name}.{what}.{one}") for one in ("estimate", "se", "cv")
    )
    assert (lower[0], upper[0]) == (close(f"{name}.{what}.lower"), close(f"{name}.{what}.upper"))
    assert (found.df, found.n, found.deff[0]) == (R[f"{name}.df"], R[f"{name}.n"], close(f"{name}.{what}.deff"))
    if what != "ratio":
        replaced = functionals.estimate(known, getattr(functionals, what)(known), deff="with")
        assert replaced.deff[0] == close(f"{name}.{what}.deff_with")


def test_distributions_with_their_joint_covariance(domain):
    name, points = domain
    known = points("scale")

    found = functionals.estimate(known, functionals.distribution(known, [1, 2, 3, 4, 5]), deff="without")

    for k in range(5):
        assert found.estimate[k] == close(f"{name}.distribution.{k + 1}.estimate")
        assert found.deff[k] == close(f"{name}.distribution.{k + 1}.deff")
        # Answers to one question exclude each other: independent shares would have no covariance.
        for other in range(5):
            assert found.covariance[k, other] == close(f"{name}.distribution.{k + 1}.{other + 1}")
    assert found.covariance.sum() == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("variable", ["scale", "weight"])
@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.75])
def test_quantiles(domain, variable, p):
    name, points = domain
    found = functionals.quantile(points({"weight": "kilos"}.get(variable, variable)), p)

    for what in ("estimate", "lower", "upper", "se"):
        expected = R[f"{name}.quantile.{variable}.{p:g}.{what}"]
        assert getattr(found, what) == pytest.approx(expected, rel=1e-10, nan_ok=True), what


def test_an_answer_nobody_or_everybody_gave_has_no_variance(domain):
    _, points = domain
    known = points("scale")

    none = functionals.estimate(known, functionals.distribution(known, [9]))

    assert (none.estimate[0], none.se[0]) == (0, 0)
    assert np.isnan(none.cv[0])


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
def test_r_still_says_so(tmp_path):
    sample.write(tmp_path / "sample.csv")

    run = subprocess.run(
        ["Rscript", HERE / "values.R", tmp_path / "sample.csv"], capture_output=True, text=True, check=False
    )
    if "there is no package called" in run.stderr:
        pytest.skip("needs R's package survey")

    assert run.returncode == 0, run.stderr
    assert parsed(run.stdout) == pytest.approx(R, rel=1e-11, nan_ok=True)
