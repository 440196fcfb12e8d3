import numpy as np
import pytest

from tryghed.attack.bounds import Limits, Puzzle


def limits() -> Limits:
    """Four kinds in two areas: ten people in each, and twenty of the first of each in all at the most."""
    puzzle = Puzzle(4)
    puzzle.know(np.array([1, 1, 0, 0], dtype=bool), 10, 10)
    puzzle.know(np.array([0, 0, 1, 1], dtype=bool), 10, 10)
    puzzle.know(np.array([1, 0, 1, 0], dtype=bool), 0, 12)
    return puzzle.ready()


KINDS = list(np.eye(4))


def test_ways_that_are_looked_for_spare_programmes_and_change_no_verdict():
    looked, asked = limits(), limits()
    looked.look_for(KINDS, 5.0)
    ways = len(looked.ways)

    verdicts = [looked.most_below(one, 5.0) for one in KINDS]

    assert verdicts == [asked.most_below(one, 5.0) for one in KINDS] == [None] * 4
    assert len(looked.ways) == ways


def test_every_way_that_is_found_is_one_that_what_was_printed_allows():
    # Guards against a way beside the limits, which would clear a number that can be worked out.
    looked = limits()
    looked.look_for([*KINDS, np.ones(4)], 9.0)

    assert looked.ways
    for one, other, third, fourth in looked.ways:
        assert min(one, other, third, fourth) >= -1e-9
        assert one + other == pytest.approx(10, abs=1e-5)
        assert third + fourth == pytest.approx(10, abs=1e-5)
        assert one + third <= 12 + 1e-5


def test_what_cannot_be_is_not_found_by_looking_for_it():
    looked = limits()
    looked.look_for([KINDS[0], KINDS[0] + KINDS[2]], 13.0)

    assert looked.most_below(KINDS[0], 13.0) == looked.most(KINDS[0])
    assert looked.most_below(KINDS[0] + KINDS[2], 13.0) is not None
    assert looked.seen(KINDS[0])[1] <= 10 + 1e-6
