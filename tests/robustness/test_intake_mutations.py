"""Thousands of files with damage in them: each ends as rows or as one error, and none is taken for the right file.

TRYGHED_LARGE=1 tries 50,000 of them; TRYGHED_FIGURES names a file that the figures are kept in.
"""

import hashlib
import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from tryghed.definitions.wave import Delivery
from tryghed.errors import DataError
from tryghed.intake import readers

MUTANTS = 50_000 if os.environ.get("TRYGHED_LARGE") else 5_000
ROWS = 40
DATA = Path(__file__).parents[3] / "shared" / "data" / "robustness" / "pyreadstat" / "basic"


def wave():
    return pl.DataFrame({
        "respnr": [f"r{number:03}" for number in range(ROWS)],
        "q7_2": [float(1 + number % 5) for number in range(ROWS)],
        "vaegt": [0.5 + number / ROWS for number in range(ROWS)],
        "bydel": ["Østerbro" if number % 2 else "Amager Øst" for number in range(ROWS)],
    })  # fmt: skip


def deliveries(folder):
    """Write the same rows in every format that can be written here; return the files."""
    rows, labels = wave(), {"variable_value_labels": {"q7_2": {1.0: "Meget tryg", 5.0: "Meget utryg"}}}
    pyreadstat.write_sav(rows, folder / "a.sav", missing_ranges={"q7_2": [8, 9]}, **labels)
    pyreadstat.write_sav(rows, folder / "a.zsav", compress=True, **labels)
    pyreadstat.write_dta(rows, folder / "a.dta", **labels)
    pyreadstat.write_por(rows.with_columns(bydel=pl.lit("Valby")), folder / "a.por")  # knows no letter beyond ASCII
    rows.write_parquet(folder / "a.parquet")
    rows.write_excel(folder / "a.xlsx")
    rows.write_csv(folder / "a.csv", separator=";")
    files = [folder / f"a.{form}" for form in ("sav", "zsav", "dta", "por", "parquet", "xlsx", "csv")]
    sas = DATA / "sample.sas7bdat"
    return files + ([sas] if sas.exists() else [])


def mutated(content, draw):
    """Return the content with one kind of damage: bits flipped, bytes drawn anew, a block zeroed, cut or doubled."""
    damaged = bytearray(content)
    at = draw.randrange(len(damaged) if draw.random() < 0.5 else min(len(damaged), 1024))  # headers break worst
    kind = draw.randrange(5)
    if kind == 0:
        for place in (at, *(draw.randrange(len(damaged)) for _ in range(draw.randrange(3)))):
            damaged[place] ^= 1 << draw.randrange(8)
    elif kind == 1:
        damaged[at : at + 8] = draw.randbytes(len(damaged[at : at + 8]))
    elif kind == 2:
        damaged[at : at + 64] = bytes(len(damaged[at : at + 64]))
    elif kind == 3:
        del damaged[max(at, 1) :]
    else:
        damaged[at:at] = damaged[at : at + draw.randrange(1, 200)]
    return bytes(damaged)


def outcome(path, content, original, known):
    """Read one damaged file as a delivery of nothing known, of known rows, or of a known checksum; say how it ended."""
    path.write_bytes(content)
    told = {"rows": {"rows": known["rows"]}, "checksum": known}.get(path.stem.split("-")[1], {})
    try:
        delivered = readers.read(path, Delivery(file=path.name, **told))
    except DataError as error:
        told_well = error.where and error.hint
        return "A BARE ERROR" if not told_well else "reader crashed" if "crashed" in error.message else "refused"
    finally:
        path.unlink()
    if "other_rows" in {found.code for found in delivered.findings if found.severity == "error"}:
        return "refused"
    same = content == original
    if "sha256" in told:
        return "read" if same else "WRONG FILE READ"
    return "read" if delivered.rows.height == told.get("rows", delivered.rows.height) else "WRONG ROWS READ"


def test_no_damaged_file_takes_the_program_down_or_is_taken_for_the_right_one(tmp_path, measured):
    # Guards against a parser that ends the program, hangs it, or hands over another survey as the one agreed on.
    draw = random.Random(2035)  # noqa: S311 the same damage in every run
    originals = {path: path.read_bytes() for path in deliveries(tmp_path)}
    rows = {path: 5 if path.stem == "sample" else ROWS for path in originals}
    jobs = []
    for number in range(MUTANTS):
        path = draw.choice(list(originals))
        told = draw.choice(["nothing", "nothing", "nothing", "rows", "checksum"])
        known = {"rows": rows[path], "sha256": hashlib.sha256(originals[path]).hexdigest()}
        target = tmp_path / f"{number}-{told}{path.suffix}"
        jobs.append((target, mutated(originals[path], draw), originals[path], known))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = Counter(pool.map(lambda job: outcome(*job), jobs))

    measured(mutants=MUTANTS, **ends)
    assert sum(ends.values()) == MUTANTS
    assert not [end for end in ends if end.isupper()], ends
    assert min(ends["read"], ends["refused"]) > MUTANTS // 20  # the damage is neither harmless nor total


@pytest.mark.parametrize("form", ["sav", "zsav", "dta", "por", "parquet", "xlsx", "csv"])
def test_the_undamaged_files_are_read_whole(tmp_path, form):
    # A mutation test that never reads anything would pass: what it mutates must be readable.
    path = {one.suffix.lstrip("."): one for one in deliveries(tmp_path)}[form]
    assert readers.read(path, Delivery(file=path.name)).rows.shape == (ROWS, 4)
