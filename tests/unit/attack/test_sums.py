import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tryghed.attack import sums
from tryghed.attack.sums import Sum

SIZE = 11
FLAGS = st.lists(st.booleans(), min_size=SIZE, max_size=SIZE).map(lambda one: np.array(one, dtype=bool))
LINES = st.lists(st.lists(st.builds(Sum, FLAGS, st.sampled_from([1.0, -0.25])), min_size=1, max_size=3), max_size=8)


def counted(made, people):
    """Return what the sums are, each worked out of what it is said to be made of."""
    kinds, parts = made[:, :SIZE].toarray(), made[:, SIZE:].toarray()
    return np.linalg.solve(-parts, kinds @ people) if len(parts) else np.zeros(0)


@given(LINES, st.lists(st.integers(0, 50), min_size=SIZE, max_size=SIZE))
def test_lines_are_the_same_numbers_however_they_are_made(lines, people):
    # Guards against parts that overlap, which would count people twice, and against kinds that were left out.
    people = np.array(people, dtype=float)
    rows, made = sums.written(lines, SIZE)

    found = rows.toarray() @ np.append(people, counted(made, people))

    expected = [sum(one.factor * people[one.kinds].sum() for one in line) for line in lines]
    np.testing.assert_allclose(found, np.array(expected, dtype=float).reshape(-1), atol=1e-9)


def test_a_city_is_made_of_its_districts_and_not_of_all_its_kinds():
    districts = [np.arange(400) // 100 == at for at in range(4)]
    city = np.ones(400, dtype=bool)

    rows, made = sums.written([[Sum(one)] for one in (city, *districts)], 400)

    assert rows.shape == (5, 405)
    assert made.nnz == 400 + 4 + 5  # each kind once, each district in the city, each sum less itself
    assert sorted(made[[0]].indices) == [400, 401, 402, 403, 404]
