import numpy as np
import polars as pl
import pytest

from tryghed.errors import DesignError
from tryghed.statistics import combinations, moments, overlaps, respondents
from tryghed.statistics.respondents import Domain


def wave(name, answers, people, strata=("1", "2")):
    return pl.DataFrame(
        {"wave": [name] * len(people), "stratum": [strata[place % len(strata)] for place in range(len(people))],
         "person": people, "weight": [2.0 + place % 3 for place in range(len(people))], "y_counts": answers,
         "areas": [";alle;"] * len(people), "categories": [";alle;"] * len(people),
         "calibration": [None] * len(people)},
        schema_overrides={"y_counts": pl.Int8, "calibration": pl.String},
    )  # fmt: skip


ANSWERS = [int(one) for one in np.random.default_rng(4).random(200) < 0.7]
CHANGED = [1 - one if place % 20 == 0 else one for place, one in enumerate(ANSWERS)]
SAME = [f"p{place}" for place in range(200)]
OTHERS = [f"q{place}" for place in range(200)]


def together(rows):
    waves = rows["wave"].unique().sort()
    return respondents.of_people(rows).moments("counts", [Domain((wave,)) for wave in waves])


def change(rows):
    return combinations.contrast(together(rows), (-1, 1))


def test_a_panel_sees_changes_that_independent_waves_cannot():
    # Taken for independent, two waves of the same people have a standard error several times too large.
    panel, apart = (
        change(pl.concat([wave("2024", ANSWERS, SAME), wave("2025", CHANGED, who)])) for who in (SAME, OTHERS)
    )

    assert panel.estimate == pytest.approx(apart.estimate)
    assert panel.se < 0.5 * apart.se


def test_without_shared_people_it_is_about_what_independent_waves_have():
    rows = [wave("2024", ANSWERS, SAME), wave("2025", CHANGED, OTHERS)]
    stacked = change(pl.concat(rows))
    apart = combinations.contrast(moments.independent([together(one) for one in rows]), (-1, 1))

    assert stacked.se == pytest.approx(apart.se, rel=0.01)


def test_people_without_an_answer_stay_in_the_design():
    silent = wave("2025", [None] * 4 + CHANGED[4:], SAME)
    known = together(pl.concat([wave("2024", ANSWERS, SAME), silent]))

    assert known.n.tolist() == [200, 196]
    assert known.df == 198  # those four answered in 2024
    alone = together(silent)
    dropped = together(silent.drop_nulls("y_counts"))
    assert alone.share_covariance[0, 0] != dropped.share_covariance[0, 0]
    assert alone.df == 194


def test_shared_people_are_found_by_pseudonym():
    moved = wave("2025", CHANGED, SAME[100:] + OTHERS[:99] + ["p1"])
    rows = pl.concat([wave("2024", ANSWERS, SAME), moved, wave("2026", CHANGED, [f"n{one}" for one in range(200)])])

    assert (overlaps.people_in_several(rows), overlaps.people_who_moved(rows)) == (101, 0)


def test_people_who_moved_stratum_are_counted():
    rows = pl.concat([wave("2024", ANSWERS, SAME), wave("2025", CHANGED, SAME, strata=("2", "1"))])

    assert overlaps.people_who_moved(rows) == 200
    assert together(rows).share_covariance[0, 1] == pytest.approx(0, abs=1e-5)


def test_twice_in_a_wave_and_alone_in_a_stratum_are_refused():
    rows = pl.concat([wave("2024", [1, 0, 1], ["a", "b", "b"], strata=("1",)), wave("2025", [1], ["c"], strata=("9",))])

    with pytest.raises(DesignError, match="1 respondents are there twice in wave 2024; 1 strata have one person: 9"):
        together(rows)


def test_the_order_of_rows_does_not_matter():
    rows = pl.concat([wave("2024", ANSWERS, SAME), wave("2025", CHANGED, SAME)])
    one, other = (together(part) for part in (rows, rows.reverse()))

    assert one.share.tolist() == other.share.tolist()
    assert one.covariance == pytest.approx(other.covariance, rel=1e-12)
