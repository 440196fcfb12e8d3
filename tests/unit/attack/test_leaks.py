"""Numbers on a page that the files do not have: planted in their own place, and left alone where they belong."""

from dataclasses import replace

import pytest
import weasyprint

from tests.unit.attack.test_attacker import PROJECT
from tryghed.attack import leaks, pages
from tryghed.errors import ReleaseError

HEAD = (
    "undersøgelse;bølge;områdesæt;områdekode;område;opdeling;gruppe;gruppenavn;indikator;andel;pct;nedre;øvre;n;"
    "vises_ikke\n"
)
ROWS = """\
Sund;2025;Bydele;alle;Alle;alle;alle;alle;tryg;Trygge;71,2;66,0;76,1;1050;
Sund;2025;Bydele;a;Amager Øst;alle;alle;alle;tryg;Trygge;83,1;79,0;86,7;421;
Sund;2025;Bydele;a;Amager Øst;sex;k;Kvinder;tryg;Trygge;78,1;74,6;81,4;203;
Sund;2025;Bydele;a;Amager Øst;sex;m;Mænd;tryg;Trygge;;;;;vises ikke: diskretion
Sund;2025;Bydele;b;Valby;alle;alle;alle;tryg;Trygge;60,0;50,5;70,9;99;
Sund;2025;Bydele;a;Amager Øst;alle;alle;alle;syg;Syge;9;7;11;420;
"""


@pytest.fixture
def known(tmp_path):
    (tmp_path / "tal.csv").write_text(HEAD + ROWS, encoding="utf-8-sig")
    for name in ("tal_forskelle.csv", "tal_pladser.csv"):
        (tmp_path / name).write_text(HEAD, encoding="utf-8-sig")
    return leaks.rows(PROJECT, tmp_path)


@pytest.fixture
def strays(known, tmp_path):
    """Return a function that prints lines on a page and returns what stands there and in no file."""

    def found(*lines, about=("a",), told=(), body=""):
        path = tmp_path / "rapport.pdf"
        text = body or "".join(f"<p>{line}</p>" for line in lines)
        weasyprint.HTML(string=f"<h1>Trygge</h1>{text}").write_pdf(path, pdf_tags=True)
        return [(one.page, one.number) for one in leaks.strays(path, frozenset(about), known, told)]

    return found


def test_what_the_files_have_is_no_stray(strays):
    assert strays(
        "Amager Øst 83,1 79,0–86,7 421", "Kvinder 78,1 203", "I bydelen er 83,1 % trygge (95 %-interval 79,0–86,7).",
        "Trygge, pct., 2025. n = 421", "60 70 80 90 100 %", "Syge 9 7 11", "Svarprocent 35,0 %", told=("35,0", "95"),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Mænd 74,1 % er trygge", "74,1"),  # a withheld share in its own place
        ("Mænd 23", "23"),  # its n
        ("Mænd: 78,1", "78,1"),  # another group's number in its place
        ("Blandt mænd er 74,1 % trygge", "74,1"),  # in a sentence
        ("I bydelen er 60,0 % trygge", "60,0"),  # another area's, where no area is named
        ("Kvinder 78,1 203 Mænd vises ikke: diskretion 74,1", "74,1"),  # behind the words that withhold it
        ("Amager Øst 83,1 74,6–86,7", "74,6–86,7"),  # the ends of two intervals
        ("Amager Øst, syge 13", "13"),  # sensitive: no decimals
        ("Trygge, pct., 2025. n = 218", "218"),
    ],
)
def test_a_number_planted_on_a_page_is_found(strays, line, number):
    assert (1, number) in strays(line)


def test_a_number_that_only_an_alt_text_tells_is_found(strays):
    image = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"

    assert strays(body=f'<img src="{image}" alt="Kvinder: 78,1 %; Mænd: 74,1 %">') == [(1, "74,1")]


def test_names_and_numbers_on_one_level_are_one_line(tmp_path):
    # figures are drawn column by column: read in the order of the file, no number would stand beside its name
    path = tmp_path / "rapport.pdf"
    cell = '<div style="position:absolute;left:{}px;top:{}px">{}</div>'.format
    body = cell(0, 0, "Kvinder") + cell(0, 40, "Mænd") + cell(300, 0, "78,1") + cell(300, 40, "85,2")
    weasyprint.HTML(string=body).write_pdf(path)

    (page,) = pages.read(path)

    assert page.lines == ("Kvinder 78,1", "Mænd 85,2")


def test_old_numbers_may_stand_where_a_correction_tells_them(strays, tmp_path):
    assert (1, "82,9") in strays("Trygge, Amager Øst: før 82,9 %, nu 83,1 %")
    (tmp_path / "rettelse.md").write_text("| Trygge, Amager Øst (2025) | 82,9 % (78,8–86,5) | 83,1 % | +0,2 |\n")
    known = leaks.rows(PROJECT, tmp_path)

    assert list(leaks.strays(tmp_path / "rapport.pdf", frozenset("a"), known)) == []


@pytest.mark.parametrize(("number", "found"), [("83,1", []), ("60,0", [(1, "60,0")])])
def test_a_name_broken_between_two_lines_is_that_name(strays, number, found):
    # Guards against corrections that could not be printed: "Meget" ended a line, and "tryg: før 48,3 %" was held
    # against the numbers of "Tryg". Valby's own number in the other's place is a stray all the same.
    assert strays(f"Trygge i Amager<br>Øst: {number} %", about=("b",)) == found


def test_a_name_that_a_line_ends_in_after_a_hyphen_is_that_name(tmp_path, known):
    # Guards against a correction that cannot be printed because its margin breaks "i aften- og nattetimerne" there.
    label = "Trygge i aften- og nattetimerne"
    (corrected,) = [one for one in known if one.area == "alle"]
    known = [*known, replace(corrected, indicators=frozenset({label.lower()}), numbers=frozenset({"48,3", "48,2"}))]
    path = tmp_path / "rapport.pdf"
    lines = "Trygge i aften-<br>og nattetimerne, alle (2025):<br>før 48,3 %, nu<br>48,2 %; 48,1 %"
    weasyprint.HTML(string=f"<p>{lines}</p>").write_pdf(path, pdf_tags=True)

    (page,) = pages.read(path)
    assert page.lines[:2] == ("Trygge i aften-", "og nattetimerne, alle (2025):")
    assert label in page.text.replace("\n", " ")
    assert [one.number for one in leaks.strays(path, frozenset("a"), known)] == ["48,1"]


def test_reports_with_strays_are_refused_with_their_page():
    with pytest.raises(ReleaseError, match=r"1 number in the reports[\s\S]*x.pdf, page 2: 74,1 in »Mænd 74,1«"):
        leaks.refuse([leaks.Stray("x.pdf", 2, "74,1", "Mænd 74,1")])
    leaks.refuse([])


def test_what_is_no_pdf_is_told(tmp_path):
    (tmp_path / "x.pdf").write_text("no")
    with pytest.raises(ReleaseError, match="cannot be read as a PDF"):
        pages.read(tmp_path / "x.pdf")
