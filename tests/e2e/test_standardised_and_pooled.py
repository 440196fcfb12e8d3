"""Standardised shares, rolling waves and corrections at the terminal, on the demo city."""

import json

import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import assert_r_agrees, rows


def test_shares_are_standardised_to_the_city(demo):
    found = rows("share", "tryg_aften", "--by", "district", "--standardise", "age", cwd=demo)
    plain = {row["survey_districts_13"]: row for row in rows("share", "tryg_aften", "--by", "district", cwd=demo)}
    sql = "select category, sum(weight)::double as w from score join \"grouping\" using (wave, respondent) \
           where wave = '2025' and dimension = 'age' group by category"
    city = {row["category"]: row["w"] for row in rows_of_sql(sql, demo)}
    said = tryghed("share", "tryg_aften", "--by", "district", "--standardise", "age", cwd=demo).stderr

    for row in found:
        assert row["unadjusted"] == pytest.approx(plain[row["survey_districts_13"]]["share"], rel=1e-12)
        assert row["difference"] == pytest.approx(row["share"] - row["unadjusted"], abs=1e-15)
        assert row["lower"] < row["share"] < row["upper"]
    part = 100 * city["18_24"] / sum(city.values())
    assert f"(18–24 år {part:.1f} %, " in said
    assert "standardised for age to the city of wave 2025" in said


def test_the_city_standardised_to_itself_is_the_city_by_ages(demo):
    # Σ c p over the ages of the city, c their parts of everybody: what SQL says of the ages.
    (found,) = rows("share", "tryg_aften", "--standardise", "age", cwd=demo)
    ages = "select category, sum(weight)::double as w, sum(case when tryg_aften = 1 then weight end)::double / \
            sum(case when tryg_aften is not null then weight end)::double as p from score join \"grouping\" \
            using (wave, respondent) where wave = '2025' and dimension = 'age' group by category"

    known = rows_of_sql(ages, demo)
    assert found["share"] == pytest.approx(sum(r["w"] * r["p"] for r in known) / sum(r["w"] for r in known), rel=1e-12)


def test_an_area_without_an_age_has_no_standardised_share_and_says_which(demo):
    found = rows("share", "tryg_aften", "--by", "udsatte_2025", "--standardise", "age", cwd=demo)
    without = [row for row in found if row["share"] is None]

    assert without
    assert all("nobody in " in row["flags"] and " år" in row["flags"] for row in without)


@pytest.mark.parametrize("asked", [("--standardise", "age"), ("--standardise", "age,sex"), ("--pool", "2")])
def test_r_recomputes_them(demo, tmp_path, asked):
    script = tmp_path / "again.R"
    found = rows("share", "tryg_aften", "--by", "district", *asked, "--r", script, cwd=demo)

    assert_r_agrees(script, found, "share")


def test_runs_of_waves_are_pooled_shares_of_comparable_waves(demo):
    found = rows("share", "tryg_aften", "--by", "sex", "--pool", "2", cwd=demo)
    pooled = rows("share", "tryg_aften", "--by", "sex", "--wave", "2024,2025", cwd=demo)

    # 2021 and before lie behind a break.
    assert [row["wave"] for row in found] == ["2022+2023", "2023+2024", "2024+2025"] * 2
    newest = [row for row in found if row["wave"] == "2024+2025"]
    assert [(row["sex"], row["share"], row["se"]) for row in newest] == [
        (row["sex"], row["share"], row["se"]) for row in pooled
    ]


def test_more_waves_than_are_comparable_are_refused(demo):
    assert "5 waves taken together, of 4 comparable ones" in tryghed(
        "share", "tryg_aften", "--pool", "5", cwd=demo, code=6
    ).stderr  # fmt: skip
    assert "no division by sex" in tryghed(
        "share", "tryg_aften", "--by", "sex", "--standardise", "age", cwd=demo, code=2
    ).stderr  # fmt: skip


def test_a_correction_for_any_dependence_is_named_and_costs_what_it_must(demo):
    asked = ("compare", "tryg_aften", "--by", "district")
    hochberg, yekutieli = (rows(*asked, "--correct", how, cwd=demo) for how in ("bh", "by"))
    harmonic = sum(1 / one for one in range(1, 14))

    assert "Benjamini-Yekutieli over 13" in tryghed(*asked, "--correct", "by", cwd=demo).stderr
    for one, other in zip(hochberg, yekutieli, strict=True):
        assert other["p_adjusted"] == pytest.approx(min(1.0, harmonic * one["p_adjusted"]), rel=1e-12)


def rows_of_sql(text, demo):
    found = json.loads(tryghed("sql", text, "--format", "json", cwd=demo).stdout)
    return found if isinstance(found, list) else found["rows"]
