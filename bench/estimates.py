"""How long estimates take: 60,000 answers, 40 indicators, thousands of domains, with and without clusters.

    python bench/estimates.py [--threads 2] [--r]

Two layouts of about the same number of domains: `flat`, 2,655 areas that do not overlap; `layered`, five area sets
over each other crossed with four dimensions, as a release uses them. `--r` also runs R's `svyby` on a part of the
flat layout (one indicator of the first 200 areas) and compares the numbers. Figures measured are in README.md.
"""

import argparse
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from tryghed.frames import Accepted, Source
from tryghed.statistics import contrasts, estimate, totals
from tryghed.store import query
from tryghed.store.reader import open_reader
from tryghed.store.warehouse import publish

ROOT = Path(__file__).parents[1]
ANSWERS, INDICATORS, AREAS = 60_000, 40, 2_655
NAMES = [f"indicator_{number:02}" for number in range(INDICATORS)]
LAYERS = {"districts": 13, "bydele": 10, "kvarterer": 67, "vulnerable": 15, "vulnerable_old": 16}
LAYOUTS = {
    "flat": (["flat"], ["alle"]),
    "layered": (list(LAYERS), ["alle", "sex", "age", "sex*age"]),
}

R_SCRIPT = """
suppressMessages(library(survey))
d <- read.csv(commandArgs(trailingOnly = TRUE)[1], na.strings = "")
des <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE)
areas <- paste0("a", 0:199)
took <- system.time(by <- svyby(~y, ~area, subset(des, area %in% areas & !is.na(y)), svymean))["elapsed"]
write.csv(data.frame(area = by$area, share = by$y, se = by$se), commandArgs(trailingOnly = TRUE)[2], row.names = FALSE)
cat(took)
"""


def wave(name: str, *, clustered: bool) -> Accepted:
    """Return a wave of made-up answers; a cluster is a neighbourhood of about fifteen answers within one area."""
    draw = np.random.default_rng(1)
    ids = [f"r{number:06}" for number in range(ANSWERS)]
    flat = draw.integers(0, AREAS, ANSWERS)
    kvarter, house = flat % 67, draw.integers(0, 2, ANSWERS)
    sex = np.array(["kvinde", "mand"])[draw.integers(0, 2, ANSWERS)]
    age = np.array(["18_24", "25_34", "35_49", "50_64", "65_79", "80_plus"])[draw.integers(0, 6, ANSWERS)]
    answered = draw.random((INDICATORS, ANSWERS)) > 0.05  # noqa: PLR2004 - a share of refusals
    counts = draw.integers(0, 2, (INDICATORS, ANSWERS)) == 1
    respondents = pl.DataFrame(
        {
            "respondent": ids,
            "weight": pl.Series(np.round(draw.uniform(2, 30, ANSWERS), 4)).cast(pl.Decimal(18, 9)),
            "stratum": [str(one) for one in kvarter % 13],
            "psu": pl.Series([f"{a}-{h}" for a, h in zip(flat, house, strict=True)] if clustered else [None] * ANSWERS,
                             dtype=pl.String),
            "unit": pl.Series([None] * ANSWERS, dtype=pl.String),
        }
    )  # fmt: skip
    scores = pl.DataFrame(
        {"respondent": ids}
        | {one: pl.Series(counts[k].astype(np.int8)).set(pl.Series(~answered[k]), None) for k, one in enumerate(NAMES)}
    )
    inside = {"vulnerable": flat % 5 == 0, "vulnerable_old": flat % 6 == 0}
    areas = {"flat": (flat, None)} | {
        one: (kvarter % size, inside.get(one)) for one, size in LAYERS.items()
    }  # fmt: skip
    dimensions = {"sex": sex, "age": age, "sex*age": np.char.add(np.char.add(sex, "*"), age)}
    return Accepted(
        "bench", name, Source("made", "0" * 64, False, ANSWERS, INDICATORS), name, respondents,
        pl.DataFrame({"respondent": ids}), scores, _memberships(ids, areas), _groupings(ids, dimensions), {},
    )  # fmt: skip


