"""Published surveys, read from the files beside the repository: the numbers of their own documentation and of R."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest
import sampled

from tryghed.statistics import contrasts, estimate

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")


@pytest.fixture(scope="module")
def nhanes():
    """Obesity (BMI of 30 or more) of adults; children, the unmeasured and weight 0 are in no base but in the design."""
    demo, body = (
        pyreadstat.read_xport(str(DATA / "nhanes" / name), output_format="polars")[0]
        for name in ("P_DEMO.xpt", "P_BMX.xpt")
    )
    rows = demo.join(body.select("SEQN", "BMXBMI"), on="SEQN", how="left").with_columns(
        obese=pl.when((pl.col("RIDAGEYR") >= 20) & (pl.col("WTMECPRP") > 0)).then(pl.col("BMXBMI") >= 30).cast(pl.Int8)
    )
    people = [
        {"respondent": str(int(row["SEQN"])), "weight": round(row["WTMECPRP"], 9), "obese": row["obese"],
         "stratum": str(int(row["SDMVSTRA"])), "psu": str(int(row["SDMVPSU"])),
         "sex": {1: "mand", 2: "kvinde"}[row["RIAGENDR"]], "origin": str(int(row["RIDRETH3"]))}
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    return sampled.read({"2017-2020": people}, indicators=["obese"], areas={"origin": "origin"}, groups={"sex": "sex"})


@pytest.fixture(scope="module")
def csew():
    """Safe walking alone after dark, asked of a quarter of the sample only: the others are null, not refusals."""
    rows, _ = pyreadstat.read_sav(
        str(DATA / "csew/crime-survey-csew1314teachingopen.sav"), output_format="polars", user_missing=True
    )
    people = [
        {"respondent": str(row["rowlabel"]), "weight": round(row["IndivWgtx"], 9), "stratum": "1", "psu": None,
         "safe": {1: 1, 2: 1, 3: 0, 4: 0}.get(row["walkdark"]), "place": {1: "urban", 2: "rural"}[row["rural2"]],
         "sex": {1: "mand", 2: "kvinde"}[row["sex"]]}
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    return sampled.read({"2013": people}, indicators=["safe"], areas={"place": "place"}, groups={"sex": "sex"})


def test_nhanes_obesity(nhanes):
    found = sampled.share(estimate.shares(nhanes), "obese", area_set="origin")

    # PSU numbers start again in every stratum: counted without their stratum, df and se are wrong.
    assert (found["n"], found["df"]) == (8381, 25)
    assert (round(found["share"], 6), round(found["se"], 6)) == (0.419558, 0.011519)


@pytest.mark.parametrize(("sex", "share"), [("mand", 0.415837), ("kvinde", 0.423000)])
def test_nhanes_by_sex(nhanes, sex, share):
    found = sampled.share(estimate.shares(nhanes), "obese", area_set="origin", dimension="sex", category=sex)

    assert round(found["share"], 6) == share


def test_nhanes_by_origin(nhanes):
    rows = estimate.shares(nhanes)
    found = [sampled.share(rows, "obese", origin, area_set="origin")["share"] for origin in "123467"]

    assert [round(share, 6) for share in found] == [0.502885, 0.403199, 0.415841, 0.497411, 0.161408, 0.502939]


def test_csew_safe_after_dark(csew):
    found = sampled.share(estimate.shares(csew, interval="logit"), "safe", area_set="place")

    assert found["n"] == 2057
    assert (round(found["share"], 6), round(found["se"], 4)) == (0.712847, 0.0118)
    assert (round(found["lower"], 4), round(found["upper"], 4)) == (0.6892, 0.7353)


def test_csew_urban_against_rural(csew):
    rows = contrasts.against_rest(csew, power=0.8)
    urban = sampled.share(rows, "safe", "urban", area_set="place")
    rural = sampled.share(rows, "safe", "rural", area_set="place")

    # Two areas that share the whole sample: each is the other's rest.
    assert (round(urban["other_share"], 6), urban["other_n"]) == (0.835681, 472)
    assert round(rural["other_share"], 6) == 0.683395
    assert urban["difference"] == pytest.approx(-rural["difference"], rel=1e-12)
    assert urban["se"] == pytest.approx(rural["se"], rel=1e-12)
