"""The attacker against the demo release: its files give nothing away, and files of a worse gate would be refused."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.conftest import REPOSITORY, tryghed
from tryghed import publication, trial
from tryghed.attack import attacker, published
from tryghed.definitions import project as projects
from tryghed.errors import ReleaseError
from tryghed.release import archive, editions
from tryghed.reporting import danish


def test_the_files_of_the_demo_release_give_nothing_away(demo):
    project = projects.load(demo)
    numbers = published.read(project, demo / "out" / "2025")

    assert len(numbers) > 1000
    assert attacker.attack(project, numbers, project.rules.secrecy.min_count) == ()


def test_a_number_that_slipped_through_is_found_in_the_files(demo, tmp_path):
    # four people of a vulnerable area made to be all that is left of a district outside it
    project = projects.load(demo)
    _write(tmp_path / "tal.csv", _slip(demo / "out" / "2025" / "tal.csv"))

    learned = attacker.attack(project, published.read(project, tmp_path), project.rules.secrecy.min_count)

    assert [str(one.target) for one in learned] == [
        "tryghed 2025 tryg_aften, survey_districts_13 broenshoej-husum outside tingbjerg-husum"
    ]


def test_what_the_attacker_breaks_is_never_frozen(demo, tmp_path, monkeypatch):
    # guards against a release that is in the archive and the ledger before anybody has tried to break it
    city = tmp_path / "city"
    shutil.copytree(demo, city)
    project = projects.load(city)
    editions.withdraw(project, "2025", "en prøve")
    before = _tree(city / "releases")
    save = trial.numbers.save

    def faulty(released, project, folder):
        save(released, project, folder)
        _write(folder / "tal.csv", _slip(folder / "tal.csv"))
        (folder / "tal_forskelle.csv").write_text("")
        (folder / "tal.json").write_text("{}")

    monkeypatch.setattr(trial.numbers, "save", faulty)
    with pytest.raises(
        ReleaseError, match=r"1 protected number can be worked out[\s\S]*outside tingbjerg-husum: what all"
    ):
        trial.build(project, "tryghed", "2025")

    assert _tree(city / "releases") == before


def test_what_has_withstood_is_not_attacked_again_and_anything_else_is(demo, tmp_path, monkeypatch):
    project = replace(projects.load(demo), folder=tmp_path)
    (tmp_path / "releases").mkdir()
    shutil.copy(demo / "releases" / "2025.attacked.json", tmp_path / "releases")
    shutil.copytree(demo / "out" / "2025", tmp_path / "out")
    released = archive.load(demo, "2025")
    attacks = []
    monkeypatch.setattr(trial, "attack", lambda *_: attacks.append(1))

    def tries(project=project, released=released):
        before = len(attacks)
        trial.withstand(project, released, tmp_path / "out", attacking=lambda: None)
        return len(attacks) - before

    # what was attacked before the freeze is, byte for byte, what is published after it
    assert tries() == 0
    other = released.as_edition(replace(released.edition, name="2025-2"))
    assert tries(released=other) == 1
    shutil.copy(tmp_path / "releases" / "2025.attacked.json", tmp_path / "releases" / "2024.attacked.json")
    path = tmp_path / "out" / "tal.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(";2025;", ";2024;"), encoding="utf-8")
    assert tries(released=released.as_edition(replace(released.edition, name="2024"))) == 1
    path.write_text(text, encoding="utf-8")
    stricter = project.rules.secrecy.model_copy(update={"min_count": 6})
    assert tries(replace(project, rules=project.rules.model_copy(update={"secrecy": stricter}))) == 1
    (tmp_path / "releases" / "2025.attacked.json").write_text("{}")
    assert (tries(), tries()) == (1, 0)


def test_a_withheld_number_on_a_page_keeps_the_reports_from_being_handed_out(demo, tmp_path):
    # the true share behind a hatched square, put on the page by a template that had no business with it
    city = tmp_path / "city"
    shutil.copytree(demo, city)
    with (city / "out" / "2025" / "tal.csv").open(encoding="utf-8-sig", newline="") as stream:
        secret = next(
            row for row in csv.DictReader(stream, delimiter=";")
            if row["vises_ikke"] == "vises ikke: diskretion" and row["opdeling"] == "sex*age"
        )  # fmt: skip
    drafted, _ = editions.candidate(projects.load(city), "tryghed", "2025")
    (share,) = drafted.estimates.filter(
        area=secret["områdekode"], category=secret["gruppe"], indicator=secret["indikator"],
        wave=secret["bølge"].replace(", ", "+"),
    )["share"]  # fmt: skip
    number = danish.decimal(100 * share)
    planted = f"{secret['gruppenavn']}: {number}"
    page = city / "reports" / "templates" / "sections" / "people.html"
    page.parent.mkdir(parents=True)
    known = (REPOSITORY / "reports" / "templates" / "sections" / "people.html").read_text(encoding="utf-8")
    page.write_text(f"{known}<p>{planted}</p>", encoding="utf-8")
    before = _tree(city / "out")

    refused = tryghed("report", "--area", secret["områdekode"], cwd=city, code=7)

    assert f"district-{secret['områdekode']}.pdf, page 4: {number} in »{planted}«" in refused.stderr
    assert _tree(city / "out") == before


def test_the_reports_of_the_demo_tell_nothing_that_its_files_do_not(demo):
    project = projects.load(demo)
    folder = demo / "out" / "2025"
    reports = {folder / f"{file}.pdf": one for file, one in publication.wanted(project, "tryghed", ()).items()}

    assert len(reports) == 14
    trial.inspect(project, archive.load(demo, "2025"), folder, reports)


def _slip(path: Path) -> list[dict[str, str]]:
    """Return two rows of a file, changed so that four people are all that is left of one outside the other."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    inside = _row(rows, "udsatte", "tingbjerg-husum")
    around = _row(rows, "undersøgelsesbydele", "broenshoej-husum")
    inside["n"], inside["pct"] = str(int(around["n"]) - 4), around["pct"]
    return [inside, around]


def _tree(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _row(rows, area_set, area):
    return next(
        row for row in rows
        if row["områdesæt"].lower().startswith(area_set) and row["områdekode"] == area
        and row["indikator"] == "tryg_aften" and row["bølge"] == "2025" and row["gruppe"] == "alle"
    )  # fmt: skip


def _write(path: Path, rows) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
