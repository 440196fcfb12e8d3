import polars as pl
import pytest

from tryghed.intake.accept import examine
from tryghed.intake.privacy import masked

ROWS = """nr;vaegt;lag;rode;koen;alder;q1;del;andet
a;25;1;101;1;39;1;1;Ring på 23 45 67 89 eller skriv til ane@example.dk
b;50;2;201;1;39;1;1;"Mit nummer er 010190-1234; I må gerne ringe"
c;25;1;101;1;39;1;1;
d;50;2;201;1;39;1;1;Der er mørkt på stien
"""
APART = ("[columns]", '[free_text]\nother_places = "andet"\n\n[columns]')


def test_texts_are_masked_and_kept_under_pseudonyms_of_their_own(take, made):
    # Guards against a remark that tells who a set of answers belongs to.
    wave = take(made(ROWS, wave=[APART]))
    texts = wave.free_text
    assert sorted(texts["text"]) == [
        "Der er mørkt på stien", "Mit nummer er [cpr]; I må gerne ringe", "Ring på [telefon] eller skriv til [e-mail]",
    ]  # fmt: skip
    assert set(texts["question"]) == {"other_places"}
    assert not set(texts["respondent"]) & set(wave.respondents["respondent"])
    assert not {"andet", "other_places"} & set(wave.answers.columns)
    (told,) = [one for one in wave.findings if one.code == "masked_text"]
    assert (told.where, told.count) == ("andet", 3)


def test_cpr_numbers_in_columns_that_are_not_free_text_are_not_let_through(made):
    findings = {one.code: one for one in examine(made(ROWS), "proeve", "2025").findings}
    assert findings["cpr_in_text"].rows == (2,)
    assert findings["contact_details"].rows == (1,)


def test_a_single_number_in_a_column_that_enters_refuses_the_file(made):
    # Guards against a number that a person accepts as a warning, and that is then a stratum in the store.
    rows = ROWS.replace(";2;201;", ";010190-1234;201;", 1) + "".join(f"e{k};25;1;101;1;39;1;1;\n" for k in range(4))
    found = [one for one in examine(made(rows), "proeve", "2025").findings if one.code == "cpr_in_text"]

    assert [(one.where, one.severity) for one in found] == [("lag", "error"), ("andet", "warning")]


@pytest.mark.parametrize("who", ["ane@example.dk", "33 66 33 66"])
def test_an_address_in_a_column_that_enters_refuses_the_file(made, who):
    # Guards against households that are known by their telephone, and would be in the store.
    rows = ROWS.replace(";2;201;", f";{who};201;", 1)
    found = [one for one in examine(made(rows), "proeve", "2025").findings if one.code == "contact_details"]

    assert [(one.where, one.severity) for one in found] == [("lag", "error"), ("andet", "warning")]


def test_a_postal_code_with_a_number_after_it_can_be_accepted(made):
    # Guards against households that are numbered within their postal code, and could not be loaded at all.
    rows = ROWS.replace(";2;201;", ";2300-1234;201;", 1)
    found = [one for one in examine(made(rows), "proeve", "2025").findings if one.code == "contact_details"]

    assert [(one.where, one.severity) for one in found] == [("lag", "warning"), ("andet", "warning")]


@pytest.mark.parametrize("place", [";39;", "e3;25;"])
def test_a_single_number_among_answers_or_weights_refuses_the_file(made, place):
    # Guards against a number that a person accepts as a warning, and that is then an age or a weight in the store.
    rows = ROWS + "".join(f"e{k};25;1;101;1;39;1;1;\n" for k in range(40))
    rows = rows.replace(place, place.replace("39", "0101901234").replace(";25", ";0101901234"), 1)
    found = [one for one in examine(made(rows), "proeve", "2025").findings if one.code == "cpr_in_text"]

    assert [one.severity for one in found if one.where != "andet"] == ["error"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("010190-1234", "[cpr]"),
        ("født 01.01.90 1234.", "født [cpr]."),
        ("0101901234 og 020290-1234", "[cpr] og [cpr]"),
        ("320190-1234", "320190-1234"),
        ("CPR0101901234", "CPR[cpr]"),
        ("ring +45 23 45 67 89!", "ring [telefon]!"),
        ("0045 23456789", "[telefon]"),
        ("23456789", "[telefon]"),
        ("2345 6789", "[telefon]"),
        ("33-66-33-66 eller 33.66.33.66", "[telefon] eller [telefon]"),
        ("tlf.33663366", "tlf.[telefon]"),
        ("3366 33 66", "[telefon]"),
        ("2019 10 12 var en lørdag", "2019 10 12 var en lørdag"),
        ("1.1.90-1234 og 1990-01-01-1234", "[cpr] og [cpr]"),
        ("den 2.5.2019 2200 København", "den 2.5.2019 2200 København"),
        ("version 20.10.21-12", "version 20.10.21-12"),
        ("i 2019-2020 var det bedre", "i 2019-2020 var det bedre"),
        ("den 21-02-2025 kl. 12.30", "den 21-02-2025 kl. 12.30"),
        ("2.345.678 kr.", "2.345.678 kr."),
        ("Jagtvej 120, 2200 København N", "Jagtvej 120, 2200 København N"),
        ("a.b+c@tm-p.example.dk, tak", "[e-mail], tak"),
        ("bo @ example.dk, bo[at]example.dk, bo(snabel-a)example (dot) dk", "[e-mail], [e-mail], [e-mail]"),
        ("mødes @ torvet. Det er rart", "mødes @ torvet. Det er rart"),
    ],
)
def test_what_is_masked_and_what_is_not(text, clean):
    # Guards against years, dates, sums and addresses that become unreadable, and numbers that stay.
    assert masked(pl.Series([text, None])).text.to_list() == [clean, None]
