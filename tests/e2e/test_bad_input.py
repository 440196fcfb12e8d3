"""What goes wrong in real life: a clear message, the right exit code, nothing lost and nothing half written."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time

import pyreadstat
import pytest

from tests.e2e.conftest import tryghed


@pytest.fixture
def city(demo, tmp_path):
    """A copy of the demo city that a test may spoil, without its reports."""
    copy = tmp_path / "city"
    shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("out"))
    return copy


@pytest.fixture
def untouched(city):
    """Checks, when the test is over, that the store is byte for byte what it was and nothing lies beside it."""
    before = published(city)
    yield
    assert published(city) == before
    assert [path.name for path in (city / "store").iterdir() if ".tmp" in path.name or ".part" in path.name] == []


def published(project):
    pointer = (project / "store" / "current").read_text(encoding="utf-8")
    files = sorted((project / "store").glob("*.duckdb"))
    return pointer, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def refused(*arguments, cwd, code):
    """Return what a command says that must fail in a way somebody has thought of."""
    said = tryghed(*arguments, cwd=cwd, code=code).stderr
    assert "Traceback" not in said
    return said


def redefine(project, old, new, wave="surveys/tryghed/2025.toml"):
    path = project / wave
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def unsign(project):
    """Take the checksum out of the wave's definition, so that the file itself is looked at."""
    path = project / "surveys" / "tryghed" / "2025.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("sha256", "rows"))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.fixture
def delivery(city):
    return city / "deliveries" / "tryghed_2025.sav"


@pytest.mark.usefixtures("untouched")
def test_no_file(city, delivery):
    delivery.unlink()

    said = refused("ingest", "tryghed/2025", cwd=city, code=4)

    assert "tryghed_2025.sav" in said
    assert "hint" in said


@pytest.mark.usefixtures("untouched")
def test_another_file_than_the_definition_names(city, delivery):
    delivery.write_bytes(delivery.read_bytes() + b"\0")

    said = refused("ingest", "tryghed/2025", cwd=city, code=4)

    assert "sha256" in said.lower()


@pytest.mark.usefixtures("untouched")
def test_a_file_of_another_kind(city, delivery):
    unsign(city)
    delivery.write_bytes(b"%PDF-1.7\n" + b"x" * 5000)

    assert "tryghed_2025.sav" in refused("ingest", "tryghed/2025", cwd=city, code=4)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_a_damaged_file(city, delivery, share):
    unsign(city)
    content = delivery.read_bytes()
    delivery.write_bytes(content[: int(len(content) * share)])

    assert "tryghed_2025.sav" in refused("ingest", "tryghed/2025", cwd=city, code=4)


@pytest.mark.usefixtures("untouched")
def test_a_definition_that_does_not_hold_tells_every_problem(city):
    redefine(city, "year = 2025", 'year = "next"\ncolour = "red"')

    said = refused("ingest", "tryghed/2025", cwd=city, code=3)

    assert "year" in said
    assert "colour: unknown key" in said
    assert "2025.toml" in said


@pytest.mark.usefixtures("untouched")
def test_a_check_tells_problems_of_definitions_queries_and_templates_together(city):
    redefine(city, "year = 2025", 'year = "next"')
    (city / "queries" / "analysis").mkdir(parents=True, exist_ok=True)
    (city / "queries" / "analysis" / "mine.sql").write_text("select 1", encoding="utf-8")
    (city / "reports" / "templates" / "district").mkdir(parents=True, exist_ok=True)
    (city / "reports" / "templates" / "district" / "health.html").write_text("{% if %}", encoding="utf-8")

    said = refused("check", cwd=city, code=3)

    assert "3 problems" in said
    assert all(one in said for one in ("2025.toml", "mine.sql: no header", "health.html:1"))


@pytest.mark.usefixtures("untouched")
def test_a_definition_that_does_not_fit_the_file_tells_every_problem(city):
    redefine(city, 'weight = "', 'weight = "no_such_')
    redefine(city, 'safe_day = "', 'safe_day = "no_such_')

    said = refused("ingest", "tryghed/2025", cwd=city, code=4)

    assert said.count("no_such_") >= 2


@pytest.mark.usefixtures("untouched")
def test_an_unfinished_query_stops_only_itself(city):
    (city / "queries" / "analysis").mkdir(parents=True, exist_ok=True)
    (city / "queries" / "analysis" / "mine.sql").write_text("select 1", encoding="utf-8")

    listed = tryghed("queries", cwd=city, code=3)
    answered = tryghed("query", "waves_loaded", cwd=city)

    assert "waves_loaded" in listed.stdout
    assert "mine.sql: no header" in listed.stderr
    assert "mine.sql: no header" in refused("query", "mine", cwd=city, code=3)
    assert "mine.sql" not in answered.stderr


