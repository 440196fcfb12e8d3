"""Designs out of the ordinary equal R's survey: strata with one PSU, replicate weights, households, few shared PSUs."""

import csv
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest
import sample
import sampled

from tryghed.definitions.replicates import Replicates
from tryghed.delivery import rscript
from tryghed.errors import DesignError
from tryghed.statistics import combinations, contrasts, estimate, functionals, independence, moments
from tryghed.statistics.respondents import Domain

HERE = Path(__file__).parent
STRATEGIES = ("certainty", "remove", "adjust", "average")


def parsed(text):
    pairs = (line.split(" = ") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): float(value) for name, value in pairs}


R = parsed((HERE / "designs.txt").read_text(encoding="utf-8"))


def people():
    """Return the newer wave; places are the areas that overlap, part three domains in the first three PSUs."""
    rows = [dict(row) for row in sample.rows() if row["wave"] == "2025"]
    for place, row in enumerate(rows, start=1):
        row["places"] = row["sites"].split("+") if row["sites"] else None
        row["part"] = {"0": "ab", "1": "bc", "2": "ca"}.get(row["psu"], "dd")[place % 2]
    return rows


def read(rows, *, population=None, **options):
    sizes = {("2025", row["stratum"]): float(row[population]) for row in rows} if population else {}
    return sampled.read(
        {"2025": rows}, indicators=["safe"], areas={"area": "area", "sites": "places"},
        groups={"part": "part", "sex": "sex"}, population=sizes, **options,
    )  # fmt: skip


def expect_some(name, totals):
    """Compare what designs.R computes for every design: shares of three domains, two areas against the rest."""
    shares, against = estimate.shares(totals), contrasts.against_rest(totals, power=0.8)
    for case, area_set, area in (("alle", "area", "alle"), ("nord", "area", "nord"), ("park", "sites", "park")):
        equal(f"{name}.{case}", sampled.share(shares, "safe", area, area_set=area_set), ("share", "se", "df"))
    for area_set, area in (("area", "nord"), ("sites", "park")):
        equal(f"{name}.rest.{area}", sampled.share(against, "safe", area, area_set=area_set))


def equal(name, found, names=("difference", "se", "df", "p")):
    for what in names:
        tolerance = {"df": 0, "p": 1e-9}.get(what, 1e-10)
        assert R[f"{name}.{what}"] == pytest.approx(found[what], rel=tolerance), what


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("population", [None, "psus"])
def test_a_stratum_with_one_psu(strategy, population):
    rows = [row for row in people() if row["stratum"] != "B" or row["psu"] == "0"]
    totals = read(rows, population=population, lonely_psu=strategy)

    # "average" counts the strata of the domain, not those of the whole design; "adjust" holds z against zero.
    expect_some(f"{strategy}{'_fpc' if population else ''}", totals)


def test_without_a_strategy_the_stratum_is_named():
    rows = [row for row in people() if row["stratum"] != "B" or row["psu"] == "0"]

    with pytest.raises(DesignError, match=r"1 strata have one PSU.*2025/B \(1 of an unknown number\)") as refused:
        read(rows)
    assert "lonely_psu" in refused.value.hint


def test_more_than_two_domains_have_the_degrees_of_freedom_of_their_own_psus():
    # The sum of PSUs, or those of the whole sample, are too many: tests would be too sure of themselves.
    parts = [("area", "alle", "part", part) for part in "abc"]
    totals = read(people())

    known = moments.of(totals, parts, "safe")
    found, tested = combinations.contrast(known, (1, -0.5, -0.5)), independence.rao_scott(independence.table(known))

    equal("union", {"estimate": found.estimate, "se": found.se, "df": found.df}, ("estimate", "se", "df"))
    equal("union", {"f": tested.f, "ndf": tested.numerator_df, "ddf": tested.denominator_df, "p": tested.p},
          ("f", "ndf", "ddf", "p"))  # fmt: skip
    assert known.df < moments.of(totals, [("area", "alle", "alle", "alle")], "safe").df


def test_overlapping_areas_of_people_drawn_directly_count_everybody_once():
    rows = [row | {"psu": None, "places": [name for name, one in (("park", 2), ("havn", 3), ("skov", 5))
                                           if place % one == 0]} for place, row in enumerate(people())]  # fmt: skip
    areas = [("sites", one, "alle", "alle") for one in ("park", "havn", "skov")]

    known = moments.of(read(rows), areas, "safe")

    answered = [row for row in rows if row["places"] and row["safe"] is not None]
    assert known.df == len(answered) - len({row["stratum"] for row in answered})


