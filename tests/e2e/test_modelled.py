"""Shares of small areas by a model, at the terminal, on the demo city."""

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import rows

HERE = Path(__file__).parent
ASKED = ("share", "tryg_aften", "--by", "district", "--model", "crime_reports,income")
SET = "survey_districts_13"


def of_sql(text, demo):
    found = json.loads(tryghed("sql", text, "--format", "json", cwd=demo).stdout)
    return found if isinstance(found, list) else found["rows"]


def test_r_gives_the_same_modelled_shares(demo, tmp_path):
    # Direct shares, register figures and weights are read on ways of their own, and fitted by other means.
    if shutil.which("Rscript") is None:
        pytest.skip("needs Rscript")
    found = rows(*ASKED, cwd=demo)
    weighted = (
        "select area, sum(weight)::double as base from score join membership using (wave, respondent) "
        "where wave = '2025' and area_set = 'survey_districts_13' and tryg_aften is not null group by area"
    )
    figures = (
        "select a.area, a.value as one, b.value as two from register_value a join register_value b using (area, year) "
        "where a.register = 'crime_reports' and b.register = 'income' and a.year = 2024"
    )
    base = {row["area"]: row["base"] for row in of_sql(weighted, demo)}
    known = {row["area"]: row for row in of_sql(figures, demo)}
    with (HERE.parents[1] / "surveys" / "areas" / f"{SET}.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {row["name"]: row["code"] for row in csv.DictReader(file, delimiter=";")}
    with (tmp_path / "areas.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["n", "share", "se", "base", "x1", "x2"])
        for row in found:
            code = codes[row[SET]]
            x1, x2 = known[code]["one"] / 60, known[code]["two"] / 400_000
            writer.writerow([row["n"], repr(row["share"]), repr(row["se"]), repr(base[code]), repr(x1), repr(x2)])

    done = subprocess.run(
        ["Rscript", HERE / "modelled.R"], cwd=tmp_path, capture_output=True, text=True, check=True
    )  # fmt: skip

    again = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(again) == len(found) == 13
    for one, other in zip(again, found, strict=True):
        for name in ("model", "model_lower", "model_upper", "own", "rmse"):
            assert float(one[name]) == pytest.approx(other[name], abs=1e-10), (other[SET], name)


@pytest.mark.parametrize(
    "asked",
    [
        ("tryg_aften", "utryg_aften", "--by", "district", "--model", "crime_reports,income"),
        ("bekymret_indbrud", "--by", "udsatte_2025", "--model", "outside_labour_market,noise"),  # A = 0
        ("tilfreds_transport", "--by", "udsatte_2025", "--model", "child_poverty"),  # 100 % in an area
    ],
)
def test_the_script_for_r_fits_the_model_anew(demo, tmp_path, asked):
    script = tmp_path / "again.R"
    found = [row for row in rows("share", *asked, "--r", script, cwd=demo) if row["basis"] == "modelbaseret"]
    if shutil.which("Rscript") is None:
        pytest.skip("needs Rscript")
    done = subprocess.run(["Rscript", script.name], cwd=tmp_path, capture_output=True, text=True, check=True)

    again = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(again) == len(found)
    for one, other in zip(again, found, strict=True):
        for name in ("model", "model_lower", "model_upper", "own", "rmse"):
            expected = other[name]
            assert (one[name] == "NA") == (expected is None)
            if expected is not None:
                assert float(one[name]) == pytest.approx(expected, abs=1e-10), (one["area"], name)


def test_the_direct_share_stands_beside_the_modelled_one_and_is_the_direct_share(demo):
    found = rows(*ASKED, cwd=demo)
    direct = rows("share", "tryg_aften", "--by", "district", cwd=demo)

    for one, other in zip(found, direct, strict=True):
        assert [one[name] for name in (SET, "n", "share", "lower", "upper", "se")] == [
            other[name] for name in (SET, "n", "share", "lower", "upper", "se")
        ]
        assert one["model_lower"] < one["model"] < one["model_upper"]


def test_every_form_says_that_it_is_a_model(demo, tmp_path):
    # Guards against a file that is passed on, and read as what people answered.
    shown = tryghed(*ASKED, cwd=demo)
    text = tryghed(*ASKED, "-f", "csv", cwd=demo).stdout
    record = json.loads(tryghed(*ASKED, "-f", "json", cwd=demo).stdout)
    tryghed(*ASKED, "-o", tmp_path / "model.xlsx", cwd=demo)
    with ZipFile(tmp_path / "model.xlsx") as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))

    assert shown.stdout.count("modelbaseret") == text.count(";modelbaseret;") == 13
    assert {row["basis"] for row in record["rows"]} == {"modelbaseret"}
    assert "model is modelbaseret" in record["source"]["method"]
    assert "modelbaseret" in sheets
    assert "crime_reports 2024 (Anmeldelser af borgervendt kriminalitet" in shown.stderr
    assert "estimate/register_figures" in shown.stderr
    assert "deliveries/registre/indkomst_bydel.csv" in shown.stderr


