"""Shares and comparisons at the terminal, on the demo city."""

import csv
import io
import json
import shutil
import subprocess

import pytest

from tests.e2e.conftest import tryghed


def rows(*arguments, cwd):
    return json.loads(tryghed(*arguments, "--format", "json", cwd=cwd).stdout)["rows"]


def test_the_terminal_shows_what_the_report_prints(demo):
    # Guards against a second way of computing that drifts from the first.
    with (demo / "out" / "2025" / "tal.csv").open(encoding="utf-8-sig", newline="") as file:
        released = [row for row in csv.DictReader(file, delimiter=";") if row["bølge"] == "2025"]
    printed = {
        row["område"]: float(row["pct"].replace(",", "."))
        for row in released
        if row["indikator"] == "tryg_aften" and row["opdeling"] == "alle" and row["områdesæt"] == "Undersøgelsesbydele"
    }
    found = {row["survey_districts_13"]: row for row in rows("share", "tryg_aften", "--by", "district", cwd=demo)}

    assert len(found) == 13
    for name, row in found.items():
        assert printed[name] == pytest.approx(100 * row["share"], abs=0.0500001)
        assert row["lower"] < row["share"] < row["upper"]


def test_groups_are_crossed_pooled_and_restricted(demo):
    found = rows(
        "share", "tryg_aften", "--by", "sex,age", "--wave", "2023,2024,2025", "--where", "district=valby", cwd=demo
    )
    women = rows("share", "tryg_aften", "--by", "age", "--where", "sex=kvinde", cwd=demo)

    assert [(row["sex"], row["age"]) for row in found][:2] == [("Kvinder", "18–24 år"), ("Kvinder", "25–34 år")]
    assert len(found) == 12
    assert {row["survey_districts_13"] for row in found} == {"Valby"}
    assert {row["sex"] for row in women} == {"Kvinder"}
    assert sum(row["n"] for row in women) < sum(row["n"] for row in rows("share", "tryg_aften", cwd=demo))


def test_what_the_gate_would_withhold_is_flagged(demo):
    flagged = {row["udsatte_2025"]: row for row in rows("share", "tryg_aften", "--by", "udsatte_2025", cwd=demo)}

    assert all(("secret" in row["flags"]) == (row["n"] < 30) for row in flagged.values())
    assert any("secret" in row["flags"] for row in flagged.values())


def test_areas_are_compared_with_the_rest_and_corrected_together(demo):
    done = tryghed("compare", "tryg_aften", "--by", "district", cwd=demo)
    found = rows("compare", "tryg_aften", "--by", "district", cwd=demo)
    alone = rows("compare", "tryg_aften", "--by", "district", "--correct", "none", cwd=demo)

    assert "13 differences, each area against everybody outside it" in done.stderr
    assert "Holm over 13" in done.stderr
    for one, other in zip(found, alone, strict=True):
        assert one["difference"] == pytest.approx(one["share"] - one["other_share"], abs=1e-12)
        assert one["p_adjusted"] >= other["p_adjusted"] == other["p"]
        assert (one["verdict"] != "not shown") == (one["p_adjusted"] < 0.05)
    smallest = min(found, key=lambda row: row["p"])
    assert smallest["p_adjusted"] == pytest.approx(13 * smallest["p"])


def test_groups_are_compared_pairwise(demo):
    (row,) = rows("compare", "tryg_aften", "--by", "sex", cwd=demo)

    assert (row["sex"], row["against"], row["verdict"]) == ("Kvinder", "Mænd", "lower")
    assert len(rows("compare", "tryg_aften", "--by", "age", cwd=demo)) == 15


def test_waves_are_compared_but_not_across_a_break(demo):
    found = rows("compare", "tryg_aften", "--since", "2022", cwd=demo)
    refused = tryghed("compare", "tryg_aften", "--since", "2021", cwd=demo, code=2)

    assert [row["against"] for row in found] == ["2022"]
    assert "a break lies between them" in refused.stderr
    assert "2022, 2023, 2024, 2025" in refused.stderr


