import numpy as np

from tryghed.attack.bounds import Limits, Puzzle


def limits() -> Limits:
    """Four kinds in two areas: ten people in each, and twenty of the first of each in all at the most."""
    puzzle = Puzzle(4)
    puzzle.know(np.array([1.0, 1, 0, 0]), 10, 10)
    puzzle.know(np.array([0, 0, 1.0, 1]), 10, 10)
    puzzle.know(np.array([1.0, 0, 1, 0]), 0, 12)
    return puzzle.ready()


KINDS = list(np.eye(4))


def test_ways_that_are_looked_for_spare_programmes_and_change_no_verdict():
    looked, asked = limits(), limits()
    looked.look_for(KINDS, 5.0, [np.array([1, 1, 0, 0], dtype=bool)] * 2 + [np.array([0, 0, 1, 1], dtype=bool)] * 2)
    ways = len(looked.ways)

    verdicts = [looked.most_below(one, 5.0) for one in KINDS]

    assert verdicts == [asked.most_below(one, 5.0) for one in KINDS] == [None] * 4
    assert len(looked.ways) == ways


def test_every_way_that_is_found_is_one_that_what_was_printed_allows():
    # Guards against a way beside the limits, which would clear a number that can be worked out.
    looked = limits()
    near = [np.arange(4) == at for at in range(4)]
    looked.look_for([*KINDS, np.ones(4)], 9.0, [*near, np.ones(4, dtype=bool)])

    assert looked.ways
    assert all((looked.rows @ way <= looked.limits + 1e-6).all() and (way >= -1e-9).all() for way in looked.ways)


def test_what_cannot_be_is_not_found_by_looking_for_it():
    looked = limits()
    looked.look_for([KINDS[0], KINDS[0] + KINDS[2]], 13.0, [np.ones(4, dtype=bool)] * 2)

    assert looked.most_below(KINDS[0], 13.0) == looked.most(KINDS[0])
    assert looked.most_below(KINDS[0] + KINDS[2], 13.0) is not None
    assert looked.seen(KINDS[0])[1] <= 10 + 1e-6