def _memberships(ids: list[str], areas: dict[str, tuple[np.ndarray, np.ndarray | None]]) -> pl.DataFrame:
    parts = []
    for area_set, (area, inside) in areas.items():
        rows = pl.DataFrame({"respondent": ids, "area_set": area_set, "area": [f"a{one}" for one in area]})
        parts += [rows if inside is None else rows.filter(pl.Series(inside)), rows.with_columns(area=pl.lit("alle"))]
    return pl.concat(parts)


def _groupings(ids: list[str], dimensions: dict[str, np.ndarray]) -> pl.DataFrame:
    everybody = pl.DataFrame({"respondent": ids, "dimension": "alle", "category": "alle"})
    parts = [
        pl.DataFrame({"respondent": ids, "dimension": one, "category": categories.tolist()})
        for one, categories in dimensions.items()
    ]
    return pl.concat([everybody, *parts])


def measure(folder: Path, threads: int) -> None:
    """Print seconds for each layout and design: reading the sums (fastest of three), then folding them."""
    queries = query.load_all([ROOT / "queries"])
    for design in ("people", "clusters"):
        for layout, (area_sets, dimensions) in LAYOUTS.items():
            with open_reader(folder, "bench", threads=threads) as reader:
                seconds, known = [], None
                for _ in range(3 if design == "people" else 1):
                    start = time.perf_counter()
                    known = totals.read(
                        reader, queries, survey="bench", waves=[design], area_sets=area_sets, dimensions=dimensions,
                        indicators=NAMES,
                    )  # fmt: skip
                    seconds.append(time.perf_counter() - start)
            assert known is not None
            start = time.perf_counter()
            rows = estimate.shares(known)
            folded = time.perf_counter() - start
            start = time.perf_counter()
            compared = contrasts.against_rest(known, power=0.8)
            print(
                f"{design:9} {layout:8} {len(known.domains):5} domains: sums {min(seconds):5.2f} s, "
                f"{rows.height:6} shares {folded:5.2f} s, {compared.height:6} against the rest "
                f"{time.perf_counter() - start:5.2f} s; peak {_peak():5.0f} MB"
            )


def against_r(folder: Path, accepted: Accepted) -> None:
    """Print what R's svyby takes for 200 areas and one indicator, and how far the numbers are apart."""
    area = accepted.membership.filter(pl.col("area_set") == "flat", pl.col("area") != "alle")
    rows = (
        accepted.respondents.join(accepted.scores.select("respondent", y=NAMES[0]), on="respondent")
        .join(area.select("respondent", "area"), on="respondent")
        .select("weight", "stratum", "psu", "area", "y")
    )
    rows.write_csv(folder / "sample.csv")
    script = folder / "svyby.R"
    script.write_text(R_SCRIPT)
    run = subprocess.run(  # noqa: S603 - our own script
        ["Rscript", script, folder / "sample.csv", folder / "by.csv"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = pl.read_csv(folder / "by.csv")
    with open_reader(folder, "bench") as reader:
        known = totals.read(
            reader, query.load_all([ROOT / "queries"]), survey="bench", waves=["clusters"], area_sets=["flat"],
            dimensions=["alle"], indicators=NAMES[:1],
        )  # fmt: skip
    both = estimate.shares(known).join(theirs, on="area", suffix="_r")
    apart = {one: float((both[one] - both[f"{one}_r"]).abs().max()) for one in ("share", "se")}  # type: ignore[arg-type]
    print(f"R svyby, {both.height} domains, 1 indicator: {float(run.stdout):.2f} s; largest deviation {apart}")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Make the waves in a temporary folder, measure, and clean up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--r", action="store_true", help="also compare with R's svyby")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        waves = {name: wave(name, clustered=name == "clusters") for name in ("people", "clusters")}
        for one in waves.values():
            publish(folder, one)
        measure(folder, wanted.threads)
        if wanted.r:
            against_r(folder, waves["clusters"])
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
