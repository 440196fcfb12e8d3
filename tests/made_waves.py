"""Waves made by hand for tests: eight visible respondents, repeated as often as wanted."""

import polars as pl

from tryghed.frames import Accepted, Finding, Source

CODES = (1, 2, 3, 4, 5, -91, -92, 1)
SCORES = (1, 1, 0, 0, 0, 0, None, 1)


def wave(name="2025", *, survey="tryghed", eights=1, mark="unit", sha256="a" * 64, definition="d" * 64):
    """Return a wave: even respondents live in amager-vest (weight 2.5), odd ones in vesterbro (weight 1.5)."""
    n = 8 * eights
    ids = [f"r{i:06}" for i in range(n)]
    even = [i % 2 == 0 for i in range(n)]
    respondents = pl.DataFrame(
        {
            "respondent": ids,
            "weight": pl.Series(["2.5" if yes else "1.5" for yes in even]).cast(pl.Decimal(18, 9)),
            "stratum": ["1" if yes else "2" for yes in even],
            "psu": pl.Series([None] * n, dtype=pl.String),
            "unit": [mark] * n,
        }
    )
    answers = pl.DataFrame(
        {
            "respondent": ids,
            "safe_evening": pl.Series(CODES * eights, dtype=pl.Int16),
            "safe_day": pl.Series([1 + i % 2 for i in range(n)], dtype=pl.Int16),
            "age_years": pl.Series([20.5 + i % 8 for i in range(n)], dtype=pl.Float64),
        }
    )
    scores = pl.DataFrame(
        {
            "respondent": ids,
            "tryg_aften": pl.Series(SCORES * eights, dtype=pl.Int8),
            "tryg_dag": pl.Series([1] * n, dtype=pl.Int8),
        }
    )
    areas = ["amager-vest" if yes else "vesterbro" for yes in even]
    membership = pl.concat(
        pl.DataFrame({"respondent": ids, "area_set": "survey_districts_13", "area": column})
        for column in (areas, ["alle"] * n)
    )
    sexes = ["kvinde" if i % 4 < 2 else "mand" for i in range(n)]
    grouping = pl.concat(
        [
            pl.DataFrame({"respondent": ids, "dimension": "sex", "category": sexes}),
            pl.DataFrame({"respondent": ids, "dimension": "alle", "category": "alle"}),
        ]
    )
    finding = Finding("weights_spread", "warning", "vaegt", "2 weights are large", 2, (1, 3))
    source = Source("tryghed.sav", sha256, True, n, 5)
    population = {"1": 10.0 * eights, "2": 6.0 * eights}
    invited = pl.DataFrame(
        {
            "division": ["alle", "sex", "sex", "stratum"], "category": ["alle", "kvinde", "mand", "9"],
            "invited": [20 * eights, 8 * eights, 12 * eights, 5],
        }
    )  # fmt: skip
    return Accepted(
        survey, name, source, definition, respondents, answers, scores, membership, grouping, population, (finding,),
        invited=invited,
    )  # fmt: skip
