"""The attacker against the demo release: its files give nothing away, and files of a worse gate would be refused."""

import csv
from pathlib import Path

from tryghed.attack import attacker, published
from tryghed.definitions import project as projects


def test_the_files_of_the_demo_release_give_nothing_away(demo):
    project = projects.load(demo)
    numbers = published.read(project, demo / "out" / "2025")

    assert len(numbers) > 1000
    assert attacker.attack(project, numbers, project.rules.secrecy.min_count) == ()


def test_a_number_that_slipped_through_is_found_in_the_files(demo, tmp_path):
    # four people of a vulnerable area made to be all that is left of a district outside it
    project = projects.load(demo)
    path = demo / "out" / "2025" / "tal.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    inside = _row(rows, "udsatte", "tingbjerg-husum")
    around = _row(rows, "undersøgelsesbydele", "broenshoej-husum")
    inside["n"], inside["pct"] = str(int(around["n"]) - 4), around["pct"]
    _write(tmp_path / "tal.csv", [inside, around])

    learned = attacker.attack(project, published.read(project, tmp_path), project.rules.secrecy.min_count)

    assert [str(one.target) for one in learned] == [
        "tryghed 2025 tryg_aften, survey_districts_13 broenshoej-husum outside tingbjerg-husum"
    ]


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
