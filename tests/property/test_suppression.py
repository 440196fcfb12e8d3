"""No small count of a city can be recovered, however areas nest and overlap, from either edition or both."""

import numpy as np
import pytest
from made_tables import attacked, city, protected
from scipy.sparse import csr_array

from tryghed.release import suppression

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


def test_most_counts_are_seen_to_be_safe_together_and_not_one_by_one(monkeypatch):
    # Guards against minutes for a table of thousands of counts, each with two programmes of its own.
    solved = []
    solve = suppression._solve
    monkeypatch.setattr(suppression, "_solve", lambda *one, **more: solved.append(1) or solve(*one, **more))
    kinds = 100
    everybody = csr_array(np.ones((1, kinds)))
    table = suppression.Table(
        base=everybody, counts=csr_array((1, kinds)), n=np.array([[295.0, 304.0]]), share=np.array([[0.0, 1.0]]),
        shown=np.array([suppression.ONLY_N], dtype=np.int8), fixed=np.array([False]), unit=np.array([0]),
        cost=np.array([300.0]), targets=csr_array(np.eye(kinds)), reach=np.full(kinds, 5.0), depth=np.zeros(kinds),
    )  # fmt: skip

    assert suppression.protect(table) == suppression.Protection((), ())
    assert len(solved) < 10
