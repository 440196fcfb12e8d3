from itertools import pairwise

import pytest

from tryghed.definitions.policy import ReleaseRules
from tryghed.release.released import Remark
from tryghed.release.rules import Cell, Verdict, judge, reliability, remarks, secrecy, strictest
from tryghed.statistics.intervals import korn_graubard

RULES = ReleaseRules(version="test")


def cell(share: float, n: int, *, deff: float = 1.3) -> Cell:
    variance = share * (1 - share) * deff / n
    lower, upper = korn_graubard(share, variance, n, n - 1)
    n_eff = n if share in (0, 1) else share * (1 - share) / variance
    return Cell(n, round(share * n), share, n_eff, lower, upper)


@pytest.mark.parametrize(
    ("share", "n", "expected"),
    [  # METHODS: Korn-Graubard, design effect 1.3, element design
        (0.70, 46, Verdict.UNRELIABLE),  # width .319
        (0.70, 55, Verdict.SHOW),  # width .291
        (0.70, 100, Verdict.SHOW),
        (0.90, 277, Verdict.SHOW),
        (0.98, 400, Verdict.SHOW),  # narrow enough to show always
        (0.98, 60, Verdict.SHOW),
        (0.05, 60, Verdict.UNRELIABLE),  # relative width 300 %: the same data as 95 % of 60, seen from its small side
    ],
)
def test_nchs_cases(share, n, expected):
    assert reliability(cell(share, n), RULES.reliability) is expected


def test_an_effective_n_below_thirty_is_not_shown_however_narrow():
    shown = Cell(n=40, positives=38, share=0.95, n_eff=29.9, lower=0.93, upper=0.97)

    assert reliability(shown, RULES.reliability) is Verdict.UNRELIABLE


def test_zero_and_hundred_percent_use_n_and_no_width():
    # guards against 0 % being hidden because its relative width is infinite
    assert reliability(Cell(60, 0, 0.0, None, None, None), RULES.reliability) is Verdict.UNRELIABLE
    assert reliability(Cell(60, 0, 0.0, 60.0, 0.0, 0.06), RULES.reliability) is Verdict.SHOW


@pytest.mark.parametrize(
    ("n", "positives", "sensitive", "expected"),
    [
        (29, 15, False, Verdict.SECRET),
        (30, 15, False, Verdict.SHOW),
        (200, 4, False, Verdict.SHOW),
        (200, 4, True, Verdict.SECRET),
        (200, 5, True, Verdict.SHOW),
        (200, 196, True, Verdict.SECRET),  # the small side is the complement
        (200, 0, True, Verdict.SECRET),  # everybody gave the same answer
        (200, 200, True, Verdict.SECRET),
        (0, 0, False, Verdict.MISSING),
    ],
)
def test_secrecy_looks_at_both_sides(n, positives, sensitive, expected):
    shown = Cell(n, positives, positives / n if n else None, float(n), 0.1, 0.2)

    assert secrecy(shown, RULES.secrecy, sensitive=sensitive) is expected


def test_secrecy_wins_over_uncertainty():
    assert judge(cell(0.5, 25), RULES, sensitive=False) is Verdict.SECRET


def test_nothing_at_all_is_missing():
    # guards against the failure that an empty list of verdicts counts as "show"
    assert strictest([]) is Verdict.MISSING
    assert all(mild < strict for mild, strict in pairwise(Verdict))


@pytest.mark.parametrize(
    ("share", "positives", "expected"),
    [
        (0.004, 6, Verdict.SECRET),  # printed as 0 % of 800: the reader finds 4 at most, though 6 answered so
        (0.006, 6, Verdict.SHOW),  # printed as 1 %: anything from 4 to 12
        (0.997, 794, Verdict.SECRET),  # printed as 100 %
    ],
)
def test_secrecy_judges_what_a_reader_makes_of_the_printed_share(share, positives, expected):
    shown = Cell(800, positives, share, 600.0, 0.0, 0.02)

    assert secrecy(shown, RULES.secrecy, sensitive=True) is expected
    assert secrecy(shown, RULES.secrecy, sensitive=False) is Verdict.SHOW


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (cell(0.98, 60), (Remark.COMPLEMENT,)),  # METHODS: shown, with the footnote on its complement
        (cell(0.98, 400), ()),  # narrow enough to show always, its complement too
        (cell(0.70, 100), ()),
        (Cell(60, 60, 1.0, 60.0, 0.94, 1.0, 59), (Remark.EXTREME,)),
        (Cell(400, 200, 0.5, 300.0, 0.46, 0.54, 7), (Remark.FEW_DF,)),
        (Cell(400, 200, 0.5, 300.0, 0.46, 0.54, 8), ()),
    ],
)
def test_remarks(shown, expected):
    assert remarks(shown, RULES.reliability) == expected
