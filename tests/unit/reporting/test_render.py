"""HTML to PDF: accessible, on its sheets, byte-identical, closed to everything outside, whole or not there."""

import os
import signal
import threading
import time
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import weasyprint
from conftest import REPOSITORY, TEMPLATES, City
from markupsafe import Markup

from tryghed.definitions.project import load
from tryghed.errors import RenderError
from tryghed.frames import EVERYBODY
from tryghed.reporting import pages, printing, render, templates

CODE = "broenshoej-husum"
MM = 72 / 25.4


def printed(text):
    return printing.print_pdf(text, TEMPLATES)


@pytest.fixture(scope="session")
def made_html(made_project, made_city):
    return render.html(pages.district(made_city, made_project, made_project.reports["district"], CODE), TEMPLATES)


@pytest.fixture(scope="session")
def made_pdf(made_html):
    return printed(made_html)


def lines_below(content, limit):
    """Return page and text of everything printed lower than `limit` mm from the top, the footer left out."""
    found = []
    document = pypdfium2.PdfDocument(content)
    for number, page in enumerate(document, start=1):
        height, text = page.get_height(), page.get_textpage()
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            if limit < (height - bottom) / MM and (height - top) / MM < 281:
                found.append((number, text.get_text_bounded(left, bottom, right, top)))
    return found


def test_a_district_with_a_long_name_has_seven_sheets_and_nothing_below_the_content(made_pdf):
    assert len(pypdfium2.PdfDocument(made_pdf)) == 7
    assert lines_below(made_pdf, 250)  # the measure sees what is there
    assert lines_below(made_pdf, 277.6) == []


@pytest.mark.parametrize(
    ("n", "effects", "silent"),
    [(60, 1.0, ()), (20, 1.0, ()), (420, 3.0, ()), (420, 1.0, (CODE,)), (420, 1.0, (EVERYBODY,))],
)
def test_many_withheld_cells_or_many_findings_stay_on_their_sheets(made_project, n, effects, silent):
    # A note per withheld cell, or a longer lead, that pushes the page's last part to a sheet of its own.
    released = City(effects=effects, n=n, silent=silent).released(made_project)
    page = pages.district(released, made_project, made_project.reports["district"], CODE)
    content = printed(render.html(page, TEMPLATES))
    assert len(pypdfium2.PdfDocument(content)) == 7
    assert lines_below(content, 277.6) == []


@pytest.mark.parametrize("code", ["ydre-noerrebro", "bispebjerg", CODE])
def test_districts_with_maps_and_the_demo_surveys_labels_stay_on_their_sheets(code):
    # A sheet that only holds with the short labels and without the maps of the made-up project.
    project = load(REPOSITORY)
    released = City().released(project)
    content = printed(render.html(pages.district(released, project, project.reports["district"], code), TEMPLATES))
    assert len(pypdfium2.PdfDocument(content)) == 7
    assert lines_below(content, 277.6) == []


def test_a_city_report_has_a_sheet_per_section(made_project, made_city):
    content = printed(render.html(pages.city(made_city, made_project, made_project.reports["city"]), TEMPLATES))
    assert len(pypdfium2.PdfDocument(content)) == 11
    assert lines_below(content, 277.6) == []


def test_the_city_report_with_the_demo_surveys_labels_and_maps_stays_on_its_sheets():
    # Intervals under every share, in thirteen lines and eight columns with long heads.
    project = load(REPOSITORY)
    content = printed(render.html(pages.city(City().released(project), project, project.reports["city"]), TEMPLATES))
    assert len(pypdfium2.PdfDocument(content)) == 11
    assert lines_below(content, 277.6) == []


def test_a_report_without_a_contact_names_no_author(made_project, made_city):
    # "None" as the author of the file.
    report = made_project.reports["district"].model_copy(update={"contact": ""})
    content = printed(render.html(pages.district(made_city, made_project, report, CODE), TEMPLATES))
    with pikepdf.open(BytesIO(content)) as document:
        assert "/Author" not in document.docinfo
        assert "None" not in bytes(document.Root.Metadata.read_bytes()).decode()


