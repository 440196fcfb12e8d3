import pickle

import pytest

from tryghed import errors
from tryghed.errors import DataError, TryghedError, all_at_once

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TryghedError)]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_cross_process_boundaries_whole(kind):
    error = kind("2 rows", where="file.sav", hint="look")

    assert str(pickle.loads(pickle.dumps(error))) == "file.sav: 2 rows\n  hint: look"  # noqa: S301


def test_exit_codes_are_documented():
    lines = [line.split()[1:3] for line in errors.__doc__.splitlines() if "──" in line]
    told = {name: int(code) for name, code in lines}

    assert told == {kind.__name__: kind.exit_code for kind in KINDS if kind is not TryghedError}


def test_one_problem_is_raised_as_it_is_and_several_together():
    one, two = DataError("first"), DataError("second")

    all_at_once(DataError, [])
    with pytest.raises(DataError) as alone:
        all_at_once(DataError, [one])
    assert alone.value is one
    with pytest.raises(TryghedError) as below:  # a subclass keeps what it carries, such as its findings
        all_at_once(TryghedError, [one])
    assert below.value is one
    with pytest.raises(DataError, match=r"(?s)2 problems.*first.*second") as both:
        all_at_once(DataError, [one, two])
    with pytest.raises(DataError) as nested:  # "2 problems" of which one says "2 problems"
        all_at_once(DataError, [both.value, DataError("third")])
    assert str(nested.value) == "3 problems\nfirst\nsecond\nthird"


def test_a_single_problem_keeps_its_class_and_what_it_carries():
    # A refused delivery once lost its findings where all refusals are told together.
    class RefusedError(DataError):
        findings = ("unknown code",)

    with pytest.raises(RefusedError) as alone:
        all_at_once(DataError, [RefusedError("1 error")])
    assert alone.value.findings == ("unknown code",)
