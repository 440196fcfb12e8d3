"""Tests of independence at the terminal, on the demo city."""

import csv
import io
import shutil
import subprocess

import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import rows


@pytest.mark.parametrize(
    "asked",
    [
        ("tryg_aften", "--by", "age"),
        ("tryg_aften", "bekymret_indbrud", "tryg_dag"),
        ("tryg_aften", "--by", "district,sex", "--wave", "2024,2025"),
    ],
)
def test_r_says_the_same(demo, tmp_path, asked):
    # The mistake guarded against: Pearson's X² on weighted counts, which grows with the weights.
    found = rows("associate", *asked, "--r", tmp_path / "again.R", cwd=demo)
    rscript = shutil.which("Rscript")
    known = rscript and subprocess.run([rscript, "-e", "library(survey)"], capture_output=True, check=False)
    if not known or known.returncode:
        pytest.skip("needs Rscript with package survey")
    done = subprocess.run([rscript, "again.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    again = list(csv.DictReader(io.StringIO(done.stdout)))

    assert len(again) == len(found)
    for one, other in zip(again, found, strict=True):
        assert float(one["value"]) == pytest.approx(other["f"], rel=1e-10)
        assert float(one["p"]) == pytest.approx(other["p"], rel=1e-8, abs=1e-14)
        assert int(one["n"]) == other["n"]


def test_a_table_of_two_by_two_is_about_the_difference_of_two_shares(demo):
    (table,) = rows("associate", "tryg_aften", "--by", "sex", cwd=demo)
    (pair,) = rows("compare", "tryg_aften", "--by", "sex", cwd=demo)

    assert table["f"] == pytest.approx((pair["difference"] / pair["se"]) ** 2, rel=0.05)
    assert (table["numerator_df"], table["denominator_df"]) == (pytest.approx(1), pytest.approx(pair["df"]))
    assert table["verdict"] == "associated"


def test_every_table_is_told_and_corrected_together(demo):
    found = rows("associate", "tryg_aften", "--by", "district,sex", cwd=demo)
    said = tryghed("associate", "tryg_aften", "--by", "district,sex", cwd=demo).stderr

    assert len(found) == 13
    smallest = min(found, key=lambda row: row["p"])
    assert smallest["p_adjusted"] == pytest.approx(13 * smallest["p"])
    assert "13 tables, each answer against sex; tests of independence at 5 %" in said
    assert "Rao and Scott" in said
    assert "Holm over 13" in said


def test_nothing_to_hold_against_is_told(demo):
    assert "nothing to hold it against" in tryghed("associate", "tryg_aften", cwd=demo, code=2).stderr


def test_a_table_without_a_test_has_no_verdict_of_one(demo):
    # Guards against "not shown", which says that something was looked for, where everybody answers alike.
    found = rows("associate", "tryg_dag", "--by", "udsatte_2025,sex", cwd=demo)

    untested = [row for row in found if row["f"] is None]
    assert untested
    assert {row["verdict"] for row in untested} == {"no test"}
    assert {row["p_adjusted"] for row in untested} == {1}
    assert "no test" not in {row["verdict"] for row in found if row["f"] is not None}
