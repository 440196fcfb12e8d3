import pytest
from pydantic import ValidationError

from tryghed.definitions.survey import Survey

BASE = {
    "name": "s", "title": "t", "short": "s", "population": "p",
    "items": {
        "q": {"asks": "?", "codes": {"1": "ja", "2": "nej"}, "missing": {"8": "ved ikke", "9": "vil ikke svare"}},
        "age": {"asks": "Alder?"},
    },
    "indicators": {"tryg": {"item": "q", "counts": [1], "base": [1, 2, 8], "label": "trygge"}},
}  # fmt: skip


def survey(**changed):
    return Survey.model_validate(BASE | changed)


def indicator(**changed):
    return survey(indicators={"x": {"item": "q", "counts": [1], "label": "x"} | changed})


def test_a_missing_code_may_be_written_as_its_kind():
    assert survey().items["q"].missing[8].kind == "ved ikke"
    assert survey().items["q"].missing[8].label == "Ved ikke"


def test_an_item_without_codes_is_numeric():
    assert survey().items["age"].numeric
    assert not survey().items["q"].numeric


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"item": "nix"}, "no item 'nix'"),
        ({"counts": [1, 7]}, r"codes \[7\] are not in items.q"),
        ({"counts": [1], "base": [2]}, r"codes \[1\] count but are not in the base"),
        ({"pair_of": "nix"}, "no indicator 'nix'"),
        ({"counts": {"min": 30}}, "must be a list of codes"),
        ({"item": "age", "counts": [1]}, "must be a range"),
        ({"counts": {}}, "needs min, below or both"),
        ({"among": {"item": "age"}}, "either codes or range"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)
def test_an_indicator_that_cannot_be_scored_is_refused(changed, message):
    with pytest.raises(ValidationError, match=message):
        indicator(**changed)


def test_all_problems_of_a_survey_are_told_at_once():
    with pytest.raises(ValidationError) as told:
        survey(
            indicators={"a": {"item": "nix", "counts": [1], "label": ""}},
            groups={"g": {"item": "nix", "label": "", "categories": {}}},
            crossings=[["g", "h"]],
        )

    assert all(part in str(told.value) for part in ("indicators.a", "groups.g", "crossings: no group 'h'"))


def test_a_distribution_adds_an_indicator_per_answer_and_for_dont_know():
    scores = survey(distributions=["q"]).scores

    assert list(scores) == ["tryg", "q_svar_1", "q_svar_2", "q_svar_8"]
    # refusals are not an answer: they are in no base
    assert scores["q_svar_8"].base == [1, 2, 8]


def test_a_code_cannot_be_an_answer_and_missing():
    with pytest.raises(ValidationError, match=r"codes \[2\] are both"):
        survey(items={"q": {"asks": "?", "codes": {1: "a", 2: "b"}, "missing": {2: "ved ikke"}}})


def test_what_is_scored_from_a_sensitive_item_is_sensitive_too():
    # guards against "meget utryg 8,0 %, n 397" beside a withheld share of the same answers
    secret = {"item": "q", "counts": [1], "base": [1, 2, 8], "label": "x", "sensitive": True}
    rest = {"item": "q", "counts": [2], "base": [1, 2, 8], "label": "y", "pair_of": "x"}
    asked_of_some = {"item": "r", "counts": [1], "label": "z", "among": {"item": "q", "codes": [1]}}
    items = BASE["items"] | {"r": {"asks": "?", "codes": {"1": "ja", "2": "nej"}}}
    found = survey(
        items=items, distributions=["q", "r"],
        indicators={"x": secret, "y": rest, "z": asked_of_some, "w": {"item": "r", "counts": [1], "label": "w"}},
    ).scores  # fmt: skip

    assert {name for name, one in found.items() if one.sensitive} == {
        "x", "y", "z", "q_svar_1", "q_svar_2", "q_svar_8",
    }  # fmt: skip
