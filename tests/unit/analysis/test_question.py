"""Every name of a question is known, and given once."""

from pathlib import Path

import pytest

from tryghed.analysis.question import question
from tryghed.definitions import project
from tryghed.errors import UsageError

CSEW = Path(__file__).parents[3] / "docs" / "examples" / "csew"


def asked(*names, each=1):
    opened = project.load(CSEW)
    return question(opened, "csew", ["2013-14"], names, by=[], where={}, known=["a", "b", "c"], each=each)


def test_a_name_given_twice_is_refused():
    # Guards against every test of `compare a a` told twice, and corrected for as if there were twice as many.
    with pytest.raises(UsageError, match="a is named 3 times"):
        asked("a", "b", "a", "a")


def test_a_name_may_stand_in_several_ratios_but_no_ratio_twice():
    assert asked("a", "c", "b", "c", "a", "b", each=2).indicators == ("a", "c", "b", "c", "a", "b")
    with pytest.raises(UsageError, match="a/c is named 2 times"):
        asked("a", "c", "b", "c", "a", "c", each=2)
