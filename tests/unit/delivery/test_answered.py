"""What an analyst is answered knows where it comes from, and does no arithmetic that would lose its uncertainty."""

import json
import operator

import fastexcel
import polars as pl
import pytest

from tryghed.delivery import exports
from tryghed.delivery.answered import Answered, provenance
from tryghed.errors import UsageError
from tryghed.statistics.origin import Input, Origin

ORIGIN = Origin(
    7, {"estimate/strata": "a" * 64}, {"estimate/strata": {"waves": ["2025"]}},
    (Input("tryghed", "2025", "deliveries/tryghed_2025.sav", "b" * 64, verified=False),),
)  # fmt: skip
ROWS = pl.DataFrame({"share": [0.5], "se": [0.01]})
ANSWER = Answered(ROWS, "not tested", (), provenance([ORIGIN, ORIGIN], "not tested"))


@pytest.mark.parametrize("how", [operator.sub, operator.add, operator.mul, operator.truediv])
@pytest.mark.parametrize("other", [ANSWER, 2.0])
def test_estimates_are_not_calculated_with(how, other):
    # In R's survey 4.1 a difference of two estimates was a number that had lost its standard error, silently.
    for one, two in ((ANSWER, other), (other, ANSWER)):
        with pytest.raises(UsageError, match="would lose their uncertainty") as refused:
            how(one, two)
        assert "tryghed compare" in refused.value.hint


def test_an_answer_tells_its_generation_queries_and_files_in_one_line():
    assert ANSWER.provenance.line() == (
        "from generation 7; estimate/strata; deliveries/tryghed_2025.sav (sha256 bbbbbbbb…, unverified)"
    )


def test_json_carries_where_the_rows_come_from():
    found = json.loads(exports.write(ROWS, None, "json", source=ANSWER.provenance.record()))

    assert found["rows"] == [{"share": 0.5, "se": 0.01}]
    (origin,) = found["source"]["origins"]
    assert (origin["generation"], origin["inputs"][0]["sha256"]) == (7, "b" * 64)
    assert origin["queries"] == [{"query": "estimate/strata", "sha256": "a" * 64, "parameters": {"waves": ["2025"]}}]


def test_a_csv_stays_a_table_and_has_its_source_beside_it(tmp_path):
    target = tmp_path / "tal.csv"
    exports.write(ROWS, target, "csv", source=ANSWER.provenance.record())

    assert target.read_text(encoding="utf-8-sig") == "share;se\n0,5;0,01\n"
    beside = tmp_path / "tal.source.json"
    assert json.loads(beside.read_text(encoding="utf-8"))["method"] == "not tested"
    assert beside.stat().st_mode & 0o077 == 0


def test_a_workbook_has_its_source_on_a_second_sheet(tmp_path):
    target = tmp_path / "tal.xlsx"
    exports.write(ROWS, target, "xlsx", source=ANSWER.provenance.record())

    book = fastexcel.read_excel(target)
    behind = dict(book.load_sheet("source").to_polars().iter_rows())
    assert book.sheet_names == ["data", "source"]
    assert behind["origins 1 generation"] == "7"
    assert behind["origins 1 inputs 1 file"] == "deliveries/tryghed_2025.sav"