def test_the_terminal_has_both_in_one_line(demo):
    first = tryghed(*ASKED, cwd=demo).stdout.splitlines()[0]

    assert first.split()[2:] == ["share", "lower", "upper", "model", "model_lower", "model_upper", "basis"]


def test_modelled_shares_add_up_to_the_city(demo):
    found = rows(*ASKED, cwd=demo)
    (city,) = rows("share", "tryg_aften", cwd=demo)
    one = rows(*ASKED, "--where", "district=valby", cwd=demo)
    said = tryghed(*ASKED, cwd=demo).stderr

    assert f"to the direct share of the city, {city['share']:.4f}" in said
    assert one == [row for row in found if row[SET] == "Valby"]  # the model still has all areas


def test_a_variance_of_zero_is_told_and_has_no_limits(demo):
    asked = ("share", "bekymret_indbrud", "--by", "udsatte_2025", "--model", "outside_labour_market,noise")
    found = rows(*asked, cwd=demo)

    assert "is 0 by REML" in tryghed(*asked, cwd=demo).stderr
    assert {(row["model_lower"], row["model_upper"]) for row in found} == {(None, None)}
    assert all("A = 0: no model limits" in row["flags"] for row in found)
    assert all(0 < row["model"] < 1 and 0 < row["own"] < 1 for row in found)


def test_small_counts_are_flagged_as_in_other_shares(demo):
    found = rows("share", "tryg_aften", "--by", "udsatte_2025", "--model", "outside_labour_market", cwd=demo)

    assert all(("secret" in row["flags"]) == (row["n"] < 30) for row in found)
    assert any("secret" in row["flags"] for row in found)


def test_an_area_without_a_figure_keeps_its_direct_share(demo, tmp_path):
    city = tmp_path / "city"
    shutil.copytree(demo, city, ignore=shutil.ignore_patterns("out"))
    table = city / "deliveries" / "registre" / "anmeldelser_bydel.csv"
    lines = table.read_text(encoding="cp1252").splitlines()
    blank = [line.rpartition(";")[0] + ";.." if line.startswith("Valby;") and ";2024;" in line else line
             for line in lines]  # fmt: skip
    assert blank != lines
    table.write_text("\r\n".join(blank) + "\r\n", encoding="cp1252", newline="")
    definition = city / "surveys" / "registers" / "crime_reports.toml"
    accepted = (
        '\n[[accepted]]\ncode = "{}"\nbecause = "Mangler hos politiet"\nby = "test"\ndate = 2026-11-27\ncount = 1\n'
    )
    written = re.sub(r"(?m)^sha256 = .*\n", "", definition.read_text(encoding="utf-8"))
    definition.write_text(
        written + "".join(map(accepted.format, ["register_blank", "register_revised", "unverified"])),
        encoding="utf-8",
    )
    tryghed("registers", "load", "crime_reports", cwd=city)

    found = {row[SET]: row for row in rows(*ASKED, cwd=city)}

    valby = found.pop("Valby")
    assert (valby["model"], valby["basis"], valby["flags"]) == (None, "kun direkte", "no figure of crime_reports")
    assert valby["share"] > 0
    assert all(row["basis"] == "modelbaseret" for row in found.values())
    assert "of all these areas together" in tryghed(*ASKED, cwd=city).stderr


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--model", "crime_reports"), "--model takes areas"),
        (("--by", "district,sex", "--model", "crime_reports"), "--model takes areas, not sex"),
        (("--by", "district", "--model", "noise"), "noise is for udsatte_2025, not survey_districts_13"),
        (("--by", "district", "--model", "rain"), "no register 'rain'"),
        (("--by", "district", "--model", "income,income"), "income is named 2 times"),
        (("--by", "district", "--model", "income", "--pool", "2"), "--model takes no --standardise"),
    ],
)
def test_what_cannot_be_modelled_is_refused(demo, asked, told):
    assert told in tryghed("share", "tryg_aften", *asked, cwd=demo, code=2).stderr
