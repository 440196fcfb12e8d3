from decimal import Decimal

import polars as pl
import pytest

from tryghed.intake.values import as_numbers, as_text, plain


@pytest.mark.parametrize(
    ("written", "number"),
    [("1,5", 1.5), ("1.234,5", 1234.5), ("1.234.567", 1234567), ("-0,25", -0.25), (" 7 ", 7), ("+3", 3), ("1e3", 1000),
     (",5", 0.5)],
)  # fmt: skip
def test_danish_numbers(written, number):
    # Guards against 1.234,5 read as 1.2345 or as nothing.
    numbers, wrong = as_numbers(pl.Series([written]), decimal=",")
    assert (numbers.to_list(), wrong.to_list()) == ([number], [False])


@pytest.mark.parametrize("written", ["1.5", "1.23,4", "ja", "1,2,3", "1 000", "nan", "inf", ",", "-", "0x1"])
def test_what_is_not_a_danish_number_is_said_to_be_wrong(written):
    # Guards against a decimal point taken for a thousands sign: 1.5 is not 15.
    numbers, wrong = as_numbers(pl.Series([written]), decimal=",")
    assert (numbers.to_list(), wrong.to_list()) == ([None], [True])


def test_blank_text_is_missing_not_wrong():
    numbers, wrong = as_numbers(pl.Series(["", "  ", None]), decimal=",")
    assert (numbers.to_list(), wrong.to_list()) == ([None] * 3, [False] * 3)


def test_numbers_that_are_not_finite_are_wrong():
    # Guards against a weight of infinity, which turns every share into nothing.
    numbers, wrong = as_numbers(pl.Series([1.0, float("nan"), float("inf"), None]))
    assert (numbers.to_list(), wrong.to_list()) == ([1.0, None, None, None], [False, True, True, False])


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pl.Series([3.0, 2.5, None, float("nan")]), ["3", "2.5", None, None]),
        (pl.Series([10**15], dtype=pl.Int64), ["1000000000000000"]),
        (pl.Series([Decimal("3.00"), Decimal("2.50")]), ["3", "2.5"]),
        (pl.Series([" 01 ", "", None, "A\u030a"]), ["01", None, None, "\u00c5"]),
    ],
)
def test_identifiers_are_written_one_way(column, text):
    # Guards against stratum "3.0" in the file and "3" in the definition, and against a lost leading zero.
    assert as_text(column).to_list() == text


def test_labels_are_compared_without_case_and_composition():
    assert plain("  Meget  TRYG\u00a0i Bra\u030adgade ") == plain("meget tryg i brådgade")


def test_infinite_numbers_are_no_identifiers():
    # Guards against a crash on a respondent number of infinity.
    assert as_text(pl.Series([float("inf"), 1.0])).to_list() == [None, "1"]


@pytest.mark.parametrize("written", ["1.234", "12.345", "-1.234"])
def test_a_lone_point_is_not_guessed_at(written):
    # 1.234 from a program that writes points was read as a weight of one thousand two hundred and thirty-four.
    alone, unclear = as_numbers(pl.Series([written, "7"]), decimal=",")
    beside, clear = as_numbers(pl.Series([written, "0,5"]), decimal=",")

    assert (alone[0], unclear[0]) == (None, True)
    assert (beside[0], clear[0]) == (float(written.replace(".", "")), False)


def test_a_group_of_thousands_does_not_begin_with_nought():
    numbers, wrong = as_numbers(pl.Series(["0.123", "0,5"]), decimal=",")

    assert (numbers[0], wrong[0]) == (None, True)
