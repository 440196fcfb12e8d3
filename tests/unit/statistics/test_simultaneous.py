import numpy as np
import pytest

from tryghed.errors import DesignError
from tryghed.statistics import simultaneous
from tryghed.statistics.intervals import t_quantile


def correlated(size, rho):
    return np.full((size, size), rho) + (1 - rho) * np.eye(size)


def test_sidak_level():
    assert simultaneous.sidak_level(13) ** 13 == pytest.approx(0.95)
    assert simultaneous.sidak_level(1) == 0.95


def test_sidak_intervals_are_wider_than_pointwise_ones():
    lower, upper = simultaneous.sidak([0.5, 0.7, 0.6], [0.02, 0.03, 0.02], [50, 80, 0])

    assert (upper - lower)[0] / 0.04 == pytest.approx(t_quantile(50, 0.95 ** (1 / 3)))
    assert (upper - lower)[0] > 2 * t_quantile(50, 0.95) * 0.02
    assert np.isnan(lower[2])  # df 0: no interval, not one without width


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9])
def test_the_largest_t_is_between_one_interval_and_sidak(rho):
    c = simultaneous.max_t_quantile(correlated(13, rho), 60)

    assert t_quantile(60, 0.95) < c < t_quantile(60, simultaneous.sidak_level(13)) + 1e-4


def test_the_normal_of_independent_estimates_is_known():
    from scipy.special import ndtri

    assert simultaneous.max_t_quantile(np.eye(5), np.inf) == pytest.approx(ndtri((1 + 0.95**0.2) / 2), abs=1e-6)


def test_one_interval_and_the_same_one_many_times():
    one = t_quantile(20, 0.95)

    assert simultaneous.max_t_quantile(np.eye(1), 20) == pytest.approx(one, abs=1e-4)
    assert simultaneous.max_t_quantile(correlated(6, 1.0), 20) == pytest.approx(one, abs=1e-4)


def test_all_hold_at_once_as_often_as_said():
    covariance = correlated(8, 0.4) * np.outer(np.arange(1, 9), np.arange(1, 9)) * 1e-4
    draws = np.random.default_rng(5).multivariate_normal(np.zeros(8), covariance, 20_000)
    lower, upper = simultaneous.max_t(np.zeros(8), covariance, np.inf)

    assert ((draws > lower) & (draws < upper)).all(axis=1).mean() == pytest.approx(0.95, abs=0.006)
    pointwise = 1.96 * np.sqrt(np.diag(covariance))
    assert (np.abs(draws) < pointwise).all(axis=1).mean() < 0.8


def test_an_estimate_without_variance_has_no_width():
    lower, upper = simultaneous.max_t([0.5, 1.0], np.diag([1e-4, 0.0]), 30)

    assert (lower[1], upper[1]) == (1, 1)
    assert upper[0] - 0.5 == pytest.approx(t_quantile(30, 0.95) * 0.01, abs=1e-5)
    assert simultaneous.max_t([1.0], np.zeros((1, 1)), 30) == ([1.0], [1.0])


def test_the_same_bits_every_time():
    assert simultaneous.max_t_quantile(correlated(4, 0.2), 30) == simultaneous.max_t_quantile(correlated(4, 0.2), 30)


def test_no_degrees_of_freedom():
    with pytest.raises(DesignError, match="0 degrees of freedom"):
        simultaneous.max_t_quantile(np.eye(2), 0)
