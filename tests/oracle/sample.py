"""A sample for the oracle: two waves, clusters, unequal weights, overlapping areas, missing answers, zero weights.

Made from a small generator of its own, so that the file R reads is the same on every machine and version.
"""

import csv
from pathlib import Path

STRATA = {"A": (6, 60), "B": (4, 24), "C": (5, 50)}  # PSUs sampled, PSUs there are
COLUMNS = ("respondent", "wave", "stratum", "psu", "psus", "people", "weight", "area", "sites", "sex", "safe")


def rows():
    """Return the sample's rows; `sites` holds the overlapping areas, joined by "+"."""
    draw, made = _uniform(20261), []
    for wave in ("2024", "2025"):
        for stratum, (sampled, psus) in STRATA.items():
            for psu in range(sampled):
                made += [_person(draw, wave, stratum, psu, psus) for _ in range(5 + int(draw() * 6))]
    return [{"respondent": f"r{number}", **row} for number, row in enumerate(made)]


def write(target: Path) -> None:
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows())


#: Kinds of replicate weights.
KINDS = ("jk1", "jkn", "brr", "fay", "bootstrap")


def write_replicates(folder: Path) -> None:
    """Write the replicate weights of the newer wave, a file for each kind."""
    for kind in KINDS:
        weights = replicate_weights(kind)
        with (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["respondent", *(f"rep_{number}" for number in range(len(next(iter(weights.values())))))])
            writer.writerows([respondent, *values] for respondent, values in weights.items())


def replicate_weights(kind):
    """Return respondent -> replicate weights; BRR and Fay are of the PSUs that make pairs, 0-3 of each stratum."""
    people = [row for row in rows() if row["wave"] == "2025" and (kind not in ("brr", "fay") or row["psu"] in "0123")]
    units = [(stratum, str(psu)) for stratum, (sampled, _) in STRATA.items() for psu in range(sampled)]
    factors = {"brr": _halves(0), "fay": _halves(0.3), "bootstrap": _drawn(_uniform(7), units)}.get(kind)
    if factors is None:
        factors = [_without(kind, left_out, units) for left_out in units]
    return {
        row["respondent"]: [round(row["weight"] * one[row["stratum"], row["psu"]], 9) for one in factors]
        for row in people
    }


def _without(kind, left_out, units):
    """Return the jackknife's factors: those of the same stratum (of all, in JK1) make up for the unit left out."""
    m = len(units) if kind == "jk1" else STRATA[left_out[0]][0]
    return {
        unit: 0.0 if unit == left_out else m / (m - 1) if kind == "jk1" or unit[0] == left_out[0] else 1.0
        for unit in units
    }


def _halves(rho):
    """Return the factors of balanced half samples: of each pair one unit counts 2-rho, the other rho (Sylvester)."""
    pairs = [(stratum, half) for stratum in STRATA for half in (0, 1)]
    sign = [[(-1) ** bin(row & column).count("1") for column in range(1, 8)] for row in range(8)]
    return [
        {(stratum, str(2 * half + side)): 2 - rho if (sign[row][place] > 0) == (side == 0) else rho
         for place, (stratum, half) in enumerate(pairs) for side in (0, 1)}
        for row in range(8)
    ]  # fmt: skip


def _drawn(draw, units, replicates=40):
    """Return the factors of the rescaled bootstrap: m - 1 of m units are drawn with replacement."""
    made = []
    for _ in range(replicates):
        factors = dict.fromkeys(units, 0.0)
        for stratum, (m, _) in STRATA.items():
            for _ in range(m - 1):
                factors[stratum, str(int(draw() * m))] += m / (m - 1)
        made.append(factors)
    return made


def _person(draw, wave, stratum, psu, psus):
    # PSU numbers start again in every stratum: only together with it do they name a cluster.
    sites = [site for site, reach in (("park", 0.35), ("havn", 0.3)) if draw() < reach]
    safe = int(draw() < (0.55 if stratum == "B" else 0.75) + 0.1 * (psu % 3) - 0.1)
    return {
        "wave": wave, "stratum": stratum, "psu": str(psu), "psus": psus, "people": psus * 15,
        "weight": round(2 + 18 * draw(), 4), "area": "nord" if (psu + (draw() < 0.2)) % 2 else "syd",
        "sites": "+".join(sites), "sex": "mand" if draw() < 0.45 else "kvinde",
        "safe": None if draw() < 0.08 else safe,
    }  # fmt: skip


def _uniform(seed):
    """Return a generator of numbers in 0-1: a 31-bit Lehmer generator (Park & Miller 1988)."""
    state = seed

    def draw():
        nonlocal state
        state = state * 48271 % 2147483647
        return state / 2147483647

    return draw
