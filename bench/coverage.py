"""How often 95 % intervals hold the true share, by effective n and share, for each of the three kinds of interval.

    python bench/coverage.py
    python bench/coverage.py --draws 4000 --cities 1

*Drawn*: samples of the safety survey's shape, 5,040 answers in 13 districts as strata with uneven weights (Kish's
design effect 1.2) and shares that differ between districts. A domain is one district, or a group that people in every
district belong to. Its true effective n and true share are what the table says; chance decides the rest.

*City*: demo cities are built, ingested and estimated as a user would, one after another with seeds of their own, and
every estimate is held against the city's known truth. Effective n is the answers over Kish's design effect of the wave:
the estimated one follows the estimated share, and a band of it would be a choice of samples. Intervals of a wave share
respondents, so the Monte Carlo error is that of the waves' means.
"""

import argparse
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from tryghed import ingestion
from tryghed.definitions.project import load
from tryghed.demo.build import build
from tryghed.frames import EVERYBODY
from tryghed.statistics import estimate, totals, weighting
from tryghed.statistics.estimate import Description, describe
from tryghed.statistics.folding import SUMMED, Design, Sums
from tryghed.statistics.intervals import LIMITS, NAMES, limits
from tryghed.store import query
from tryghed.store.reader import open_reader

SHARES = (0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98)
SIZES = (30, 50, 100, 300, 1000)
STRATA, ANSWERS, KISH, SPREAD = 13, 5040, 1.2, 0.3
BLOCK = 500
CELL = ["survey", "wave", "area_set", "area", "dimension", "category", "indicator"]
BANDS = {"n_eff": [30, 50, 100, 300, 1000], "share": [0.02, 0.05, 0.1, 0.2, 0.8, 0.9, 0.95, 0.98]}


def drawn(draws: int, seed: int) -> None:
    """Print the coverage of each interval in drawn samples, one table per kind of domain."""
    chance = np.random.default_rng(seed)
    for kind in ("district", "group"):
        found = {method: np.zeros((len(SIZES), len(SHARES))) for method in LIMITS}
        for row, size in enumerate(SIZES):
            for column, share in enumerate(SHARES):
                held = _held(kind, size, share, draws, chance)
                for method, coverage in held.items():
                    found[method][row, column] = coverage
        print(f"\ndrawn, a {kind}: {draws:,} intervals a cell; Monte Carlo error {_error(draws):.2f} points at 95 %")
        for method, table in found.items():
            _print(NAMES[method], [str(one) for one in SIZES], table)


def _held(kind: str, size: int, share: float, draws: int, chance: np.random.Generator) -> dict[str, float]:
    """Return the part of the intervals that hold the true share, by method."""
    held = dict.fromkeys(LIMITS, 0.0)
    draw = _district if kind == "district" else _group
    for start in range(0, draws, BLOCK):
        known, true = draw(size, share, min(BLOCK, draws - start), chance)
        for method in LIMITS:
            lower, upper = limits(method, known.share, known.variance, known.n, known.df)
            held[method] += float(((lower <= true) & (true <= upper)).sum())
    return {method: number / draws for method, number in held.items()}


def _district(size: int, share: float, draws: int, chance: np.random.Generator) -> tuple[Description, float]:
    people = round(size * KISH)
    sums = _summed(np.ones((draws, people), dtype=np.bool_), share, chance)
    return describe(Sums(**{name: one[:, None] for name, one in sums.items()}), _design([people])), share


