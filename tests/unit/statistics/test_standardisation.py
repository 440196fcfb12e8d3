import numpy as np
import pytest
import sampled

from tryghed.errors import DesignError
from tryghed.statistics import estimate, standardisation

AGES = ("ung", "mellem", "gammel")


def people():
    draw = np.random.default_rng(2).random((240, 3))
    return [
        {"respondent": f"r{place}", "weight": 2.0 + round(float(a), 2), "stratum": "12"[place % 2], "psu": None,
         "area": "nord" if place % 3 else "syd", "age": None if b < 0.05 else AGES[int(3 * c)],
         "safe": None if a < 0.1 else int(b > 0.3 + 0.1 * int(3 * c))}
        for place, (a, b, c) in enumerate(draw)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def totals():
    return sampled.read({"2025": people()}, indicators=["safe"], areas={"places": "area"}, groups={"age": "age"})


def made(totals, standard, areas=("nord",)):
    return standardisation.standardised(
        totals, area_set="places", areas=areas, dimension="age", standard=standard, name="made up"
    )


def test_people_and_parts_are_the_same_standard(totals):
    parts, heads = {"ung": 0.3, "mellem": 0.5, "gammel": 0.2}, {"gammel": 120_000, "ung": 180_000, "mellem": 300_000}

    one, other = (made(totals, standard).row(0, named=True) for standard in (parts, heads))

    assert (one["share"], one["se"]) == (
        pytest.approx(other["share"], rel=1e-12),
        pytest.approx(other["se"], rel=1e-12),
    )


def test_an_areas_own_ages_give_its_own_share(totals):
    rows = [row for row in people() if row["area"] == "nord" and row["age"] and row["safe"] is not None]
    own = {age: sum(row["weight"] for row in rows if row["age"] == age) for age in AGES}

    found = made(totals, own).row(0, named=True)

    assert found["share"] == pytest.approx(found["crude"], rel=1e-12)
    assert found["n"] == len(rows)


def test_all_the_standard_in_one_age_is_refused(totals):
    with pytest.raises(DesignError, match="no people above 0 in gammel"):
        made(totals, {"ung": 0.5, "mellem": 0.5, "gammel": 0})


def test_categories_are_joined_by_name(totals):
    # A category that fell out of the join took its part of the standard with it elsewhere.
    with pytest.raises(DesignError, match="no respondents in 18-34; no people given for ung"):
        made(totals, {"18-34": 0.3, "mellem": 0.5, "gammel": 0.2})


def test_every_empty_cell_is_named():
    rows = [row for row in people() if (row["area"], row["age"]) not in {("nord", "ung"), ("syd", "gammel")}]
    silent = [{**row, "safe": None} if (row["area"], row["age"]) == ("syd", "mellem") else row for row in rows]
    totals = sampled.read({"2025": silent}, indicators=["safe"], areas={"places": "area"}, groups={"age": "age"})

    with pytest.raises(DesignError) as problem:
        made(totals, dict.fromkeys(AGES, 1), areas=("nord", "syd"))

    assert "area nord: safe: nobody with an answer in age ung" in str(problem.value)
    assert "area syd: safe: nobody with an answer in age mellem, gammel" in str(problem.value)


def test_everybody_can_be_standardised(totals):
    found = made(totals, dict.fromkeys(AGES, 1), areas=("alle", "nord", "syd"))

    assert found["area"].to_list() == ["alle", "nord", "syd"]
    plain = sampled.share(estimate.shares(totals), "safe")
    assert found["df"][0] == plain["df"] - (plain["n"] - found["n"][0])  # people without an age are not in it


def test_there_must_be_something_to_standardise_for(totals):
    with pytest.raises(DesignError, match="sex has no categories in places"):
        standardisation.standardised(
            totals, area_set="places", areas=["nord"], dimension="sex", standard={"mand": 1}, name="x"
        )