def test_one_answer_breaks_where_its_question_does(demo):
    # Guards against a break that is declared for indicators and then forgotten for the answers they are made of.
    refused = tryghed("compare", "safe_evening_svar_1", "--since", "2021", cwd=demo, code=2)
    (row,) = rows("trend", "safe_evening_svar_1", cwd=demo)

    assert "a break lies between them" in refused.stderr
    assert row["first"] == "2022"


def test_waves_across_a_break_or_named_twice_are_not_pooled(demo):
    broken = tryghed("share", "tryg_aften", "--wave", "2019,2025", cwd=demo, code=2).stderr
    pooled = tryghed("compare", "tryg_aften", "--wave", "2021,2025", "--since", "2022", cwd=demo, code=2).stderr
    twice = tryghed("share", "tryg_aften", "--wave", "2025,2025", cwd=demo, code=2).stderr

    assert "2019 cannot be pooled with 2025" in broken
    assert "2021 cannot be pooled with 2025" in pooled
    assert "wave '2025' is named 2 times" in twice


def test_a_flag_that_every_row_has_is_still_told(demo):
    # Guards against a table that drops its warning together with the columns that say the same in every row.
    asked = ("tryg_aften", "utryg_aften", "--where", "udsatte_2025=ved-jagtvej")

    assert tryghed("share", *asked, cwd=demo).stdout.count("secret, uncertain") == 2


def test_comparisons_carry_the_flags_of_both_sides(demo):
    found = rows("compare", "tryg_aften", "--by", "udsatte_2025", cwd=demo)

    assert all(("secret" in row["flags"]) == (row["n"] < 30) for row in found)
    assert any("secret" in row["flags"] for row in found)


def test_a_difference_whose_interval_holds_zero_has_no_verdict(demo):
    # The test is on log odds; near 0 and 100 % it can say "lower" beside an interval that says "perhaps not".
    found = rows("compare", "tryg_aften", "--by", "udsatte_2025", "--correct", "none", cwd=demo)
    apart = [row for row in found if row["p"] < 0.05 and row["lower"] < 0 < row["upper"]]

    assert apart
    assert all(row["verdict"] == "not shown" for row in apart)


def test_a_restriction_given_twice_is_refused(demo):
    both = ("--where", "district=valby", "--where", "district=vanloese")

    assert "district is given 2 times" in tryghed("share", "tryg_aften", *both, cwd=demo, code=2).stderr
    assert "--where sex=kvinde" in tryghed("share", "tryg_aften", "--where", "sex", cwd=demo, code=2).stderr


def test_every_wrong_name_is_told_at_once(demo):
    refused = tryghed(
        "share", "tryg_xx", "--by", "kon,sex", "--where", "sex=x", "--wave", "1999", cwd=demo, code=2
    ).stderr  # fmt: skip

    for told in ("4 problems", "no wave '1999'", "no indicator 'tryg_xx'", "nothing called 'kon'", "no 'x' in sex"):
        assert told in refused


def test_the_table_draws_intervals_and_keeps_to_the_terminal(demo):
    shown = tryghed("compare", "tryg_aften", "--by", "district", cwd=demo).stdout

    assert "─●─" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())
    text = tryghed("share", "tryg_aften", "--by", "sex", "--format", "csv", cwd=demo).stdout
    assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == 3


def test_a_line_goes_through_comparable_waves_only(demo):
    (row,) = rows("trend", "tryg_aften", cwd=demo)
    found = rows("trend", "bekymret_indbrud", "--by", "district", cwd=demo)

    assert (row["first"], row["waves"], row["verdict"]) == ("2022", 4, "under 5 waves")
    assert {(one["first"], one["last"], one["waves"]) for one in found} == {("2018", "2025", 8)}
    assert all((one["verdict"] == "not shown") == (one["p_adjusted"] >= 0.05) for one in found)
    assert any(one["verdict"] == "falling" for one in found)


