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


def read(one, counts=None):
    return ET.fromstring(ddi.codebook(SURVEY, [one], {}, counts))  # noqa: S314 (our own text)


def categories(tree):
    return {one.find(f"{SPACE}catValu").text: one for one in tree.iter(f"{SPACE}catgry")}


def test_codes_that_are_no_answer_are_marked_with_their_kind():
    assert categories(read(wave()))["9"].attrib == {"missing": "Y", "missType": "vil ikke svare"}


def test_answers_are_counted_where_they_are_to_be_and_marked_as_internal():
    found = read(wave(), {("2025", "q", 1): 120, ("2025", "q", 2): 0, ("2025", "q", -92): 10})

    counts = {code: one.find(f"{SPACE}catStat") for code, one in categories(found).items()}
    assert [counts[code].text for code in ("1", "2", "9")] == ["120", "0", "10"]
    assert [one.text[:15] for one in found.iter(f"{SPACE}notes")] == ["Til intern brug"]
    assert not list(read(wave()).iter(f"{SPACE}catStat"))


def test_a_count_that_two_codes_share_belongs_to_neither():
    # Guards against the same people counted under 8 and again under 98.
    found = categories(read(wave(), {("2025", "q", -91): 30}))

    assert found["8"].find(f"{SPACE}catStat") is None
    assert found["98"].find(f"{SPACE}catStat") is None


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
