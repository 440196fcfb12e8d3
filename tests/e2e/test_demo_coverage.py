"""From the raw files of the demo city to intervals: they hold the city's true shares as often as they promise."""

import polars as pl
import pytest

from tryghed.definitions.project import load
from tryghed.statistics import estimate, totals
from tryghed.store import query
from tryghed.store.reader import open_reader

CELL = ["survey", "wave", "area_set", "area", "dimension", "category", "indicator"]
MIN_BASE = 60  # below, intervals are wider than they promise, and would hide a fault of the others


@pytest.fixture(scope="module")
def cells(demo):
    """Every estimated cell with enough answers, beside its true share."""
    project = load(demo)
    queries = query.load_all(project.queries)
    found = []
    for survey in project.surveys.values():
        with open_reader(demo, survey.name) as reader:
            for name, wave in project.waves[survey.name].items():
                asked = [one for one, indicator in survey.scores.items() if indicator.item in wave.columns]
                sums = totals.read(
                    reader, queries, survey=survey.name, waves=[name], area_sets=survey.area_sets,
                    dimensions=["alle", "sex", "age"], indicators=asked,
                )  # fmt: skip
                found.append(estimate.shares(sums))
    truth = pl.read_csv(demo / "truth.csv", schema_overrides={"wave": pl.String, "area": pl.String})
    joined = pl.concat(found).join(truth, on=CELL, suffix="_true")
    return joined.filter((pl.col("n") >= MIN_BASE) & pl.col("lower").is_not_null()).with_columns(
        covered=pl.col("share_true").is_between("lower", "upper"), missed=pl.col("share") - pl.col("share_true")
    )


def test_intervals_hold_the_truth_nineteen_times_in_twenty(cells):
    # Guards against a design, weight or code lost on the way: coverage falls long before a number looks wrong.
    assert cells.height > 15_000
    assert cells["covered"].mean() == pytest.approx(0.955, abs=0.015)


def test_no_indicator_and_no_area_set_is_off(cells):
    # Guards against one question scored backwards or one set of areas joined askew, which the mean would hide.
    by_indicator = cells.group_by("survey", "indicator").agg(pl.col("covered").mean(), pl.len()).sort("covered")
    assert by_indicator["covered"].min() > 0.9, by_indicator.head(3)
    by_set = cells.group_by("survey", "area_set").agg(pl.col("covered").mean())
    assert by_set["covered"].min() > 0.93


def test_estimates_do_not_lean(cells):
    standardised = cells.filter(pl.col("se") > 0).select(pl.col("missed") / pl.col("se"))["missed"]
    assert abs(standardised.mean()) < 0.15