@pytest.mark.parametrize(
    "asked",
    [
        ("share", "tryg_aften", "tryg_dag", "--by", "district"),
        ("share", "tryg_aften", "--by", "sex,age", "--wave", "2023,2024,2025", "--where", "district=valby"),
        ("compare", "tryg_aften", "--by", "udsatte_2025"),
        ("compare", "tryg_aften", "--by", "age"),
        ("compare", "tryg_aften", "--by", "district", "--since", "2022"),
    ],
)
def test_r_recomputes_every_number_from_the_script(demo, tmp_path, asked):
    # The user's own check: the numbers, standard errors and degrees of freedom of R survey from the rows handed over.
    script = tmp_path / "again.R"
    found = rows(*asked, "--r", script, cwd=demo)

    assert (tmp_path / "again.csv").stat().st_mode & 0o077 == 0
    assert_r_agrees(script, found, "share" if asked[0] == "share" else "difference")


def test_r_recomputes_the_slope_of_every_line(demo, tmp_path):
    script = tmp_path / "again.R"
    found = rows("trend", "bekymret_indbrud", "--by", "sex", "--r", script, cwd=demo)

    again = run_in_r(script)[: len(found)]
    for one, other in zip(again, found, strict=True):
        assert one["label"].startswith("slope bekymret_indbrud")
        assert float(one["value"]) == pytest.approx(other["slope"], abs=1e-10)
        assert float(one["se"]) == pytest.approx(other["se"], abs=1e-10)
        assert float(one["p"]) == pytest.approx(other["p"], rel=1e-7, abs=1e-14)


def run_in_r(script):
    rscript = shutil.which("Rscript")
    known = rscript and subprocess.run([rscript, "-e", "library(survey)"], capture_output=True, check=False)
    if not known or known.returncode:
        pytest.skip("needs Rscript with package survey")
    done = subprocess.run([rscript, script.name], cwd=script.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def assert_r_agrees(script, found, what):
    again = run_in_r(script)

    assert len(again) == len(found)
    for one, other in zip(again, found, strict=True):
        assert float(one["value"]) == pytest.approx(other[what], abs=1e-10)
        assert float(one["se"]) == pytest.approx(other["se"], abs=1e-10)
        assert int(one["df"]) == other["df"]
        if what == "difference" and other["p"] is not None:
            assert float(one["p"]) == pytest.approx(other["p"], rel=1e-8, abs=1e-14)


def test_a_wave_is_reported_on_the_boundaries_of_any_year(demo):
    # In 2025 a rode was taken from Sydhavnen and one added to Ved Bispeengbuen; Nordvest stayed as it was.
    before, now = (
        {row[version]: row for row in rows("share", "tryg_aften", "--by", version, "--wave", "2025", cwd=demo)}
        for version in ("udsatte_2017", "udsatte_2025")
    )

    assert before.keys() == now.keys()
    assert before["Sydhavnen"]["n"] > now["Sydhavnen"]["n"]
    assert before["Sydhavnen"]["share"] != now["Sydhavnen"]["share"]
    assert before["Ved Bispeengbuen"]["n"] < now["Ved Bispeengbuen"]["n"]
    assert before["Nordvest"] | {"udsatte_2025": "Nordvest"} == now["Nordvest"] | {"udsatte_2017": "Nordvest"}


def test_register_tables_lie_beside_the_answers(demo):
    listed = tryghed("registers", "list", cwd=demo).stdout.splitlines()
    assert len(listed) == 11
    assert not [line for line in listed if "not loaded" in line or "unverified" in line]

    given = ("-p", "register=basic_education", "-p", "area=valby", "-f", "json")
    series = json.loads(tryghed("query", "register_series", *given, cwd=demo).stdout)
    assert [(row["year"], row["series"]) for row in series][2:4] == [("2020", 1), ("2021", 2)]
    assert "already loaded" in tryghed("registers", "load", "income", cwd=demo).stderr
