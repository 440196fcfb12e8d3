"""Reports held against their inputs: nothing differs, and what somebody has changed is found."""

import json
import re
import shutil
from hashlib import sha256

import pikepdf
import pytest
import xlsxwriter

from tests.e2e.conftest import tryghed


@pytest.fixture
def copy(demo, tmp_path):
    """The reports of the demo, to be changed; the project they are of stays as it is."""
    shutil.copytree(demo / "out" / "2025", tmp_path / "2025")
    return tmp_path / "2025"


def test_every_number_of_the_demo_is_what_its_inputs_give(demo):
    done = tryghed("verify", "out/2025", cwd=demo)

    count = re.search(r"ok: ([\d,]+) comparisons, 0 differences", done.stderr)[1]
    assert int(count.replace(",", "")) >= 10_000
    assert not list(demo.glob(".again-*"))  # the answers loaded again are gone


def test_changed_numbers_beside_the_reports_are_found(demo, copy):
    text = (copy / "tal.csv").read_text(encoding="utf-8-sig")
    wanted = ["2025", "valby", "tryg_aften"]
    row = next(line for line in text.splitlines() if [line.split(";")[at] for at in (1, 3, 9)] == wanted)
    cells = row.split(";")
    at = next(place for place, cell in enumerate(cells) if cell.count(",") == 1)
    wrong = ";".join([*cells[:at], "12,3", *cells[at + 1 :]])
    (copy / "tal.csv").write_text(text.replace(row, wrong), encoding="utf-8-sig")
    workbook = xlsxwriter.Workbook(copy / "tal.xlsx")
    workbook.add_worksheet("tal").write(0, 0, "tomt")
    workbook.close()
    parts = json.loads((copy / "tal.json").read_text(encoding="utf-8"))
    parts["andele"][0]["pct"] = 99.9
    (copy / "tal.json").write_text(json.dumps(parts), encoding="utf-8")
    (copy / "district-valby.pdf").write_bytes((copy / "district-vanloese.pdf").read_bytes())
    (copy / "district-bispebjerg.pdf").unlink()

    done = tryghed("verify", copy, "--project", demo, "--format", "json", cwd=demo, code=7)

    found = json.loads(done.stdout)
    of = {name: [one for one in found if one["file"] == name] for name in {one["file"] for one in found}}
    assert [(one["printed"], one["about"].split()[:2]) for one in of["tal.csv"]] == [("12,3", ["2025", "valby"])]
    assert of["tal.xlsx"]
    assert of["district-bispebjerg.pdf"][0]["about"] == "the file"
    assert "release and report at the foot" in {one["about"] for one in of["district-valby.pdf"]}
    assert [one["printed"] for one in of["tal.json"]] == ["99.9"]
    assert set(of) == {"tal.csv", "tal.xlsx", "tal.json", "district-valby.pdf", "district-bispebjerg.pdf"}


def test_a_changed_number_in_an_alt_text_is_found_though_the_checksums_are_those_of_the_changed_file(demo, copy):
    report = copy / "district-valby.pdf"
    before = sha256(report.read_bytes()).hexdigest()
    with pikepdf.open(report, allow_overwriting_input=True) as pdf:
        figure = next(
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and "; Valby: " in str(one.get("/Alt", ""))
        )
        told, wrong = str(figure.Alt), re.sub(r"(; Valby: )[\d,]+", r"\g<1>12,3", str(figure.Alt))
        figure.Alt = pikepdf.String(wrong)
        pdf.save()
    for name in ("sporing.json", "manifest.json"):
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(text.replace(before, sha256(report.read_bytes()).hexdigest()), encoding="utf-8")

    done = tryghed("verify", copy, "--project", demo, "--format", "json", cwd=demo, code=7)

    (found,) = json.loads(done.stdout)
    assert (found["file"], found["printed"]) == (report.name, "12,3")
    assert f"Valby: {found['derived']}" in told
    assert re.fullmatch(r"page \d, F\d+", found["where"])


def test_a_changed_delivery_is_found_and_nothing_is_derived_from_it(demo, tmp_path):
    project = tmp_path / "city"
    shutil.copytree(demo, project, ignore=shutil.ignore_patterns("store", "tal*"))
    delivery = project / "deliveries" / "tryghed_2025.sav"
    delivery.write_bytes(delivery.read_bytes()[:-1] + b"x")

    done = tryghed("verify", "out/2025", "--format", "json", cwd=project, code=7)

    found = json.loads(done.stdout)
    assert [one["file"] for one in found] == [f"deliveries/{delivery.name}"]
    assert "the file delivered then" in found[0]["printed"]


def test_a_changed_definition_of_the_frozen_release_is_refused(demo, tmp_path):
    project = tmp_path / "city"
    shutil.copytree(demo, project, ignore=shutil.ignore_patterns("store"))
    survey = project / "releases" / "2025" / "definitions" / "surveys" / "tryghed" / "survey.toml"
    survey.chmod(0o600)
    survey.write_text(survey.read_text(encoding="utf-8").replace("counts = [1, 2]", "counts = [1]"), encoding="utf-8")

    assert "survey.toml" in tryghed("verify", "out/2025", cwd=project, code=7).stderr
    assert "survey.toml" in tryghed("explain", "out/2025/city.pdf", "T1", "--cell", "1", cwd=project, code=7).stderr


def test_a_release_that_is_gone_is_told(demo, tmp_path):
    project = tmp_path / "city"
    shutil.copytree(demo, project, ignore=shutil.ignore_patterns("store", "releases", "tal*", "district*"))

    done = tryghed("verify", "out/2025", "--format", "json", cwd=project, code=7)

    assert "the frozen release" in {one["about"] for one in json.loads(done.stdout)}


def test_a_folder_without_reports_says_where_they_lie(demo, tmp_path):
    assert "out/WAVE" in tryghed("verify", tmp_path, "--project", demo, cwd=demo, code=2).stderr
