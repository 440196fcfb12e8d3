"""Numbers read back from a report held against its trace by page and place."""

from tryghed.delivery import placing
from tryghed.delivery.printouts import Found, Printout
from tryghed.reporting.printed import Printed
from tryghed.reporting.trace import Trace, Traced

#: Page 1 reads: S1 of the text, F1 with an alt text, the text again, F2; page 2 is one table.
READ = [
    (1, "S1", "78,1", False),
    (1, "F1", "12,0", True),
    (1, "F1", "40,5", False),
    (1, "F1", "41,5", False),
    (1, "S1", "85,2", False),
    (1, "F2", "7", False),
    (2, "T1", "8", False),
    (2, "T1", "9", False),
]
IDS = {"S1": 1, "F1": 1, "F2": 1, "T1": 2}


def traced():
    numbers = [(of, Printed(text, spoken, place, "rule")) for place, (_, of, text, spoken) in enumerate(READ)]
    items = tuple(
        Traced(name, "", page, (), tuple(one for of, one in numbers if of == name)) for name, page in IDS.items()
    )
    return Trace("district", "valby", "k7q2", "f" * 64, items)


def displaced(*read, sheets=2):
    printout = Printout(tuple(Found(page, text, spoken) for page, _, text, spoken in read), ("",) * sheets)
    return [(one.where, one.written, one.expected) for one in placing.displaced(traced(), printout)]


def swapped(first, second):
    read = list(READ)
    texts = read[first][2], read[second][2]
    for at, text in zip((first, second), reversed(texts), strict=True):
        page, of, _, spoken = read[at]
        read[at] = (page, of, text, spoken)
    return displaced(*read)


def test_what_is_read_as_it_was_traced_differs_in_nothing():
    assert displaced(*READ) == []


def test_two_numbers_that_changed_places_in_a_figure_are_both_told():
    assert swapped(2, 3) == [("page 1, F1", "41,5", "40,5"), ("page 1, F1", "40,5", "41,5")]


def test_two_numbers_that_changed_places_in_a_text_around_a_figure_are_both_told():
    assert swapped(0, 4) == [("page 1, S1", "85,2", "78,1"), ("page 1, S1", "78,1", "85,2")]


def test_numbers_that_changed_places_between_two_figures_are_told_under_both():
    assert swapped(3, 5) == [("page 1, F1", "7", "41,5"), ("page 1, F2", "41,5", "7")]


def test_numbers_that_changed_places_between_pages_are_told_with_both_pages():
    assert swapped(5, 6) == [("page 1, F2", "8", "7"), ("page 2, T1", "7", "8")]


def test_a_number_on_another_page_is_missing_on_one_and_too_many_on_the_other():
    moved = [*READ[:5], (2, "F2", "7", False), *READ[6:]]
    assert displaced(*moved) == [("page 1, F2", "", "7"), ("page 2, T1", "7", "")]


def test_numbers_behind_a_missing_one_are_no_mistake():
    assert displaced(*READ[1:]) == [("page 1, S1", "", "78,1")]


def test_a_number_of_an_alt_text_is_not_one_of_the_page():
    read = [READ[0], (1, "F1", "12,0", False), *READ[2:]]
    assert displaced(*read) == [("page 1, F1", "12,0", ""), ("page 1, F1", "", "12,0")]


def test_numbers_on_a_page_that_the_trace_does_not_have_are_told():
    assert displaced(*READ, (3, "", "5", False), sheets=3) == [("page 3, T1", "5", "")]


def on_sheets(*sheets):
    return [(sheet, *one[1:]) for sheet, one in zip(sheets, READ, strict=True)]


def test_a_page_that_runs_over_to_another_sheet_is_no_mistake():
    # Guards against a correction whose notes take a sheet more, and thousands of differences that are none.
    assert displaced(*on_sheets(1, 1, 1, 1, 2, 2, 3, 3), sheets=3) == []
    assert displaced(*on_sheets(1, 1, 1, 1, 1, 1, 2, 3), sheets=3) == []
    assert displaced(*on_sheets(1, 1, 1, 2, 2, 3, 4, 5), sheets=5) == []


def test_numbers_that_changed_places_on_a_page_that_runs_over_are_told_with_their_sheets():
    read = on_sheets(1, 1, 1, 1, 2, 2, 3, 3)
    read[0], read[4] = (1, "S1", "85,2", False), (2, "S1", "78,1", False)

    assert displaced(*read, sheets=3) == [("page 1, S1", "85,2", "78,1"), ("page 2, S1", "78,1", "85,2")]


def test_a_sheet_that_is_missing_lacks_all_of_its_numbers():
    assert displaced(*READ[:6], sheets=1) == [("page 2, T1", "", "8"), ("page 2, T1", "", "9")]