def replicated(kind, *, mse):
    """Return the people who have replicate weights of a kind, and what the store knows of them."""
    weights = sample.replicate_weights(kind)
    rows = [row | {"replicate_weights": weights[row["respondent"]]} for row in people() if row["respondent"] in weights]
    count = len(rows[0]["replicate_weights"])
    rscales = [(m - 1) / m for m, _ in sample.STRATA.values() for _ in range(m)] if kind == "jkn" else []
    declared = Replicates(kind=kind, columns="rep_.*", rscales=rscales, rho=0.3 if kind == "fay" else None, mse=mse)
    return rows, (kind, declared.factors(count), mse)


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("kind", sample.KINDS)
def test_replicate_weights(kind, mse):
    rows, known = replicated(kind, mse=mse)
    totals = read(rows, replicates=known)
    name = f"{kind}{'_mse' if mse else ''}"

    # Strata and PSUs are in the rows too, and must not be what the variance is made of.
    expect_some(name, totals)
    by_sex = moments.of(totals, [("area", "nord", "sex", sex) for sex in ("kvinde", "mand")], "safe")
    assert combinations.contrast(by_sex, (0.5, -1)).se == pytest.approx(R[f"{name}.contrast.se"], rel=1e-10)


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("kind", sample.KINDS)
def test_independence_under_replicate_weights(kind, mse):
    # Guards against shares linearised from replicated sums: R replicates the shares, whose covariance is another.
    rows, known = replicated(kind, mse=mse)
    totals = read(rows, replicates=known)
    name = f"{kind}{'_mse' if mse else ''}"

    def table(dimension, categories):
        domains = [("area", "alle", dimension, one) for one in categories]
        return independence.table(moments.of(totals, domains, "safe"))

    tested = independence.rao_scott(table("part", "abcd"))
    wald = independence.adjusted_wald(table("sex", ("kvinde", "mand")))

    equal(f"{name}.f", {"f": tested.f, "ndf": tested.numerator_df, "ddf": tested.denominator_df, "p": tested.p},
          ("f", "ndf", "ddf", "p"))  # fmt: skip
    # The adjusted Wald test is of the sums, and R takes them under each replicate.
    equal(f"{name}.wald", {"f": wald.f, "p": wald.p}, ("f", "p"))


def test_shares_of_a_table_of_pooled_waves_add_up_under_every_replicate():
    rows, known = replicated("jk1", mse=False)
    pooled = {"2024": [row | {"respondent": f"again {row['respondent']}"} for row in rows], "2025": rows}
    totals = sampled.read(pooled, indicators=["safe"], groups={"sex": "sex"}, replicates=known)
    of = [("places", "alle", "sex", sex) for sex in ("kvinde", "mand")]

    found = independence.table(moments.of(totals, of, "safe"))

    # Parts of a whole: what one gains under a replicate the others lose.
    assert found.share_covariance.sum(axis=0) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("kind", sample.KINDS)
def test_statistics_of_answers_under_replicate_weights(kind, mse):
    rows, known = replicated(kind, mse=mse)
    for row in rows:
        cents = round(row["weight"] * 10000)
        row |= {"cents": cents % 7 + 1 if row["safe"] is not None else None, "cars": cents % 4 + 1,
                "spread": cents % 97 + 1 if row["safe"] is not None else None}  # fmt: skip

    def points(value, other=None):
        return sampled.points({"2025": rows}, value, other, items=("cents", "cars", "spread"), replicates=known)

    name = f"{kind}{'_mse' if mse else ''}"
    for what in ("mean", "total", "ratio"):
        of = points("cents", "cars" if what == "ratio" else None)
        found = functionals.estimate(of, getattr(functionals, what)(of))
        equal(f"{name}.{what}", {"estimate": found.estimate[0], "se": found.se[0]}, ("estimate", "se"))
    median = functionals.quantile(points("cents"), 0.5)
    equal(f"{name}.quantile", vars(median), ("estimate", "lower", "upper", "se"))
    # Far from the middle the interval on the logit scale and that of the plain share take other steps.
    high = functionals.quantile(points("spread"), 0.9)
    equal(f"{name}.high", vars(high), ("estimate", "lower", "upper", "se"))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
