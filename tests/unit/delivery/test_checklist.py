import re
from dataclasses import replace
from datetime import date

import pytest

from tests.unit.reporting.conftest import City, project
from tryghed.delivery import checklist
from tryghed.frames import Decision
from tryghed.release.changes import compare
from tryghed.release.released import CellKey, Change, Conflict, Exemption, Places, Remark, Withheld
from tryghed.release.review import Held, Moved, Review

CELL = CellKey("tryghed", "2025", "survey_districts_13", "valby", "sex*age", "kvinde*18_24", "tryg_aften")
WHOLE = CELL._replace(dimension="alle", category="alle")


@pytest.fixture(scope="module")
def found():
    made = project()
    old, new = City().released(made), City(n=600).released(made)
    share = new.share("tryg_aften", "valby")
    fact = next(iter(new.facts.values()))
    exempt = Exemption(WHOLE, "withhold", "Anna Holm", "<b>Skemaet</b> var forkert", date(2026, 5, 1))
    return Review(
        survey="tryghed", wave="2025", released=new, edition="2025", corrected=compare(old, new), before="2024",
        moved=(Moved(WHOLE, old.share("tryg_aften", "valby"), replace(share, share=99.0)),),
        withheld=(
            Held(CELL, "min_base", 12, 30, shown=False), Held(CELL, "max_relative_width", 1.614, 1.3, shown=False)
        ),
        close=(Held(WHOLE, "min_effective_n", 31.26, 30, shown=True),), remarked=((WHOLE, Remark.FEW_DF),),
        conflicts=(Conflict("others", "2024", (WHOLE._replace(area="rest:valby"), CELL)),), unverified=(fact,),
        accepted=(("tryghed", "2025", Decision("weights_spread", "aftalt", "Bo", date(2026, 4, 1))),),
        exempted=(), waiting=(exempt,),
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(found):
    return checklist.html(found, project())


def test_the_page_needs_no_other_file_and_cannot_be_taken_for_a_report(page):
    assert "Internt arbejdspapir" in page
    assert page.count("data:font/woff2;base64,") == 2
    assert "http" not in page
    assert "<script" not in page


def test_reasons_are_whole_danish_sentences_with_their_numbers(page):
    assert "12 svar; der skal være 30" in page
    assert "intervallet er 161,4\u00a0% af andelen; over 130\u00a0% er for bredt" in page
    assert "effektivt n er 31,3; det skal være 30" in page


def test_the_head_counts_what_is_hidden_and_why(page):
    assert re.search(r"[\d.]+ andele\. Heraf vises \d+ ikke: \d+ af hensyn til diskretion og \d+ fordi", page)


def test_cells_are_told_by_their_labels(page):
    for told in ("Trygge i aften- og nattetimerne", "Valby", "kvinder, 18-24 år"):
        assert told in page


def test_the_terminal_tells_what_a_changed_number_was_and_is(found):
    # Guards against a list of differences that says of a number that is withheld now only that it changed.
    (share,) = [one for one in found.corrected if (one.kind, one.cell) == ("share", WHOLE)]
    gone = replace(share.new, share=None, withheld=Withheld.DECIDED)
    changed = (
        share,
        replace(share, new=gone),
        replace(share, old=None),
        Change("places", WHOLE, "", Places(1, 12, 13), None),
    )

    rows = checklist.tables(replace(found, corrected=changed))["different from release 2025"]

    old, new = (str(one.share).replace(".", ",") for one in (share.old, share.new))
    assert sorted(rows.select("before", "now").rows()) == sorted([(old, new), (old, "-"), ("", new), ("1–12", "")])


def test_an_answer_names_its_question(found):
    # Guards against "Tryg, Valby" on a page where two questions have that answer.
    made = project()
    answer = Held(WHOLE._replace(indicator="safe_evening_svar_1"), "min_base", 12, 30, shown=False)
    label = made.surveys["tryghed"].scores["safe_evening_svar_1"].label
    asks = made.surveys["tryghed"].items["safe_evening"].asks

    assert f"{label} ({asks})" in checklist.html(replace(found, withheld=(answer,)), made)


def test_a_change_says_what_of_the_number_changed_and_from_what(found):
    # Guards against rows that cannot be told apart, and before and now alike where only n changed.
    made = project()
    (share,) = [one for one in found.corrected if (one.kind, one.cell) == ("share", WHOLE)]
    other = WHOLE._replace(dimension="sex", category="kvinde")
    of = {one.kind: one for one in found.corrected}
    changed = (
        replace(share, new=replace(share.old, n=1234)), replace(of["rest"], cell=WHOLE),
        replace(of["wave"], cell=WHOLE, against="2024"),
        replace(of["rest"], kind="category", cell=other, against="mand"),
        Change("places", WHOLE, "", Places(1, 12, 13), None),
    )  # fmt: skip

    page = checklist.html(replace(found, corrected=changed), made)

    what = re.findall(
        r'<td data-head="Hvad">(.*?)</td><td data-head="Før">(.*?)</td><td data-head="Nu">(.*?)</td>', page
    )
    assert {kind for kind, _, _ in what} == {
        "andel", "forskel til resten", "ændring siden 2024", "forskel til mænd", "plads",
    }  # fmt: skip
    (before, now) = next((before, now) for kind, before, now in what if kind == "andel")
    assert before != now
    assert now.endswith("1.234")
    assert next(now for kind, _, now in what if kind == "plads") == "udgået"


def test_a_narrow_page_and_a_printed_one_have_every_head(page):
    # On a narrow screen rows are lists of heads and cells; paper that goes astray says on every sheet what it is.
    assert len(re.findall(r"<td(?! data-head=\"[^\"]+\")", page)) == 0
    assert '@top-left { content: "Internt arbejdspapir' in page


def test_a_conflict_is_told_in_the_language_of_the_page(page):
    # Guards against English sentences in the list of whoever checks a Danish release.
    assert "Tallene handler om andre personer nu: leverancen er rettet" in page
    assert "uden for Valby" in page
    assert "are about other people" not in page
    assert '<td data-head="Afgørelse">udelades</td>' in page


def test_what_people_wrote_is_text(page):
    assert "&lt;b&gt;Skemaet&lt;/b&gt; var forkert" in page


def test_every_list_is_on_the_page_and_on_the_terminal(found, page):
    assert page.count("<section") == 9
    tables = checklist.tables(found)
    heights = {name: rows.height for name, rows in tables.items()}
    assert heights["withheld"] == 2
    assert heights["different from release 2025"] > 100
    assert [heights[name] for name in list(tables)[1:4]] == [1, 1, 1]
    assert [heights[name] for name in list(tables)[5:]] == [1, 1, 1, 1]


def test_a_review_with_nothing_to_say_says_so(found):
    empty = replace(
        found, edition="", corrected=(), before="", moved=(), withheld=(), close=(), remarked=(), conflicts=(),
        unverified=(), accepted=(), waiting=(),
    )  # fmt: skip
    page = checklist.html(empty, project())

    assert "Alle tal vises." in page
    assert "Bølgen er ikke udgivet før." in page
    assert all(rows.height == 0 for rows in checklist.tables(empty).values())