def test_the_pdf_is_tagged_titled_and_danish(made_pdf):
    with pikepdf.open(BytesIO(made_pdf)) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "da"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo.Title) == "Brønshøj-Husum: Tryghedsprofil 2025 (syntetiske data)"
        assert "pdfuaid" in bytes(root.Metadata.read_bytes()).decode()
        kinds = [kind for kind, _ in _elements(root.StructTreeRoot)]
    assert kinds.count("H1") == 1
    assert kinds.count("Figure") > 13
    assert {"H2", "H3", "TH", "Caption", "L", "Link"} <= set(kinds)


def test_every_figure_has_an_alt_text(made_pdf):
    with pikepdf.open(BytesIO(made_pdf)) as document:
        figures = [one for kind, one in _elements(document.Root.StructTreeRoot) if kind == "Figure"]
        assert all(str(one.get("/Alt", "")).strip() for one in figures)


def _elements(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(kid.S).removeprefix("/"), kid
            yield from _elements(kid)


def test_only_the_reports_own_font_is_embedded(made_pdf):
    with pikepdf.open(BytesIO(made_pdf)) as document:
        names = {
            str(font.BaseFont).partition("+")[2] or str(font.BaseFont)
            for page in document.pages
            for font in page.Resources.get("/Font", {}).values()
        }
    assert names
    assert all("Plex" in name for name in names), names


def test_the_same_page_gives_the_same_bytes(made_html, made_pdf):
    assert printed(made_html) == made_pdf


def test_no_link_tells_where_the_file_was_made(made_pdf):
    assert b"file:" not in made_pdf
    assert b"tryghed.invalid" not in made_pdf


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="file:///etc/passwd">', '<link rel="stylesheet" href="https://example.org/a.css">',
        '<style>@import url("file:///etc/passwd");</style>', '<img src="fonts/../../../pyproject.toml">',
        '<object data="file:///etc/hostname"></object>', '<img src="fonts/license.txt">',
    ],
)  # fmt: skip
def test_nothing_outside_the_templates_is_fetched(hostile):
    # A template or a label that reads a local file, or calls a server, into a PDF that is sent to others.
    with pytest.raises(RenderError, match=r"may not be fetched|warnings"):
        printed(f"<html lang=da><title>x</title>{hostile}<p>x</p>")


def test_a_font_that_is_missing_is_an_error_not_another_font(tmp_path):
    (tmp_path / "report.css").write_text("@font-face { font-family: x; src: url(fonts/gone.woff2) }")
    with pytest.raises(RenderError, match=r"gone\.woff2"):
        printing.print_pdf(
            '<html lang=da><title>x</title><link rel=stylesheet href="report.css"><p style="font-family: x">x',
            [tmp_path],
        )


def test_what_the_pdf_maker_warns_of_is_an_error():
    with pytest.raises(RenderError, match="1 warnings"):
        printed('<html lang=da><title>x</title><p style="colour: red">x')


def test_a_template_that_does_not_fit_tells_the_place(made_project, made_city, tmp_path):
    (tmp_path / "base.html").write_text("\n{{ head.nothing }}")
    page = pages.district(made_city, made_project, made_project.reports["district"], CODE)
    with pytest.raises(RenderError, match="nothing"):
        render.html(page, [tmp_path, *TEMPLATES])


def test_a_failed_report_leaves_the_old_file_and_nothing_half_written(tmp_path):
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    with pytest.raises(RenderError):
        render.pdf('<html lang=da><title>x</title><img src="x.png">', target, TEMPLATES)
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.pdf"]


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def quiet(path, trace):
    assert path.suffix == ".pdf"
    assert trace.items


def jobs_in(folder, project, codes):
    return [render.Job(project.reports["district"], code, folder / f"{code}.pdf") for code in codes]


