"""How often a release says something false: thousands of synthetic releases through the code that makes real ones.

    python bench/releases.py null --releases 1000
    python bench/releases.py planted --releases 300

A release is two waves of 13 districts as strata, about 380 answers each with uneven weights, and 40 indicators whose
answers hang together within a person. It makes the comparisons a real one makes: every indicator in every district
against the rest, twelve indicators against the earlier wave, the headline's 26 and its ranks as families of their own.

`null`: nothing differs anywhere; told is the share of releases with any claim at all.
`planted`: in a fifth of the districts every share lies `--points` higher; told are the share of true differences found
(power) and the share of false ones among the claims, beside Holm's method over all tests and no correction.
"""

import argparse
from dataclasses import dataclass

import numpy as np
import polars as pl

from tryghed.definitions.policy import Families
from tryghed.frames import EVERYBODY
from tryghed.statistics import atoms, contrasts, families, ranks
from tryghed.statistics.atoms import Atoms
from tryghed.statistics.folding import Design
from tryghed.statistics.totals import Totals

DISTRICTS = [f"d{number:02}" for number in range(1, 14)]
INDICATORS = tuple(f"i{number:02}" for number in range(40))
HEADLINE, FOLLOWED = INDICATORS[0], INDICATORS[:12]
SET, SURVEY = "districts", "simulated"
ANSWERS = 380
RULES = Families()


@dataclass(frozen=True)
class Verdicts:
    """The comparisons of one release: which have a true difference, and the sign each method claims."""

    true: np.ndarray
    ours: np.ndarray
    holm: np.ndarray
    plain: np.ndarray
    ranked: bool


def wave(name: str, shares: np.ndarray, chance: np.random.Generator) -> Totals:
    """Draw one wave and return its totals.

    Args:
        name: The wave.
        shares: True shares, districts × indicators.
        chance: Random numbers.
    """
    columns: dict[str, list[np.ndarray]] = {one: [] for one in ("n", "positives", "a", "y", "aa", "yy")}
    sizes = chance.poisson(ANSWERS, len(DISTRICTS))
    for district, size in enumerate(sizes):
        weight = chance.gamma(5, 0.2, size)[:, None]  # Kish's design effect 1.2
        person = chance.normal(size=size)[:, None]
        latent = np.sqrt(0.2) * person + np.sqrt(0.8) * chance.normal(size=(size, len(INDICATORS)))
        answer = (latent < _quantiles(shares[district])).astype(np.float64)
        ones = np.ones_like(answer)
        columns["n"].append(ones.sum(axis=0))
        columns["positives"].append(answer.sum(axis=0))
        columns["a"].append((weight * ones).sum(axis=0))
        columns["y"].append((weight * answer).sum(axis=0))
        columns["aa"].append((weight**2 * ones).sum(axis=0))
        columns["yy"].append((weight**2 * answer).sum(axis=0))
    design = Design(
        tuple((name, area) for area in DISTRICTS), sizes.astype(np.float64), sizes / (sizes - 1.0), 1.0 / sizes,
        np.zeros(len(DISTRICTS), dtype=np.bool_), ("",) * len(DISTRICTS),
    )  # fmt: skip
    units = atoms.units(_districts({one: np.stack(parts, axis=1) for one, parts in columns.items()}))
    return Totals(SURVEY, (name,), INDICATORS, design, units, units.summed())


def _districts(sums: dict[str, np.ndarray]) -> Atoms:
    """Return the people of each district, sampled directly, as one atom: it is a stratum, and everybody is all of them.

    Args:
        sums: Indicators × districts, by name.
    """
    own = pl.Series(range(len(DISTRICTS)), dtype=pl.Int64)
    same = pl.Series([0] * len(DISTRICTS), dtype=pl.Int64)
    return Atoms(
        pl.DataFrame({"stratum": own, "psu": own, "location": own, "profile": same}).with_columns(direct=True),
        pl.DataFrame({"place": pl.concat([same, own + 1]), "location": pl.concat([own, own])}),
        pl.DataFrame({"kind": [0], "profile": [0]}, schema={"kind": pl.Int64, "profile": pl.Int64}),
        tuple((SET, area) for area in (EVERYBODY, *DISTRICTS)), ((EVERYBODY, EVERYBODY),), sums,
    )  # fmt: skip


