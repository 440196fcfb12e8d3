"""No small count of a city can be recovered, however areas nest and overlap, from either edition or both."""

import numpy as np
import pytest
from made_tables import attacked, city, protected

TABLES = 100


@pytest.fixture(scope="module")
def tables():
    return [city(seed, districts=5, categories=4, size=250) for seed in range(TABLES)]


def test_no_protected_count_falls(tables):
    # 600 larger tables with more than 5,000 small counts: python bench/gate.py tables
    found = np.array([attacked(made, protected(made)[0]) for made in tables])
    small, fallen, _, left_over = found.sum(axis=0)

    assert small > 200
    assert (fallen, left_over) == (0, 0)


def test_the_attacker_breaks_what_hides_small_counts_alone(tables):
    # guards against an attacker that finds nothing: hiding only the small counts themselves protects hardly any
    found = np.array([attacked(made, ~made.small) for made in tables])
    small, fallen, *_ = found.sum(axis=0)

    assert fallen / small >= 0.8


def test_nothing_is_exposed_that_could_have_been_hidden(tables):
    assert [protected(made)[1].exposed for made in tables[:10]] == [()] * 10
