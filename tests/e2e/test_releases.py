"""Releases on the demo city: frozen once, corrected in the open, withdrawn, printed again."""

import json
import re
import shutil

import pytest

from tests.e2e.conftest import tryghed
from tests.forging import forge
from tryghed.release import archive

SURVEY = "surveys/tryghed/survey.toml"


@pytest.fixture
def city(demo, tmp_path):
    """The demo city, to be changed."""
    folder = tmp_path / "city"
    shutil.copytree(demo, folder)
    return folder


def stricter(city):
    """Ask for a wider base before a number may be shown, which hides some and changes the rules of all."""
    path = city / "policy" / "release.toml"
    text = path.read_text(encoding="utf-8")
    assert "min_base = 30\n" in text
    path.write_text(text.replace("min_base = 30\n", "min_base = 60\n"), encoding="utf-8")


def tree(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_demo_is_made_from_a_frozen_release(demo):
    listed = json.loads(tryghed("release", "list", "--json", cwd=demo).stdout)
    manifest = json.loads((demo / "releases" / "2025" / "release.json").read_text(encoding="utf-8"))

    assert [(one["release"], one["wave"], one["corrects"]) for one in listed] == [("2025", "2025", "")]
    assert {one["sha256"] for one in manifest["made_from"]["deliveries"]} == {
        one["sha256"] for one in manifest["waves"]
    }


def told(city):
    """Return the ledger, byte for byte."""
    return (city / "releases" / "ledger.jsonl").read_bytes()


def killed(city):
    """Leave the city as a build does that is killed when its release is frozen: neither ledger nor log knows of it."""
    (city / "releases" / "ledger.jsonl").unlink()
    log = city / "store" / "audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    assert b'"release build"' in lines[-1]
    log.write_bytes(b"".join(lines[:-1]))


def test_a_release_whose_build_was_killed_is_told_before_it_is_corrected(city):
    # Guards against a release that is corrected and never gets into the ledger, which then stops every build.
    ledger = told(city)
    killed(city)
    stricter(city)
    for command in (("release", "plan", "--try"), ("release", "review"), ("report", "--release", "2025")):
        refused = tryghed(*command, cwd=city, code=7).stderr
        assert "not in the ledger: 2025; what was released before decides" in refused
        assert "tryghed release build --survey tryghed --wave 2025 puts there what nobody has edited" in refused
    assert not (city / "releases" / "ledger.jsonl").exists()

    built = tryghed("release", "build", "--because", "Grænsen er hævet", cwd=city).stderr

    assert "release 2025-2 (" in built
    assert "the ledger lacked 2025: put there from releases/" in built
    assert told(city).startswith(ledger)
    assert b'{"release": "2025-2"' in told(city).removeprefix(ledger)
    assert "nothing has changed" in tryghed("release", "build", "--because", "igen", cwd=city).stderr


def test_a_lost_ledger_is_put_together_again_before_anything_is_judged(city):
    # Guards against a release that is judged as if nothing had been told before it, and against a project of several
    # releases that nobody can build in any more.
    stricter(city)
    tryghed("release", "build", "--because", "Grænsen er hævet", cwd=city)
    ledger = told(city)
    (city / "releases" / "ledger.jsonl").unlink()

    assert "the ledger lacked 2025, 2025-2: put there" in tryghed("report", "--area", "valby", cwd=city).stderr

    assert told(city) == ledger


def test_an_edited_release_does_not_get_into_the_ledger(city):
    # Guards against a secret number that is written into a release, and printed because the ledger was taken away.
    folder, kept = city / "releases" / "2025", city / "kept"
    shutil.copytree(folder, kept)
    hidden, shown = b'"share": null, "lower": null, "upper": null, "n": null', b'"share": 96.6, "lower": 90.0, '
    forge(archive.entry(city, "2025"), hidden, shown + b'"upper": 99.0, "n": 10', release_id=True)
    (city / "releases" / "ledger.jsonl").unlink()

    assert "not in the ledger: 2025" in tryghed("report", "--release", "2025", cwd=city, code=7).stderr
    assert "has been edited since it was built on" in tryghed("report", cwd=city, code=7).stderr
    log = city / "store" / "audit.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    refused = tryghed("report", cwd=city, code=7).stderr
    assert "its definitions and deliveries give other numbers now" in refused
    assert 'where nobody has it: tryghed release withdraw 2025 --because "..."' in refused
    assert not (city / "releases" / "ledger.jsonl").exists()

    tryghed("release", "withdraw", "2025", "--because", "Den er ændret", cwd=city)
    tryghed("release", "build", cwd=city)
    assert (folder / "cells.json").read_bytes() == (kept / "cells.json").read_bytes()


def test_a_lost_release_is_asked_for_before_anything_is_built(city):
    # Guards against a second "2025" with other numbers, frozen beside a ledger that knows the first.
    lost = (city / "releases" / "2025").rename(city / "lost")
    stricter(city)
    before = tree(city / "releases")

    refused = tryghed("release", "build", cwd=city, code=7).stderr

    assert "in the ledger, and gone: 2025" in refused
    assert "restore the folder from a backup" in refused
    assert tree(city / "releases") == before
    lost.rename(city / "releases" / "2025")
    assert "numbers differ" in tryghed("release", "build", cwd=city, code=7).stderr


def test_a_release_is_shown_and_its_plan(demo):
    said = tryghed("release", "show", "2025", cwd=demo).stdout
    assert "edition 1" in said
    assert "withheld" in said
    found = json.loads(tryghed("release", "show", "2025", "--json", cwd=demo).stdout)
    assert found["answers"] == "synthetic"
    planned = json.loads(tryghed("release", "plan", "--json", cwd=demo).stdout)
    assert {one["survey"] for one in planned} == {"tryghed", "sundhed"}


def test_what_to_merge_is_told_where_a_table_would_hide_too_much(city):
    path = city / "policy" / "release.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("min_base = 30\n", "min_base = 250\n"), encoding="utf-8")
    before = tree(city / "releases")

    said = " ".join(tryghed("release", "plan", "--try", cwd=city).stdout.split())
    assert "tryg_aften: 157 of 168 numbers by sex*age in survey_districts_13 are withheld for secrecy" in said
    assert "slå kategorier sammen: kvinde and mand as one would leave 54" in said
    assert tree(city / "releases") == before

    built = tryghed("release", "build", "--because", "Grænsen er hævet", cwd=city)
    assert "slå kategorier sammen" in built.stderr


def test_building_the_same_numbers_again_is_the_same_release(city):
    before = tree(city / "releases")
    assert "nothing has changed" in tryghed("release", "build", cwd=city).stderr

    path = city / SURVEY
    path.write_text(path.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")  # computed again
    assert "nothing has changed" in tryghed("release", "build", cwd=city).stderr

    assert tree(city / "releases") == before


def test_a_wave_built_anew_freezes_the_same_bytes(city):
    before = tree(city / "releases" / "2025")
    tryghed("release", "withdraw", "2025", "--because", "en prøve", cwd=city)
    tryghed("release", "build", cwd=city)

    after = tree(city / "releases" / "2025")
    assert {name: content for name, content in after.items() if name.name not in ("release.json", "SHA256SUMS")} == {
        name: content for name, content in before.items() if name.name not in ("release.json", "SHA256SUMS")
    }


def test_published_numbers_never_change_without_a_word(city):
    reports = tree(city / "out")
    stricter(city)

    for command in (("report", "--area", "valby"), ("run",), ("release", "build")):
        refused = tryghed(*command, cwd=city, code=7)
        assert "numbers differ" in refused.stderr
        assert "tryghed release withdraw 2025" in refused.stderr
    assert tree(city / "out") == reports
    # what was released can still be printed, as it was
    assert "1 unchanged" in tryghed("report", "--release", "2025", "--area", "valby", cwd=city).stderr

    done = tryghed("release", "build", "--because", "Grænsen for små grupper er hævet", cwd=city)
    assert "2025-2" in done.stderr
    listed = json.loads(tryghed("release", "list", "--json", cwd=city).stdout)
    assert [(one["release"], one["corrects"]) for one in listed] == [("2025", ""), ("2025-2", "2025")]
    changes = json.loads((city / "releases" / "2025-2" / "errata.json").read_text(encoding="utf-8"))["changes"]
    assert changes
    assert all(one["old"] != one["new"] for one in changes)
    assert "release 2025-2" in tryghed("report", "--area", "valby", cwd=city).stderr
    corrected = r"\(2025\) has been corrected by 2025-2 of [\d-]+ because: Grænsen for små grupper er hævet"
    assert re.match(f"note: release .* {corrected}", tryghed("explain", "out/2025/city.pdf", cwd=city).stderr)
    assert "corrected" not in tryghed("explain", "out/2025/district-valby.pdf", cwd=city).stderr
    assert "2025-2 corrects it" in tryghed("release", "withdraw", "2025", "--because", "x", cwd=city, code=7).stderr


def test_a_release_nobody_has_is_withdrawn_and_built_again(city):
    stricter(city)
    told = tryghed("release", "withdraw", "2025", "--because", "Grænsen er hævet før udgivelsen", cwd=city).stderr
    assert "files that still show it: out/2025/" in " ".join(told.split())
    # Guards against files that only the withdrawal named: whoever asks later is told as well.
    why = r"release \w+ was withdrawn on [\d-]+ by \S+ because: Grænsen er hævet før udgivelsen; "
    verified = tryghed("verify", "out/2025", "--quiet", cwd=city, code=7)
    assert re.search(why + r"19 files that show it must not be handed out: city\.pdf, .*tal\.csv", verified.stderr)
    explained = tryghed("explain", "out/2025/city.pdf", "T1", "--cell", "1", "--quiet", cwd=city)
    assert re.match(f"warning: {why}the report must not be handed out", explained.stderr)
    assert "\nvalues" in explained.stdout
    tryghed("report", "--area", "valby", cwd=city)
    assert "withdrawn" not in tryghed("explain", "out/2025/district-valby.pdf", cwd=city).stderr

    listed = json.loads(tryghed("release", "list", "--json", cwd=city).stdout)
    assert [(one["release"], one["corrects"]) for one in listed] == [("2025", "")]
    assert len(list((city / "releases" / "withdrawn").iterdir())) == 1


def test_an_edited_release_is_refused(city):
    path = city / "releases" / "2025" / "cells.json"
    content = path.read_text(encoding="utf-8")
    path.chmod(0o600)
    path.write_text(content.replace('"share": 71.6', '"share": 81.6'), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != content

    for command in (("report",), ("release", "show", "2025"), ("report", "--release", "2025")):
        refused = tryghed(*command, cwd=city, code=7)
        assert "cells.json has been changed" in refused.stderr


def test_nothing_is_corrected_that_was_not_released(city):
    shutil.rmtree(city / "releases")

    assert "no release to correct" in tryghed("release", "build", "--because", "x", cwd=city, code=2).stderr
    assert "no release 'x'" in tryghed("release", "show", "x", cwd=city, code=2).stderr
    assert tryghed("release", "list", cwd=city).stdout.split()[0] == "release"


def test_a_boundary_that_moved_under_its_name_is_told_before_anything_is_built(city):
    # Guards against a review and a plan that know of no conflict, and a correction that then tells of two.
    members = city / "surveys" / "areas" / "udsatte_2025_members.csv"
    text = members.read_text(encoding="utf-8")
    members.write_text(text.replace(";ved-folehaven", ";ved-kulbanevej", 1), encoding="utf-8")
    tryghed("ingest", cwd=city)

    said = " ".join(tryghed("release", "plan", "--try", cwd=city).stdout.split())

    assert "2 numbers of release 2025 on tryghed 2025 are about other people now (" in said
    assert "ved-folehaven, " in said


def test_two_people_withhold_a_number_and_the_release_says_so(city):
    cell = ("withhold", "tryg_aften", "--area", "valby")
    said = tryghed("release", "except", *cell, "--by", "Anna Holm", "--because", "Skemaet var forkert", cwd=city)
    assert "waits" in said.stderr
    assert "nothing has changed" in tryghed("release", "build", cwd=city).stderr
    assert "cannot second" in tryghed("release", "except", *cell, "--seconded-by", "anna holm", cwd=city, code=2).stderr
    assert "in force" in tryghed("release", "except", *cell, "--seconded-by", "Bo Friis", cwd=city).stderr

    tryghed("release", "withdraw", "2025", "--because", "en undtagelse", cwd=city)
    tryghed("release", "build", cwd=city)
    frozen = json.loads((city / "releases" / "2025" / "cells.json").read_text(encoding="utf-8"))["shares"]
    (valby,) = [
        one for one in frozen
        if (one["wave"], one["area"], one["indicator"], one["category"]) == ("2025", "valby", "tryg_aften", "alle")
    ]  # fmt: skip
    assert (valby["share"], valby["withheld"]) == (None, "DECIDED")
    ledger = (city / "releases" / "ledger.jsonl").read_text(encoding="utf-8")
    assert "withhold: Skemaet var forkert (Anna Holm, Bo Friis)" in ledger
    assert '"withdrawn_release": "2025"' in ledger
    noted = (city / "store" / "audit.jsonl").read_text(encoding="utf-8")
    assert all(f'"{command}"' in noted for command in ("release except", "release withdraw", "release build"))


def test_a_review_tells_the_team_what_to_look_at(demo, tmp_path):
    page = tmp_path / "kontrol.html"
    said = tryghed("release", "review", "--html", page, cwd=demo)

    for heading in ("withheld:", "close to a limit:", "different from release 2025: 0", "moved since 2024:"):
        assert heading in said.stdout
    assert "more than may be published" in said.stderr
    assert "Internt arbejdspapir" in page.read_text(encoding="utf-8")
    assert "no release '1999'" in tryghed("release", "review", "1999", cwd=demo, code=2).stderr
