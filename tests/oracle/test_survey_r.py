"""Every share, standard error, degree of freedom and comparison equals R's package survey, on a sample of our own."""

import shutil
import subprocess
from pathlib import Path

import pytest
import sample
import sampled

from tryghed.statistics import contrasts, estimate

HERE = Path(__file__).parent
WAYS = ("clusters", "clusters_fpc", "people", "people_fpc", "pooled")
FROZEN = (HERE / "survey.txt").read_text(encoding="utf-8")


def parsed(text):
    pairs = (line.split(" = ") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): float(value) for name, value in pairs}


R = parsed(FROZEN)


@pytest.fixture(scope="module", params=WAYS)
def way(request):
    name = request.param
    waves = ("2024", "2025") if name == "pooled" else ("2025",)
    rows = {wave: [dict(row) for row in sample.rows() if row["wave"] == wave] for wave in waves}
    everyone = [row for part in rows.values() for row in part]
    for row in everyone:
        row["places"] = row["sites"].split("+") if row["sites"] else None
        row["psu"] = None if name.startswith("people") else row["psu"]
    size = {"clusters_fpc": "psus", "pooled": "psus", "people_fpc": "people"}.get(name)
    population = {(row["wave"], row["stratum"]): float(row[size]) for row in everyone} if size else {}
    totals = sampled.read(
        rows, indicators=["safe"], areas={"area": "area", "sites": "places"}, groups={"sex": "sex"},
        population=population,
    )  # fmt: skip
    return name, totals


@pytest.mark.parametrize(
    ("case", "domain"),
    [
        ("alle", {"area_set": "area"}),
        ("nord", {"area_set": "area", "area": "nord"}),
        ("park", {"area_set": "sites", "area": "park"}),
        ("nord.mand", {"area_set": "area", "area": "nord", "dimension": "sex", "category": "mand"}),
        ("svyby.nord", {"area_set": "area", "area": "nord"}),
        ("svyby.syd", {"area_set": "area", "area": "syd"}),
    ],
)
def test_shares(way, case, domain):
    name, totals = way

    found = sampled.share(estimate.shares(totals), "safe", **domain)

    # Dropping PSUs without a member of the domain, or without an answer, changes se and df.
    assert R[f"{name}.{case}.share"] == pytest.approx(found["share"], rel=1e-12)
    assert R[f"{name}.{case}.se"] == pytest.approx(found["se"], rel=1e-10)
    assert R.get(f"{name}.{case}.df", found["df"]) == found["df"]


@pytest.mark.parametrize(
    ("case", "domain"),
    [
        ("rest.nord", {"area_set": "area", "area": "nord"}),
        ("rest.park", {"area_set": "sites", "area": "park"}),
        ("rest.park.mand", {"area_set": "sites", "area": "park", "dimension": "sex", "category": "mand"}),
    ],
)
def test_area_against_the_rest(way, case, domain):
    name, totals = way

    found = sampled.share(contrasts.against_rest(totals, power=0.8), "safe", **domain)

    _equal(name, case, found)


@pytest.mark.parametrize(("case", "area"), [("sex", "alle"), ("sex.nord", "nord")])
def test_category_against_category(way, case, area):
    name, totals = way

    rows = contrasts.between_categories(totals, pairs=[("sex", "mand", "kvinde")], power=0.8)

    _equal(name, case, sampled.share(rows, "safe", area, area_set="area", dimension="sex", category="mand"))


def test_areas_that_overlap(way):
    # Treating overlapping areas as independent gives a standard error that is too large.
    name, totals = way
    at = totals.positions

    compared = contrasts.between(
        totals, [at["sites", "park", "alle", "alle"]], [at["sites", "havn", "alle", "alle"]], 0
    )
    found = contrasts.difference(compared)

    found = {"difference": found.gap[0], "se": found.se[0], "df": compared.df[0], "p": found.p[0]}
    _equal(name, "areas.park.havn", found)
    assert compared.covariance[0] != 0


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
def test_r_still_says_so(tmp_path):
    sample.write(tmp_path / "sample.csv")

    run = subprocess.run(
        ["Rscript", HERE / "survey.R", tmp_path / "sample.csv"], capture_output=True, text=True, check=False
    )
    if "there is no package called" in run.stderr:
        pytest.skip("needs R's package survey")

    assert run.returncode == 0, run.stderr
    assert parsed(run.stdout) == pytest.approx(R, rel=1e-11)


def _equal(name, case, found):
    for what, tolerance in (("difference", 1e-10), ("se", 1e-10), ("df", 0), ("p", 1e-9)):
        assert R[f"{name}.{case}.{what}"] == pytest.approx(found[what], rel=tolerance), what
