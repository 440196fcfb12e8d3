"""How long a full table takes: 40 indicators for 2,655 domains, at 60,000, a million and ten million answers.

    python bench/estimates.py [--sizes 60000 1000000 10000000] [--threads 2] [--repeats 3] [--r] [--svy PYTHON]

Sampled as people or in clusters of eleven; `flat`, 2,655 areas that do not overlap, and `layered`, five area sets over
each other crossed with four dimensions, as a release uses them. Each is measured in a process of its own, beside the
bare scan: the plain sum of the same columns, made last, since what it reads stays in memory. `--r` also runs R's
`svyby`, once of means with standard errors and once with intervals, `--svy` the Python package svy where PYTHON has it,
both on 60,000 answers in clusters, for all areas and one of the 40 indicators; what the full table would take is
multiplied out from that, and held against what the same takes here. Figures measured are in README.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from tryghed.statistics import contrasts, estimate, intervals, totals
from tryghed.store import layout, loading, query, schema
from tryghed.store.reader import Reader, open_reader

ROOT = Path(__file__).parents[1]
INDICATORS, AREAS, CLUSTER, COMPARED = 40, 2_655, 11, 60_000
MOST_IN_LAYERS = 1_000_000  #: answers in clusters; ten times as many have seven million atoms, which do not fit
NAMES = [f"indicator_{number:02}" for number in range(INDICATORS)]
LAYERS = {"districts": 13, "bydele": 10, "kvarterer": 67, "vulnerable": 15, "vulnerable_old": 16}
INSIDE = {"vulnerable": 5, "vulnerable_old": 6}  #: these hold one of so many areas, all others everybody
AGES = ("18_24", "25_34", "35_49", "50_64", "65_79", "80_plus")
LAYOUTS = {
    "flat": (["flat"], ["alle"]),
    "layered": (list(LAYERS), ["alle", "sex", "age", "sex*age"]),
}

R_SCRIPT = """
suppressMessages(library(survey))
d <- read.csv(commandArgs(trailingOnly = TRUE)[1], na.strings = "")
des <- subset(svydesign(~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE), !is.na(y))
took <- system.time(by <- svyby(~y, ~area, des, svymean))
if (METHOD == "intervals")
    took <- system.time(svyby(~y, ~area, des, svyciprop, method = "beta", vartype = "ci"))
