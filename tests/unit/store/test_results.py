from decimal import Decimal

import polars as pl
import pytest

from tryghed.store import results


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("decimal(18,9)", pl.Decimal(18, 9)),
        ("varchar[]", pl.List(pl.String)),
        ("struct(n bigint, w decimal(38,9))", pl.Struct({"n": pl.Int64, "w": pl.Decimal(38, 9)})),
        ("hugeint", pl.Int128()),
        ("map(varchar, integer)", None),
        ("struct(a map(varchar, integer))", None),
    ],
)
def test_types(kind, expected):
    assert results.polars_type(kind) == expected


def test_a_first_row_of_nulls_does_not_decide_the_type():
    rows = results.frame(["a", "d"], ["BIGINT", "DECIMAL(5,2)"], [(None, None), (1, Decimal("1.50"))])

    assert rows.schema == {"a": pl.Int64, "d": pl.Decimal(5, 2)}


def test_what_polars_has_no_type_for_becomes_text_and_twins_are_told_apart():
    rows = results.frame(["m", "m", "m_2"], ["MAP(VARCHAR, INTEGER)", "INTEGER", "INTEGER"], [({"a": 1}, 2, 3)])

    assert rows.columns == ["m", "m_2", "m_2_2"]
    assert rows.row(0) == ("{'a': 1}", 2, 3)