def _group(size: int, share: float, draws: int, chance: np.random.Generator) -> tuple[Description, float]:
    """Draw a group with members in every stratum; who is not a member counts in the stratum's m."""
    strata = [ANSWERS // STRATA] * STRATA
    inside = size * KISH / sum(strata)
    own = _shares(share)
    parts = [_summed(chance.random((draws, m)) < inside, p, chance) for m, p in zip(strata, own, strict=True)]
    sums = {name: np.stack([part[name] for part in parts], axis=1) for name in SUMMED}
    return describe(Sums(**sums), _design(strata)), float(own.mean())


def _shares(share: float) -> np.ndarray:
    """Return a share for each stratum, apart by a standard deviation of SPREAD logits, whose mean is `share`."""
    from scipy.optimize import brentq
    from scipy.special import expit, ndtri

    apart = SPREAD * ndtri((np.arange(STRATA) + 0.5) / STRATA)
    middle = brentq(lambda centre: expit(centre + apart).mean() - share, -20, 20)
    return np.asarray(expit(middle + apart))


def _summed(member: np.ndarray, share: float, chance: np.random.Generator) -> dict[str, np.ndarray]:
    weight = chance.gamma(1 / (KISH - 1), KISH - 1, member.shape) * member
    counts = (chance.random(member.shape) < share) & member
    a, y = weight.sum(axis=1), (weight * counts).sum(axis=1)
    aa, yy = (weight**2).sum(axis=1), (weight**2 * counts).sum(axis=1)
    n = member.sum(axis=1).astype(np.float64)
    return {"n": n, "positives": counts.sum(axis=1).astype(np.float64), "psus": n, "a": a, "y": y, "aa": aa,
            "ay": yy, "yy": yy}  # fmt: skip


def _design(strata: list[int]) -> Design:
    m = np.array(strata, dtype=np.float64)
    names = tuple(("drawn", str(place)) for place in range(len(m)))
    return Design(names, m, m / (m - 1), 1 / m, np.zeros(len(m), dtype=np.bool_), ("",) * len(m))


def city(cities: int, seed: int) -> None:
    """Print the coverage of each interval in demo cities, and of all of them together."""
    cells = pl.concat([_estimated(seed + number) for number in range(cities)])
    n_eff, share = BANDS["n_eff"], BANDS["share"]
    kept = cells.filter((pl.col("n_eff") >= n_eff[0]) & pl.col("share_true").is_between(0.02, 0.98))
    banded = kept.with_columns(
        pl.Series("row", np.digitize(kept["n_eff"].to_numpy(), n_eff[1:])),
        pl.Series("column", np.digitize(kept["share_true"].to_numpy(), share[1:-1])),
    )
    rows = [*(f"{low}-{high}" for low, high in pairwise(n_eff)), f"{n_eff[-1]}-"]
    columns = [*(f"{100 * low:g}-{100 * high:g}" for low, high in pairwise(share)), "all"]
    banded = pl.concat([banded, banded.with_columns(column=pl.lit(len(columns) - 1, pl.Int64))])
    print(f"\ncity: {cities} cities, {kept.height:,} intervals; rows n_eff, columns true share in %")
    _print("number of intervals", rows, _table(banded, pl.len(), rows, columns), columns, whole=True)
    for method in LIMITS:
        _print(NAMES[method], rows, _table(banded, pl.col(method).mean(), rows, columns), columns)
    error = _table(banded.group_by("row", "column", "city", "wave", "survey").agg(pl.col("korn-graubard").mean()),
                   pl.col("korn-graubard").std() / pl.len().sqrt(), rows, columns)  # fmt: skip
    _print("Monte Carlo error of Korn-Graubard's", rows, error, columns)
    every = kept.select(pl.col(*LIMITS).mean()).row(0)
    print("all: " + ", ".join(f"{NAMES[one]} {100 * part:.2f} %" for one, part in zip(LIMITS, every, strict=True)))


def _estimated(seed: int) -> pl.DataFrame:
    """Return every estimate of a demo city beside its true share, and which intervals hold it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "city"
        build(folder, seed)
        project = load(folder)
        waves = [(survey, wave) for survey, known in project.waves.items() for wave in known]
        ingestion.ingest(project, waves, lambda _: None, said=ingestion.Said())
        queries = query.load_all(project.queries)
        parts = [_of_wave(project, queries, survey, wave) for survey, wave in waves]
        truth = pl.read_csv(folder / "truth.csv", schema_overrides={"wave": pl.String, "area": pl.String})
    found = pl.concat(parts).join(truth, on=CELL, suffix="_true").with_columns(city=pl.lit(seed))
    for method in LIMITS:
        numbers = (found["share"], found["se"] ** 2, found["n"], found["df"])
        lower, upper = limits(method, *(one.cast(pl.Float64).to_numpy() for one in numbers))
        true = found["share_true"].to_numpy()
        found = found.with_columns(pl.Series(method, (lower <= true) & (true <= upper)))
    return found


def _of_wave(project: object, queries: object, survey: str, wave: str) -> pl.DataFrame:
    defined = project.surveys[survey]
    asked = [one for one, indicator in defined.scores.items() if indicator.item in project.waves[survey][wave].columns]
    with open_reader(project.folder, survey) as reader:
        people = reader.run(queries["weights/respondents"], wave=wave)
        sums = totals.read(
            reader, queries, survey=survey, waves=[wave], area_sets=defined.area_sets,
            dimensions=[EVERYBODY, "sex", "age"], indicators=asked,
        )  # fmt: skip
    kish = weighting.spread(people["weight"].cast(pl.Float64).to_numpy()).deff
    known = estimate.shares(sums).filter(pl.col("lower").is_not_null())
    return known.with_columns(n_eff=pl.col("n") / kish)


def _table(cells: pl.DataFrame, told: pl.Expr, rows: list[str], columns: list[str]) -> np.ndarray:
    table = np.full((len(rows), len(columns)), np.nan)
    for row, column, value in cells.group_by("row", "column").agg(told.alias("told")).iter_rows():
        table[row, column] = np.nan if value is None else value
    return table


def _print(title: str, rows: list[str], table: np.ndarray, columns: list[str] | None = None, *,
           whole: bool = False) -> None:  # fmt: skip
    print(title)
    print(f"{'n_eff':>10} " + " ".join(f"{one:>7}" for one in columns or [f"{100 * one:g} %" for one in SHARES]))
    for name, line in zip(rows, table, strict=True):
        print(f"{name:>10} " + " ".join(f"{one:7.0f}" if whole else f"{100 * one:7.1f}" for one in line))


def _error(draws: int) -> float:
    return 100 * float(np.sqrt(0.95 * 0.05 / draws))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--cities", type=int, default=8)
    parser.add_argument("--seed", type=int, default=2035)
    given = parser.parse_args()
    if given.draws:
        drawn(given.draws, given.seed)
    if given.cities:
        city(given.cities, given.seed)