@pytest.mark.usefixtures("untouched")
def test_an_empty_wave(city):
    csv = city / "deliveries" / "empty.csv"
    csv.write_text("respnr;vaegt\r\n", encoding="utf-8")
    unsign(city)
    redefine(city, "tryghed_2025.sav", "empty.csv")

    said = refused("ingest", "tryghed/2025", cwd=city, code=4)

    assert "empty.csv" in said


def test_an_area_without_answers_is_told_as_such_and_the_other_reports_come(city):
    # A new area of the set that nobody lives in: it has no numbers, and nothing breaks.
    with (city / "surveys" / "areas" / "udsatte_2025.csv").open("a", encoding="utf-8") as file:
        columns = (city / "surveys" / "areas" / "udsatte_2025.csv").read_text(encoding="utf-8").splitlines()[0]
        file.write(";".join({"code": "maanen", "name": "Månen"}.get(name, "") for name in columns.split(";")) + "\n")

    tryghed("report", "--area", "valby", cwd=city)

    assert (city / "out" / "2025" / "district-valby.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("ingest", "tryghed/1999"), 2, "waves here"),
        (("ingest", "nothing"), 2, "surveys here"),
        (("report", "--area", "atlantis"), 2, "areas: "),
        (("report", "--wave", "1999"), 2, "waves here"),
        (("query", "nothing"), 2, "queries: "),
        (("query", "share_by_area", "-p", "wave"), 2, "KEY=VALUE"),
        (("query", "share_by_area", "-p", "wave=2025", "-p", "indicator=nothing"), 2, "indicators: tryg_aften"),
        (("query", "share_by_area", "-p", "wave=1999", "-p", "indicator=tryg_aften"), 2, "no wave '1999' of tryghed"),
        (("query", "estimate/strata", "-p", "waves=2025, 1998,1999"), 2, "no wave '1998' or '1999' of tryghed"),
        (("share", "tryg_aften", "--output", "json"), 2, "json: its name tells no format"),
        (("share", "tryg_aften", "--output", "a.txt"), 2, "a.txt: no format 'txt'"),
        (("sql", "drop table respondent"), 5, "select"),
        (("sql", "select range from range(100001)", "--format", "csv"), 5, "more than 100,000 rows"),
        (("sql", "select * from read_csv('/etc/passwd')"), 5, ""),
        (("sql", "select 1", "--format", "xlsx", "--output", "/no/such/folder/a.xlsx"), 9, "/no/such/folder"),
    ],
)
def test_names_that_do_not_exist_and_sql_that_may_not(demo, arguments, code, told):
    assert told in refused(*arguments, cwd=demo, code=code)


def test_a_report_that_failed_is_not_taken_for_made(city):
    # The old PDF was once noted as made from the new numbers, so that the next run left it as it was.
    tryghed("report", "--area", "valby", cwd=city)
    pdf = city / "out" / "2025" / "district-valby.pdf"
    before = pdf.read_bytes()
    broken = city / "reports" / "templates" / "district" / "themes.html"
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text("{{ page.nothing_of_the_kind }}", encoding="utf-8")

    for _ in range(2):
        assert "district/themes.html:1" in refused("report", "--area", "valby", cwd=city, code=8)
    assert pdf.read_bytes() == before

    broken.unlink()
    assert "1 unchanged" in tryghed("report", "--area", "valby", cwd=city).stderr


def test_reports_of_an_earlier_release_are_told(demo, tmp_path):
    # One district made again from new rules: the other thirteen reports do not belong to its numbers any more.
    copy = tmp_path / "city"
    shutil.copytree(demo, copy)
    redefine(copy, "power = 0.8", "power = 0.9", wave="policy/release.toml")
    tryghed("release", "withdraw", "2025", "--because", "andre regler", cwd=copy)

    said = tryghed("report", "--area", "valby", cwd=copy).stderr

    assert "1 report written" in said
    assert "of an earlier release" in said
    assert said.count(".pdf") == 13


@pytest.mark.parametrize("command", ["demo", "init"])
def test_a_folder_that_cannot_be_made(tmp_path, command):
    (tmp_path / "file").write_text("x", encoding="utf-8")

    assert "hint" in refused(command, tmp_path / "file" / "city", cwd=tmp_path, code=2)


