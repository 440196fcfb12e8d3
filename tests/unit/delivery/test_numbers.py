import csv
import json
import stat

import fastexcel
import pytest

from tests.unit.reporting.conftest import City, project
from tryghed.delivery import numbers


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tal")
    made = project()
    return City().released(made), {path.name: path for path in numbers.save(City().released(made), made, folder)}


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text):
    return None if text == "" else float(text.replace(",", "."))


@pytest.mark.parametrize(
    ("file", "sheet", "columns"),
    [
        ("tal.csv", "andele", ("pct", "nedre", "øvre", "n")),
        ("tal_forskelle.csv", "forskelle", ("pct", "pct_anden", "forskel", "nedre", "øvre", "kan_påvises", "prøver")),
        ("tal_pladser.csv", "pladser", ("første_plads", "sidste_plads", "områder")),
    ],
)
def test_csv_excel_and_json_say_the_same(files, file, sheet, columns):
    _, made = files
    read = fastexcel.read_excel(made["tal.xlsx"]).load_sheet(sheet).to_polars().to_dicts()
    told = json.loads(made["tal.json"].read_text(encoding="utf-8"))[sheet]
    listed = rows(made[file])

    assert len(listed) == len(read) == len(told) > 10
    for one, two, three in zip(listed, read, told, strict=True):
        for column in columns:
            assert number(one[column]) == two[column] == three[column]
        assert one["vises_ikke"] == (two["vises_ikke"] or "") == three["vises_ikke"]


def test_every_number_of_the_release_is_there(files):
    released, made = files
    told = json.loads(made["tal.json"].read_text(encoding="utf-8"))

    assert [one["pct"] for one in told["andele"]] == [share.share for _, share in released.shares()]
    assert [one["forskel"] for one in told["forskelle"]] == [one.difference for _, one in released.differences()]
    assert {one["udgivelses_id"] for part in ("andele", "forskelle", "pladser") for one in told[part]} == {
        released.release_id
    }


def test_a_comparison_says_its_verdict_and_hides_the_digits_of_its_p(files):
    _, made = files
    told = json.loads(made["tal.json"].read_text(encoding="utf-8"))["forskelle"]

    assert {one["dom"] for one in told} == {
        "sikkert højere",
        "sikkert lavere",
        "ingen påvist forskel",
        "ikke prøvet",
        "",
    }
    # "ingen påvist forskel" of an earlier wave, which no test was about: its interval may leave out zero.
    assert all((one["dom"] == "ikke prøvet") == (one["prøver"] == 0) for one in told if not one["vises_ikke"])
    assert {one["art"] for one in told} == {"resten af byen", "tidligere bølge", "anden gruppe"}
    shown = [one["p_rettet"] for one in told if one["p_rettet"] is not None]
    assert min(shown) == 0.001
    assert all(p == round(p, 3) for p in shown)


def test_withheld_numbers_are_told_by_their_reason_only(files):
    _, made = files
    hidden = [one for one in rows(made["tal.csv"]) if one["vises_ikke"] == "vises ikke: diskretion"]

    assert hidden
    assert {one["pct"] + one["nedre"] + one["øvre"] + one["n"] for one in hidden} == {""}


def test_the_same_release_gives_the_same_files(files, tmp_path):
    released, made = files
    for path in numbers.save(released, project(), tmp_path):
        assert path.read_bytes() == made[path.name].read_bytes()


def test_groups_are_told_in_words_and_shares_with_the_decimals_of_the_pages(files):
    # "kvinde*18_24" for a reader, and "9,0" where the page withholds the decimal.
    _, made = files
    listed = rows(made["tal.csv"])
    assert not [one["gruppenavn"] for one in listed if "*" in one["gruppenavn"] or "_" in one["gruppenavn"]]
    assert {"Kvinder", "Kvinder, 18-24 år", "alle"} <= {one["gruppenavn"] for one in listed}
    names = {one["opdelt_efter"] for one in listed}
    assert names == {"alle", "Køn", "Køn og alder"}  # and no age alone, as on the pages
    told = [one for one in listed if one["pct"]]
    assert all(("," in one["pct"]) == (one["undersøgelse"] != "Sundhedsprofilen") for one in told)


def test_the_files_may_be_read_by_whoever_may_read_the_reports(files):
    _, made = files
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.values()} == {0o644}
