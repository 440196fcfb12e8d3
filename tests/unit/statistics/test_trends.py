import numpy as np
import polars as pl
import pytest

from tryghed.errors import DesignError
from tryghed.frames import ESTIMATE
from tryghed.statistics import trends

YEARS = {str(year): float(year) for year in range(2018, 2026)}


def estimates(shares, se=0.01, indicator="safe"):
    """Return estimates of one domain; `shares` maps waves to shares."""
    rows = [
        {"survey": "s", "wave": wave, "area_set": "a", "area": "x", "dimension": "alle", "category": "alle",
         "indicator": indicator, "n": 500, "positives": 250, "share": share, "se": None if share is None else se,
         "df": 499, "n_eff": 400.0, "lower": None, "upper": None}
        for wave, share in shares.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=ESTIMATE)


def found(rows, waves=tuple(YEARS)):
    return trends.trends(rows, years=YEARS, comparable={"safe": waves})


def test_a_straight_line():
    row = found(estimates({year: 0.8 - 0.01 * place for place, year in enumerate(YEARS)})).row(0, named=True)

    assert (row["first"], row["last"], row["waves"], row["named"]) == ("2018", "2025", 8, True)
    assert row["slope"] == pytest.approx(-0.01, rel=1e-12)
    assert row["se"] == pytest.approx(0.01 / np.sqrt(42))
    assert row["lower"] < -0.01 < row["upper"] < 0
    assert (row["q"], row["q_df"], row["q_p"]) == (pytest.approx(0, abs=1e-20), 6, pytest.approx(1))


@pytest.mark.parametrize(("waves", "named"), [(4, False), (5, True)])
def test_the_word_takes_five_waves(waves, named):
    # A slope can be significant with three waves; the word is not earned by that.
    row = found(estimates({year: 0.9 - 0.05 * place for place, year in enumerate(list(YEARS)[:waves])})).row(
        0, named=True
    )

    assert row["p"] < 1e-6
    assert row["named"] is named


def test_waves_before_a_break_are_left_out():
    shares = {"2018": 0.5, "2019": 0.52, "2022": 0.8, "2023": 0.79, "2024": 0.81}

    row = found(estimates(shares), waves=("2022", "2023", "2024")).row(0, named=True)

    assert (row["first"], row["waves"], row["named"]) == ("2022", 3, False)
    assert row["p"] > 0.3  # with the jump at the break it would be 1e-30


def test_years_between_waves_count():
    # Waves numbered 1, 2, 3 would make a gap of four years a step like any other.
    row = found(estimates({"2018": 0.8, "2019": 0.79, "2023": 0.75})).row(0, named=True)

    assert row["slope"] == pytest.approx(-0.01)
    assert row["q"] == pytest.approx(0, abs=1e-18)


def test_waves_in_any_order():
    shares = {"2018": 0.8, "2021": 0.76, "2024": 0.71, "2025": 0.73}
    rows = estimates(shares)

    assert found(rows).equals(found(rows.reverse()))


def test_jumps_about_the_line_show():
    row = found(estimates({year: 0.8 + 0.05 * (-1) ** place for place, year in enumerate(YEARS)})).row(0, named=True)

    assert row["q_p"] < 1e-6


def test_pooled_waves_are_refused():
    # Rolling waves share answers: a line through them takes one answer for three.
    with pytest.raises(DesignError, match=r"several waves taken together: 2018\+2019, 2019\+2020"):
        found(estimates({"2018+2019": 0.8, "2019+2020": 0.7}))


def test_a_wave_twice_or_without_a_year_is_refused():
    rows = pl.concat([estimates({"2018": 0.8, "2019": 0.7}), estimates({"2019": 0.7})])
    with pytest.raises(DesignError, match="wave 2019 is there twice"):
        found(rows)
    with pytest.raises(DesignError, match="no year of wave 1999"):
        found(estimates({"1999": 0.8, "2019": 0.7}), waves=("1999", "2019"))
    with pytest.raises(DesignError, match="waves a, b are of one time"):
        trends.trends(estimates({"a": 0.5, "b": 0.6}), years={"a": 1, "b": 1}, comparable={"safe": ["a", "b"]})


def test_a_wave_of_0_per_cent_has_no_infinite_weight():
    rows = pl.concat([estimates({"2018": 0.02, "2019": 0.01}), estimates({"2020": 0.0}, se=0.0)])

    row = found(rows).row(0, named=True)

    assert (row["waves"], row["slope"], row["p"]) == (3, None, None)


def test_two_waves_have_a_slope_and_no_test_of_straightness():
    row = found(estimates({"2018": 0.8, "2020": 0.7, "2022": None})).row(0, named=True)

    assert (row["waves"], row["slope"], row["q_p"]) == (2, pytest.approx(-0.05), None)


def test_nothing_comparable_gives_no_rows():
    assert trends.trends(estimates({"2018": 0.8}), years=YEARS, comparable={}).height == 0
    assert found(estimates({"2018": 0.8})).row(0, named=True)["slope"] is None


def test_a_line_needs_two_times_and_variances():
    with pytest.raises(DesignError, match="no line through 1 times"):
        trends.trend([2018, 2018], [0.5, 0.6], np.array([1e-4, 1e-4]))
    with pytest.raises(DesignError, match="1 variances above 0"):
        trends.trend([2018, 2019], [0.5, 0.0], np.array([1e-4, 0.0]))


def test_null_waves_trend_one_time_in_twenty():
    draws = np.random.default_rng(3).normal(0.7, [0.01, 0.02, 0.01, 0.015, 0.012], (4000, 5))
    variances = np.square([0.01, 0.02, 0.01, 0.015, 0.012])

    rate = np.mean([trends.trend([2018, 2019, 2020, 2022, 2025], one, variances).p < 0.05 for one in draws])

    assert 0.04 < rate < 0.06
