"""Means, totals, ratios, quantiles and distributions at the terminal, on the demo city."""

import json
import re
import shutil

import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import run_in_r
from tryghed.definitions.project import load


def rows(*arguments, cwd):
    found = json.loads(tryghed(*arguments, "--format", "json", cwd=cwd).stdout)
    return found if isinstance(found, list) else found["rows"]


def test_the_mean_of_an_age_is_what_sql_says(demo):
    # Guards against kinds of missing, which are stored as negative numbers, in a mean.
    sql = "select sum(weight * age)::double / sum(weight)::double as mean, count(*) as n from score join answer \
           using (wave, respondent) where wave = '2025' and age > 0"

    (known,) = rows("sql", sql, cwd=demo)
    (found,) = rows("mean", "age", cwd=demo)

    assert (found["mean"], found["n"]) == (pytest.approx(known["mean"], rel=1e-12), known["n"])
    assert found["lower"] < found["mean"] < found["upper"]
    assert found["cv"] == pytest.approx(found["se"] / found["mean"])


def test_the_answers_to_an_item_add_up_and_agree_with_the_indicator(demo):
    # "Ved ikke" is in the base of the indicator, and so of the distribution.
    answers = rows("share", "safe_evening", "--by", "district", "--where", "district=valby", cwd=demo)
    (share,) = rows("share", "tryg_aften", "--by", "district", "--where", "district=valby", cwd=demo)

    assert sum(row["share"] for row in answers) == pytest.approx(1)
    assert sum(row["share"] for row in answers if row["answer"] in ("Meget tryg", "Tryg")) == pytest.approx(
        share["share"], rel=1e-12
    )
    assert {row["n"] for row in answers} == {share["n"]}
    assert "Ved ikke" in {row["answer"] for row in answers}


def test_a_total_over_a_total_is_the_ratio(demo):
    totals = {row["indicator"]: row for row in rows("total", "utryg_aften", "tryg_aften", cwd=demo)}
    (ratio,) = rows("ratio", "utryg_aften/tryg_aften", cwd=demo)

    assert ratio["ratio"] == pytest.approx(totals["utryg_aften"]["total"] / totals["tryg_aften"]["total"], rel=1e-12)


def test_weights_that_sum_to_answers_make_neither_people_nor_fractions_of_a_population(demo):
    # Guards against 69.48 unsafe people in a district, and a design effect of 44,492: 5,023 answers were taken out of a
    # population of 5,023. The other survey's weights sum to people.
    totals = rows("total", "utryg_aften", "--by", "district", cwd=demo)
    assert all("not people" in row["flags"] for row in totals)
    asking = ("share tryg_aften", "share safe_evening", "mean age", "share tryg_aften --pool 2")
    for asked in (one.split() for one in asking):
        told = tryghed(*asked, "--deff", "without", cwd=demo).stderr
        assert "no design effects without replacement: the weights of" in re.sub(r"\s+", " ", told)
        assert all(row["deff"] is None for row in rows(*asked, "--deff", "without", cwd=demo))
        assert all(row["deff"] is not None for row in rows(*asked, cwd=demo))

    other = ("--survey", "sundhed")
    assert not any("not people" in row["flags"] for row in rows("total", "bmi", *other, cwd=demo))
    assert all(row["deff"] > 0 for row in rows("mean", "bmi", "--deff", "without", *other, cwd=demo))


def test_quantiles_of_every_group_lie_in_order(demo):
    found = rows("quantile", "age", "--at", "0.25,0.5,0.75", "--by", "sex", cwd=demo)

    for sex in ("Kvinder", "Mænd"):
        values = [row["quantile"] for row in found if row["sex"] == sex]
        assert values == sorted(values)
        assert len(values) == 3
    assert all(row["lower"] <= row["quantile"] <= row["upper"] for row in found)


def test_small_domains_are_flagged_and_empty_ones_are_told(demo):
    found = rows("mean", "age", "--by", "udsatte_2025", cwd=demo)

    assert all(("secret" in row["flags"]) == (0 < row["n"] < 30) for row in found)
    assert any("secret" in row["flags"] for row in found)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("total", "safe_evening"), "codes of answers have no total"),
        (("share", "age"), "a number has no distribution over answers"),
        (("ratio", "tryg_aften"), "not NAME/NAME"),
        (("quantile", "age", "--at", "50"), "no quantiles at 50"),
        (("mean", "alder"), "nothing called 'alder' to estimate"),
    ],
)
def test_what_cannot_be_estimated_is_refused(demo, asked, said):
    assert said in tryghed(*asked, cwd=demo, code=2).stderr


def test_another_interval_is_named_and_differs(demo):
    default, wilson = (tryghed("share", "tryg_aften", *more, cwd=demo) for more in ((), ("--interval", "wilson")))

    assert "Korn-Graubard" in default.stderr
    assert "Wilson" in wilson.stderr
    assert default.stdout != wilson.stdout


