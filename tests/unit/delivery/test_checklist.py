import re
from dataclasses import replace
from datetime import date

import pytest

from tests.unit.reporting.conftest import City, project
from tryghed.delivery import checklist
from tryghed.frames import Decision
from tryghed.release.changes import compare
from tryghed.release.released import CellKey, Conflict, Exemption, Remark
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
    assert "intervallet er 161,4 % af andelen; over 130 % er for bredt" in page
    assert "effektivt n er 31,3; det skal være 30" in page


def test_the_head_counts_what_is_hidden_and_why(page):
    assert re.search(r"[\d.]+ andele\. Heraf vises \d+ ikke: \d+ af hensyn til diskretion og \d+ fordi", page)


def test_cells_are_told_by_their_labels(page):
    for told in ("Trygge i aften- og nattetimerne", "Valby", "kvinder, 18-24 år"):
        assert told in page


def test_a_conflict_is_told_in_the_language_of_the_page(page):
    # Guards against English sentences in the list of whoever checks a Danish release.
    assert "Tallene handler om andre personer nu: leverancen er rettet" in page
    assert "uden for Valby" in page
    assert "are about other people" not in page
    assert "<td>udelades</td>" in page


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
