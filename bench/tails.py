"""Which test of a difference keeps its promise at the levels a release is corrected to.

    python bench/tails.py --draws 200000

An area of some people is compared with the rest of the city where nothing differs. Told is how often a test at a level
finds a difference, as a multiple of the level: 1 is right, 10 is ten false claims for one. Beside the t test of the
difference stand those of log odds and of arcsines. Last stands the test a release uses: log odds, and where nobody or
everybody counts the score test. Weights have Kish's design effect 1.2.
"""

import argparse

import numpy as np
from scipy.special import logit, stdtr

LEVELS = (0.05, 1e-3, 1e-4)
BLOCK = 2000


def draw(people: int, share: float, times: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return estimated shares and their variances."""
    shares, variances = [], []
    for _ in range(times // BLOCK):
        weight = chance.gamma(5, 0.2, (BLOCK, people))
        answer = chance.random((BLOCK, people)) < share
        base = weight.sum(axis=1)
        p = (weight * answer).sum(axis=1) / base
        z = weight * (answer - p[:, None]) / base[:, None]
        shares.append(p)
        variances.append(people / (people - 1) * ((z**2).sum(axis=1) - z.sum(axis=1) ** 2 / people))
    return np.concatenate(shares), np.concatenate(variances)


def measured(people: int, rest: int, share: float, times: int, chance: np.random.Generator) -> list[str]:
    """Return the multiples of each level for each test."""
    p, v = draw(people, share, times, chance)
    w = np.full(len(p), share * (1 - share) * 1.2 / rest)
    q = share + chance.normal(size=len(p)) * np.sqrt(w)
    known = (p > 0) & (p < 1)
    ends = score(p[~known], q[~known], w[~known], people, rest)
    p, q, v, w = p[known], q[known], v[known], w[known]
    inner, other = p * (1 - p), q * (1 - q)
    tests = [
        (p - q) / np.sqrt(v + w),
        (logit(p) - logit(q)) / np.sqrt(v / inner**2 + w / other**2),
        (np.arcsin(np.sqrt(p)) - np.arcsin(np.sqrt(q))) / np.sqrt(v / (4 * inner) + w / (4 * other)),
    ]
    found = [2 * stdtr(people + rest - 13, -np.abs(one)) for one in tests]
    found.append(np.concatenate([found[1], 2 * stdtr(people + rest - 13, -np.abs(ends))]))
    return [" ".join(f"{(one < level).sum() / times / level:7.2f}" for one in found) for level in LEVELS]


def score(p: np.ndarray, q: np.ndarray, w: np.ndarray, people: int, rest: int) -> np.ndarray:
    """Return the score statistic of shares of 0 or 1 against shares between, as `statistics.contrasts` has it."""
    effect = np.maximum(1.0, w * rest / (q * (1 - q)))
    n, m = people / effect, rest / effect
    common = (n * p + m * q) / (n + m)
    return (p - q) / np.sqrt(common * (1 - common) * (1 / n + 1 / m))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=2035)
    given = parser.parse_args()
    generator = np.random.default_rng(given.seed)
    print("people  share   " + "   ".join(f"at {level:g}: t, log odds, arcsine, ours" for level in LEVELS))
    for number in (380, 150, 30):
        for true in (0.01, 0.03, 0.05, 0.1, 0.2, 0.5):
            print(f"{number:>6} {true:>6}   " + "   ".join(measured(number, 4600, true, given.draws, generator)))
