import polars as pl
import pytest
from made_waves import wave

from tryghed.errors import QueryError, StoreError, UsageError
from tryghed.store import adhoc, warehouse
from tryghed.store.query import Column, Parameter, Query


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("project")
    warehouse.publish(made, wave())
    return made


@pytest.fixture
def shares(tmp_path):
    params = {
        "waves": Parameter(type="varchar[]", doc="rounds"),
        "least": Parameter(type="integer", doc="fewest answers", default=1),
        "since": Parameter(type="date", doc="from when"),
    }
    sql = "select wave, count(*) as n from score where list_contains($waves::varchar[], wave)" \
        " and $since::date is not null group by wave having count(*) >= $least::integer"  # fmt: skip
    result = {"wave": Column(type="varchar", doc="round"), "n": Column(type="bigint", doc="answers")}
    return Query("shares", tmp_path / "shares.sql", sql, "x", "x", ("score",), params, result)


def test_a_select_is_answered(folder):
    answer = adhoc.run_sql(
        folder, "tryghed", "select area, count(*) as n from membership group by area order by n, area"
    )

    expected = pl.DataFrame({"area": ["amager-vest", "vesterbro", "alle"], "n": [4, 4, 8]})
    assert answer.rows.equals(expected)
    assert answer.notice == ""


def test_a_long_answer_is_cut_and_says_so(folder, monkeypatch):
    monkeypatch.setattr(adhoc, "ROWS", 5)

    answer = adhoc.run_sql(folder, "tryghed", "from score")

    assert answer.rows.height == 5
    assert answer.notice == "only the first 5 rows are shown; the result has more"


def test_the_error_shows_the_place_in_the_text(folder):
    with pytest.raises(QueryError, match=r"areaa(.|\n)*LINE 1: select areaa from membership\n +\^"):
        adhoc.run_sql(folder, "tryghed", "select areaa from membership")


def test_a_time_with_a_zone_is_refused_with_the_way_out(folder):
    with pytest.raises(QueryError, match="cast it"):
        adhoc.run_sql(folder, "tryghed", "select now()")
    assert adhoc.run_sql(folder, "tryghed", "select now()::timestamp as t").rows.schema == {"t": pl.Datetime("us")}


def test_without_a_store_there_is_no_child(tmp_path):
    with pytest.raises(StoreError, match="empty"):
        adhoc.run_sql(tmp_path, "tryghed", "select 1")


def test_a_named_query_takes_typed_text(folder, shares):
    answer = adhoc.run_named(folder, "tryghed", shares, {"waves": "2024, 2025", "since": "2025-01-31"})

    assert answer.rows.rows() == [("2025", 8)]


def test_wrong_parameters_are_told_all_at_once(folder, shares):
    with pytest.raises(UsageError) as caught:
        adhoc.run_named(folder, "tryghed", shares, {"wave": "2025", "least": "many", "since": "soon"})

    assert caught.value.message == (
        "unknown wave; missing waves; least: 'many' is not integer; since: 'soon' is not date"
    )
    assert "least: integer (default 1), fewest answers" in caught.value.hint