write.csv(data.frame(area = by$area, share = by$y, se = by$se), commandArgs(trailingOnly = TRUE)[2], row.names = FALSE)
cat(sum(took[1:2]))
"""
SVY_SCRIPT = """
import sys, time
import polars as pl, svy
rows = pl.read_csv(sys.argv[1], schema_overrides={"stratum": pl.String, "y": pl.Float64})
start = time.process_time()
sample = svy.Sample(rows, svy.Design(stratum="stratum", wgt="weight", psu="psu"))
found = sample.estimation.mean("y", by="area", drop_nulls=True)
took = time.process_time() - start
cells = [(str(one.by_level[0]), one.est, one.se) for one in found.estimates]
pl.DataFrame(cells, schema=["area", "share", "se"], orient="row").write_csv(sys.argv[2])
print(took)
"""


def build(folder: Path, answers: int, *, clustered: bool) -> None:
    """Make a store of one wave of made-up answers, straight in SQL: the same way in would take an hour for millions.

    Respondents stand in the order an import gives them: by stratum, PSU and location.
    """
    (folder / "store").mkdir(mode=0o700)
    path = folder / "store" / "gen-000001.duckdb"
    order = sorted(range(AREAS), key=lambda area: (str(area % 67 % 13), area))
    with loading.opened(path) as connection:
        layout.bring_up(connection, path)
        schema.create_survey(connection, "bench")
        schema.add_columns(connection, "bench", "score", dict.fromkeys(NAMES, "tinyint"))
        connection.execute("set threads=2")
        area = pl.DataFrame({"location": range(1, AREAS + 1), "code": order})
        _insert(connection, "location", _places(area))
        _insert(connection, "profile", _kinds())
        connection.register("area", schema.Stream(area))
        connection.execute(_respondents(answers, clustered=clustered))
        connection.execute("checkpoint")
    (folder / "store" / "current").write_text(path.name + "\n", encoding="ascii")


def _respondents(answers: int, *, clustered: bool) -> str:
    scores = ", ".join(
        f"case when hash(i, {number}) % 20 > 0 then (hash({number}, i) % 2)::tinyint end as {name}"
        for number, name in enumerate(NAMES)
    )
    psu = f"location || '-' || lpad((i // {CLUSTER})::varchar, 8, '0')" if clustered else "null"
    return f"""
        insert into bench.score by name
        select 'made' as wave, 'r' || i as respondent, (2 + hash(i, 'weight') % 280000 / 10000)::decimal(18, 9) as weight,
            (code % 67 % 13)::varchar as stratum, {psu} as psu, location, (1 + hash(i, 'profile') % 12)::integer as profile,
            {scores}
        from (select i, (1 + i * {AREAS} // {answers})::integer as location from range({answers}) as t(i)) join area using (location)
        order by i
    """  # noqa: S608, E501 - our own numbers


def _places(area: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("code")
    sets = {"flat": code, **{name: code % 67 % size for name, size in LAYERS.items()}}
    inside = {name: code % INSIDE.get(name, 1) == 0 for name in sets}
    parts = [area.filter(inside[one]).select("location", area_set=pl.lit(one), area="a" + sets[one].cast(pl.String))
             for one in sets]  # fmt: skip
    parts += [area.select("location", area_set=pl.lit(one), area=pl.lit("alle")) for one in sets]
    return pl.concat(parts).select(pl.lit("made").alias("wave"), pl.all())


def _kinds() -> pl.DataFrame:
    rows = []
    for number in range(12):
        sex, age = ("kvinde", "mand")[number % 2], AGES[number // 2]
        kinds = (("alle", "alle"), ("sex", sex), ("age", age), ("sex*age", f"{sex}*{age}"))
        rows += [("made", number + 1, *kind) for kind in kinds]
    return pl.DataFrame(rows, schema=["wave", "profile", "dimension", "category"], orient="row")


def _insert(connection: object, table: str, rows: pl.DataFrame) -> None:
    loading.insert(connection, f"bench.{table}", rows)  # type: ignore[arg-type]


def measure(folder: Path, layers: str, threads: int, repeats: int) -> dict[str, float]:
    """Return seconds, wall and processor, of the bare scan and of each step to the full table, and the peak memory."""
    area_sets, dimensions = LAYOUTS[layers]
    queries = query.load_all([ROOT / "queries"])
    intervals.limits("korn-graubard", 0.5, 0.01, 10, 9)  # loads scipy
    with open_reader(folder, "bench", threads=threads) as reader:

        def read() -> totals.Totals:
            return totals.read(
                reader, queries, survey="bench", waves=["made"], area_sets=area_sets, dimensions=dimensions,
                indicators=NAMES,
            )  # fmt: skip

        found = _timed("sums", repeats, read)
        known = read()
        found["domains"] = len(known.domains)
        found |= _timed("means", repeats, lambda: _means(known))
        found |= _timed("shares", repeats, lambda: estimate.shares(known))
        found["peak"] = _peak()
        found |= _timed("rest", 1, lambda: contrasts.against_rest(known, power=0.8))
        return found | _timed("scan", repeats, lambda: _scan(reader))


def _peak() -> float:
    """Return the most memory the process has had, in MB; `ru_maxrss` counts the parent's too, which built the store."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return next(float(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM"))


def _means(known: totals.Totals) -> None:
    """Make shares, standard errors and the intervals p - t s to p + t s, as svy does, and R's `svyby` but for these."""
    for index in range(INDICATORS):
        found = estimate.describe(known.of(range(len(known.domains)), index), known.design)
        half = intervals.t_quantile(found.df, 0.95) * np.sqrt(found.variance)
        np.stack([found.share - half, found.share + half])


def _scan(reader: Reader) -> None:
    sums = ", ".join(f"sum({name})" for name in NAMES)
    text = f"select {sums}, sum(weight), max(stratum), max(psu), max(location), max(profile) from score"  # noqa: S608
    reader._connection.execute(text).fetchall()


def _timed(name: str, repeats: int, work: Callable[[], object]) -> dict[str, float]:
    """Return the least seconds of several runs."""
    wall, cpu = [], []
    for _ in range(repeats):
        before, start = time.process_time(), time.perf_counter()
        work()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - before)
    return {name: min(wall), f"{name}_cpu": min(cpu)}


def compare(folder: Path, wanted: argparse.Namespace, measured: dict[str, float]) -> None:
    """Print what R and svy take for a part of the flat table, what all would take, and how far they are from us."""
    ours = {"means": measured["sums_cpu"] + measured["means_cpu"],
            "intervals": measured["sums_cpu"] + measured["shares_cpu"]}  # fmt: skip
    sample, theirs = folder / "sample.csv", folder / "theirs.csv"
    with open_reader(folder, "bench") as reader:
        rows = reader._connection.execute(
            f"select weight::double, stratum, psu, area, {NAMES[0]} from score join location using (wave, location) "  # noqa: S608
            "where area_set = 'flat' and area <> 'alle'"
        ).fetchall()
        known = totals.read(
            reader, query.load_all([ROOT / "queries"]), survey="bench", waves=["made"], area_sets=["flat"],
            dimensions=["alle"], indicators=NAMES[:1],
        )  # fmt: skip
    names = ["weight", "stratum", "psu", "area", "y"]
    pl.DataFrame(rows, schema=names, orient="row").write_csv(sample)
    runs = [("R svyby", one, ["Rscript", "-"], R_SCRIPT.replace("METHOD", f'"{one}"')) for one in ours if wanted.r]
    runs += [("svy", "means", [wanted.svy, "-"], SVY_SCRIPT)] if wanted.svy else []
    for name, what, command, script in runs:
        done = subprocess.run(  # noqa: S603 - our own scripts
            _with_arguments(command, script, folder, [sample, theirs]), capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{name}: {done.stderr.strip().splitlines()[-1]}")
            continue
        both = estimate.shares(known).join(pl.read_csv(theirs), on="area", suffix="_theirs")
        apart = {one: (both[one] - both[f"{one}_theirs"]).abs().max() for one in ("share", "se")}
        took = float(done.stdout.split()[-1])
        full = took * INDICATORS
        print(
            f"{name}, {what}: {took:.2f} s of processor time for {AREAS:,} areas and one indicator, so {full:,.0f} s "
            f"for the full table: {full / ours[what]:,.0f} times ours ({ours[what]:.2f} s); largest deviation {apart}"
        )


def _with_arguments(command: Sequence[str], script: str, folder: Path, arguments: Sequence[Path]) -> list[str]:
    path = folder / "script"
    path.write_text(script)
    return [command[0], str(path), *map(str, arguments)]


def main() -> None:
    """Make each store in a temporary folder, measure it in processes of their own, and clean up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60_000, 1_000_000, 10_000_000])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--r", action="store_true", help="also run R's svyby on a part")
    parser.add_argument("--svy", default="", metavar="PYTHON", help="also run svy on a part, with this interpreter")
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "LAYOUT"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.child:
        folder, layers = wanted.child
        print(json.dumps(measure(Path(folder), layers, wanted.threads, wanted.repeats)))
        return
    columns = ("answers", "sampled as", "layout", "domains", "bare scan", "sums", "times the scan", "shares", "peak",
               "against the rest")  # fmt: skip
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for answers in wanted.sizes:
        for design in ("people", "clusters"):
            folder = Path(tempfile.mkdtemp())
            try:
                build(folder, answers, clustered=design == "clusters")
                layouts = ["flat"] if design == "clusters" and answers > MOST_IN_LAYERS else list(LAYOUTS)
                rows = {layers: _child(folder, layers, wanted) for layers in layouts}
                for layers, row in rows.items():
                    print(_told(answers, design, layers, row), flush=True)
                if answers == COMPARED and design == "clusters":
                    compare(folder, wanted, rows["flat"])
            finally:
                shutil.rmtree(folder)


def _child(folder: Path, layers: str, wanted: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", str(folder), layers, "--threads", str(wanted.threads),
               "--repeats", str(wanted.repeats)]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ourselves
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _told(answers: int, design: str, layers: str, row: dict[str, float]) -> str:
    def both(name: str) -> str:
        return f"{row[name]:.2f} s ({row[f'{name}_cpu']:.2f})"

    ratio = row["sums_cpu"] / row["scan_cpu"]
    return (
        f"| {answers:,} | {design} | {layers} | {row['domains']:,.0f} | {both('scan')} | {both('sums')} | {ratio:.1f} "
        f"| {both('shares')} | {row['peak']:,.0f} MB | {both('rest')} |"
    )


if __name__ == "__main__":
    main()
