"""From a finished report back to where its numbers come from."""

import csv
import io
import json
import shutil
import subprocess

import pytest

from tests.e2e.conftest import tryghed
from tryghed import evidence
from tryghed.definitions.project import load
from tryghed.delivery import tracing
from tryghed.reporting import danish
from tryghed.store import rounds

REPORT = "out/2025/district-valby.pdf"


@pytest.fixture(scope="module")
def traces(demo):
    return tracing.read(demo / "out" / "2025")


def test_explain_lists_the_ids_of_a_report(demo):
    done = tryghed("explain", REPORT, "--format", "json", cwd=demo)

    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert rows["F1"]["shows"] == "Niveau"
    assert rows["F4"]["is"] == "figure"
    assert rows["S2"]["page"] == 2
    assert all(row["cells"] for row in rows.values())
    assert "release" in done.stderr


def test_every_id_rests_on_cells_and_every_number_has_a_source(traces):
    for name, entry in traces.reports.items():
        for item in entry.trace.items:
            assert item.lookups, (name, item.id)
            assert [one for one in item.numbers if one.source == "unexplained"] == [], (name, item.id)


def test_ids_are_unique_over_all_reports_of_a_release(traces):
    ids = [f"{item.id}·{entry.trace.code}" for entry in traces.reports.values() for item in entry.trace.items]
    assert len(traces.reports) == 14
    assert len(ids) == len(set(ids))


def test_a_report_changed_by_hand_is_not_explained(demo, tmp_path):
    for name in ("district-valby.pdf", "sporing.json"):
        (tmp_path / name).write_bytes((demo / "out" / "2025" / name).read_bytes())
    with (tmp_path / "district-valby.pdf").open("ab") as file:
        file.write(b"%")

    assert "changed since it was traced" in tryghed("explain", "district-valby.pdf", cwd=tmp_path, code=4).stderr


def test_an_id_of_another_report_says_whose_it_is(demo, traces):
    other = traces.reports["district-vanloese.pdf"].trace.code
    assert "district-vanloese.pdf" in tryghed("explain", REPORT, f"F4·{other}", cwd=demo, code=2).stderr
    assert "ids: " in tryghed("explain", REPORT, "F99", cwd=demo, code=2).stderr
    assert "cells: 1 to" in tryghed("explain", REPORT, "F4", "--cell", "999", cwd=demo, code=2).stderr
    # Guards against an answer that looks like a file asked for, and is none.
    asked = ("explain", REPORT, "F4", "--cell", "1", "--output", "cell.json")
    assert "a cell is told whole, as text" in tryghed(*asked, cwd=demo, code=2).stderr


def test_a_sentence_is_told_whole(demo, traces):
    item = next(one for one in traces.reports["district-valby.pdf"].trace.items if one.id == "U1")

    told = tryghed("explain", REPORT, "u1", cwd=demo).stdout

    for part in ("definition", "deliveries", "sums by stratum", "rules for a single number", "queries", "R (package"):
        assert f"\n{part}" in told
    assert all(one.text in told for one in item.numbers if one.lookup)
    assert item.lookups[0].cell.indicator in told
    assert "not for publication" in told
    assert "generation" in told


def test_the_query_of_a_number_runs_as_it_is_told(demo):
    told = tryghed("explain", REPORT, "F1", "--cell", "1", cwd=demo).stdout
    line = next(line.strip() for line in told.splitlines() if line.strip().startswith("tryghed query"))
    arguments = [part.replace("'", "") for part in line.split()[1:]]

    rows = json.loads(tryghed(*arguments, "--format", "json", cwd=demo).stdout)

    valby = [row for row in rows if row["area"] == "valby"]
    assert sum(row["n_tryg_aften"] for row in valby) == int(told.split("printed\n  ")[1].split("n ")[1].split(",")[0])


def near(value, decimals):
    """Return a computed value as it would be printed."""
    return danish.decimal(abs(100 * value), decimals)


def test_what_is_explained_is_what_is_printed(demo, traces):
    """One number of every indicator, drawn from all reports: computed anew, it is the number on the page."""
    project = rounds.informed(load(demo))
    printed = {}
    for entry in traces.reports.values():
        for item in entry.trace.items:
            for one in item.numbers:
                if one.lookup is not None and one.lookup.kind != "places":
                    printed.setdefault(one.lookup, {})[one.name] = one.text.lstrip("+−")
    of = {}
    for lookup in printed:
        of.setdefault((lookup.cell.survey, lookup.cell.indicator), []).append(lookup)
    drawn = [lookups[2035 * at % len(lookups)] for at, (_, lookups) in enumerate(sorted(of.items()), start=1)]
    assert len(drawn) > 30
    compared = 0
    for lookup in drawn:
        found = evidence.gather(project, lookup)
        rows = found.values.to_dicts()
        decimals = 0 if project.surveys[lookup.cell.survey].scores[lookup.cell.indicator].sensitive else 1
        for name, text in printed[lookup].items():
            side, _, plain = name.rpartition(".")
            row = rows[-1] if not side and lookup.kind != "share" else rows[1 if side == "other" else 0]
            if plain in ("share", "lower", "upper", "difference"):
                value = row["share" if plain == "difference" else plain]
                assert near(value, decimals) == text, (lookup, name)
                compared += 1
            elif plain == "n":
                assert danish.number(round(row["n"], -1 if decimals == 0 else 0)) == text, (lookup, name)
                compared += 1
    assert compared > 60


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript with the package survey")
@pytest.mark.parametrize(("identity", "cell"), [("U1", "1"), ("F1", "2"), ("F9", "3")])
def test_r_computes_the_same(demo, tmp_path, traces, identity, cell):
    script = tmp_path / "one.R"
    tryghed("explain", REPORT, identity, "--cell", cell, "--r", script, cwd=demo)
    item = next(one for one in traces.reports["district-valby.pdf"].trace.items if one.id == identity)
    found = evidence.gather(rounds.informed(load(demo)), item.lookups[int(cell) - 1])

    done = subprocess.run(["Rscript", script.name], cwd=tmp_path, capture_output=True, text=True, check=True)

    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    ours = found.values.to_dicts()
    assert len(rows) == len(ours)
    for one, other in zip(rows, ours, strict=True):
        assert abs(float(one["value"]) - other["share"]) < 1e-10
        if other["se"] is not None:
            assert abs(float(one["se"]) - other["se"]) < 1e-10


def test_a_number_is_explained_from_the_deliveries_where_the_store_holds_others(demo, tmp_path):
    project = tmp_path / "city"
    shutil.copytree(demo, project, ignore=shutil.ignore_patterns("store"))

    done = tryghed("explain", REPORT, "F1", "--cell", "1", cwd=project)

    assert "loaded again for this" in done.stdout
    assert (
        done.stdout.split("values")[1].split("rules")[0]
        == (tryghed("explain", REPORT, "F1", "--cell", "1", cwd=demo).stdout.split("values")[1].split("rules")[0])
    )
    (project / "deliveries" / "tryghed_2025.sav").unlink()
    missing = tryghed("explain", REPORT, "F1", "--cell", "1", cwd=project, code=4).stderr
    assert "tryghed_2025.sav" in missing
    assert "put the file back" in missing
