import numpy as np
import pytest

from tryghed.statistics import intervals


@pytest.mark.parametrize(("share", "limits"), [(0.0, (0.0, 0.059629492)), (1.0, (0.940370508, 1.0))])
def test_nobody_and_everybody_have_an_interval(share, limits):
    # Clopper-Pearson on the 60 answers; R's svyciprop fails here, and a point would claim certainty.
    assert intervals.korn_graubard(share, 0.0, 60, 59) == pytest.approx(limits, abs=1e-8)
    assert None not in intervals.wilson(share, 0.0, 60, 59)
    assert intervals.logit(share, 0.0, 60, 59) == (None, None)


@pytest.mark.parametrize("interval", [intervals.korn_graubard, intervals.logit, intervals.wilson])
@pytest.mark.parametrize(("share", "variance", "n", "df"), [(0.5, 0.0, 8, 0), (float("nan"), float("nan"), 0, 0)])
def test_one_psu_has_no_interval(interval, share, variance, n, df):
    # Elsewhere a domain with one PSU got an interval of no width.
    assert interval(share, variance, n, df) == (None, None)


def test_effective_answers_are_capped_at_the_answers():
    # A variance smaller than that of n people asked at random must not buy an interval of more than n people.
    precise = intervals.korn_graubard(0.5, 1e-6, 100, 1000)

    assert precise == pytest.approx(intervals.korn_graubard(0.5, 0.25 / 100, 100, 99), abs=1e-3)
    assert precise[1] - precise[0] > 0.19


@pytest.mark.parametrize(
    ("share", "n", "width"), [(0.70, 46, 0.319), (0.70, 55, 0.291), (0.70, 100, 0.214), (0.90, 277, 0.085)]
)
def test_widths_of_the_presentation_rules(share, n, width):
    # Element design with design effect 1.3, as in the table of test cases for the NCHS rule.
    lower, upper = intervals.korn_graubard(share, 1.3 * share * (1 - share) / n, n, n - 1)

    assert lower is not None
    assert upper is not None
    assert round(upper - lower, 3) == width


def test_arrays_give_what_numbers_give():
    shares, variances = np.array([0.0, 0.2, np.nan, 0.9]), np.array([0.0, 0.002, np.nan, 0.004])
    lower, upper = intervals.korn_graubard_limits(shares, variances, np.array([10, 80, 0, 30]), np.array([9, 79, 0, 5]))

    assert (lower[1], upper[1]) == intervals.korn_graubard(0.2, 0.002, 80, 79)
    assert np.isnan([lower[2], upper[2]]).all()
    assert lower[0] == 0


def test_shares_of_0_and_1_have_an_interval_by_every_method():
    # On the logit scale they have none; a table must not show a point instead.
    shares = np.array([0.0, 0.5, 1.0])
    for method in intervals.LIMITS:
        lower, upper = intervals.limits(method, shares, np.array([0.0, 0.004, 0.0]), 60, 59)

        assert ((lower <= shares) & (shares <= upper) & (lower < upper)).all()
    assert lower[0] == intervals.korn_graubard(0.0, 0.0, 60, 59)[0]
