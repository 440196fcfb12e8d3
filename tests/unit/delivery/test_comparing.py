"""Tables held against each other, cell by cell."""

import polars as pl
import pytest

from tryghed.delivery import comparing, exports
from tryghed.errors import DataError

ROWS = pl.DataFrame(
    {"bølge": ["2025", "2025"], "områdekode": ["valby", "vanloese"], "pct": [83.1, 75.7], "n": [421, 353]}
)


def written(folder, name, rows):
    folder.mkdir(exist_ok=True)
    form = name.rpartition(".")[2]
    exports.write(rows, folder / name, form)
    return folder / name


@pytest.mark.parametrize("name", ["tal.csv", "tal.xlsx", "tal.json"])
def test_a_changed_digit_is_found_with_its_row(tmp_path, name):
    expected = written(tmp_path / "expected", name, ROWS)
    changed = written(tmp_path / "changed", name, ROWS.with_columns(pct=pl.Series([83.1, 75.8])))

    count, same = comparing.compare(expected, expected)
    _, differing = comparing.compare(changed, expected)

    assert count >= 8
    assert same == []
    assert [
        (one.about.replace('"', ""), one.written.replace(",", "."), one.expected.replace(",", ".")) for one in differing
    ] == [("2025 vanloese", "75.8", "75.7")]
    assert "pct" in differing[0].where


@pytest.mark.parametrize("name", ["tal.csv", "tal.xlsx", "tal.json"])
@pytest.mark.parametrize("changed", [ROWS.head(1), pl.concat([ROWS, ROWS.head(1)]), ROWS.drop("n")])
def test_rows_and_columns_too_many_or_too_few_are_found(tmp_path, name, changed):
    expected = written(tmp_path / "expected", name, ROWS)
    assert comparing.compare(written(tmp_path / "changed", name, changed), expected)[1]


@pytest.mark.parametrize("name", ["tal.csv", "tal.xlsx", "tal.json"])
def test_one_row_too_many_or_too_few_is_one_difference(tmp_path, name):
    # Guards against a lost row after which every number of the file is told to be another.
    other = ROWS.with_columns(bølge=pl.lit("2024"))
    whole, part = pl.concat([ROWS.head(1), other, ROWS.tail(1)]), pl.concat([ROWS.head(1), other.tail(1), ROWS.tail(1)])
    more, fewer = written(tmp_path / "more", name, whole), written(tmp_path / "fewer", name, part)

    (too_many,) = comparing.compare(more, fewer)[1]
    (missing,) = comparing.compare(fewer, more)[1]

    assert (too_many.about.replace('"', ""), too_many.written) == ("2024 valby", "a row that should not be there")
    assert (missing.about.replace('"', ""), missing.expected) == ("2024 valby", "a row that is not there")


@pytest.mark.parametrize("name", ["tal.csv", "tal.xlsx", "tal.json"])
def test_a_file_that_cannot_be_read_is_told(tmp_path, name):
    expected = written(tmp_path / "expected", name, ROWS)
    (tmp_path / name).write_bytes(b"a;b\n1;2;3\xff{")
    with pytest.raises(DataError, match="cannot be read"):
        comparing.compare(tmp_path / name, expected)
