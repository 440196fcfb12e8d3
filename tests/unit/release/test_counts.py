import pytest

from tryghed.definitions.policy import Secrecy
from tryghed.release.counts import Shown, shown

RULES = Secrecy()


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_people_and_nobody_look_the_same_in_a_sensitive_topic(count):
    # Guards against a 0 beside a "<5", which tells that somebody is there.
    assert shown(count, RULES, sensitive=True) == Shown(None, 5)


@pytest.mark.parametrize(("count", "expected"), [(5, 10), (14, 10), (15, 20), (1234, 1230)])
def test_counts_of_a_sensitive_topic_are_rounded_to_the_nearest_ten(count, expected):
    assert shown(count, RULES, sensitive=True) == Shown(expected)


def test_other_counts_are_exact():
    assert shown(3, RULES, sensitive=False) == Shown(3)
