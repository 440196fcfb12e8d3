"""Lettered missing values of Stata and SAS keep their kinds, where the definition says what they mean."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from tryghed.definitions.wave import Delivery, Part
from tryghed.intake import readers
from tryghed.intake.accept import examine

DATA = Path(__file__).parents[4] / "shared" / "data" / "robustness" / "haven" / "tests" / "testthat"
KNOWN = 'letters = { a = "ved ikke", b = "vil ikke svare" }'
ANSWERS = [1.0, 3.0, "a", "b", "c", None, 2.0, "a"]
PART = [1.0] * 5 + [2.0] + [1.0] * 2


def written(path, answers=ANSWERS):
    rows = pl.DataFrame(
        {
            "nr": [f"p{one}" for one in range(8)], "vaegt": [25.0] * 4 + [50.0] * 4, "lag": [1.0] * 4 + [2.0] * 4,
            "rode": ["101"] * 4 + ["201"] * 4, "koen": [1.0] * 8, "alder": [39.0] * 8, "del": PART,
            "q1": pl.Series(answers, dtype=pl.Object),
        }
    )  # fmt: skip
    pyreadstat.write_dta(rows, path, missing_user_values={"q1": ["a", "b", "c"]})


@pytest.fixture
def examined(made, tmp_path):
    """Return a function that examines a Stata file with or without a word on its letters."""

    def run(more):
        project = made(wave=[('wave.csv"', f'wave.dta"\n{more}')])
        written(tmp_path / "deliveries" / "wave.dta")
        return examine(project, "proeve", "2025")

    return run


def test_letters_become_the_kinds_they_mean(examined):
    # Guards against people who did not know, among those who left a question out.
    found = examined(KNOWN)
    answers = next(one for one in found.answers if one.name == "safe")

    assert answers.to_list() == [1, 3, -91, -92, -95, -93, 2, -91]
    assert [(one.where, one.count) for one in found.findings if one.code == "tagged_missing"] == [("q1", 1)]


def test_letters_nobody_explained_are_blanks_that_somebody_must_accept(examined):
    found = examined("")
    answers = next(one for one in found.answers if one.name == "safe")

    assert answers.to_list() == [1, 3, -95, -95, -95, -93, 2, -95]
    (told,) = [one for one in found.findings if one.code == "tagged_missing"]
    assert (told.severity, told.count) == ("warning", 4)
    assert ".a, .b, .c" in told.message


def test_letters_of_a_joined_file_stay_with_their_people(tmp_path):
    # Guards against the kinds of one person's silence given to another.
    first = tmp_path / "a.csv"
    first.write_text("nr;x\np7;1\np2;2\np9;3\np3;4\n", encoding="utf-8")
    written(tmp_path / "b.dta")
    delivery = Delivery(file="a.csv", join=[Part(file="b.dta", key="nr")], letters={"a": "ved ikke"})

    letters = readers.read(first, delivery).letters

    assert letters["q1"].to_list() == ["a", "a", None, "b"]


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data/robustness")
@pytest.mark.parametrize("file", ["stata/tagged-na-double.dta", "stata/tagged-na-int.dta", "sas/tagged-na.sas7bdat"])
def test_letters_of_real_files_are_read(file):
    read = readers.read(DATA / file, Delivery(file=Path(file).name))

    assert read.letters["x"].to_list() == [None] * 5 + ["a", "h", "z"]
    assert read.rows["x"].to_list() == [1, 2, 3, 4, 5, None, None, None]
