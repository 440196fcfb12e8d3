import polars as pl

from tryghed.definitions.wave import Wave
from tryghed.intake.delivered import Delivered
from tryghed.intake.questionnaire import answer_labels, labelled_codes, questionnaire

WAVE = Wave.model_validate(
    {
        "survey": "tryghed", "wave": "2025", "year": 2025, "delivery": {"file": "d.sav"},
        "privacy": {"legal_basis": "§ 10", "retain_until": "2099-12-31"},
        "design": {"respondent": "nr", "weight": "v"},
        "columns": {"safe_day": "q2", "safe_evening": "q1", "gone": "q9"},
    }
)  # fmt: skip
FILE = Delivered(
    pl.DataFrame({"nr": [1.0], "q1": [1.0], "q2": [2.0], "v": [1.0]}),
    labels={"q1": " Hvor tryg om aftenen? "},
    value_labels={"q1": {1.0: "Tryg", 9.0: "Vil ikke svare", 1.5: "halv"}, "v": {1.0: "nej"}},
    user_missing={"q1": frozenset({9.0, 8.0})},
)


def test_items_stand_in_the_order_of_the_file_with_its_text():
    rows = questionnaire(FILE, WAVE)

    assert rows.rows() == [("safe_evening", 2, "q1", "Hvor tryg om aftenen?"), ("safe_day", 3, "q2", "")]


def test_codes_are_kept_with_label_and_whether_the_file_declares_them_missing():
    assert labelled_codes(FILE, "q1") == {1: ("Tryg", False), 8: ("", True), 9: ("Vil ikke svare", True)}
    assert answer_labels(FILE, WAVE)["item"].unique().to_list() == ["safe_evening"]
