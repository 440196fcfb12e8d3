import numpy as np
import pytest
import sampled

from tryghed.statistics import estimate, moments, standardisation

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


def made(totals, standard, area="nord"):
    known = moments.of(totals, [("places", area, "age", one) for one in standard], "safe")
    parts = np.array(list(standard.values()))
    return standardisation.standardised_share(known, parts / parts.sum()), known


def test_the_order_of_categories_does_not_matter(totals):
    one, other = (
        made(totals, standard)[0]
        for standard in ({"ung": 0.3, "mellem": 0.5, "gammel": 0.2}, {"gammel": 0.2, "ung": 0.3, "mellem": 0.5})
    )

    assert (one.estimate, one.se) == (pytest.approx(other.estimate, rel=1e-12), pytest.approx(other.se, rel=1e-12))


def test_an_areas_own_ages_give_its_own_share(totals):
    rows = [row for row in people() if row["area"] == "nord" and row["age"] and row["safe"] is not None]
    own = {age: sum(row["weight"] for row in rows if row["age"] == age) for age in AGES}

    found, known = made(totals, own)

    assert found.estimate == pytest.approx(float(known.counted.sum() / known.base.sum()), rel=1e-12)
    assert known.n.sum() == len(rows)
    assert found.lower < found.estimate < found.upper


def test_people_without_an_age_have_no_degrees_of_freedom(totals):
    found, known = made(totals, dict.fromkeys(AGES, 1), "alle")

    plain = sampled.share(estimate.shares(totals), "safe")
    assert found.df == plain["df"] - (plain["n"] - known.n.sum())
