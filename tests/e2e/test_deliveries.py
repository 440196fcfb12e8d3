"""What an analyst does with a delivery that is not as it should be: look, decide, load, and tell who did not answer."""

import json
import shutil
import stat

import pyreadstat
import pytest

from tests.e2e.conftest import tryghed

WAVE = "tryghed/2025"


@pytest.fixture
def city(demo, tmp_path):
    """A copy of the demo city in which the newest delivery has oddities, and nobody has confirmed the file."""
    copy = tmp_path / "city"
    shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("out"))
    path = copy / "deliveries" / "tryghed_2025.sav"
    rows, meta = pyreadstat.read_sav(path, user_missing=True, output_format="polars")
    weights = rows["vaegt"].to_list()
    texts = ["Ring på 23 45 67 89" if place == 0 else f"note {place}" for place in range(rows.height)]
    heavy = rows["bydel_nr"].to_list().index(13)  # in the largest stratum it weighs little
    odd = rows.with_columns(vaegt=rows["vaegt"].scatter(heavy, 21 * sorted(weights)[len(weights) // 2]))
    odd.insert_column(0, odd["rode"].alias("andet").replace(dict.fromkeys(odd["rode"].unique(), "")))
    odd = odd.with_columns(andet=odd["andet"].scatter(list(range(rows.height)), texts))
    pyreadstat.write_sav(
        odd, path, column_labels=meta.column_names_to_labels, variable_value_labels=meta.variable_value_labels,
        missing_ranges=meta.missing_ranges,
    )  # fmt: skip
    definition = copy / "surveys" / "tryghed" / "2025.toml"
    lines = definition.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith(("sha256", "rows")))
    text = text.replace("[columns]", '[free_text]\nother_places = "andet"\n\n[columns]')
    definition.write_text(text + "\n", encoding="utf-8")
    return copy


def test_a_warning_waits_until_somebody_accepts_it_and_is_then_remembered(city):
    load = ("ingest", WAVE, "--revision", "--because", "a corrected file")
    pointer = (city / "store" / "current").read_text(encoding="ascii")
    keys = sorted(path.name for path in (city / "keys").iterdir())

    looked = tryghed(*load, "--dry-run", cwd=city, code=4).stdout
    record = json.loads(tryghed(*load, "--dry-run", "--json", cwd=city, code=4).stdout)[0]
    refused = tryghed(*load, cwd=city, code=4).stderr
    wrong = [
        tryghed("ingest", WAVE, "--accept", "weight_extreme", cwd=city, code=2).stderr,
        tryghed("ingest", WAVE, "--accept", "missing_column", "--because", "x", cwd=city, code=2).stderr,
        tryghed("ingest", "--accept", "weight_extreme", "--because", "x", cwd=city, code=2).stderr,
    ]

    assert "would be refused: 1 warning" in looked
    assert (record["refused"], record["verified"]) == (True, False)
    found = {one["code"]: one for one in record["findings"]}
    assert (found["weight_extreme"]["count"], found["masked_text"]["count"]) == (1, 1)
    assert "--accept weight_extreme" in refused
    for said, told in zip(wrong, ("--because", "no warning missing_column", "not in 11"), strict=True):
        assert told in said
    # Looking and refusals leave everything as it was.
    assert (city / "store" / "current").read_text(encoding="ascii") == pointer
    assert sorted(path.name for path in (city / "keys").iterdir()) == keys
    assert not (city / "store" / "free-text").exists()

    tryghed(*load, "--accept", "weight_extreme", "--because", "The institute confirms it.", cwd=city)
    again = tryghed("ingest", WAVE, cwd=city).stderr
    kept = json.loads(tryghed("query", "findings", "-p", "waves=2025", "-f", "json", cwd=city).stdout)

    assert "already loaded" in again
    (taken,) = [one for one in kept if one["because"]]
    assert (taken["code"], taken["because"]) == ("weight_extreme", "The institute confirms it.")
    assert taken["accepted_by"]
    assert_texts_are_kept_apart(city)
    assert_told_as_unverified(city)


def assert_texts_are_kept_apart(city):
    path = city / "store" / "free-text" / "tryghed-2025.parquet"
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    tables = json.loads(tryghed("sql", "select table_name from duckdb_tables()", "-f", "json", cwd=city).stdout)
    assert not any("text" in one["table_name"] for one in tables)
    tryghed("sql", f"select * from '{path}'", cwd=city, code=5)  # noqa: S608 it must fail
    assert "--because" in tryghed("texts", WAVE, cwd=city, code=2).stderr
    read = json.loads(tryghed("texts", WAVE, "--because", "categories", "-f", "json", cwd=city).stdout)
    assert {"question": "other_places", "text": "Ring på [telefon]"} in read
    assert json.loads(tryghed("log", "--last", "1", "-f", "json", cwd=city).stdout)[0]["because"] == "categories"


def assert_told_as_unverified(city):
    mark = "uverificeret: sha256 and rows of 2025"
    for command in (
        ("share", "tryg_aften"),
        ("compare", "tryg_aften", "--since", "2022"),
        ("trend", "tryg_aften"),
        ("query", "share_by_area", "-p", "wave=2025", "-p", "indicator=tryg_aften"),
        ("nonresponse", WAVE),
    ):
        assert mark in tryghed(*command, cwd=city).stderr
    assert "uverificeret" not in tryghed("share", "tryg_aften", "--wave", "2024", cwd=city).stderr
    # A file goes on without the terminal that told it.
    tryghed("sql", "select count(*) as n from respondent", "-o", "count.csv", cwd=city)
    assert json.loads((city / "count.source.json").read_text("utf-8"))["note"].startswith(mark)


def test_who_did_not_answer_is_told_by_district_sex_and_age(demo):
    told = tryghed("nonresponse", WAVE, cwd=demo).stdout
    for part in ("14.400", "Christianshavn", "Mænd", "80 år og derover", "noise_traffic"):
        assert part in told
    one = tryghed("nonresponse", WAVE, "--item", "safe_evening", cwd=demo).stdout
    assert "noise_traffic" not in one
    assert "did not ask colour" in tryghed("nonresponse", WAVE, "--item", "colour", cwd=demo, code=2).stderr
    assert "name one" in tryghed("nonresponse", "tryghed", cwd=demo, code=2).stderr


def test_a_wave_past_its_day_is_told(demo, tmp_path):
    copy = tmp_path / "city"
    shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("out", "store"))
    path = copy / "surveys" / "sundhed" / "2013.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("2045-12-31", "2020-12-31"), encoding="utf-8")

    said = tryghed("check", cwd=copy).stderr
    refused = tryghed("ingest", "sundhed/2013", cwd=copy, code=4).stderr

    assert "warning: sundhed/2013 was to be kept until 2020-12-31" in said
    assert "retention_passed" in refused


def test_a_wave_without_legal_basis_is_no_definition(demo, tmp_path):
    copy = tmp_path / "city"
    shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("out", "store"))
    path = copy / "surveys" / "tryghed" / "2025.toml"
    text = path.read_text(encoding="utf-8").replace('legal_basis = "art. 6(1)(e) / § 10"\n', "")
    path.write_text(text, encoding="utf-8")

    said = tryghed("check", cwd=copy, code=3).stderr

    assert "2025.toml: privacy.legal_basis" in said
