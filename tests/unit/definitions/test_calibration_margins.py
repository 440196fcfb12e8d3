"""Margins are read by name, and every mistake in their files is told before anything is weighted."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tryghed.definitions import project
from tryghed.definitions.calibration import Calibration, read_margins
from tryghed.errors import DefinitionError

ROOT = Path(__file__).parents[3]
PROJECT = project.load(ROOT)
AGES = ("18_24", "25_34", "35_49", "50_64", "65_79", "80_plus")


def read(folder, *, method="raking", **margins):
    tables = [{"file": "margin.csv", "by": by} for by in margins.get("by", [["sex"]])]
    wanted = Calibration.model_validate({"method": method, "margins": tables})
    return read_margins(folder, wanted, PROJECT.surveys["tryghed"], PROJECT.area_sets)


def write(folder, *lines):
    (folder / "margin.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")


def test_one_file_gives_several_margins_summed_over_the_rest(tmp_path):
    rows = [f"{age};{sex};{1000 + 10 * place},5" for place, age in enumerate(AGES) for sex in ("mand", "kvinde")]
    write(tmp_path, "age;sex;population", *rows)

    sexes, crossed = read(tmp_path, by=[["sex"], ["sex", "age"]])

    assert sexes.totals == {("mand",): 6153.0, ("kvinde",): 6153.0}
    assert crossed.totals["kvinde", "25_34"] == 1010.5
    assert crossed.name == "sex*age"
    assert crossed.population == sexes.population == 12306.0


def test_the_order_of_columns_and_rows_means_nothing(tmp_path):
    # Guards against columns taken by position.
    write(tmp_path, "population;sex", "60;kvinde", "40;mand")

    assert read(tmp_path)[0].totals == {("kvinde",): 60.0, ("mand",): 40.0}


def test_every_mistake_is_told_with_its_line(tmp_path):
    write(tmp_path, "sex;population", "kvinde;60", "mænd;40", "kvinde;61", "mand;mange", "I alt;-1")

    with pytest.raises(DefinitionError) as refused:
        read(tmp_path)

    told = str(refused.value)
    assert "margin.csv:3: 'mænd' is not in sex" in told
    assert "margin.csv:4: kvinde occurs twice" in told
    assert "margin.csv:5: 'mange' is not a number of people" in told
    assert "margin.csv:6: 'I alt' is not in sex" in told
    assert "margin.csv:6: '-1' is not a number of people" in told


@pytest.mark.parametrize("text", ["1.234.567", "nan", "inf", ""])
def test_what_is_no_number_of_people(tmp_path, text):
    write(tmp_path, "sex;population", f"kvinde;{text}", "mand;40")

    with pytest.raises(DefinitionError, match="is not a number of people"):
        read(tmp_path)


def test_a_column_nobody_knows_is_not_summed_over(tmp_path):
    # A table of several years, added up, is a population several times too large.
    write(tmp_path, "sex;year;population", "kvinde;2024;60", "kvinde;2025;61", "mand;2024;40", "mand;2025;41")

    with pytest.raises(DefinitionError, match=r"columns \['year'\] divide the people by nothing known"):
        read(tmp_path)


def test_areas_that_overlap_are_no_margin(tmp_path):
    write(tmp_path, "udsatte_2025;population", "tingbjerg;60")

    with pytest.raises(DefinitionError, match=r"columns \['udsatte_2025'\]"):
        read(tmp_path, by=[["udsatte_2025"]])


def test_missing_files_and_columns_are_told(tmp_path):
    with pytest.raises(DefinitionError, match="no such file"):
        read(tmp_path)
    write(tmp_path, "sex;antal", "kvinde;60")
    with pytest.raises(DefinitionError, match=r"no columns \['age', 'population'\]; found \['sex', 'antal'\]"):
        read(tmp_path, by=[["sex", "age"]])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"method": "logit"}, "logit needs bounds"),
        ({"method": "raking", "bounds": [0.5, 2]}, "raking has no bounds"),
        ({"method": "linear", "bounds": [1.1, 2]}, "below 1"),
        ({"method": "linear", "bounds": [-0.5, 2]}, "0 or more"),
        ({"method": "linear", "bounds": [0.5]}, "at least 2"),
        ({"margins": []}, "at least 1"),
    ],
)
def test_a_calibration_that_cannot_be(given, told):
    with pytest.raises(ValidationError, match=told):
        Calibration.model_validate({"margins": [{"file": "a.csv", "by": ["sex"]}]} | given)


def test_a_project_with_wrong_margins_does_not_load(tmp_path):
    # `tryghed check` finds it without data.
    (tmp_path / "surveys" / "tryghed").mkdir(parents=True)
    (tmp_path / "surveys" / "areas").symlink_to(ROOT / "surveys" / "areas")
    for name in ("survey", "2025"):
        text = (ROOT / "surveys" / "tryghed" / f"{name}.toml").read_text(encoding="utf-8")
        wanted = '\n[[design.calibration.margins]]\nfile = "margin.csv"\nby = ["sex"]\n' if name == "2025" else ""
        (tmp_path / "surveys" / "tryghed" / f"{name}.toml").write_text(text + wanted, encoding="utf-8")

    with pytest.raises(DefinitionError, match=r"margin.csv: no such file"):
        project.load(tmp_path)
    write(tmp_path, "sex;population", "kvinde;60", "mand;40")
    assert project.load(tmp_path).waves["tryghed"]["2025"].design.calibration.method == "raking"


def test_areas_may_be_called_as_official_tables_call_them(tmp_path):
    # Guards against a district that is left out of the margin because a table writes its name and not its code.
    write(tmp_path, "bydele_10;population", "Bydel - 5. Valby;60", "Vesterbro-Kongens Enghave;30", "2;10")
    wanted = Calibration(margins=[{"file": "margin.csv", "by": ["bydele_10"]}])

    (margin,) = read_margins(tmp_path, wanted, PROJECT.surveys["sundhed"], PROJECT.area_sets)

    assert margin.totals == {("5",): 60.0, ("4",): 30.0, ("2",): 10.0}
    write(tmp_path, "bydele_10;population", "Valby;60", "5;61", "Uden for inddeling;7")
    with pytest.raises(DefinitionError, match=r"'Uden for inddeling' is not in bydele_10") as told:
        read_margins(tmp_path, wanted, PROJECT.surveys["sundhed"], PROJECT.area_sets)
    assert "5 occurs twice" in str(told.value)


def test_a_workbook_is_told_to_be_saved_as_csv(tmp_path):
    (tmp_path / "Be62.xlsx").write_bytes(b"PK\x03\x04\xff\xfe")
    wanted = Calibration(margins=[{"file": "Be62.xlsx", "by": ["sex"]}])

    with pytest.raises(DefinitionError, match="is a workbook; margins are CSV") as told:
        read_margins(tmp_path, wanted, PROJECT.surveys["sundhed"], PROJECT.area_sets)
    assert "one year only" in told.value.hint
