"""Verdicts on pairs of waves: what a difference leads to, and what a declaration can and cannot change."""

from datetime import date

import pytest

from tryghed.definitions.comparability import Comparability, ComparabilityRules, compare
from tryghed.definitions.differences import differences, similarity
from tryghed.definitions.questionnaire import Question, Round, Weights, spoken, without_number
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import Wave

SCALE = {1: "Tryg", 2: "Hverken eller", 3: "Utryg", 8: "Ved ikke"}
SURVEY = Survey.model_validate(
    {
        "name": "s", "title": "S", "short": "S", "population": "alle", "distributions": ["safe"],
        "items": {
            "safe": {"asks": "Hvor tryg er du?", "codes": {1: "Tryg", 2: "Hverken eller", 3: "Utryg"},
                     "missing": {8: "ved ikke"}},
            "uses": {"asks": "Bruger du legepladser?", "codes": {1: "Ja", 2: "Nej"}},
            "noise": {"asks": "Støj?", "codes": {1: "Ja", 2: "Nej"}, "missing": {8: "ved ikke"}},
        },
        "indicators": {
            "tryg": {"item": "safe", "counts": [1], "base": [1, 2, 3, 8], "label": "Trygge"},
            "bruger": {"item": "uses", "counts": [1], "label": "Brugere"},
            "stoej": {"item": "noise", "counts": [1], "label": "Støj", "among": {"item": "uses", "codes": [1]}},
        },
    }
)  # fmt: skip


def question(position, text, labels=SCALE, column="q", missing=(8,)):
    return Question(position, column, text, labels, frozenset(missing))


def asked(year, *, text="Hvor tryg er du?", labels=SCALE, order=("safe", "uses", "noise"), answered=None, kish=1.2,
          fieldwork=None, **more):  # fmt: skip
    columns = more.pop("columns", {item: f"q{at}" for at, item in enumerate(order, start=1)})
    wave = Wave.model_validate(
        {
            "survey": "s", "wave": str(year), "year": year, "delivery": {"file": "d.sav"},
            "privacy": {"legal_basis": "§ 10", "retain_until": "2099-12-31"},
            "design": {"respondent": "nr", "weight": "w"}, "columns": columns, "fieldwork": fieldwork or {}, **more,
        }
    )  # fmt: skip
    texts = {"safe": text, "uses": "Bruger du legepladser?", "noise": "Støj?"}
    plain = {1: "Ja", 2: "Nej", 8: "Ved ikke"}
    questions = {
        item: question(order.index(item) + 1, texts[item], labels if item == "safe" else plain, columns[item])
        for item in columns
    }
    return Round(SURVEY, wave, questions, Weights(answered, answered, 0.5, 2, kish) if answered else None)


def verdict(before, after, indicator="tryg", rules=None):
    found = compare([before, after], rules or ComparabilityRules())
    one = found["s", after.wave.wave, before.wave.wave, indicator]
    return one.verdict, tuple(reason.code for reason in one.reasons)


def test_the_same_questionnaire_is_comparable_without_a_reason():
    assert verdict(asked(2024), asked(2025)) == (Comparability.COMPARABLE, ())


