import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryghed.errors import DesignError
from tryghed.statistics import equivalence


def test_not_significant_is_not_equivalent():
    # "Uændret" for a change that was not found: p = 0.38, and a change of 5 points is as likely as none.
    found = equivalence.two_one_sided(0.02, 0.0225, 500, margin=0.03)

    assert not found.equivalent
    assert (found.lower < -0.01, found.upper > 0.05) == (True, True)
    assert found.needed == pytest.approx(found.upper)


def test_a_significant_difference_can_be_too_small_to_matter():
    found = equivalence.two_one_sided(0.005, 0.001, 5000, margin=0.03)

    assert found.equivalent


@given(
    gap=st.floats(-0.2, 0.2), se=st.floats(1e-4, 0.1), df=st.integers(1, 2000), margin=st.floats(0.001, 0.2),
    alpha=st.sampled_from([0.01, 0.025, 0.05]),
)  # fmt: skip
def test_the_tests_agree_with_the_interval(gap, se, df, margin, alpha):
    found = equivalence.two_one_sided(gap, se, df, margin=margin, alpha=alpha)

    inside = -margin < found.lower and found.upper < margin
    assert bool(found.equivalent) == inside or abs(found.p - alpha) < 1e-9
    assert found.attainable or not found.equivalent


def test_a_difference_as_large_as_the_margin_is_called_equivalent_one_time_in_twenty():
    draws = np.random.default_rng(11).normal(0.03, 0.009, 20_000)

    assert 0.045 < equivalence.two_one_sided(draws, 0.009, 1e6, margin=0.03).equivalent.mean() < 0.055


def test_what_no_data_could_show_is_told():
    found = equivalence.two_one_sided([0.0, 0.0], [0.025, 0.01], [300, 300], margin=0.03)

    assert found.attainable.tolist() == [False, True]
    assert found.equivalent.tolist() == [False, True]


@pytest.mark.parametrize(("se", "df", "gap"), [(0.0, 20, 0.0), (0.01, 0, 0.0), (np.nan, 20, 0.0), (0.01, 20, np.nan)])
def test_no_test_is_no_proof(se, df, gap):
    found = equivalence.two_one_sided(gap, se, df, margin=0.03)

    assert not found.equivalent
    assert np.isnan(found.p)


@pytest.mark.parametrize(("margin", "alpha"), [(0.0, 0.05), (-0.03, 0.05), (0.03, 0.5), (0.03, 0.0)])
def test_a_margin_is_declared_above_zero(margin, alpha):
    with pytest.raises(DesignError, match="a margin is above 0"):
        equivalence.two_one_sided(0.0, 0.01, 20, margin=margin, alpha=alpha)
