from dataclasses import replace
from xml.etree import ElementTree as ET

from tryghed.definitions.questionnaire import Question, Round
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Wave
from tryghed.delivery import ddi

SPACE = "{ddi:codebook:2_5}"
SURVEY = Survey.model_validate(
    {
        "name": "s", "title": "Undersøgelsen", "short": "U", "population": "alle",
        "items": {"q": {"asks": "Tryg?", "codes": {1: "Ja", 2: "Nej"},
                        "missing": {8: "ved ikke", 9: "vil ikke svare", 98: "ved ikke"}}},
        "indicators": {},
    }
)  # fmt: skip


def wave(text="Er du tryg? <&>"):
    defined = Wave.model_validate(
        {
            "survey": "s", "wave": "2025", "year": 2025, "delivery": {"file": "d/x.sav"}, "columns": {"q": "q1"},
            "design": {"respondent": "nr", "weight": "w"},
            "privacy": {"legal_basis": "§ 10", "retain_until": "2030-01-01"},
        }
    )  # fmt: skip
    return Round(SURVEY, defined, {"q": Question(1, "q1", text, {}, frozenset())})


def read(one):
    return ET.fromstring(ddi.codebook(SURVEY, [one], {}))  # noqa: S314 (our own text)


def categories(tree):
    return {one.find(f"{SPACE}catValu").text: one for one in tree.iter(f"{SPACE}catgry")}


def test_codes_that_are_no_answer_are_marked_with_their_kind():
    assert categories(read(wave()))["9"].attrib == {"missing": "Y", "missType": "vil ikke svare"}


def test_what_a_file_calls_a_question_cannot_break_the_xml():
    tree = read(wave("Tryg\x00 \x0b <b>&\ud800"))

    assert next(tree.iter(f"{SPACE}qstnLit")).text == "Tryg\ufffd \ufffd <b>&\ufffd"


def test_the_same_input_gives_the_same_bytes():
    assert ddi.codebook(SURVEY, [wave()], {}) == ddi.codebook(SURVEY, [wave()], {})


def test_a_file_that_nobody_confirmed_is_called_unverified():
    # Guards against counts in a catalogue that look as good as those of the file that was agreed on.
    told = [one.text for one in read(replace(wave(), unverified=True)).iter(f"{SPACE}notes")]

    assert len(told) == 1
    assert told[0].startswith("Uverificeret")
    assert not list(read(wave()).iter(f"{SPACE}notes"))
