import json
import shutil

import pikepdf
import pypdfium2
import pytest

from tests.e2e.conftest import tryghed

DISTRICTS = [
    "amager-oest",
    "amager-vest",
    "bispebjerg",
    "broenshoej-husum",
    "christianshavn",
    "indre-by",
    "indre-noerrebro",
    "kgs-enghave",
    "oesterbro",
    "valby",
    "vanloese",
    "vesterbro",
    "ydre-noerrebro",
]
REPORTS = ["city.pdf", *(f"district-{code}.pdf" for code in DISTRICTS)]


def pages(path):
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_a_newcomer_gets_a_city_report_and_thirteen_district_reports(demo):
    assert sorted(path.name for path in (demo / "out" / "2025").glob("*.pdf")) == sorted(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
def test_every_page_says_that_the_data_are_synthetic(demo, name):
    for text in pages(demo / "out" / "2025" / name):
        assert "Syntetiske data" in text
        assert "tallene er opdigtede og må ikke citeres" in text


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_of_the_demo_has_its_sheets(demo, name):
    # A finding too long for a title pushed the last line of one district's page to a sheet of its own.
    assert len(pages(demo / "out" / "2025" / name)) == (11 if name == "city.pdf" else 7)


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_tagged_danish_and_carry_their_fonts(demo, name):
    with pikepdf.open(demo / "out" / "2025" / name) as pdf:
        assert pdf.Root.Lang == "da"
        assert pdf.Root.MarkInfo.Marked
        assert "Trygheds" in str(pdf.docinfo["/Title"])
        fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
        assert fonts
        for font in fonts:
            below = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(below.FontDescriptor.keys())
            assert "IBM-Plex" in str(font.BaseFont).replace("IBMPlex", "IBM-Plex")


def test_nothing_is_made_again_when_nothing_has_changed(demo):
    before = {path: path.stat().st_mtime_ns for path in (demo / "out" / "2025").iterdir() if path.suffix == ".pdf"}

    done = tryghed("run", cwd=demo)

    assert "0 reports written, 14 unchanged" in done.stderr
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_the_same_city_twice_gives_the_same_bytes(demo, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(demo, again, ignore=shutil.ignore_patterns("out"))
    tryghed("report", "--area", "valby", "--area", "christianshavn", cwd=again)

    for name in ("district-valby.pdf", "district-christianshavn.pdf"):
        assert (again / "out" / "2025" / name).read_bytes() == (demo / "out" / "2025" / name).read_bytes()


def test_one_area_can_be_reported_alone(demo, tmp_path):
    alone = tmp_path / "alone"
    shutil.copytree(demo, alone, ignore=shutil.ignore_patterns("out"))

    done = tryghed("report", "--wave", "2024", "--area", "bispebjerg", cwd=alone)

    assert "1 report written" in done.stderr
    assert [path.name for path in (alone / "out" / "2024").glob("*.pdf")] == ["district-bispebjerg.pdf"]


def test_loading_the_same_files_again_changes_nothing(demo):
    pointer = (demo / "store" / "current").read_text(encoding="utf-8")

    done = tryghed("ingest", "tryghed/2025", cwd=demo)

    assert "already loaded" in done.stderr
    assert (demo / "store" / "current").read_text(encoding="utf-8") == pointer


def test_named_queries_are_listed_and_run(demo):
    listed = tryghed("queries", cwd=demo).stdout

    assert "waves_loaded" in listed
    rows = json.loads(tryghed("query", "waves_loaded", "--format", "json", cwd=demo).stdout)
    assert {row["wave"] for row in rows} >= {"2018", "2025"}


def test_sql_answers_in_danish_numbers_and_says_it_is_unreleased(demo):
    done = tryghed("sql", "select 1234.5::double as tal", cwd=demo)

    assert "1.234,5" in done.stdout
    assert "not for publication" in done.stderr


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.parquet", "t.xlsx"])
def test_sql_writes_files(demo, tmp_path, name):
    tryghed("sql", "select wave, count(*) as n from respondent group by wave", "-o", tmp_path / name, cwd=demo)

    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize(
    "statement", ["delete from respondent", "copy respondent to 'x.csv'", "select * from read_csv('/etc/passwd')"]
)
def test_sql_can_only_read_the_store(demo, statement):
    done = tryghed("sql", statement, cwd=demo, code=5)

    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_needs_no_data(demo):
    assert "queries" in tryghed("check", cwd=demo).stderr


def test_an_unknown_area_lists_the_known(demo):
    done = tryghed("report", "--area", "atlantis", cwd=demo, code=2)

    assert "atlantis" in done.stderr
    assert "bispebjerg" in done.stderr


def test_a_demo_overwrites_nothing(demo):
    done = tryghed("demo", demo, cwd=demo, code=2)

    assert "not an empty folder" in done.stderr


def test_a_demo_is_not_made_in_the_current_folder(tmp_path):
    # A folder cannot be replaced by a finished one while somebody stands in it: it ended in a traceback.
    done = tryghed("demo", ".", cwd=tmp_path, code=2)

    assert "the current folder cannot be replaced" in done.stderr
    assert list(tmp_path.iterdir()) == []
