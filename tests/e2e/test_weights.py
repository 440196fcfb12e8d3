"""A wave's weights at the terminal: the audit, calibration to official margins, trimming, and the file they go to."""

import json
import re
import shutil

import numpy as np
import polars as pl
import pyreadstat
import pytest

from tests.e2e.conftest import tryghed
from tests.e2e.test_share_and_compare import run_in_r
from tryghed.definitions import project
from tryghed.demo.build import build

AGES = {
    "16_24": (16, 25),
    "25_34": (25, 35),
    "35_49": (35, 50),
    "50_64": (50, 65),
    "65_79": (65, 80),
    "80_plus": (80, 200),
}
MARGINS = """
[design.calibration]
method = "{method}"
{bounds}
[[design.calibration.margins]]
file = "surveys/sundhed/margins_2021.csv"
by = ["bydele_10"]
[[design.calibration.margins]]
file = "surveys/sundhed/margins_2021.csv"
by = ["sex", "age"]
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights") / "city"
    build(folder)
    tryghed("ingest", "tryghed/2025", "sundhed/2021", "-q", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def people(shared_data):
    """Return the city's forecast for 2021 by district, sex and age, from the municipality's own table."""
    table = pl.read_excel(shared_data / "stats" / "Be62.xlsx", read_options={"header_row": 2})
    years = pl.col("1 års alder").str.extract(r"^(\d+)").cast(pl.Int64)
    age = pl.coalesce(
        pl.when(years.is_between(low, high, closed="left")).then(pl.lit(name)) for name, (low, high) in AGES.items()
    )
    return (
        table.filter(pl.col("aar") == "År2021")
        .with_columns(
            pl.col("Bydel").str.extract(r"^Bydel - (\d+)\.").alias("bydele_10"),
            pl.col("Køn").replace_strict({"Kvinder": "kvinde", "Mænd": "mand"}).alias("sex"),
            age.alias("age"),
        )
        .drop_nulls(["bydele_10", "age"])
        .group_by("bydele_10", "sex", "age")
        .agg(pl.col("Antal - Personer 1år").sum().alias("population"))
        .sort("age", "sex", "bydele_10")
    )


@pytest.fixture
def calibrated(city, people):
    """Return a function that declares the calibration of the health profile's wave; it is taken back afterwards."""
    definition = city / "surveys" / "sundhed" / "2021.toml"
    before = definition.read_text(encoding="utf-8")
    people.write_csv(city / "surveys" / "sundhed" / "margins_2021.csv", separator=";")

    def declare(method, bounds=""):
        definition.write_text(before + MARGINS.format(method=method, bounds=bounds), encoding="utf-8")
        return city

    yield declare
    definition.write_text(before, encoding="utf-8")


def audit(*arguments, cwd):
    return json.loads(tryghed("weights", *arguments, "--format", "json", cwd=cwd).stdout)


def share(city):
    """Return the rows of a share as the terminal tells it."""
    asked = ("share", "svaer_overvaegt", "--survey", "sundhed", "--format", "json")
    return json.loads(tryghed(*asked, cwd=city).stdout)["rows"]


def test_a_wave_without_margins_is_held_against_its_strata(city):
    done = tryghed("weights", "2025", cwd=city)

    assert "deff" in done.stdout
    assert "final" not in done.stdout
    assert "held against the population by stratum; not calibrated" in done.stderr
    assert "weights sum to the 5,040 answers, not to people" in done.stderr
    assert "stop" not in done.stderr


