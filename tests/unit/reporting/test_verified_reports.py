"""Finished PDFs read back: as they are, and with numbers changed by hand."""

import re
from pathlib import Path

import pytest
from conftest import TEMPLATES, City

from tryghed import verification
from tryghed.delivery import printouts
from tryghed.delivery.manifest import checksum
from tryghed.delivery.tracing import Entry
from tryghed.errors import DataError
from tryghed.reporting import danish, pages, render
from tryghed.reporting.constants import constants
from tryghed.reporting.printed import printed
from tryghed.reporting.trace import trace

CODE = "ydre-noerrebro"


@pytest.fixture(scope="module")
def made(made_project, made_city, tmp_path_factory):
    """A district's report: its HTML, its PDF, and its trace."""
    report = made_project.reports["district"]
    page = pages.district(made_city, made_project, report, CODE)
    html = render.html(page, TEMPLATES)
    target = tmp_path_factory.mktemp("made") / "district.pdf"
    render.pdf(html, target, TEMPLATES)
    numbers = printed(html, page.register.items, constants(made_city, made_project, report))
    return html, target, trace(page, "district", CODE, made_city.release_id, numbers)


def remade(html: str, folder: Path) -> Path:
    target = folder / "district.pdf"
    render.pdf(html, target, TEMPLATES)
    return target


def test_every_number_on_the_page_and_in_the_alt_texts_is_read_back(made):
    _, pdf, traced = made
    found = printouts.read(pdf).numbers
    for spoken in (False, True):
        read = sorted(one.text for one in found if one.spoken is spoken)
        told = sorted(one.text for item in traced.items for one in item.numbers if one.spoken is spoken)
        assert read == told
        assert len(read) > 300


def test_a_report_that_is_what_its_inputs_give_differs_in_nothing(made, made_city):
    _, pdf, traced = made
    count, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), made_city)
    assert differing == []
    assert count > 900


def test_a_changed_digit_in_a_pdf_is_found_where_it_stands(made, made_city, tmp_path):
    html, _, traced = made
    told = danish.decimal(made_city.share("tryg_aften", CODE).share)
    wrong = danish.decimal(made_city.share("tryg_aften", CODE).share + 10.3)
    pdf = remade(html.replace(f'class="large">{told}<', f'class="large">{wrong}<'), tmp_path)

    _, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), made_city)
    assert [(one.where, one.printed, one.derived) for one in differing] == [("page 1, S1", wrong, told)]


def test_a_changed_number_in_an_alt_text_is_found(made, made_city, tmp_path):
    html, _, traced = made
    told = danish.decimal(made_city.share("tryg_aften", CODE).share)
    pdf = remade(html.replace(f"<title>Ydre Nørrebro: {told}", "<title>Ydre Nørrebro: 1,1"), tmp_path)

    _, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), made_city)
    (one,) = differing
    assert (one.where, one.printed, one.derived) == ("page 1, F1", "1,1", told)
    assert "alt text" in one.about


def drawn(html, traced, identity):
    """The page of a figure, and its numbers that stand in an element of their own and once on the page, in order."""
    (page,) = {item.page for item in traced.items if item.id == identity}
    texts = [one.text for item in traced.items if item.page == page for one in item.numbers if not one.spoken]
    start = html.index(f'id="{identity}"')
    own = re.findall(r">([\d.]+,\d)<", html[start : html.index("</figure>", start)])
    return page, [text for text in own if texts.count(text) == 1]


def with_swapped(html, first, second):
    """A report in which two figures' numbers, each written whole in an element of its own, changed places."""
    of = [
        (identity, text, html.index(f">{text}<", html.index(f'id="{identity}"'))) for identity, text in (first, second)
    ]
    (_, one, at), (_, other, behind) = sorted(of, key=lambda each: each[2])
    return f"{html[: at + 1]}{other}{html[at + 1 + len(one) : behind + 1]}{one}{html[behind + 1 + len(other) :]}"


@pytest.mark.parametrize(("first", "second"), [("F4", "F4"), ("F11", "F12")])
def test_numbers_that_changed_places_are_found_where_they_stand(made, tmp_path, first, second):
    html, _, traced = made
    page, texts = drawn(html, traced, first)
    one, other = texts[0], drawn(html, traced, second)[1][-1]
    assert one != other
    pdf = remade(with_swapped(html, (first, one), (second, other)), tmp_path)

    _, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), None)
    assert [(found.where, found.printed, found.derived) for found in differing] == [
        (f"page {page}, {first}", other, one),
        (f"page {page}, {second}", one, other),
    ]


def test_a_number_that_stands_on_another_page_is_found_on_both(made, tmp_path):
    html, _, traced = made
    page, (one, *_) = drawn(html, traced, "F4")
    html = html.replace(f">{one}<", ">–<", 1)
    lead = html.index('<p class="main">', html.index('id="S4"')) + len('<p class="main">')
    pdf = remade(f"{html[:lead]}{one} {html[lead:]}", tmp_path)

    _, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), None)
    assert [(found.where, found.printed, found.derived) for found in differing] == [
        (f"page {page}, F4", "", one),
        ("page 4, S4", one, ""),
    ]


def test_a_page_that_runs_over_to_another_sheet_differs_in_nothing(made, made_city, tmp_path):
    # Guards against a correction with long notes, of which every number behind them was told as a difference.
    html, pdf, traced = made
    register = '<div class="part close split">'
    assert html.count(register) == 1
    longer = remade(html.replace(register, f'<div style="height: 60mm"></div>{register}'), tmp_path)
    assert len(printouts.read(longer).feet) == len(printouts.read(pdf).feet) + 1

    _, differing = verification.compare_report(longer, Entry(checksum(longer), traced), made_city)
    assert differing == []


def test_a_file_that_is_not_that_of_its_trace_is_found(made, made_city):
    _, pdf, traced = made
    _, differing = verification.compare_report(pdf, Entry("0" * 64, traced), made_city)
    assert [one.about for one in differing] == ["sha256 of the file"]


def test_another_release_at_the_foot_is_found(made, made_city, tmp_path):
    html, _, traced = made
    pdf = remade(html.replace(traced.code, "zzzz"), tmp_path)
    _, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), made_city)
    assert {one.where for one in differing} == {f"page {number}" for number in range(1, 8)}


def test_numbers_the_inputs_do_not_give_are_found_by_their_ids(made, made_project):
    # Definitions or answers changed since: the report tells what they gave then.
    _, pdf, traced = made
    other = City(effects=0.4).released(made_project)
    _, differing = verification.compare_report(pdf, Entry(checksum(pdf), traced), other)
    ids = {one.where for one in differing}
    assert {"F1", "F4", "F13", "S1", "U1"} <= ids
    assert all("tryg_aften" in one.about for one in differing if one.where == "F1")


def test_a_report_that_is_gone_is_found(made, made_city, tmp_path):
    _, _, traced = made
    _, differing = verification.compare_report(tmp_path / "gone.pdf", Entry("0" * 64, traced), made_city)
    assert [one.about for one in differing] == ["the file"]


def test_what_is_no_pdf_says_so(tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"not a pdf")
    with pytest.raises(DataError, match="cannot be read as a PDF"):
        printouts.read(tmp_path / "x.pdf")