def test_a_report_that_fails_does_not_stop_the_others(made_project, made_city, tmp_path):
    done = {}
    jobs = jobs_in(tmp_path, made_project, ["atlantis", CODE])
    with pytest.raises(RenderError, match="no area 'atlantis'"):
        render.render_all(jobs, made_city, made_project, workers=2, finished=done.__setitem__)
    assert list(done) == [tmp_path / f"{CODE}.pdf"]
    assert names_in(tmp_path) == [f"{CODE}.pdf"]


def test_a_fault_of_ours_is_told_in_one_line_for_each_report(made_project, made_city, tmp_path):
    # Fourteen tracebacks for one fault, and exit code 0 or 1 without a file named.
    report = made_project.reports["district"].model_copy(update={"headline": "no_such_indicator"})
    jobs = [render.Job(report, CODE, tmp_path / f"{name}.pdf") for name in ("a", "b")]
    with pytest.raises(
        RenderError, match=r"2 problems\na\.pdf: KeyError at \w+/\w+\.py:\d+: 'no_such_indicator'"
    ) as found:
        render.render_all(jobs, made_city, made_project, workers=1, finished=quiet)
    assert found.value.exit_code == 8
    assert "Traceback" not in str(found.value)


def test_workers_give_the_same_bytes_as_this_process(made_project, made_city, made_pdf, tmp_path):
    jobs = jobs_in(tmp_path, made_project, [CODE])
    render.render_all(jobs, made_city, made_project, workers=1, finished=quiet)
    assert jobs[0].target.read_bytes() == made_pdf


def test_a_report_out_of_time_is_stopped_and_told(made_project, made_city, tmp_path):
    with pytest.raises(RenderError, match="not finished after 1 s of processor time"):
        render.render_all(
            jobs_in(tmp_path, made_project, [CODE]), made_city, made_project, workers=1,
            finished=quiet, seconds=1,
        )  # fmt: skip
    assert names_in(tmp_path) == []


def test_an_interrupt_leaves_no_half_files_and_no_workers(made_project, made_city, tmp_path):
    # Ctrl-C in the middle of a run: a half-written PDF, or workers that go on.
    threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    codes = list(made_project.area_sets["survey_districts_13"].areas)
    with pytest.raises(KeyboardInterrupt):
        render.render_all(jobs_in(tmp_path, made_project, codes), made_city, made_project, workers=2, finished=quiet)
    before = set(names_in(tmp_path))
    time.sleep(1)
    assert set(names_in(tmp_path)) == before
    assert all(Path(name).suffix == ".pdf" for name in before)


def test_an_age_stays_on_one_line():
    # A line that ends with "Valby, kvinder, 80" reads as if 80 were the number of Valby's women.
    assert str(templates.text("Valby, kvinder, 80 år og derover")) == "Valby, kvinder, 80\u00a0år og derover"


@pytest.mark.parametrize("millimetres", range(100, 140, 4))
def test_a_mark_at_the_end_of_a_paragraph_does_not_break_it_at_its_first_space(millimetres):
    # A line of one word in the middle of a lead, whose last line was too full for the mark.
    lead = (
        "Hvert område sammenlignes med resten af byen. Områderne er små, så mange tal er usikre, og nogle vises ikke. "
        "Stiplet linje i tabellen: hele byen."
    )
    text = templates.marked(lead, Markup('<span class="ref">[S10]</span>'))
    style = (
        f"<style>.nb, .ref {{ white-space: nowrap; }} p {{ width: {millimetres}mm; font: 10pt sans-serif; }}</style>"
    )
    with pypdfium2.PdfDocument(weasyprint.HTML(string=f"{style}<p>{text}</p>").write_pdf()) as document:
        lines = document[0].get_textpage().get_text_bounded().splitlines()
    assert lines[-1].endswith("byen.\u00a0[S10]")
    assert all(len(line.split()) > 1 for line in lines[:-1]), lines