def test_weights_meet_the_city_s_own_table(calibrated, people):
    city = calibrated("raking")
    saved = city / "weights.csv"
    done = tryghed(
        "weights",
        "2021",
        "--survey",
        "sundhed",
        "--save",
        saved,
        "--format",
        "json",
        "--indicator",
        "svaer_overvaegt",
        cwd=city,
    )
    rows = json.loads(done.stdout)

    margins = [row for row in rows if row["part"] == "margin"]
    total = people["population"].sum()
    valby = people.filter(bydele_10="5")["population"].sum()
    assert len(margins) == 10 + 12
    assert all(abs(row["off_final"]) < 1e-9 for row in margins)
    assert any(abs(row["off_delivered"]) > 1e-3 for row in margins)
    found = next(row for row in margins if (row["name"], row["category"]) == ("bydele_10", "5"))
    assert found["final"] == pytest.approx(valby / total, rel=1e-9)
    assert "calibrated by raking to bydele_10, sex*age" in done.stderr

    weights = pl.read_csv(saved, separator=";", decimal_comma=True)
    assert weights["weight"].sum() == pytest.approx(total, rel=1e-9)
    assert (weights["delivered"] * weights["factor"] - weights["weight"]).abs().max() < 1e-9
    assert saved.stat().st_mode & 0o077 == 0

    shares = {row["category"]: row for row in rows if row["part"] == "indicator"}
    (plain,) = share(city)
    assert shares["share"]["delivered"] == pytest.approx(plain["share"], rel=1e-12)
    assert shares["se"]["delivered"] == pytest.approx(plain["se"], rel=1e-12)
    assert shares["share"]["final"] != shares["share"]["delivered"]
    assert shares["se"]["final"] < plain["se"]


def test_estimates_use_the_weights_as_delivered(city, calibrated):
    before = share(city)
    calibrated("linear")
    tryghed("ingest", "sundhed/2021", "-q", cwd=city)

    assert share(city) == before


def test_bounds_that_cannot_hold_end_with_what_would(calibrated):
    city = calibrated("logit", "bounds = [0.999, 1.001]")

    refused = tryghed("weights", "2021", "--survey", "sundhed", cwd=city, code=6)

    assert "no weights meet the margins: with factors between 0.999 and 1.001" in refused.stderr
    assert "at best" in refused.stderr
    assert "the narrowest bounds that do are [" in refused.stderr


def test_bounds_hold_for_weights_that_sum_to_answers(city, tmp_path):
    # Guards against bounds that are used up by the step from answers to people, a factor of 107 here.
    margins = tmp_path / "stratum.csv"
    wave = project.load(city).wave("tryghed", "2025")
    rows = [f"{stratum};{size * (1.02 if stratum == '5' else 1)}" for stratum, size in wave.design.population.items()]
    margins.write_text("\n".join(["stratum;population", *rows]) + "\n", encoding="utf-8")
    definition = city / "surveys" / "tryghed" / "2025.toml"
    before = definition.read_text(encoding="utf-8")
    bounded = '[design.calibration]\nmethod = "logit"\nbounds = [0.8, 1.25]\n'
    named = f'[[design.calibration.margins]]\nfile = "{margins}"\nby = ["stratum"]\n'
    definition.write_text(f"{before}\n{bounded}{named}", encoding="utf-8")
    try:
        done = tryghed("weights", "2025", cwd=city)
    finally:
        definition.write_text(before, encoding="utf-8")

    assert "scaled to people, by" in done.stderr
    low, high = map(float, re.search(r"factors from ([\d.]+) to ([\d.]+)", done.stderr).groups())
    assert 0.8 < low < 1 < high < 1.25


def test_a_wave_that_cannot_be_calibrated_does_not_keep_the_others_out(tmp_path):
    # The first such wave once ended the import, and the waves behind it were not even looked at.
    city = tmp_path / "city"
    build(city)
    margins = city / "surveys" / "sundhed" / "margins.csv"
    margins.write_text("bydele_10;population\n" + "".join(f"{one};{one}\n" for one in range(1, 11)), encoding="utf-8")
    definition = city / "surveys" / "sundhed" / "2013.toml"
    asked = '\n[design.calibration]\nestimates = true\nmethod = "logit"\nbounds = [0.9, 1.1]\n'
    asked += '[[design.calibration.margins]]\nfile = "surveys/sundhed/margins.csv"\nby = ["bydele_10"]\n'
    definition.write_text(definition.read_text(encoding="utf-8") + asked, encoding="utf-8")

    refused = tryghed("ingest", "sundhed", cwd=city, code=6)
    loaded = json.loads(tryghed("query", "waves_loaded", "--survey", "sundhed", "-f", "json", cwd=city).stdout)

    assert "sundhed/2013 [design.calibration]: no weights meet the margins" in refused.stderr
    assert [row["wave"] for row in loaded] == ["2017", "2021"]