def test_strata_with_one_unit_are_refused_or_flagged_as_the_definition_says(demo, tmp_path):
    city = tmp_path / "city"
    shutil.copytree(demo, city, ignore=shutil.ignore_patterns("out"))
    wave = city / "surveys" / "tryghed" / "2025.toml"
    plain = re.sub(r"\[design\.population\]\n(.+\n)+", "", wave.read_text(encoding="utf-8"))
    one_each = plain.replace('stratum = "bydel_nr"', 'stratum = "bydel_nr"\npsu = "bydel_nr"')
    assert one_each != plain

    wave.write_text(one_each, encoding="utf-8")
    tryghed("ingest", "tryghed/2025", "-q", cwd=city)
    refused = tryghed("share", "tryg_aften", cwd=city, code=6).stderr
    wave.write_text(one_each.replace("psu =", 'lonely_psu = "adjust"\npsu ='), encoding="utf-8")
    tryghed("ingest", "tryghed/2025", "-q", cwd=city)

    assert "13 strata have one PSU" in refused
    for asked in (
        ("share", "tryg_aften"), ("compare", "tryg_aften", "--by", "sex"), ("mean", "age"), ("trend", "tryg_aften"),
    ):  # fmt: skip
        assert all("lonely PSU: adjust" in row["flags"] for row in rows(*asked, cwd=city))


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (("mean", "age", "safe_evening", "--by", "district"), "mean"),
        (("mean", "age", "--by", "udsatte_2025", "--wave", "2024,2025"), "mean"),
        (("total", "utryg_aften", "age", "--by", "sex"), "total"),
        (("ratio", "utryg_aften/tryg_aften", "--by", "district,sex"), "ratio"),
        (("quantile", "age", "safe_evening", "--at", "0.25,0.5", "--by", "sex"), "quantile"),
        (("share", "safe_evening", "--by", "district", "--where", "district=valby"), "share"),
    ],
)
def test_r_recomputes_every_number_from_the_script(demo, tmp_path, asked, what):
    # Guards against a base of the script's own: kinds of missing, "ved ikke", and people of weight 0.
    script = tmp_path / "again.R"
    found = [row for row in rows(*asked, "--r", script, cwd=demo) if row["n"]]

    again = run_in_r(script)

    assert (tmp_path / "again.csv").stat().st_mode & 0o077 == 0
    assert len(again) == len(found)
    for one, other in zip(again, found, strict=True):
        assert (int(one["n"]), int(one["df"])) == (other["n"], other["df"])
        assert float(one["value"]) == pytest.approx(other[what], rel=1e-10, abs=1e-10)
        if other["se"] is not None:
            assert float(one["se"]) == pytest.approx(other["se"], rel=1e-10, abs=1e-10)


@pytest.mark.parametrize(
    "asked", [("share", "tryg_aften"), ("share", "safe_evening"), ("mean", "age"), ("total", "age")]
)
def test_areas_and_groups_nobody_answered_in_are_told_by_every_estimate(demo, asked):
    # Guards against a row too few in one table and not in another: what is missing looks like what was not asked for.
    found = rows(*asked, "--by", "udsatte_2025,age", "--where", "age=80_plus", cwd=demo)

    silent = [row for row in found if not row["n"]]
    assert {row["udsatte_2025"] for row in found} == {
        one.name for one in load(demo).area_sets["udsatte_2025"].areas.values()
    }
    assert silent
    for row in silent:
        assert row["flags"] == "no answers"
        assert row["lower"] is None


def test_what_weights_sum_to_is_among_the_queries_of_an_answer(demo):
    # Guards against a remark on weights without the query that it rests on.
    for asked in (("share", "tryg_aften"), ("share", "safe_evening"), ("total", "utryg_aften")):
        origins = json.loads(tryghed(*asked, "--format", "json", cwd=demo).stdout)["source"]["origins"]
        used = {one["query"]: one["parameters"] for origin in origins for one in origin["queries"]}
        assert used["weights/sums"] == {"waves": ["2025"]}


def test_where_takes_areas_and_groups_as_tables_call_them(demo):
    # Guards against titles on the screen that the next command does not know.
    by_code = rows(
        "share", "tryg_aften", "--by", "district,sex", "--where", "district=valby", "--where", "sex=kvinde", cwd=demo
    )
    by_name = rows(
        "share", "tryg_aften", "--by", "district,sex", "--where", "district=Valby", "--where", "sex=kvinder", cwd=demo
    )

    assert by_code == by_name
    assert len(by_name) == 1
    assert "no 'Nowhere' in sex" in tryghed("share", "tryg_aften", "--where", "sex=Nowhere", cwd=demo, code=2).stderr
