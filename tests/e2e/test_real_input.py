"""The commands on real files that nobody here has written, against the numbers of R survey."""

import csv
import io
import json
import re
import shlex
import shutil

import pikepdf
import pypdfium2
import pytest

from tests.e2e.conftest import REPOSITORY, tryghed
from tests.e2e.test_share_and_compare import assert_r_agrees
from tryghed.delivery import tracing
from tryghed.verification import compare_report

#: R survey 4.1-1: svymean and SE over subset(des, RIDAGEYR >= 18 & SLQ050 %in% 1:2), weights WTMECPRP.
SLEEP = 0.299253304801863185, 0.009467643437885215


def example(name, data, folder):
    """Set up an example as its reader would: the definitions, and the files beside them."""
    project = folder / name
    shutil.copytree(REPOSITORY / "docs" / "examples" / name, project)
    shutil.copytree(data / name, project / "deliveries")
    return project


def answered(*arguments, cwd):
    """Return what a command answers as rows of text by column, and what it says of it."""
    done = tryghed(*arguments, "--format", "csv", cwd=cwd)
    return list(csv.DictReader(io.StringIO(done.stdout), delimiter=";")), done.stderr


def number(text):
    return float(text.replace(",", "."))


@pytest.fixture(scope="module")
def csew(shared_data, tmp_path_factory):
    project = example("csew", shared_data, tmp_path_factory.mktemp("real"))
    tryghed("check", cwd=project)
    tryghed("run", cwd=project)
    return project


@pytest.fixture(scope="module")
def nhanes(shared_data, tmp_path_factory):
    project = example("nhanes", shared_data, tmp_path_factory.mktemp("real"))
    tryghed("ingest", cwd=project)
    return project


def test_the_guide_to_the_examples_is_true(csew, nhanes):
    guide = (REPOSITORY / "docs" / "examples" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n# in (\w+)/\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)

    assert [name for name, _ in blocks] == ["csew", "nhanes"]
    for (name, commands), project in zip(blocks, (csew, nhanes), strict=True):
        for command in commands.splitlines():
            tryghed(*shlex.split(command)[1:], cwd=project)
        for path in (project / "deliveries").iterdir():
            assert path.stem in guide, f"{name}: {path.name}"


def test_csew_gives_the_share_of_everybody(csew):
    # 0.703938 is the unweighted share; 0.233 what counting those not asked as answers gives.
    (row,), _ = answered("share", "tryg_moerke", cwd=csew)

    assert number(row["share"]) == pytest.approx(0.712847, abs=5e-7)
    assert number(row["se"]) == pytest.approx(0.0118, abs=5e-5)
    assert row["n"] == "2057"


def test_csew_gives_the_shares_of_its_groups(csew):
    rows, _ = answered("share", "tryg_moerke", "--by", "grupper", cwd=csew)
    found = {row["grupper"]: number(row["share"]) for row in rows}

    assert found["Mænd"] == pytest.approx(0.867719, abs=5e-7)
    assert found["Kvinder"] == pytest.approx(0.567258, abs=5e-7)
    assert found["Land"] == pytest.approx(0.835681, abs=5e-7)
    assert len(found) == 11


def test_csew_tells_those_not_asked_from_those_who_refused(csew):
    # The 6,769 people of the other three quarters of the sample were never asked.
    rows, _ = answered("query", "missing_by_item", cwd=csew)
    row = next(row for row in rows if row["item"] == "walk_dark")

    assert (row["ikke_stillet"], row["vil_ikke_svare"], row["ved_ikke"]) == ("6769", "0", "17")


def test_csew_has_a_report_with_its_groups_as_areas(csew):
    path = csew / "out" / "2013-14" / "city.pdf"
    document = pypdfium2.PdfDocument(path)
    text = " ".join(page.get_textpage().get_text_range() for page in document).replace("\xa0", " ")
    document.close()

    for told in ("71,3 %", "86,8", "56,7", "83,6", "75 år og derover", "2.057"):
        assert told in text
    assert "Syntetiske" not in text
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked


def test_what_stands_in_the_report_of_csew_is_what_was_traced_place_by_place(csew):
    folder = csew / "out" / "2013-14"
    entry = tracing.read(folder).reports["city.pdf"]

    count, differing = compare_report(folder / "city.pdf", entry, None)

    assert differing == []
    assert count > 100


def test_nhanes_gives_obesity_with_its_standard_error_and_degrees_of_freedom(nhanes):
    # PSUs numbered within strata, people of weight 0, three files joined on the person. Counting the PSUs of all
    # strata under one number gives another standard error, leaving people of weight 0 out another df.
    (row,), said = answered("share", "svaer_overvaegt", cwd=nhanes)

    assert number(row["share"]) == pytest.approx(0.419558, abs=5e-7)
    assert number(row["se"]) == pytest.approx(0.011519, abs=5e-7)
    assert (row["df"], row["n"]) == ("25", "8381")
    assert "24 strata, clusters" in said


def test_nhanes_joins_its_third_file(nhanes):
    (row,), _ = answered("share", "soevnbesvaer", cwd=nhanes)

    assert number(row["share"]) == pytest.approx(SLEEP[0], abs=1e-10)
    assert number(row["se"]) == pytest.approx(SLEEP[1], abs=1e-10)


def test_r_recomputes_clusters_from_the_script(nhanes, tmp_path):
    script = tmp_path / "nhanes.R"
    done = tryghed("compare", "svaer_overvaegt", "--by", "grupper", "--r", script, "--format", "json", cwd=nhanes)

    assert_r_agrees(script, json.loads(done.stdout)["rows"], "difference")