@pytest.mark.parametrize(
    ("after", "expected", "reasons"),
    [
        ({"text": "Hvor tryg føler du dig?"}, "brud", ("wording",)),
        ({"text": "HVOR tryg, er du ?"}, "sammenlignelig", ()),  # signs, case and blanks alone
        ({"text": "q1. Hvor tryg er du?"}, "sammenlignelig", ()),  # the column's own name before the question
        ({"columns": {"safe": "x9", "uses": "x1", "noise": "x2"}}, "sammenlignelig", ()),  # names alone
        ({"labels": {**SCALE, 3: "Meget utryg"}}, "brud", ("answers",)),
        ({"labels": {code: SCALE[code] for code in (1, 2, 8)}}, "brud", ("answers",)),
        ({"labels": {code: SCALE[code] for code in (1, 2, 3)}}, "brud", ("no_answer",)),  # 8 is in the base
        ({"routing": {"safe": {"column": "split", "codes": [1]}}}, "forbehold", ("split",)),
        ({"routing": {"safe": {"column": "q2", "codes": [1], "otherwise": "filtreret fra"}}}, "brud", ("filter",)),
        ({"order": ("uses", "noise", "safe")}, "forbehold", ("order",)),
        ({"fieldwork": {"mode": ["web", "papir"]}}, "forbehold", ("mode",)),
        ({"fieldwork": {"provider": "En anden"}}, "forbehold", ("provider",)),
        ({"breaks": {"tryg": {"since": "2025", "why": "ny skala"}}}, "brud", ("declared_break",)),
    ],
)
def test_each_difference_leads_to_the_verdict_of_the_rules(after, expected, reasons):
    before = asked(2024, fieldwork={"mode": ["web"], "provider": "Epinion"})
    if "fieldwork" in after:
        after = {**after, "fieldwork": {"mode": ["web"], "provider": "Epinion", **after["fieldwork"]}}

    found = verdict(before, asked(2025, **after))

    assert (found[0].danish, found[1]) == (expected, reasons)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("2019-12-02", "2020-01-31"), ("2024-12-02", "2025-01-31"), ()),
        # 29 December and 3 January are a week apart, not fifty-one
        (("2019-12-20", "2020-01-07"), ("2020-12-24", "2021-01-13"), ()),
        (("2019-12-02", "2020-01-31"), ("2020-02-14", "2020-03-20"), ("period",)),
        (("2019-12-02", "2020-01-31"), ("2020-11-01", "2021-03-01"), ("length",)),
    ],
)
def test_periods_are_compared_within_the_year(before, after, expected):
    one, other = ({"start": start, "end": end} for start, end in (before, after))

    assert verdict(asked(2020, fieldwork=one), asked(2025, fieldwork=other))[1] == expected


def test_response_counts_beyond_the_limit_only():
    fieldwork = {"invited": 1000}
    before = asked(2024, fieldwork=fieldwork, answered=400)

    assert verdict(before, asked(2025, fieldwork=fieldwork, answered=310))[1] == ()
    assert verdict(before, asked(2025, fieldwork=fieldwork, answered=290))[1] == ("response",)


def test_an_indicator_breaks_with_the_question_that_narrows_its_base():
    filtered = {"uses": {"column": "q1", "codes": [1], "otherwise": "filtreret fra"}}

    assert verdict(asked(2024), asked(2025, routing=filtered), "stoej")[1] == ("filter",)
    assert verdict(asked(2024), asked(2025, routing=filtered), "tryg")[1] == ()


def test_the_shares_of_answers_break_with_the_indicators_of_their_item():
    broken = asked(2025, breaks={"tryg": {"since": "2025", "why": "ny skala"}})

    assert verdict(asked(2024), broken, "safe_svar_1") == (Comparability.BREAK, ("declared_break",))


WORDS = {"despite": ["wording"], "why": "Kun rækkefølgen af ordene er ændret."}


def test_a_declaration_makes_its_own_difference_harmless_and_no_other():
    new = {"text": "Hvor tryg føler du dig?", "comparable": [WORDS]}

    assert verdict(asked(2024), asked(2025, **new)) == (Comparability.COMPARABLE, ())
    # guards against one declaration that excuses whatever else has changed
    assert verdict(asked(2024), asked(2025, **new, labels={1: "Tryg", 8: "Ved ikke"}))[1] == ("answers",)
    elsewhere = {"text": "Hvor tryg føler du dig?", "comparable": [{**WORDS, "indicators": ["bruger"]}]}
    assert verdict(asked(2024), asked(2025, **elsewhere))[1] == ("wording",)


def test_a_declaration_speaks_of_one_change_not_of_later_ones():
    rounds = [asked(2023), asked(2024, text="Hvor tryg føler du dig?", comparable=[WORDS]),
              asked(2025, text="Er du tryg?")]  # fmt: skip

    found = compare(rounds, ComparabilityRules())

    verdicts = {(one.against, one.wave): one.verdict.danish for one in found.values() if one.indicator == "tryg"}
    assert verdicts == {
        ("2023", "2024"): "sammenlignelig", ("2024", "2025"): "brud", ("2023", "2025"): "brud",
    }  # fmt: skip


