"""What the draft of a new wave takes over from the wave before, and what it says is used by nothing."""

import pytest
import xlsxwriter

from tryghed.definitions import project
from tryghed.waves.draft import draft

HEADER = ["nr", "vaegt", "lag", "rode", "koen", "alder", "q1", "del", "svardag", "andet"]


@pytest.fixture
def drafted(made, tmp_path):
    """A draft from a workbook whose columns are named in its third row, as those of the wave before were."""
    made(wave=[('wave.csv"', 'wave.xlsx"\nheader_row = 3\nsheet = "svar"')])
    path = tmp_path / "deliveries" / "ny.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("forside").write(0, 0, "Tryghed")
        sheet = book.add_worksheet("svar")
        sheet.write(0, 0, "Udtræk")
        sheet.write_row(2, 0, HEADER)
        for row in range(20):
            part = 1 + row % 2
            answer = 1 if part == 1 else None
            sheet.write_row(
                3 + row, 0, [f"a{row}", 0.5 + row / 8, 1, 101, 1, 30 + row, answer, part, f"2026-01-{row + 1:02}", "x"]
            )
    return draft(project.load(tmp_path), "proeve", "2026", [path])


def test_a_workbook_is_read_as_that_of_the_wave_before(drafted):
    # Guards against a title in the first row that is taken for the names of the columns.
    text = drafted.path.read_text(encoding="utf-8")

    assert 'sheet = "svar"' in text
    assert "header_row = 3" in text
    assert 'age = "alder"' in text


def test_columns_of_dates_and_filters_are_not_among_those_that_nothing_uses(drafted):
    # Guards against a list of left-overs that nobody reads any more, because some of it is not left over.
    text = drafted.path.read_text(encoding="utf-8")

    assert 'answer_date = "svardag"' in text
    assert 'column = "del"' in text
    assert drafted.unused == ("andet",)