def release(shares: np.ndarray, earlier: np.ndarray, chance: np.random.Generator) -> Verdicts:
    """Draw two waves, compare as a release does and return the verdicts; `shares` are districts × indicators."""
    now, before = wave("2025", shares, chance), wave("2024", earlier, chance)
    areas = pl.col("area") != EVERYBODY
    tests = pl.concat([
        contrasts.against_rest(now, power=0.8),
        contrasts.against_wave(now, before, power=0.8).filter(areas & pl.col("indicator").is_in(FOLLOWED)),
    ])  # fmt: skip
    decided = families.correct(tests, pl.col("indicator") == HEADLINE, RULES)
    places = ranks.ranks(now, area_set=SET, indicators=[HEADLINE], alpha=RULES.ranks)
    p, sign = tests["p"].fill_null(1.0).to_numpy(), np.sign(tests["difference"].to_numpy())
    alpha = RULES.headline + RULES.ranks + RULES.other
    return Verdicts(
        _truth(tests, shares, earlier),
        decided["direction"].to_numpy(),
        np.where(families.holm(p) < alpha, sign, 0),
        np.where(p < alpha, sign, 0),
        bool(((places["first"] > 1) | (places["last"] < len(DISTRICTS))).any()),
    )


def _quantiles(shares: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return np.asarray(ndtri(shares))


def _truth(tests: pl.DataFrame, shares: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """Return the sign of the true difference of each comparison; districts are equally large."""
    found = []
    for kind, area, indicator in tests.select("kind", "area", "indicator").iter_rows():
        at, column = DISTRICTS.index(area), INDICATORS.index(indicator)
        rest = np.delete(shares[:, column], at).mean() if kind == "rest" else earlier[at, column]
        found.append(np.sign(np.round(shares[at, column] - rest, 12)))
    return np.array(found)


def null(releases: int, seed: int) -> None:
    """Print how many releases claim anything where nothing differs."""
    chance = np.random.default_rng(seed)
    shares = np.tile(np.linspace(0.05, 0.95, len(INDICATORS)), (len(DISTRICTS), 1))
    shares[:, 0] = 0.8
    found = [release(shares, shares, chance) for _ in range(releases)]
    counts = {
        "three families": sum(bool(one.ours.any()) or one.ranked for one in found),
        "Holm over all": sum(bool(one.holm.any()) for one in found),
        "no correction": sum(bool(one.plain.any()) for one in found),
    }
    print(f"nothing differs: {releases} releases of {len(found[0].ours)} comparisons, seed {seed}")
    for name, count in counts.items():
        print(f"  {name:<16} {count:>6} releases with a claim, {100 * count / releases:.1f} %")


def planted(releases: int, seed: int, points: float) -> None:
    """Print power and false claims where a fifth of the districts differ by so many percentage points."""
    chance = np.random.default_rng(seed)
    shares = np.tile(np.linspace(0.15, 0.75, len(INDICATORS)), (len(DISTRICTS), 1))
    shares[:, 0] = 0.75
    earlier = shares.copy()
    shares[::5, :] += points / 100
    found = [release(shares, earlier, chance) for _ in range(releases)]
    print(f"{points:g} points in {len(DISTRICTS[::5])} of {len(DISTRICTS)} districts: {releases} releases, seed {seed}")
    print(f"  {'':<16} {'power':>7} {'wrong among claims':>20}")
    moved = _of_planted(shares, earlier)
    for name in ("ours", "holm", "plain"):
        signs = np.stack([getattr(one, name) for one in found])
        truth = np.stack([one.true for one in found])
        power = (signs[:, moved] == truth[:, moved]).mean()
        claims = (signs != 0).sum()
        wrong = ((signs != 0) & (signs != truth)).sum()
        label = {"ours": "three families", "holm": "Holm over all", "plain": "no correction"}[name]
        print(f"  {label:<16} {100 * power:>6.1f} % {100 * wrong / max(claims, 1):>17.2f} %")


def _of_planted(shares: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """Return which comparisons are of a district that was moved; the others differ from a rest that was."""
    moved = (shares != earlier).any(axis=1)
    return np.concatenate([np.repeat(moved, len(INDICATORS)), np.repeat(moved, len(FOLLOWED))])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["null", "planted"])
    parser.add_argument("--releases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2035)
    parser.add_argument("--points", type=float, default=8.0)
    given = parser.parse_args()
    if given.what == "null":
        null(given.releases, given.seed)
    else:
        planted(given.releases, given.seed, given.points)