def test_a_declaration_can_leave_a_caveat_but_never_worsens():
    declared = {**WORDS, "verdict": "forbehold"}
    punctuation = {"despite": ["name"], "why": "x", "verdict": "forbehold"}

    assert verdict(asked(2024), asked(2025, text="Er du tryg?", comparable=[declared]))[0] is Comparability.CAVEAT
    renamed = asked(2025, columns={"safe": "x", "uses": "q2", "noise": "q3"}, comparable=[punctuation])
    assert verdict(asked(2024), renamed) == (Comparability.COMPARABLE, ())


def test_rules_are_data():
    rules = ComparabilityRules.model_validate({"verdicts": {"wording": "forbehold"}, "limits": {"period_weeks": 52}})

    assert verdict(asked(2024), asked(2025, text="Er du tryg?"), rules=rules)[0] is Comparability.CAVEAT


def test_a_declared_break_parts_all_earlier_from_all_later_waves():
    rounds = [asked(2022), asked(2023, breaks={"tryg": {"since": "2023", "why": "ny"}}), asked(2024)]

    found = compare(rounds, ComparabilityRules())

    broken = {(one.against, one.wave) for one in found.values() if one.indicator == "tryg" and one.reasons}
    assert broken == {("2022", "2023"), ("2022", "2024")}


def test_waves_that_did_not_ask_have_no_verdict():
    found = compare([asked(2024, columns={"uses": "q2"}), asked(2025)], ComparabilityRules())

    assert ("s", "2025", "2024", "tryg") not in found
    assert found["s", "2025", "2024", "bruger"].verdict is Comparability.COMPARABLE


def test_the_words_of_files_are_compared_only_where_both_have_them():
    # guards against a break between a file with labels and a CSV file that has none
    assert verdict(asked(2024, text="q1: HVOR TRYG?"), asked(2025, text=""))[1] == ()
    assert verdict(asked(2024, text="", wording={"safe": "Er du tryg?"}), asked(2025, text=""))[1] == ("wording",)


def test_differences_are_listed_with_both_sides_and_their_size():
    before = asked(2024, fieldwork={"start": date(2023, 12, 1), "end": date(2024, 1, 31), "mode": ["web"]})
    after = asked(2025, text="Hvor tryg føler du dig?", columns={"safe": "q7", "noise": "q3"})

    found = {(one.kind, one.item): one for one in differences(before, after)}

    assert found["wording", "safe"].size == pytest.approx(2 * 3 / 9)  # three words shared of four and five
    assert (found["name", "safe"].before, found["name", "safe"].after) == ("q1", "q7")
    assert found["gone", "uses"].before == "Bruger du legepladser?"
    assert ("mode", "") not in found  # one of the two is not known


def test_moving_one_question_is_one_move():
    before = asked(2024, order=("safe", "uses", "noise"))
    after = asked(2025, order=("noise", "safe", "uses"))

    assert [one.item for one in differences(before, after) if one.kind == "order"] == ["noise"]


def test_words_are_compared_without_signs():
    assert spoken("Hvor tryg,\u00a0er du?") == spoken("hvor  tryg er du")
    assert spoken("ikke tryg") != spoken("tryg")
    assert without_number("q7_2: Hvor tryg?", "q7_2") == "Hvor tryg?"
    assert without_number("q7_2 Hvor tryg?", "q7_2") == "Hvor tryg?"
    assert without_number("Ryger du?", "ryger") == "Ryger du?"  # the column's name is the question's first word
    assert without_number("q10 om året?", "q1") == "q10 om året?"
    assert without_number("Q12. Hvor tryg?", "v1") == "Hvor tryg?"
    assert without_number("2 gange om ugen?", "v1") == "2 gange om ugen?"
    assert without_number("16-24-årige: hvor tryg?", "v1") == "16-24-årige: hvor tryg?"  # an age, not a number
    assert similarity("a b", "a b") == 1


def test_other_ways_not_to_answer_are_told_with_their_kind():
    before = asked(2024)
    after = asked(2025, labels={**SCALE, 8: "Husker ikke"})

    (found,) = [one for one in differences(before, after) if one.kind == "no_answer"]

    assert (found.before, found.after) == ("8 Ved ikke", "8 Husker ikke (ved ikke)")
