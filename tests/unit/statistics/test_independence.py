import numpy as np
import pytest
import sampled

from tryghed.errors import DesignError
from tryghed.statistics import independence, moments
from tryghed.statistics.independence import Table

AGES = ("ung", "mellem", "gammel")


def read(shares, weight=1.0, each=80, psu=None):
    rows = [
        {"respondent": f"{age}{place}", "weight": weight, "stratum": "1", "psu": psu and psu(age, place),
         "age": age, "safe": None if share is None else int(place < share * each)}
        for age, share in shares.items()
        for place in range(each)
    ]  # fmt: skip
    totals = sampled.read({"2025": rows}, indicators=["safe"], groups={"age": "age"})
    return independence.table(moments.of(totals, [("places", "alle", "age", age) for age in shares], "safe"))


def test_people_sampled_at_random_have_pearsons_test():
    # Without clusters and with equal weights the correction is next to none: n/(n-1) in the variance.
    known = read({"ung": 0.6, "mellem": 0.75, "gammel": 0.8})
    expected = np.outer(known.cells.sum(axis=1), known.cells.sum(axis=0)) / known.cells.sum()

    found = independence.rao_scott(known)

    assert found.x2 == pytest.approx(float(((known.cells - expected) ** 2 / expected).sum()))
    assert found.f == pytest.approx(found.x2 / 2, rel=0.01)
    assert found.numerator_df == pytest.approx(2, abs=0.01)
    assert independence.adjusted_wald(known).p == pytest.approx(found.p, abs=0.01)


def test_weights_in_people_or_in_parts_give_the_same():
    # X² of weighted counts that sum to the population grows with it: everything would be significant.
    shares = {"ung": 0.6, "mellem": 0.7, "gammel": 0.75}
    one, many = (read(shares, weight) for weight in (1.0, 1000.0))

    for test in (independence.rao_scott, independence.adjusted_wald):
        assert test(one).p == pytest.approx(test(many).p, rel=1e-9)
        assert test(one).f == pytest.approx(test(many).f, rel=1e-9)


def test_people_alike_in_clusters_are_not_many():
    # Ten of a cluster answer alike: 240 people are 24 answers, and Pearson's test would be sure.
    def psu(age, place):
        return f"{age}{place // 10}"

    shares = {"ung": 0.5, "mellem": 0.75, "gammel": 0.625}
    clustered, apart = (independence.rao_scott(read(shares, psu=one)) for one in (psu, None))

    assert clustered.x2 == pytest.approx(apart.x2)
    assert apart.p < 0.01
    assert clustered.p > 0.2


def test_a_category_where_nobody_answered_is_left_out():
    with_silent = read({"ung": 0.6, "mellem": 0.75, "gammel": None})
    assert with_silent.cells.shape == (2, 2)

    found = independence.rao_scott(with_silent)

    assert found.p == pytest.approx(independence.rao_scott(read({"ung": 0.6, "mellem": 0.75})).p, abs=1e-3)


@pytest.mark.parametrize("shares", [{"ung": 1.0, "gammel": 1.0}, {"ung": 0.5, "gammel": None}])
def test_nothing_to_test(shares):
    known = read(shares)

    for test in (independence.rao_scott, independence.adjusted_wald):
        with pytest.raises(DesignError, match="cannot be tested for independence"):
            test(known)


def test_too_few_degrees_of_freedom():
    cells = np.array([[10.0, 20.0, 30.0], [30.0, 20.0, 10.0]])

    with pytest.raises(DesignError, match="1 degrees of freedom are too few for a Wald test of 2 parameters"):
        independence.adjusted_wald(Table(cells, np.eye(6), 120, 1))
    with pytest.raises(DesignError, match="0 degrees of freedom"):
        independence.rao_scott(Table(cells, np.eye(6), 120, 0))
    with pytest.raises(DesignError, match="no sampling variance"):
        independence.rao_scott(Table(cells, np.zeros((6, 6)), 120, 20))


def test_rows_and_columns_may_change_places():
    draw = np.random.default_rng(9).random((6, 6))
    cells, spread = np.array([[30.0, 20.0, 25.0], [15.0, 22.0, 9.0]]), draw @ draw.T
    turned = np.arange(6).reshape(2, 3).T.ravel()
    one, other = Table(cells, spread, 121, 30), Table(cells.T, spread[np.ix_(turned, turned)], 121, 30)

    for test in (independence.rao_scott, independence.adjusted_wald):
        assert test(one).f == pytest.approx(test(other).f, rel=1e-9)
