"""How released numbers are written, and how numbers are found in a text."""

import pytest

from tryghed.release.released import Difference, Places, Share
from tryghed.reporting import danish
from tryghed.reporting.written import NUMBER, number, numbers, written

SHARE = Share(71.2, 66.5, 75.6, 1486)
SENSITIVE = Share(14.0, 11.0, 17.0, 480, sensitive=True)
DIFFERENCE = Difference(SHARE, Share(78.6, 77.0, 80.1, 4724), "rest", -7.4, -12.0, 2.8, 8.6, -1, "headline", 27, 0.004)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("71,2\u00a0% (66,5–75,6), n\u00a0=\u00a05.210.", ["71,2", "66,5", "75,6", "5.210"]),
        ("−5,0 til +8,2 procentpoint", ["−5,0", "+8,2"]),
        ("plads 2–13, siden 2018.", ["2", "13", "2018"]),
        ("18-34-årige", ["18", "34"]),
        ("F4·k7q2 16c0 e027 CC BY 4.0", []),
        ("3,14,15 og 12.34", []),
        ("100 %-interval", ["100"]),
    ],
)
def test_numbers_are_found_as_danish_typography_writes_them(text, found):
    assert NUMBER.findall(text) == found


@pytest.mark.parametrize(
    ("value", "name", "texts"),
    [
        (SHARE, "share", {"71,2"}),
        (SHARE, "n", {"1.486"}),
        (SENSITIVE, "lower", {"11"}),
        (DIFFERENCE, "difference", {"7,4", "−7,4"}),
        (DIFFERENCE, "upper", {"2,8", "+2,8"}),
        (DIFFERENCE, "detectable", {"9"}),
        (DIFFERENCE, "tests", {"27"}),
        (DIFFERENCE, "other.share", {"78,6"}),
        (DIFFERENCE, "other.n", {"4.724"}),
        (Places(2, 13, 13), "first", {"2"}),
        (Share(None, None, None, 34), "share", set()),
    ],
)
def test_a_number_is_written_as_the_pages_write_it(value, name, texts):
    assert written(value, name) == texts


def test_a_share_is_never_written_with_a_sign():
    # Then a difference printed where a share should be would pass.
    assert not any(text.startswith(("+", danish.MINUS)) for text in written(SHARE, "share"))


@pytest.mark.parametrize("value", [SHARE, SENSITIVE, DIFFERENCE, Places(2, 13, 13)])
def test_every_name_is_the_name_of_a_number(value):
    assert all(number(value, name) is not None for name in numbers(value))
