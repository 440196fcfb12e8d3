"""Danish numbers, ranges and small words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryghed.reporting import danish


@pytest.mark.parametrize(
    ("value", "text"),
    [(71.2, "71,2\u00a0%"), (0.25, "0,3\u00a0%"), (99.95, "100,0\u00a0%"), (8.45, "8,5\u00a0%"), (0, "0,0\u00a0%")],
)
def test_a_percentage_is_rounded_half_up_with_a_no_break_space(value, text):
    # Half-even rounding (0,25 -> 0,2) and an ordinary space that lets % fall to the next line.
    assert danish.percent(value) == text


def test_a_sensitive_percentage_has_no_decimal():
    assert danish.percent(71.5, sensitive=True) == "72\u00a0%"


def test_thousands_have_a_full_stop():
    assert danish.number(5210) == "5.210"
    assert danish.number(1234567) == "1.234.567"
    assert danish.number(999) == "999"


@pytest.mark.parametrize(
    ("value", "text"), [(1.6, "+1,6"), (-5, "\u22125,0"), (0, "0,0"), (-0.04, "0,0"), (0.04, "0,0"), (10, "+10,0")]
)
def test_a_difference_carries_a_true_minus_and_zero_no_sign(value, text):
    # "-0,0" and a hyphen for a minus.
    assert danish.signed(value) == text


def test_limits_of_a_share_are_joined_by_a_dash_and_of_a_difference_by_til():
    assert danish.interval(66.5, 75.6) == "66,5–75,6"
    assert danish.percent_interval(66.5, 75.6) == "66,5–75,6\u00a0%"
    assert danish.signed_interval(-5.0, 8.2) == "\u22125,0\u00a0til\u00a0+8,2"


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (-12.0, -2.8, "2,8–12,0"),
        (2.8, 12.0, "2,8–12,0"),
        (-1.0, 3.0, "\u22121,0\u00a0til\u00a0+3,0"),
        (-3, 0, "0,0–3,0"),
    ],
)
def test_the_size_of_a_fall_is_written_from_small_to_large(lower, upper, text):
    # "12,0–2,8" for a fall.
    assert danish.size_interval(lower, upper) == text


def test_points_have_no_sign():
    assert danish.points(-7.4) == "7,4\u00a0procentpoint"
    assert danish.points(-7.4, sensitive=True) == "7\u00a0procentpoint"


def test_about_is_never_zero():
    assert danish.about(0.2) == "1"
    assert danish.about(8.6) == "9"


def test_n_cannot_break():
    assert danish.n_is(4724) == "n\u00a0=\u00a04.724"
    assert danish.n_range([402, 486, 450]) == "n\u00a0=\u00a0402–486"
    assert danish.n_range([486, 486]) == "n\u00a0=\u00a0486"


def test_dates_and_periods():
    assert danish.day(date(2026, 5, 12)) == "12.\u00a0maj 2026"
    assert danish.months(date(2025, 12, 2), date(2026, 1, 31)) == "december 2025–januar 2026"
    assert danish.months(date(2026, 3, 2), date(2026, 5, 31)) == "marts–maj 2026"
    assert danish.months(date(2026, 3, 2), date(2026, 3, 31)) == "marts 2026"
    assert danish.short_months(date(2025, 12, 2), date(2026, 1, 31)) == "dec.\u00a025–jan.\u00a026"
    assert danish.short_months(date(2025, 5, 2), date(2025, 6, 30)) == "maj\u00a025–juni\u00a025"


def test_lists_have_og_and_no_comma_before_it():
    assert danish.join(["a", "b", "c"]) == "a, b og c"
    assert danish.join(["a", "b"]) == "a og b"
    assert danish.join(["a"]) == "a"
    assert danish.join([]) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ydre Nørrebro", "Ydre Nørrebros"),
        ("Aarhus", "Aarhus'"),
        ("Fritz", "Fritz'"),
        ("Max", "Max'"),
        ("Indre By", "Indre Bys"),
    ],
)
def test_the_genitive_has_an_apostrophe_only_after_s_x_z(name, text):
    assert danish.possessive(name) == text


def test_counts_are_letters_up_to_twelve():
    assert [danish.numeral(count) for count in (0, 1, 2, 12, 13, 1000)] == ["nul", "én", "to", "tolv", "13", "1.000"]
    assert danish.numeral(1, neuter=True) == "ét"


@pytest.mark.parametrize(
    ("share", "lower", "upper", "text"),
    [
        (71.2, 66.5, 75.6, "omkring syv ud af ti"),
        (74.9, 72.1, 77.6, None),
        (75.0, 70.0, 80.0, "omkring otte ud af ti"),
        (50.4, 46.0, 55.0, "omkring halvdelen"),
        (4.0, 0.0, 9.0, None),
        (96.0, 94.0, 100.0, None),
        (71.2, None, None, None),
    ],
)
def test_words_stand_only_inside_the_interval(share, lower, upper, text):
    # "Syv ud af ti" for 74,9 % (72,1-77,6): the words would lie outside what the survey allows.
    assert danish.out_of_ten(share, lower, upper) == text


@given(st.floats(-100, 100, allow_nan=False))
def test_no_number_has_a_hyphen_or_a_full_stop(value):
    text = danish.signed(value)
    assert "-" not in text
    assert "." not in text
    assert " " not in text


@given(st.floats(0, 100), st.floats(0, 50))
def test_words_never_leave_the_interval(share, half):
    text = danish.out_of_ten(share, max(0.0, share - half), min(100.0, share + half))
    if text is not None:
        words = {"halvdelen": 50} | {danish.numeral(tenth): 10 * tenth for tenth in range(1, 10)}
        assert share - half <= words[text.split()[1]] <= share + half
