from dataclasses import replace
from datetime import date

import pytest

from tests.made_cells import RULES, SURVEY, estimate
from tests.unit.release.test_gate import gate
from tryghed.release.released import CellKey, Exemption, Share, Withheld
from tryghed.release.review import Moved, close, held, is_surprising
from tryghed.release.rules import Cell

KEY = CellKey("s", "2025", "set", "a", "alle", "alle", "tryg")
SURVEYS = {"s": SURVEY}


def cell(n=400, share=0.7, half=0.045, n_eff=300.0):
    return Cell(n, round(n * share), share, n_eff, share - half, share + half)


def near(one, indicator="tryg"):
    return [
        (found.rule, found.value, found.shown)
        for found in close({KEY._replace(indicator=indicator): one}, RULES, SURVEYS)
    ]


def why(one, withheld, indicator="tryg", decided=()):
    key = KEY._replace(indicator=indicator)
    released = gate([estimate(indicator)])
    released._shares = {key: Share(None, None, None, None, withheld=withheld)}
    exempt = {cell: Exemption(cell, "secret", "Anna Holm", "x", date(2026, 5, 1), "Bo Friis") for cell in decided}
    ((found),) = held({key: one}, released, RULES, SURVEYS, exempt)
    return found.rule, found.value, found.limit


def test_a_number_far_from_every_limit_is_not_told():
    assert near(cell()) == []


@pytest.mark.parametrize(("n", "expected"), [(33, True), (34, False), (30, True), (27, True), (26, False)])
def test_a_base_within_a_tenth_of_its_minimum_is_close(n, expected):
    # 27 and 33 are the limits for a minimum of 30; a narrow interval keeps the other rules out of it
    assert (("min_base", n, n >= 30) in near(cell(n, half=0.02, n_eff=99.0))) is expected


def test_an_effective_n_is_told_as_the_rule_reads_it():
    # Guards against "31.6 of 31 people" in the list: more people than there are count as all of them.
    assert ("min_effective_n", 31, True) in near(cell(31, half=0.02, n_eff=31.6))


def test_small_counts_are_close_in_sensitive_topics_only():
    few = cell(400, share=5 / 400, half=0.005)

    assert [rule for rule, *_ in near(few)] == []
    assert ("min_count", 5, False) not in near(cell(400, share=0.3), "syg")


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        (cell(half=0.148), "max_width"),
        (cell(half=0.152), "max_width"),
        (cell(n_eff=29.0), "min_effective_n"),
        (cell(share=0.1, half=0.064), "max_relative_width"),
        (cell(share=0.02, half=0.0245), "always_show_width"),
    ],
)
def test_each_limit_of_reliability_is_looked_at(one, rule):
    assert rule in [found for found, *_ in near(one)]


def test_a_limit_that_decides_nothing_is_not_close():
    # 29 per cent wide is close to 30, but a base of 12 is hidden whatever the interval
    assert "max_width" not in [rule for rule, *_ in near(cell(n=12, half=0.145))]


@pytest.mark.parametrize(
    ("one", "withheld", "indicator", "expected"),
    [
        (cell(n=12), Withheld.SECRET, "tryg", ("min_base", 12, 30)),
        (cell(n=200, share=0.01), Withheld.SECRET, "syg", ("min_count", 2, 5)),
        (cell(n=300, share=0.0132, half=0.005), Withheld.SECRET, "syg", ("min_count", 4, 5)),
        (
            replace(cell(n=300, share=0.012, half=0.005), positives=8),
            Withheld.SECRET,
            "syg",
            ("told_of_few", None, None),
        ),
        (cell(), Withheld.SECRET, "tryg", ("protects", None, None)),
        (cell(n=40, n_eff=41.5), Withheld.DECIDED, "tryg", ("exemption", None, None)),
        (cell(n_eff=25.0), Withheld.UNRELIABLE, "tryg", ("min_effective_n", 25, 30)),
        (cell(half=0.2), Withheld.UNRELIABLE, "tryg", ("max_width", 0.4, 0.3)),
        (cell(share=0.05, half=0.04), Withheld.UNRELIABLE, "tryg", ("max_relative_width", 1.6, 1.3)),
        (cell(), Withheld.UNRELIABLE, "tryg", ("pair", None, None)),
        (replace(cell(), lower=None, upper=None), Withheld.UNRELIABLE, "tryg", ("no_interval", None, None)),
    ],
)
def test_a_withheld_number_names_its_rule_with_value_and_limit(one, withheld, indicator, expected):
    rule, value, limit = why(one, withheld, indicator)

    assert (rule, value, limit) == (expected[0], pytest.approx(expected[1]), pytest.approx(expected[2]))


def test_an_exemption_is_named_before_what_it_overrules_but_never_before_secrecy():
    assert why(cell(), Withheld.SECRET, decided=[KEY])[0] == "exemption"
    assert why(cell(half=0.2), Withheld.UNRELIABLE, decided=[KEY])[0] == "max_width"
    assert why(cell(n=12), Withheld.SECRET, decided=[KEY])[0] == "min_base"


def test_what_does_not_exist_is_not_listed():
    released = gate([estimate(n=0, share=0)])
    assert list(held({KEY: cell()}, released, RULES, SURVEYS, {})) == []


@pytest.mark.parametrize(("lower", "expected"), [(76.0, True), (74.0, False), (None, False)])
def test_intervals_that_do_not_touch_are_surprising(lower, expected):
    old, new = Share(70.0, 65.0, 75.0, 400), Share(80.0, lower, 85.0, 400)

    assert is_surprising(Moved(KEY, old, new)) is expected
    assert Moved(KEY, old, new).size == 10.0