def test_calibrated_weights_that_break_a_rule_are_refused_until_somebody_accepts_them(tmp_path):
    # Guards against weights that `tryghed weights` calls stop, and that every estimate is made with all the same.
    city = tmp_path / "city"
    build(city)
    margins = city / "surveys" / "sundhed" / "margins.csv"
    rows = "".join(f"{age};{9_000_000 if age == '80_plus' else 100_000}\n" for age in AGES)
    margins.write_text(f"age;population\n{rows}", encoding="utf-8")
    definition = city / "surveys" / "sundhed" / "2021.toml"
    asked = '\n[design.calibration]\nestimates = true\nmethod = "raking"\n'
    asked += '[[design.calibration.margins]]\nfile = "surveys/sundhed/margins.csv"\nby = ["age"]\n'
    definition.write_text(definition.read_text(encoding="utf-8") + asked, encoding="utf-8")

    refused = tryghed("ingest", "sundhed/2021", cwd=city, code=4).stderr
    taken = tryghed("ingest", "sundhed/2021", "--accept", "weight_rules", "--because", "drawn so", cwd=city).stderr
    again = tryghed("ingest", "sundhed/2021", cwd=city).stderr
    told = tryghed("weights", "2021", "--survey", "sundhed", cwd=city, code=6).stderr

    stops = re.findall(r"^stop: (.*)$", told, re.MULTILINE)
    assert any("times the median" in one for one in stops)
    assert "bounds" in re.sub(r"\s+", " ", refused)
    for one in stops:
        assert f"weight_rules design.calibration: {one} (limit: " in refused
        assert f"{one} (limit: " in taken
    assert taken.count("accepted: drawn so") == len(stops)
    assert "already loaded" in again


def test_trimming_shortens_the_longest_and_loses_nothing(city):
    first = audit("2025", cwd=city)
    done = tryghed("weights", "2025", "--trim", "2", cwd=city)
    rows = audit("2025", "--trim", "2", cwd=city)

    def measure(found, name):
        return next(row for row in found if row["name"] == name)

    assert "weights cut at" in done.stderr
    assert measure(rows, "largest")["final"] == pytest.approx(2 * measure(rows, "median")["delivered"])
    assert measure(rows, "sum")["final"] == pytest.approx(measure(first, "sum")["delivered"], rel=1e-12)
    assert measure(rows, "deff")["final"] < measure(first, "deff")["delivered"]
    for row in rows:
        if row["part"] == "margin":  # what is cut stays in the stratum
            assert row["final"] == pytest.approx(row["delivered"], rel=1e-12)
    assert sum(row["n"] for row in rows if row["part"] == "trimmed") > 0


def test_a_stop_is_said_plainly_even_when_quiet(city, tmp_path):
    definition = city / "surveys" / "sundhed" / "2021.toml"
    before = definition.read_text(encoding="utf-8")
    definition.write_text(before.replace("1 = 46920", "1 = 56920"), encoding="utf-8")
    try:
        done = tryghed("weights", "2021", "--survey", "sundhed", "-q", "-o", tmp_path / "audit.xlsx", cwd=city, code=6)
    finally:
        definition.write_text(before, encoding="utf-8")

    assert done.stderr.strip() == "stop: weights sum to 530,520, 1.85 % off the population of 540,520"
    assert (tmp_path / "audit.xlsx").stat().st_size > 0


def test_wrong_names_are_told(city):
    assert "no wave '1999'" in tryghed("weights", "1999", cwd=city, code=2).stderr
    assert "not in the store" in tryghed("weights", "2024", cwd=city, code=4).stderr
    refused = tryghed("weights", "2025", "--indicator", "findes_ikke", cwd=city, code=2)
    assert "no indicator 'findes_ikke'" in refused.stderr
    assert "no [design.calibration]" in refused.stderr
    # An indicator named twice stood twice in the audit.
    twice = tryghed("weights", "2025", "--indicator", "tryg_aften", "--indicator", "tryg_aften", cwd=city, code=2)
    assert "tryg_aften is named 2 times" in twice.stderr


