"""Calibrated weights, and standard errors under them, equal R's package survey on a sample of our own."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sample as made
import sampled

from tryghed.definitions.calibration import Distance, Margin
from tryghed.statistics import auxiliaries, calibration
from tryghed.statistics.auxiliaries import Auxiliaries
from tryghed.statistics.sample import Sample, shares

HERE = Path(__file__).parent
ROWS = [row for row in made.rows() if row["wave"] == "2025"]
WEIGHTS = np.array([row["weight"] for row in ROWS])
N = 1.02 * WEIGHTS.sum()
SEX = Margin(("sex",), {("mand",): 0.6 * N, ("kvinde",): 0.4 * N})
AREA = Margin(("area",), {("syd",): 0.66 * N, ("nord",): 0.34 * N})
CROSSED = Margin(
    ("area", "sex"),
    {("nord", "mand"): 0.2 * N, ("syd", "kvinde"): 0.26 * N, ("syd", "mand"): 0.4 * N, ("nord", "kvinde"): 0.14 * N},
)


def parsed(text):
    pairs = (line.split(" = ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


R = parsed((HERE / "calibration.txt").read_text(encoding="utf-8"))


def known(*margins):
    return auxiliaries.join(pl.DataFrame({name: [row[name] for row in ROWS] for name in ("sex", "area")}), margins)


def measured():
    """Return men, women and a measurement, which makes nearly every respondent a cell of their own."""
    x = np.array([float(row["respondent"][1:]) % 7 + 1 for row in ROWS])
    men = np.array([float(row["sex"] == "mand") for row in ROWS])
    return Auxiliaries(
        (("sex", "kvinde"), ("sex", "mand"), ("x", "")), np.stack([1 - men, men, x], axis=1),
        np.array([0.4 * N, 0.6 * N, 4.05 * N]), np.arange(len(ROWS)),
    )  # fmt: skip


CASES = {
    "linear": (known(SEX, AREA), Distance(method="linear")),
    "raking": (known(SEX, AREA), Distance(method="raking")),
    "logit": (known(SEX, AREA), Distance(method="logit", bounds=[0.5, 1.8])),
    "bounded": (known(SEX, AREA), Distance(method="linear", bounds=[0.58, 1.8])),
    "measured": (measured(), Distance(method="linear")),
    "poststratified": (known(CROSSED), Distance(method="linear")),
}


def place_in_design(*, clustered):
    """Return the design as the real queries read it, and everybody's place in it."""
    people = [dict(row) if clustered else dict(row) | {"psu": None} for row in ROWS]
    size = {("2025", row["stratum"]): float(row["psus"]) for row in people} if clustered else {}
    design = sampled.read({"2025": people}, indicators=["safe"], population=size).design
    strata = {stratum: place for place, (_, stratum) in enumerate(design.strata)}
    names = [(row["stratum"], row["psu"] if clustered else row["respondent"]) for row in people]
    psus = {name: place for place, name in enumerate(sorted(set(names)))}
    return Sample(
        design, np.array([strata[row["stratum"]] for row in people]), np.array([psus[name] for name in names])
    )


@pytest.fixture(scope="module", params=["clusters", "people"])
def design(request):
    return request.param, place_in_design(clustered=request.param == "clusters")


@pytest.mark.parametrize("case", CASES)
def test_weights_and_standard_errors(design, case):
    way, at = design
    found = calibration.calibrate(WEIGHTS, *CASES[case])
    safe = np.array([np.nan if row["safe"] is None else row["safe"] for row in ROWS], dtype=float)
    nord = np.where([row["area"] == "nord" for row in ROWS], safe, np.nan)

    told = shares(found, at, np.stack([safe, nord], axis=1))

    close = {"rel": 1e-10}
    assert R[f"{way}.{case}.first"] == pytest.approx(found.weights[0], **close)
    assert R[f"{way}.{case}.squares"] == pytest.approx(found.weights @ found.weights, **close)
    assert R[f"{way}.{case}.least"] == pytest.approx(found.factors.min(), **close)
    assert R[f"{way}.{case}.most"] == pytest.approx(found.factors.max(), **close)
    for place, domain in enumerate(("alle", "nord")):
        assert R[f"{way}.{case}.{domain}.share"] == pytest.approx(told.share[place], **close)
        assert R[f"{way}.{case}.{domain}.se"] == pytest.approx(np.sqrt(told.variance[place]), **close)


def test_not_the_standard_error_of_rake():
    # rake() in R gives raking's weights with the standard error of the last step of its fitting.
    found = calibration.calibrate(WEIGHTS, *CASES["raking"])
    safe = np.array([np.nan if row["safe"] is None else row["safe"] for row in ROWS], dtype=float)

    se = np.sqrt(shares(found, place_in_design(clustered=True), safe[:, None]).variance[0])

    assert R["rake.squares"] == pytest.approx(found.weights @ found.weights, rel=1e-8)
    assert R["rake.alle.se"] != pytest.approx(se, rel=1e-3)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
def test_r_still_says_so(tmp_path):
    made.write(tmp_path / "sample.csv")

    run = subprocess.run(
        ["Rscript", HERE / "calibration.R", tmp_path / "sample.csv"], capture_output=True, text=True, check=False
    )
    if "there is no package called" in run.stderr:
        pytest.skip("needs R's package survey")

    assert run.returncode == 0, run.stderr
    assert parsed(run.stdout) == pytest.approx(R, rel=1e-11)