@pytest.mark.parametrize("kind", sample.KINDS)
def test_the_script_recomputes_quantiles_under_replicate_weights(kind, tmp_path):
    # svyquantile ignores interval.type there: its interval is that of the plain share, and none near 0 and 1.
    rows, known = replicated(kind, mse=False)
    spread = [round(row["weight"] * 10000) % 97 + 1 for row in rows]
    points = sampled.points({"2025": [row | {"spread": one} for row, one in zip(rows, spread, strict=True)]}, "spread",
                            items=("spread",), replicates=known)  # fmt: skip
    plain = {"wave": "2025", "stratum": "1", "psu": None, "size": None, "lonely_psu": "fail", "factors": known[1],
             "mse": False, "calibration": None, "known": [], "areas": ";alle;", "categories": ";alle;"}  # fmt: skip
    delivered = [
        plain | {"weight": row["weight"], "delivered": row["weight"], "replicates": row["replicate_weights"],
                 "y_spread": one}
        for row, one in zip(rows, spread, strict=True)
    ]  # fmt: skip
    ats = (0.1, 0.5, 0.9, 0.99)
    lines = [
        rscript.Line(str(at), "spread", Domain(("2025",)),
                     measure=rscript.Measure("quantile", (rscript.Variable("spread", (), outside=True),), at))
        for at in ats
    ]  # fmt: skip
    rscript.write(pl.DataFrame(delivered, infer_schema_length=None), lines, tmp_path / "again.R",
                  calibrations=[])  # fmt: skip

    again = list(csv.DictReader(run("again.R", cwd=tmp_path).splitlines()))

    assert len(again) == len(ats)
    for at, row in zip(ats, again, strict=True):
        found = functionals.quantile(points, at)
        assert float(row["value"]) == found.estimate
        told = float("nan" if row["se"] == "NA" else row["se"])  # nothing is above the largest answer
        assert told == pytest.approx(found.se, rel=1e-10, nan_ok=True), at


def test_a_stratum_with_one_psu_does_not_matter_where_replicate_weights_are_delivered():
    rows, known = replicated("jk1", mse=False)
    few = [row for row in rows if row["stratum"] != "B" or row["psu"] == "0"]

    assert sampled.share(estimate.shares(read(few, replicates=known)), "safe", area_set="area")["se"] > 0


def test_a_wave_against_another_adds_variances_of_either_kind():
    rows, known = replicated("jkn", mse=False)
    before = [dict(row) for row in sample.rows() if row["wave"] == "2024"]
    after = sampled.read({"2025": rows}, indicators=["safe"], replicates=known)
    earlier = sampled.read({"2024": before}, indicators=["safe"])

    found = sampled.share(contrasts.against_wave(after, earlier, power=0.8), "safe")
    one, other = (sampled.share(estimate.shares(of), "safe") for of in (after, earlier))

    assert found["se"] == pytest.approx((one["se"] ** 2 + other["se"] ** 2) ** 0.5, rel=1e-12)
    assert found["df"] == one["df"] + other["df"]


def test_pooled_waves_with_replicate_weights_are_independent():
    rows, known = replicated("bootstrap", mse=False)
    again = [row | {"respondent": f"again {row['respondent']}"} for row in rows]

    both = sampled.share(estimate.shares(sampled.read({"2024": again, "2025": rows}, indicators=["safe"],
                                                      replicates=known)), "safe")  # fmt: skip
    one = sampled.share(estimate.shares(sampled.read({"2025": rows}, indicators=["safe"], replicates=known)), "safe")

    # Twice the same sample, taken as two: the share is the same, its variance near half, df twice as many.
    assert both["share"] == pytest.approx(one["share"], rel=1e-12)
    assert both["se"] == pytest.approx(one["se"] / 2**0.5, rel=0.02)
    assert both["df"] == 2 * one["df"]


@pytest.mark.parametrize("psu", [None, "psu"])
def test_households(psu):
    rows = people()
    for place, row in enumerate(rows):
        row["psu"] = row["psu"] if psu else f"{row['psu']}-{place // 2}"

    # People of one household answer alike: as PSUs of their own the standard error is too small.
    expect_some("household_in_psu" if psu else "household", read(rows))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with package survey")
def test_r_still_says_so(tmp_path):
    sample.write(tmp_path / "sample.csv")
    sample.write_replicates(tmp_path)

    assert parsed(run(HERE / "designs.R", tmp_path / "sample.csv")) == pytest.approx(R, rel=1e-11)


def run(*arguments, cwd=None):
    """Return what an R script prints; the test is skipped where R lacks the package."""
    done = subprocess.run(["Rscript", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    if "there is no package called" in done.stderr:
        pytest.skip("needs R's package survey")
    assert done.returncode == 0, done.stderr
    return done.stdout
