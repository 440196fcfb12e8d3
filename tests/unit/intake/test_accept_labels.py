import polars as pl
import pyreadstat
import pytest

from tryghed.frames import Earlier
from tryghed.intake import privacy
from tryghed.intake.accept import examine
from tryghed.intake.delivered import Delivered

LABELS = {
    "koen": {1: "Mand", 2: "kvinde "},
    "q1": {1: "Tryg", 2: "Hverken  eller", 3: "Utryg", 8: "Ved ikke", 9: "Vil ikke svare"},
}
WAVE = [("wave.csv", "wave.sav")]


@pytest.fixture
def sav(tmp_path):
    """Return a function that puts an SPSS delivery with other labels or missing codes in place."""

    def write(labels=LABELS, ages=(39.0, 40.0), **more):
        (tmp_path / "deliveries").mkdir()
        rows = pl.DataFrame(
            {
                "nr": [1.0, 2.0], "vaegt": [1.0, 2.0], "lag": [1.0, 2.0], "rode": ["101", "201"], "koen": [1.0, 2.0],
                "alder": list(ages), "q1": [1.0, 8.0], "del": [1.0, 1.0],
            }
        )  # fmt: skip
        pyreadstat.write_sav(rows, tmp_path / "deliveries" / "wave.sav", variable_value_labels=labels, **more)

    return write


def test_labels_that_differ_in_case_and_blanks_are_the_same(sav, taken):
    sav()
    wave = taken(wave=WAVE)
    assert wave.answers["safe"].to_list() == [1, -91]
    assert wave.respondents["stratum"].to_list() == ["1", "2"]


def test_a_turned_scale_is_refused(sav, refused):
    # Guards against the worst of all: 1 is "Utryg" in this year's file.
    sav(LABELS | {"q1": LABELS["q1"] | {1: "Utryg", 3: "Tryg"}})
    found = refused(wave=WAVE)["label_mismatch"]
    assert (found.where, found.count) == ("safe (q1)", 2)
    assert "1 is 'Utryg' in the file, 'Tryg' in survey.toml" in found.message


def test_a_number_the_file_calls_missing_is_no_answer(sav, refused):
    # Guards against people of 998 years.
    sav(ages=(998.0, 40.0), missing_ranges={"alder": [{"lo": 998, "hi": 998}]})
    assert refused(wave=WAVE)["unknown_code"].rows == (1,)


def test_an_answer_the_file_calls_missing_is_told(sav, refused):
    # 3 is "Utryg" in survey.toml and left out by the provider's own tables: one of the two shares is wrong.
    sav(missing_ranges={"q1": [{"lo": 3, "hi": 3}]})
    found = refused(wave=WAVE)["answer_declared_missing"]
    assert (found.where, found.count) == ("safe (q1)", 1)
    assert "3 (Utryg)" in found.message


BREAK = '[breaks.{}]\nsince = "2025"\nwhy = "ny ordlyd"'


def examined(made, wave, earlier=None):
    return {one.code: one for one in examine(made(wave=wave), "proeve", "2025", earlier=earlier).findings}


def test_a_scale_that_has_grown_is_told_before_anybody_uses_its_new_step(sav, made):
    # 4 "Meget utryg" was offered and chosen by nobody: the other steps do not mean what they meant.
    sav(LABELS | {"q1": LABELS["q1"] | {4: "Meget utryg"}})
    found = examined(made, WAVE)["label_undeclared"]
    assert (found.severity, found.where, found.count) == ("warning", "safe (q1)", 1)
    assert "4 'Meget utryg'" in found.message


def test_question_texts_other_than_the_definition_s_are_told_in_one_remark(sav, made):
    sav(column_labels={"q1": "Er du tryg?", "koen": "køn ", "alder": "Alder"})
    found = examined(made, WAVE)["wording_differs"]
    assert (found.severity, found.count) == ("info", 1)
    assert found.message.endswith("safe (q1)")


@pytest.mark.parametrize(
    ("text", "was", "changes", "code"),
    [
        ("Hvor tryg?", "hvor  TRYG?", [], None),
        ("Hvor tryg er du?", "Hvor tryg?", [], "wording_changed"),
        ("Hvor tryg er du?", "", [], None),
        ("", "Hvor tryg?", [], None),
        ("Hvor tryg er du?", "Hvor tryg?", ['[wording]\nsafe = "Hvor tryg er du?"'], None),
        ("Hvor tryg er du?", "Hvor tryg?", ['[wording]\nsafe = "Tryg?"'], "wording_changed"),
        ("Hvor tryg er du?", "Hvor tryg?", [BREAK.format("tryg"), BREAK.format("utryg")], None),
        ("Hvor tryg er du?", "Hvor tryg?", [BREAK.format("tryg")], "wording_changed"),
    ],
)
def test_a_question_that_changed_since_the_wave_before_must_be_declared(sav, made, text, was, changes, code):
    # Guards against a trend across two different questions, and against alarms for blanks and capitals.
    sav(column_labels={"q1": text} if text else {})
    declared = ("[routing.safe]", "\n\n".join([*changes, "[routing.safe]"]))
    found = examined(made, [*WAVE, declared], Earlier("2024", {"safe": was}, {}))
    assert [name for name in found if name == "wording_changed"] == ([code] if code else [])


def test_telephone_numbers_are_known_by_how_they_are_written_or_what_their_column_is_called():
    # Guards against respondent numbers of eight digits taken for telephones.
    rows = pl.DataFrame(
        {
            "id": [23456789, 34567890], "mobil": [23456789, 34567890], "written": ["23 45 67 89", "x"],
            "day": ["21-02-2025"] * 2,
        }
    )  # fmt: skip
    found = privacy.found(Delivered(rows), respondent="nr", free_text=())
    assert [(one.code, one.where, one.rows) for one in found] == [
        ("contact_details", "mobil", (1, 2)), ("contact_details", "written", (1,)),
    ]  # fmt: skip


def test_values_that_tell_who_somebody_is_are_not_printed(made):
    # Guards against a wrong column in the definition that puts CPR numbers on the screen.
    rows = "nr;vaegt;lag;rode;koen;alder;q1;del\na;25;1;101;1;39;010190-1234;1\nb;50;2;201;1;39;ane@example.dk;1\n"
    told = {one.code: one for one in examine(made(rows), "proeve", "2025").findings}["unknown_code"].message
    assert "010190" not in told
    assert "ane@" not in told
    assert "[cpr]" in told