def counted(city, folder, by):
    """Return a calibration to margins that differ from the sample's, as their definition says it."""
    asked = "select \"grouping\".category, area, sum(weight)::double as people from respondent \
             join \"grouping\" using (wave, respondent) join membership using (wave, respondent) \
             where wave = '2021' and dimension = 'sex*age' and area_set = 'bydele_10' and area <> 'alle' \
             group by all order by all"
    found = json.loads(tryghed("sql", asked, "--survey", "sundhed", "--format", "json", cwd=city).stdout)
    lines = ["sex;age;bydele_10;population"]
    for place, row in enumerate(found):
        sex, age = row["category"].split("*")
        lines.append(f"{sex};{age};{row['area']};{row['people'] * (1 + place % 7 / 20):.3f}")
    margins = folder / "people.csv"
    margins.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "".join(f'[[design.calibration.margins]]\nfile = "{margins}"\nby = [{one}]\n' for one in by)


def assert_r_makes_the_same(city, folder):
    script = folder / "weights.R"
    told = audit("2021", "--survey", "sundhed", "--indicator", "svaer_overvaegt", "--r", script, cwd=city)

    again = {(row["part"], row["name"], row["category"]): float(row["final"]) for row in run_in_r(script)}

    assert (folder / "weights.csv").stat().st_mode & 0o077 == 0
    assert len(again) == len(told)
    for row in told:
        key = (row["part"], row["name"], row["category"] or "")
        assert again[key] == pytest.approx(row["final"], rel=1e-9), key
    return told


@pytest.mark.parametrize("method", ['method = "raking"', 'method = "linear"', 'method = "logit"\nbounds = [0.6, 1.6]'])
def test_r_makes_the_same_weights_from_the_script(city, tmp_path, method):
    # The user's own check: R calibrates the exported rows anew and recomputes every number of the audit. Margins that
    # share a variable follow from each other in part: R's calibrate took every category but the first of each, and
    # solved nothing.
    named = counted(city, tmp_path, ['"bydele_10"', '"sex", "age"', '"sex", "bydele_10"'])
    definition = city / "surveys" / "sundhed" / "2021.toml"
    before = definition.read_text(encoding="utf-8")
    definition.write_text(f"{before}\n[design.calibration]\n{method}\n{named}", encoding="utf-8")
    try:
        told = assert_r_makes_the_same(city, tmp_path)
    finally:
        definition.write_text(before, encoding="utf-8")

    assert len(told) == 7 + 10 + 12 + 20 + 2


@pytest.mark.parametrize("method", ["raking", "linear"])
def test_r_calibrates_every_replicate_too(city, tmp_path, method):
    # Guards against a script that is refused for replicate weights, or leaves them as they were delivered.
    folder = tmp_path / "city"
    shutil.copytree(city, folder)
    delivery, definition = folder / "deliveries" / "sundhed_2021.sav", folder / "surveys" / "sundhed" / "2021.toml"
    rows, known = pyreadstat.read_sav(delivery, user_missing=True, output_format="polars")
    drawn = np.random.default_rng(5).multinomial(rows.height - 1, [1 / rows.height] * rows.height, 8)
    rows = rows.with_columns(
        (pl.col("vaegt_kbh") * pl.Series(one)).alias(f"rep_{place}") for place, one in enumerate(drawn)
    )
    pyreadstat.write_sav(rows, delivery, variable_value_labels=known.variable_value_labels)
    before = re.sub("sha256.*\n", "", definition.read_text(encoding="utf-8"))
    named = counted(folder, tmp_path, ['"bydele_10"', '"sex", "age"'])
    replicates = '[design.replicates]\nkind = "bootstrap"\ncolumns = "rep_[0-9]+"\n'
    calibration = f'[design.calibration]\nmethod = "{method}"\n{named}'
    definition.write_text(f"{before}\n{replicates}\n{calibration}", encoding="utf-8")
    tryghed("ingest", "sundhed/2021", "--revision", "--because", "replicates came", "-q", cwd=folder)

    told = assert_r_makes_the_same(folder, tmp_path)

    se = next(row for row in told if row["category"] == "se")
    assert se["final"] != pytest.approx(se["delivered"], rel=1e-3)
    assert "svrepdesign(" in (tmp_path / "weights.R").read_text(encoding="utf-8")


def test_r_takes_the_trimmed_weights(city, tmp_path):
    script = tmp_path / "weights.R"
    told = audit("2025", "--trim", "2", "--r", script, cwd=city)

    again = {(row["part"], row["name"], row["category"]): float(row["final"]) for row in run_in_r(script)}
    for row in told:
        if row["part"] != "trimmed":
            assert again[row["part"], row["name"], row["category"] or ""] == pytest.approx(row["final"], rel=1e-12)
