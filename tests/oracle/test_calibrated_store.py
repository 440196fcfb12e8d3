"""Estimates of a wave whose definition has its weights calibrated equal R's package survey, through the command."""

import json
import re
import shutil
import subprocess

import numpy as np
import polars as pl
import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import run_in_r
from tryghed.definitions import project
from tryghed.definitions.survey import MISSING_CODES
from tryghed.demo.build import build
from tryghed.store import query
from tryghed.store.reader import open_reader

SURVEY, WAVE, Y = "sundhed", "2021", "svaer_overvaegt"
ITEMS = ("bmi", "stress", "health_rated")
MISSING = sorted(map(float, MISSING_CODES.values()))
MARGINS = """
[design.calibration]
estimates = {estimates}
method = "{method}"
{bounds}
[[design.calibration.margins]]
file = "surveys/sundhed/margins.csv"
by = ["bydele_10"]
[[design.calibration.margins]]
file = "surveys/sundhed/margins.csv"
by = ["sex", "age"]
"""
R_SCRIPT = """
suppressMessages(library(survey))
rows <- read.csv("rows.csv", colClasses = c(stratum = "character"), stringsAsFactors = TRUE)
known <- read.csv("margins.csv", sep = ";", stringsAsFactors = TRUE)
rows$district <- factor(rows$district); known$bydele_10 <- factor(known$bydele_10)
design <- svydesign(ids = ~1, strata = ~stratum, weights = ~delivered, fpc = ~size, data = rows)
districts <- xtabs(population ~ bydele_10, known)
kinds <- xtabs(population ~ interaction(sex, age), known)
rows$kind <- interaction(rows$sex, rows$age); design <- update(design, kind = interaction(sex, age))
T <- c(sum(known$population), districts[levels(rows$district)][-1], kinds[levels(rows$kind)][-1])
names(T) <- colnames(model.matrix(~district + kind, rows))
made <- calibrate(design, ~district + kind, T, calfun = "METHOD"BOUNDS, epsilon = 1e-12, maxit = 200)
part <- update(subset(made, !is.na(y)), y = ifelse(is.na(y), 0, y))  # rows outside the domain stay in the design
show <- function(name, value) cat(sprintf("%s = %.15g\\n", name, value))
one <- svymean(~y, part); show("alle.share", coef(one)); show("alle.se", SE(one))
by <- svyby(~y, ~district, part, svymean)
for (i in seq_len(nrow(by))) {
  show(paste0(by$district[i], ".share"), by$y[i]); show(paste0(by$district[i], ".se"), by$se[i])
}
w <- weights(made); y <- ifelse(is.na(rows$y), 0, rows$y)
side <- function(inside) { p <- sum((w * y)[inside]) / sum(w[inside]); list(p, inside * (y - p) / sum(w[inside])) }
valby <- side(rows$district == "5" & !is.na(rows$y)); rest <- side(rows$district != "5" & !is.na(rows$y))
show("5.rest", valby[[1]] - rest[[1]])
show("5.rest.se", SE(svytotal(~u, update(made, u = valby[[2]] - rest[[2]]))))
answering <- function(...) {  # rows outside the domain stay in the design
  there <- Reduce(`&`, lapply(c(...), function(item) !is.na(rows[[item]])))
  part <- subset(made, there)
  for (item in c(...)) part$variables[[item]][is.na(part$variables[[item]])] <- 0
  part
}
one <- svymean(~bmi, answering("bmi")); show("mean", coef(one)); show("mean.se", SE(one))
one <- svytotal(~stress, subset(answering("stress"), district == "5"))
show("total", coef(one)); show("total.se", SE(one))
one <- svyratio(~bmi, ~stress, answering("bmi", "stress")); show("ratio", coef(one)); show("ratio.se", SE(one))
one <- svyquantile(~stress, answering("stress"), 0.5, qrule = "math", interval.type = "xlogit")
show("quantile", coef(one)); show("quantile.se", SE(one))
rated <- answering("health_rated"); rated$variables$fair <- as.numeric(rated$variables$health_rated == 4)
one <- svymean(~fair, rated); show("answer", coef(one)); show("answer.se", SE(one))
wave <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~size, data = cbind(rows, w = w))
show("wrong.se", SE(svymean(~y, subset(wave, !is.na(y)))))
show("wrong.total.se", SE(svytotal(~stress, subset(wave, !is.na(stress) & district == "5"))))
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrated") / "city"
    build(folder)
    tryghed("ingest", f"{SURVEY}/{WAVE}", "-q", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def delivered(city):
    """Return the respondents under the weights as delivered, and a population that differs from what they show."""
    with open_reader(city, SURVEY) as reader:
        shelf = query.Shelf(project.load(city).queries)
        people = reader.run(shelf["weights/respondents"], wave=WAVE)
        variables = ["bydele_10", "sex", "age"]
        placed = reader.run(shelf["weights/categories"], wave=WAVE, variables=variables)
        scores = reader.run(shelf["weights/scores"], wave=WAVE, pattern=f"^({Y})$")
        sizes = reader.run(shelf["estimate/strata"], waves=[WAVE]).select("stratum", "size")
        wanted = {"waves": [WAVE], "area_set": "bydele_10", "dimension": "alle", "pattern": f"^({'|'.join(ITEMS)})$"}
        answers = reader.run(shelf["estimate/respondent_rows"], **wanted)
    given = answers.select("person", *(pl.col(f"y_{one}").replace(MISSING, None).alias(one) for one in ITEMS))
    people = people.sort("respondent").with_columns(person=pl.int_range(1, pl.len() + 1)).join(given, on="person")
    rows = people.join(placed.pivot("variable", index="respondent", values="category"), on="respondent")
    rows = rows.join(scores, on="respondent").join(sizes, on="stratum")
    cells = rows.group_by(variables).agg(pl.col("weight").cast(pl.Float64).sum().alias("population")).sort(variables)
    tilt = pl.int_range(pl.len()).mod(7) / 40 + 0.93
    cells.with_columns((pl.col("population") * tilt).round(3)).write_csv(
        city / "surveys" / SURVEY / "margins.csv", separator=";"
    )
    return rows.select(
        "stratum", "size", "sex", "age", *ITEMS, district="bydele_10", delivered="weight", y=f"score_{Y}"
    )  # fmt: skip


def declare(city, method, bounds="", estimates="true", extra=()):
    definition = city / "surveys" / SURVEY / f"{WAVE}.toml"
    before = definition.read_text(encoding="utf-8").split("\n[design.calibration]")[0]
    margins = MARGINS.format(method=method, bounds=bounds, estimates=estimates)
    by = ", ".join(f'"{one}"' for one in extra)
    margins += f'[[design.calibration.margins]]\nfile = "surveys/{SURVEY}/margins.csv"\nby = [{by}]\n' if extra else ""
    definition.write_text(before + margins, encoding="utf-8")
    tryghed("ingest", f"{SURVEY}/{WAVE}", "-q", cwd=city)


def answer(city, *asked):
    return json.loads(tryghed(*asked, "--survey", SURVEY, "--format", "json", cwd=city).stdout)


def measured(city):
    """Return estimate and standard error of a number of each kind."""
    asked = {
        "mean": ("mean", "bmi"), "total": ("total", "stress", "--where", "bydele_10=5", "--by", "bydele_10"),
        "ratio": ("ratio", "bmi/stress"), "quantile": ("quantile", "stress"), "answer": ("share", "health_rated"),
    }  # fmt: skip
    rows = {kind: answer(city, *one)["rows"] for kind, one in asked.items()}
    chosen = {
        kind: next(one for one in found if one.get("answer") in (None, "Mindre godt")) for kind, found in rows.items()
    }
    return {kind: (row["share" if kind == "answer" else kind], row["se"]) for kind, row in chosen.items()}


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
@pytest.mark.parametrize(
    ("method", "bounds"), [("linear", ""), ("raking", ""), ("logit", "bounds = [0.7, 1.4]")], ids=lambda one: one[:6]
)
def test_shares_and_differences_equal_r(city, delivered, tmp_path, method, bounds):
    declare(city, method, bounds)
    everybody = answer(city, "share", Y)
    codes = {one.name: code for code, one in project.load(city).area_sets["bydele_10"].areas.items()}
    by = {codes[row["bydele_10"]]: row for row in answer(city, "share", Y, "--by", "bydele_10")["rows"]}
    rest = {codes[row["bydele_10"]]: row for row in answer(city, "compare", Y, "--by", "bydele_10")["rows"]}

    r = from_r(delivered, city, tmp_path, method, ", bounds = c(0.7, 1.4)" if bounds else "")

    close = {"rel": 1e-10}
    found = everybody["rows"][0]
    assert found["share"] == pytest.approx(r["alle.share"], **close)
    assert found["se"] == pytest.approx(r["alle.se"], **close)
    for area in map(str, range(1, 11)):
        assert by[area]["share"] == pytest.approx(r[f"{area}.share"], **close)
        assert by[area]["se"] == pytest.approx(r[f"{area}.se"], **close)
    assert rest["5"]["difference"] == pytest.approx(r["5.rest"], **close)
    assert rest["5"]["se"] == pytest.approx(r["5.rest.se"], **close)
    for kind, row in measured(city).items():
        assert row[0] == pytest.approx(r[kind], **close), kind
        assert row[1] == pytest.approx(r[f"{kind}.se"], rel=1e-9 if kind == "quantile" else 1e-10), kind
    # Guards against calibrated weights that are taken for the design's: the standard error is too large then.
    assert r["wrong.total.se"] > 1.1 * r["total.se"]
    assert r["wrong.se"] > 1.002 * found["se"]
    assert f"weights calibrated here ({WAVE} by {method} to bydele_10, sex*age)" in everybody["source"]["method"]


def test_the_standard_error_is_that_of_residuals(city, delivered):
    # Without R: Särndal, Swensson & Wretman 1992, section 6.6, by hand from the rows of the store.
    declare(city, "linear")
    with open_reader(city, SURVEY) as reader:
        wanted = {"waves": [WAVE], "area_sets": ["bydele_10"], "dimensions": ["sex*age"], "pattern": f"^({Y})$"}
        rows = reader.run(query.Shelf(project.load(city).queries)["estimate/member_rows"], **wanted)
    names = sorted({one for known in rows["known"] for one in known})
    x = np.array([[one in known for one in names] for known in rows["known"]], dtype=float)
    d, w, y = (rows[one].cast(pl.Float64).to_numpy() for one in ("delivered", "weight", f"y_{Y}"))
    sizes = dict(delivered.select("stratum", "size").unique().iter_rows())

    valby = next(one for one in answer(city, "share", Y, "--by", "bydele_10")["rows"] if one["bydele_10"] == "Valby")
    for area, row in ((None, answer(city, "share", Y)["rows"][0]), ("5", valby)):
        inside = np.array([area is None or area in [place["area"] for place in one] for one in rows["places"]])
        base = inside & ~np.isnan(y)
        share = (w * base * np.nan_to_num(y)).sum() / (w * base).sum()
        z = base * (np.nan_to_num(y) - share) / (w * base).sum()
        root = np.sqrt(d)[:, None]
        fitted = x @ np.linalg.lstsq(root * x, root[:, 0] * z, rcond=None)[0]
        variance = 0.0
        for stratum in rows["stratum"].unique():
            e = (w * (z - fitted))[rows["stratum"].to_numpy() == stratum]
            variance += (1 - len(e) / sizes[stratum]) * len(e) / (len(e) - 1) * ((e - e.mean()) ** 2).sum()

        assert row["share"] == pytest.approx(share, rel=1e-10)
        assert row["se"] == pytest.approx(variance**0.5, rel=1e-9)


@pytest.mark.usefixtures("delivered")
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (("share", Y, "--by", "bydele_10"), "share"),
        (("share", Y, "--by", "bydele_10", "--standardise", "age"), "share"),
        (("share", Y, "--wave", "2017,2021"), "share"),
        (("compare", Y, "--by", "bydele_10"), "difference"),
        (("compare", Y, "--by", "bydele_10", "--since", "2017"), "difference"),
        (("compare", Y, "--by", "bydele_10", "--since", "2017", "--changes"), "difference"),
        (("trend", Y, "--by", "sex"), "slope"),
        (("associate", Y, "--by", "bydele_10,sex"), "f"),
        (("mean", "bmi", "--by", "bydele_10"), "mean"),
        (("total", "stress", "--by", "sex"), "total"),
        (("ratio", "bmi/stress", "--by", "sex"), "ratio"),
        (("quantile", "stress", "--by", "sex"), "quantile"),
        (("share", "health_rated", "--by", "sex"), "share"),
    ],
    ids=lambda one: "-".join(one).replace("--", "") if isinstance(one, tuple) else None,
)
def test_the_script_calibrates_anew_and_r_has_the_same_numbers(city, tmp_path, asked, what):
    # Guards against a script that takes calibrated weights for the design's (standard errors too large), and against
    # margins that follow from each other, of which R's calibrate has no solution.
    declare(city, "logit", "bounds = [0.7, 1.4]", extra=("sex", "bydele_10"))
    tryghed("ingest", SURVEY, "-q", cwd=city)
    script = tmp_path / "again.R"

    found = [row for row in answer(city, *asked, "--r", script)["rows"] if row[what] is not None]
    again = run_in_r(script)[: len(found)]

    assert "calibrate(design" in script.read_text(encoding="utf-8")
    for one, row in zip(again, found, strict=True):
        assert float(one["value"]) == pytest.approx(row[what], rel=1e-9)
        if row.get("se") is not None:
            assert float(one["se"]) == pytest.approx(row["se"], rel=1e-9)
        if "n" in row and what in ("share", "mean", "total", "ratio", "quantile"):
            assert int(one["n"]) == row["n"]


@pytest.mark.usefixtures("delivered")
def test_a_script_never_calibrates_by_a_definition_that_has_changed(city, tmp_path):
    # Guards against other weights than the store's behind the same numbers.
    declare(city, "linear")
    definition = city / "surveys" / SURVEY / f"{WAVE}.toml"
    before = definition.read_text(encoding="utf-8")
    asked = ("share", Y, "--survey", SURVEY, "--r", tmp_path / "again.R")

    definition.write_text(before.replace("estimates = true", "estimates = false"), encoding="utf-8")
    refused = tryghed(*asked, cwd=city, code=4).stderr
    definition.write_text(before.replace("linear", "raking"), encoding="utf-8")
    assert "by a definition that has changed since" in tryghed(*asked, cwd=city, code=4).stderr
    definition.write_text(before, encoding="utf-8")
    margins = city / "surveys" / SURVEY / "margins.csv"
    counted = margins.read_text(encoding="utf-8")
    margins.write_text(re.sub(r"\d+\.\d+\n", "5000.0\n", counted, count=1), encoding="utf-8")
    tryghed(*asked, cwd=city)
    margins.write_text(counted, encoding="utf-8")

    assert f"weights of wave {WAVE} were calibrated here, by a definition that has changed since" in refused
    assert f"tryghed ingest {SURVEY}/{WAVE}" in refused
    if shutil.which("Rscript"):
        run = subprocess.run(["Rscript", "again.R"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.returncode != 0
        assert f"R's weights of wave {WAVE} are not those of the store" in run.stderr


def from_r(rows, city, folder, method, bounds):
    rows.write_csv(folder / "rows.csv", null_value="NA")
    shutil.copy(city / "surveys" / SURVEY / "margins.csv", folder)
    script = R_SCRIPT.replace("METHOD", method).replace("BOUNDS", bounds)
    (folder / "script.R").write_text(script, encoding="utf-8")
    run = subprocess.run(["Rscript", "script.R"], cwd=folder, capture_output=True, text=True, check=False)
    if "there is no package called" in run.stderr:
        pytest.skip("needs R's package survey")
    assert run.returncode == 0, run.stderr
    return {name: float(value) for name, value in (line.split(" = ") for line in run.stdout.splitlines())}