def test_a_district_that_nobody_answered_from_is_no_delivery(city, delivery):
    # Thirteen reports and a city total, as if the missing district had never been.
    rows, meta = pyreadstat.read_sav(delivery, user_missing=True, output_format="polars")
    kept = rows.filter(rows["bydel_nr"] != 2)
    unsign(city)
    pyreadstat.write_sav(
        kept, delivery, column_labels=meta.column_names_to_labels, variable_value_labels=meta.variable_value_labels,
        missing_ranges=meta.missing_ranges,
    )  # fmt: skip

    said = refused("ingest", "tryghed/2025", cwd=city, code=4)

    assert "nobody answered in 1 of 13 strata: 2" in said


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 200 MB, where the machine lets us mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount, "-t", "tmpfs", "-o", "size=200m", "tmpfs", place]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk(demo, small_disk):
    project = small_disk / "city"
    shutil.copytree(demo, project, ignore=shutil.ignore_patterns("out"))
    before = published(project)
    redefine(project, 'provider = "', 'provider = "Nyt ')  # another definition is another import
    with (small_disk / "ballast").open("wb") as ballast:
        ballast.write(b"x" * max(0, shutil.disk_usage(small_disk).free - 300_000))

    assert "space" in refused("ingest", "tryghed/2025", cwd=project, code=4).lower()
    assert published(project) == before
    redefine(project, 'provider = "Nyt ', 'provider = "')

    (small_disk / "ballast").write_bytes(b"x" * ((small_disk / "ballast").stat().st_size + 290_000))
    said = tryghed_any("report", "--area", "valby", cwd=project)
    assert said.returncode in {8, 9}
    assert "No space left" in said.stderr
    assert "Traceback" not in said.stderr
    left = {path.name for path in (project / "out" / "2025").iterdir()}
    assert left <= {"manifest.json", "sporing.json"}  # neither a report nor numbers without their report


def tryghed_any(*arguments, cwd):
    command = [sys.executable, "-c", "from tryghed.cli.main import main; main()", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("arguments", "seconds", "stop"),
    [
        # Ctrl-C reaches the whole process group, readers and renderers too; `kill` and `timeout` the program alone.
        (["ingest"], 1.5, lambda program: os.killpg(program, signal.SIGINT)),
        (["report"], 6.0, lambda program: os.killpg(program, signal.SIGINT)),
        (["report"], 6.0, lambda program: os.kill(program, signal.SIGTERM)),
    ],
    ids=["ingest", "report", "report, terminated"],
)
def test_an_interrupt_leaves_the_last_published_state(city, arguments, seconds, stop):
    shutil.rmtree(city / "releases")
    for wave in ("2023", "2024", "2025"):
        redefine(city, 'provider = "', 'provider = "Nyt ', wave=f"surveys/tryghed/{wave}.toml")
    command = [sys.executable, "-c", "from tryghed.cli.main import main; main()", *arguments]
    running = subprocess.Popen(
        command, cwd=city, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(seconds)
    stop(running.pid)
    _, said = running.communicate(timeout=300)

    # A busy machine may not have begun the program yet.
    begun = running.returncode not in {-signal.SIGINT, -signal.SIGTERM}
    assert running.returncode in {130, 0} or not begun, said  # 0 where it was done before the key was pressed
    assert "Traceback" not in said or not begun
    left = [path.name for path in (*city.rglob("*.part"), *city.rglob("*.tmp*"), *city.glob("out/.*"))]
    assert left == []
    assert list(city.glob("out/2025/*")) == [] or running.returncode == 0
    tryghed("query", "waves_loaded", cwd=city)
    tryghed("ingest", cwd=city)
    tryghed("report", "--area", "valby", cwd=city)
    assert (city / "out" / "2025" / "district-valby.pdf").exists()


def test_two_imports_at_once_take_turns_or_say_who_is_at_it(city):
    for wave in ("2024", "2025"):
        redefine(city, 'provider = "', 'provider = "Nyt ', wave=f"surveys/tryghed/{wave}.toml")
    command = [sys.executable, "-c", "from tryghed.cli.main import main; main()", "ingest"]
    running = [
        subprocess.Popen([*command, f"tryghed/{wave}"], cwd=city, stderr=subprocess.PIPE, text=True)
        for wave in ("2024", "2025")
    ]
    said = [one.communicate(timeout=120)[1] for one in running]

    assert {one.returncode for one in running} <= {0, 4}
    assert 0 in {one.returncode for one in running}
    assert "Traceback" not in "".join(said)
    assert all(
        "another command is writing it (PID" in text for one, text in zip(running, said, strict=True) if one.returncode
    )


@pytest.mark.usefixtures("untouched")
def test_a_folder_for_temporary_files_with_too_long_a_path(city, tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()

    done = tryghed("ingest", "tryghed/2025", cwd=city, code=2, env=os.environ | {"TMPDIR": str(long)})

    assert "too long a path" in done.stderr
    assert "set TMPDIR" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_fault_of_the_program(city, closed):
    command = f'exec "$0" -c "from tryghed.cli.main import main; main()" queries {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], cwd=city, capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
