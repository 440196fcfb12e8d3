import polars as pl
import pytest

from tryghed.errors import DataError
from tryghed.statistics import rates

GROUPS = ["0-39", "40-69", "70+"]
STANDARD = pl.DataFrame({"group": GROUPS, "people": [40_000, 45_000, 15_000]})


def counts(events, area="x", people=(4000, 5000, 2000), groups=GROUPS):
    return pl.DataFrame({"area": [area] * len(groups), "group": groups, "events": events, "people": people})


@pytest.mark.parametrize(("events", "shown"), [([2, 3, 4], False), ([2, 3, 5], True), ([0, 0, 0], False)])
def test_fewer_than_ten_events_have_no_rate(events, shown):
    row = rates.rates(counts(events), STANDARD).row(0, named=True)

    assert [row[name] is not None for name in ("rate", "lower", "upper")] == [shown] * 3
    assert row["events"] == sum(events)


def test_equal_rates_are_the_crude_rate():
    row = rates.rates(counts([8, 10, 4]), STANDARD, per=1000).row(0, named=True)

    assert (row["rate"], row["crude"], row["per"]) == (pytest.approx(2), pytest.approx(2), 1000)
    assert 0 < row["lower"] < 2 < row["upper"]


def test_one_group_has_the_limits_of_its_count():
    one = pl.DataFrame({"group": ["70+"], "people": [7]})
    row = rates.rates(counts([20], people=[1000], groups=["70+"]), one, per=1000).row(0, named=True)

    lower, upper = rates.poisson_limits(20)
    assert (row["lower"], row["upper"]) == (pytest.approx(lower), pytest.approx(upper))


def test_groups_are_joined_by_name():
    # Standard populations matched by the order of rows gave old people the weight of young ones.
    found = rates.rates(pl.concat([counts([3, 11, 33]), counts([33, 11, 3], "y")]), STANDARD.reverse())

    assert found["rate"].to_list() == [
        pytest.approx(1e5 * (0.4 * 3 / 4000 + 0.45 * 11 / 5000 + 0.15 * 33 / 2000)),
        pytest.approx(1e5 * (0.4 * 33 / 4000 + 0.45 * 11 / 5000 + 0.15 * 3 / 2000)),
    ]


def test_per_scales_everything():
    one, thousand = (rates.rates(counts([3, 11, 33]), STANDARD, per=per).row(0, named=True) for per in (1, 1000))

    for name in ("crude", "rate", "lower", "upper"):
        assert thousand[name] == pytest.approx(1000 * one[name])


def test_byar_is_near_the_exact_limits_from_ten_events():
    for events in (10, 30, 200):
        for byar, exact in zip(rates.byar_limits(events), rates.poisson_limits(events), strict=True):
            assert byar == pytest.approx(exact, rel=0.01)


def test_no_events_have_an_upper_limit():
    assert rates.poisson_limits(0) == (0.0, pytest.approx(3.6888794541139))
    assert rates.byar_limits(0)[0] == 0
    assert rates.byar_limits(1)[0] >= 0  # Byar's lower limit of one event would be below 0


def test_everything_wrong_is_listed():
    bad = pl.concat(
        [counts([3, -1, 5]), counts([3, 4], "y", [0, 10], ["0-39", "40-69"]), counts([1], "z", [5], ["0-39"]),
         counts([1, 2, 3], "z", [5, 5, 5], ["0-39", "40-69", "90+"])]
    )  # fmt: skip

    with pytest.raises(DataError) as problem:
        rates.rates(bad, STANDARD)

    said = str(problem.value)
    for words in (
        "groups given twice: z 0-39", "area y: no group 70+", "area z: no group 70+, group 90+ is not in the standard",
        "no events of 0 or more among people above 0: x 40-69, y 0-39",
    ):  # fmt: skip
        assert words in said


def test_missing_counts_are_not_zero():
    with pytest.raises(DataError, match="no events of 0 or more among people above 0: "):
        rates.rates(counts([3, None, 5]), STANDARD)


def test_a_standard_without_people():
    with pytest.raises(DataError, match="no people above 0 in the standard's 70\\+"):
        rates.rates(counts([3, 4, 5]), STANDARD.with_columns(people=pl.Series([1, 2, 0])))
