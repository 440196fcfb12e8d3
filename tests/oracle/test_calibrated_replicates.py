"""Replicate weights calibrated one by one have R's standard errors, and a replicate out of reach is named."""

import shutil
import subprocess

import numpy as np
import polars as pl
import pytest
import sample as made

from tryghed.definitions.calibration import Distance, Margin
from tryghed.errors import DesignError
from tryghed.statistics import adopting, auxiliaries
from tryghed.statistics.replication import Replication
from tryghed.statistics.sample import replicated

ROWS = [row for row in made.rows() if row["wave"] == "2025" and row["weight"] > 0]
WEIGHTS = np.array([row["weight"] for row in ROWS])
N = 1.02 * WEIGHTS.sum()
MARGINS = (
    Margin(("sex",), {("mand",): 0.6 * N, ("kvinde",): 0.4 * N}),
    Margin(("area",), {("syd",): 0.66 * N, ("nord",): 0.34 * N}),
)
SAFE = np.array([np.nan if row["safe"] is None else row["safe"] for row in ROWS], dtype=float)
R_SCRIPT = """
suppressMessages(library(survey))
rows <- read.csv("rows.csv", stringsAsFactors = TRUE)
design <- svrepdesign(data = rows, weights = ~weight, repweights = "^rep_", type = "other", scale = 1,
                      rscales = rep(FACTOR, 15), mse = FALSE)
N <- TOTAL
made <- calibrate(design, ~sex + area, c(`(Intercept)` = N, sexmand = 0.6 * N, areasyd = 0.66 * N), calfun = "raking",
                  compress = FALSE, epsilon = 1e-12, maxit = 200)
for (one in list(svymean(~safe, made, na.rm = TRUE), svymean(~safe, design, na.rm = TRUE)))
  cat(sprintf("%.15g %.15g\\n", coef(one), SE(one)))
"""


def known():
    return auxiliaries.join(pl.DataFrame({name: [row[name] for row in ROWS] for name in ("sex", "area")}), MARGINS)


def replicates():
    weights = made.replicate_weights("jk1")
    return np.array([weights[row["respondent"]] for row in ROWS])


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
def test_standard_errors_equal_r(tmp_path):
    own = replicates()
    factor = 14 / 15
    fitted = adopting.fit(WEIGHTS, known(), MARGINS, Distance(method="raking"), own)
    replication = Replication(("2025",), ("jk1",), np.full(15, factor), np.zeros(15, dtype=np.int64), (False,))
    share = fitted.calibrated.weights @ np.nan_to_num(SAFE) / fitted.calibrated.weights[np.isfinite(SAFE)].sum()
    (variance,) = replicated(replication, fitted.replicates, SAFE[:, None], np.array([share]))

    columns = {name: [row[name] for row in ROWS] for name in ("sex", "area", "safe", "weight")}
    columns |= {f"rep_{place}": column for place, column in enumerate(own.T)}
    pl.DataFrame(columns).write_csv(tmp_path / "rows.csv", null_value="NA")
    script = R_SCRIPT.replace("FACTOR", repr(factor)).replace("TOTAL", repr(float(N)))
    (tmp_path / "script.R").write_text(script, encoding="utf-8")
    run = subprocess.run(["Rscript", "script.R"], cwd=tmp_path, capture_output=True, text=True, check=False)
    if "there is no package called" in run.stderr:
        pytest.skip("needs R's package survey")
    assert run.returncode == 0, run.stderr
    calibrated, plain = (tuple(map(float, line.split())) for line in run.stdout.splitlines())

    assert share == pytest.approx(calibrated[0], rel=1e-10)
    assert np.sqrt(variance) == pytest.approx(calibrated[1], rel=1e-9)
    # Guards against replicates that are left as delivered beside calibrated weights.
    assert np.sqrt(variance) != pytest.approx(plain[1], rel=1e-3)


def test_every_replicate_meets_the_margins():
    fitted = adopting.fit(WEIGHTS, known(), MARGINS, Distance(method="raking"), replicates())

    men = np.array([row["sex"] == "mand" for row in ROWS])
    assert fitted.replicates[men].sum(axis=0) == pytest.approx(np.full(15, 0.6 * N), rel=1e-9)
    assert (fitted.replicates[replicates() == 0] == 0).all()


def test_a_replicate_out_of_reach_is_named():
    own = replicates()
    own[[row["area"] == "nord" for row in ROWS], 4] = 0.0

    with pytest.raises(DesignError, match=r"replicate 5 cannot be calibrated: no weights meet the margins"):
        adopting.fit(WEIGHTS, known(), MARGINS, Distance(method="raking"), own)
