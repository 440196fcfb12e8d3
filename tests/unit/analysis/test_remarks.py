"""What an analyst is told of a sample beside a number."""

import sampled

from tryghed.analysis.remarks import described


def _people(strata):
    return [
        {"respondent": f"{size}-{number}", "weight": 1.0, "stratum": str(size), "psu": None, "safe": number % 2}
        for size in strata
        for number in range(size)
    ]


def _told(strata, population=None):
    rows = {"2025": _people(strata)}
    return described(sampled.read(rows, indicators=["safe"], population=population).design, "2025")


def test_a_finite_population_is_told_of_only_where_its_size_is_known():
    # m / (m-1) * (m-1) is a little less than m for some m: a correction was told of that was not made.
    strata = range(2, 120)
    assert _told(strata) == "118 strata, people sampled directly, wave 2025"
    assert "finite population correction" in _told(strata, {("2025", "7"): 1_000_000})
