"""What is held back of a correction, so that the edition before it does not tell what a few people answered."""

from dataclasses import replace

from tests.made_cells import SURVEY
from tryghed import holding
from tryghed.attack.attacker import Learned, Target
from tryghed.attack.published import LATE
from tryghed.release.ledger import Entry
from tryghed.release.released import CellKey, Share

SURVEYS = {"s": SURVEY}


class Printed:
    """As much of a release as is looked at: shares, and the rest of the city beside them."""

    def __init__(self, shares):
        self._shares = shares

    def shares(self):
        return sorted(self._shares.items())

    def rests(self):
        return []


def cell(area, category="alle", indicator="tryg"):
    dimension = "alle" if category == "alle" else "sex"
    return CellKey("s", "2025", "set", area, dimension, category, indicator)


def entry(of, n, share):
    return Entry("2025", of, "p", share, n, False, "", "1")


def target(*areas, group=("alle", "alle")):
    return Target("s", ("2025",), (*(("set", one) for one in areas), LATE), (), group, "tryg")


BEFORE = [entry(cell("alle"), 900, 50.0), entry(cell("a"), 300, 50.0), entry(cell("b"), 600, 50.0)]
AFTER = {
    cell("alle"): Share(50.1, 47.0, 53.0, 901), cell("a"): Share(50.2, 45.0, 55.0, 301),
    cell("b"): Share(50.0, 46.0, 54.0, 600),
}  # fmt: skip


def held(shares, *targets):
    learned = [Learned(one, "what all 1 people answered is known") for one in targets]
    return holding.cells(Printed(shares), learned, SURVEYS, BEFORE)


def test_the_number_that_gives_somebody_away_is_held_back_and_no_other():
    assert held(AFTER, target("a")) == {cell("a")}


def test_where_it_is_held_back_already_and_still_follows_more_of_its_area_is_and_then_all_that_changed():
    # Guards against a correction that is refused although fewer numbers would have been safe.
    men = cell("a", "m")
    hidden = AFTER | {cell("a"): Share(None, None, None, None), men: Share(50.7, 40.0, 60.0, 150)}

    assert held(hidden, target("a")) == {men}
    assert held(hidden | {men: Share(None, None, None, None)}, target("a")) == {cell("alle")}


def test_numbers_that_are_told_as_before_are_never_held_back():
    gone = {one: replace(share, share=None, n=None) for one, share in AFTER.items() if one.area != "b"}

    assert held(AFTER | gone, target("b")) == frozenset()


def test_the_whole_city_is_a_place_like_any_other():
    assert held(AFTER, target("alle")) == {cell("alle")}


def test_what_one_edition_gives_away_by_itself_is_not_mended_by_holding_back():
    alone = target("a")._replace(inside=(("set", "a"),))

    assert held(AFTER, target("a"), alone) == frozenset()
