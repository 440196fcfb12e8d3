from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from made_waves import wave

from tryghed.errors import QueryError, StoreError
from tryghed.store import warehouse
from tryghed.store.query import Column, Parameter, Query
from tryghed.store.reader import open_reader


def made(sql, *, result, **params):
    columns = {name: Column(type=kind, doc="x") for name, kind in result.items()}
    return Query("q", Path("q.sql"), sql, "x", "x", ("score",), params, columns)


WIDE = made(
    "select wave, sum(weight * columns($pattern)) as 'wy_\\1', {'n': count(*), 'w': sum(weight)} as s"
    " from score where list_contains($waves::varchar[], wave) group by wave",
    result={"wave": "varchar", "wy_(.*)": "decimal(38,9)", "s": "struct(n bigint, w decimal(38,9))"},
    pattern=Parameter(type="varchar", doc="x", default="(tryg_dag)"),
    waves=Parameter(type="varchar[]", doc="x"),
)


@pytest.fixture
def folder(tmp_path):
    warehouse.publish(tmp_path, wave())
    warehouse.publish(tmp_path, wave("2021", survey="sundhed"))
    return tmp_path


def test_results_have_the_declared_types(folder):
    with open_reader(folder, "tryghed") as reader:
        rows = reader.run(WIDE, waves=["2025"], pattern="(tryg_.*)")

    assert rows.schema == {
        "wave": pl.String, "wy_tryg_aften": pl.Decimal(38, 9), "wy_tryg_dag": pl.Decimal(38, 9),
        "s": pl.Struct({"n": pl.Int64, "w": pl.Decimal(38, 9)}),
    }  # fmt: skip
    assert rows.row(0) == ("2025", Decimal("5.5"), Decimal(16), {"n": 8, "w": Decimal(16)})


def test_raw_rows(folder):
    with open_reader(folder, "tryghed") as reader:
        names, rows = reader.fetch(WIDE, waves=["2025"])

    assert names == ["wave", "wy_tryg_dag", "s"]
    assert rows == [("2025", Decimal(16), {"n": 8, "w": Decimal(16)})]


def test_an_empty_result_keeps_its_types(folder):
    with open_reader(folder, "tryghed") as reader:
        rows = reader.run(WIDE, waves=["1999"])

    assert (0, pl.Decimal(38, 9)) == (rows.height, rows.schema["wy_tryg_dag"])


def test_two_surveys_are_read_at_the_same_time(folder):
    waves = made("select distinct wave from score", result={"wave": "varchar"})
    with open_reader(folder, "tryghed") as one, open_reader(folder, "sundhed", threads=2) as other:
        assert [one.run(waves).item(), other.run(waves).item()] == ["2025", "2021"]


def test_a_reader_stays_with_its_generation(folder):
    waves = made("select count(*) as n from score", result={"n": "bigint"})
    with open_reader(folder, "tryghed") as reader:
        for year in range(2026, 2031):
            warehouse.publish(folder, wave(str(year)))
        assert (reader.run(waves).item(), reader.generation.number) == (8, 2)
    with open_reader(folder, "tryghed") as reader:
        assert reader.run(waves).item() == 48


def test_a_generation_retired_between_pointer_and_opening_is_not_missed(folder, monkeypatch):
    stale = warehouse.current(folder)
    for year in range(2026, 2031):
        warehouse.publish(folder, wave(str(year)))
    required = warehouse.required
    answers = [stale]
    monkeypatch.setattr(warehouse, "required", lambda place: answers.pop() if answers else required(place))

    assert not stale.path.exists()
    with open_reader(folder, "tryghed") as reader:
        assert reader.generation.number == 7


@pytest.mark.parametrize(
    ("params", "message"),
    [({}, r"missing \['waves'\], unknown \[\]"), ({"waves": ["2025"], "year": 1}, r"unknown \['year'\]")],
)
def test_wrong_parameters_are_told_by_name(folder, params, message):
    with open_reader(folder, "tryghed") as reader, pytest.raises(QueryError, match=message):
        reader.run(WIDE, **params)


def test_duckdb_speaks_through_the_error(folder):
    broken = made("select nothing from score", result={"nothing": "bigint"})
    with open_reader(folder, "tryghed") as reader, pytest.raises(QueryError, match=r"q.sql: .*nothing.* not found"):
        reader.run(broken)


def test_an_unknown_survey_lists_those_there_are(folder):
    with pytest.raises(StoreError, match="surveys loaded: sundhed, tryghed"), open_reader(folder, "trygh"):
        pass
