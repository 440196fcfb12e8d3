from dataclasses import asdict

import pytest

from tests.made_cells import RULES
from tryghed.release.fingerprint import _by_name, fingerprint
from tryghed.release.released import CellKey, Difference, Places, Remark, Share, Withheld

CELL = CellKey("s", "2025", "set", "a", "alle", "alle", "tryg")
SHOWN = Share(71.2, 66.7, 75.7, 400, remarks=(Remark.COMPLEMENT, Remark.EXTREME))
HIDDEN = [Share(None, None, None, None, True, one) for one in Withheld]
NUMBERS = (
    {CELL: SHOWN, **{CELL._replace(area=str(at)): one for at, one in enumerate(HIDDEN)}},
    {("rest", CELL, "rest"): Difference(SHOWN, HIDDEN[0], "rest", 11.2, 5.0, 17.0, 7.0, 1, "headline", 26, 0.001)},
    {CELL: Places(2, 5, 13)},
)


def test_the_fingerprint_of_the_same_numbers_is_always_the_same():
    # Guards against frozen releases that nobody can read any more, because a label or a field is another one.
    assert fingerprint(*NUMBERS, RULES.model_dump(mode="json")) == "d048dff8fce4"


@pytest.mark.parametrize("number", [SHOWN, *HIDDEN, *NUMBERS[1].values(), *NUMBERS[2].values()])
def test_a_number_is_written_as_its_fields(number):
    assert str(_by_name(number)) == str(asdict(number))


def test_one_digit_makes_another_fingerprint():
    rules = RULES.model_dump(mode="json")
    other = ({**NUMBERS[0], CELL: Share(71.3, 66.7, 75.7, 400)}, *NUMBERS[1:])

    assert len({fingerprint(*NUMBERS, rules), fingerprint(*other, rules), fingerprint(*NUMBERS, rules | {"v": 2})}) == 3
